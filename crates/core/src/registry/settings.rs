//! How a tenant's contact centre works, where no queue, list or channel says otherwise: one object, always there.
//!
//! A setting that a stored object does not have yet takes its default, so that a new one needs no migration.

use serde::{Deserialize, Serialize};

use super::Role;
use crate::id::Id;
use crate::task::PRIORITY_MAX;
use crate::time::{At, Span};

/// The one id of the one settings object.
pub const SETTINGS_ID: Id = Id(*b"\x66\xe0\xc0\xa1\xd4\xe5\xf6\x07\x18\x20\x01\x01");

/// Thresholds between the start and the end of a response time.
pub const THRESHOLDS_MAX: usize = 3;
/// Durations agents may choose from when they pause a conversation.
pub const PAUSES_MAX: usize = 10;

/// What holds for the whole tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TenantSettings {
    /// Always [`SETTINGS_ID`].
    pub id: Id,
    pub name: String,
    pub settings: Settings,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Settings {
    pub wrap_up: WrapUp,
    /// An agent in wrap-up still fills a place.
    pub wrap_up_takes_capacity: bool,
    /// Seconds, as agents may choose from, shortest first.
    pub pauses: Vec<u32>,
    /// Going NOT_READY or logging out needs a reason when there are reasons to choose from.
    pub reason_required: bool,
    /// On the way from a customer's message to the end of the time to answer it.
    pub agent_thresholds: Vec<AgentThreshold>,
    /// On the way from silence to the end of the session.
    pub customer_thresholds: Vec<CustomerThreshold>,
    pub agents: Agents,
    pub routing: Routing,
    pub web: Web,
    pub security: Security,
    pub retention: Retention,
    pub texts: Box<Texts>,
    pub desk: Desk,
}

/// How agents come and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Agents {
    /// Seconds an agent may be without a connected desk before he is logged out, 5 to 300.
    pub disconnect_grace_seconds: u32,
    /// Missed offers in a row that switch the domain off for an agent, up to 100; 0 never does.
    pub ronas_until_not_ready: u16,
    /// Going READY switches on every domain that asks for it, and switching off the last makes NOT_READY.
    pub mrd_auto_sync: bool,
}

/// In which order requests are served, and who is asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Routing {
    /// Seconds of waiting one point of priority is worth, 1 to 3600.
    pub priority_head_start_seconds: u32,
    /// Of a conversation whose agent has stopped for a reason of type CALLBACK, when it is queued again; 1 to 10.
    pub callback_priority: u8,
    /// Whether the priority of queues counts.
    pub queue_priority: bool,
    /// Channels may ask for a customer's last agent first.
    pub last_agent: bool,
    /// Work of one media routing domain interrupts an agent's work of those that are interruptible.
    pub mrd_interruption: bool,
    /// Conversations that are interrupted for good are paused until their agent is free again, instead of going to
    /// somebody else.
    pub mrd_interruption_pauses: bool,
}

/// Customers on web pages whose widget does not say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Web {
    /// Seconds a customer whose line is lost keeps the chat, up to a day; 0 ends it at once.
    pub reconnect_seconds: u32,
}

/// Who has to prove himself how.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Security {
    /// Whoever has one of these roles and signs in with a password needs a second factor.
    pub second_factor_for: Vec<Role>,
}

/// How long it is kept what was said and counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Retention {
    /// Days from the end of a conversation until it goes, with what was said, delivered and sent as a file in it, up to
    /// 4000; 0 keeps it for ever.
    pub conversation_days: u16,
    /// Days for the sums reports are made of, 1 to 4000.
    pub report_days: u16,
    /// Days for the log of agents' states and the list of finished tasks, 1 to 4000.
    pub log_days: u16,
}

/// What Tieline says by itself. An empty text is not said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Texts {
    /// To a new customer, where the built-in bot has no greeting of its own or there is no bot.
    pub greeting: String,
    /// Somebody is looked for.
    pub handing_over: String,
    /// Nobody came.
    pub no_agent: String,
    /// Nobody came in time, and the request goes on waiting.
    pub still_waiting: String,
    /// Nobody came in time, and somebody will come back to the customer.
    pub call_back: String,
    /// The request was taken out of its queue.
    pub flushed: String,
    /// Out of hours, where neither the channel nor its calendar has something to say.
    pub closed: String,
    pub paused: String,
    pub resumed: String,
    /// Where a bot is alone and has no answer.
    pub no_answer: String,
    /// To an agent: nobody came whom he had asked to help.
    pub nobody_to_help: String,
}

/// What follows when an agent's part in a conversation is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct WrapUp {
    pub enabled: bool,
    /// Seconds for codes and notes, 1 to 3600.
    pub seconds: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgentThreshold {
    /// Of the time to answer, 1 to 99.
    pub percentage: u8,
    pub action: AgentThresholdAction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AgentThresholdAction {
    ChangeColor,
    ChangeColorToRed,
    ShowPopup,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomerThreshold {
    /// Of the silence allowed, 1 to 99.
    pub percentage: u8,
    pub action: CustomerThresholdAction,
    /// What the customer is told.
    #[serde(default)]
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CustomerThresholdAction {
    NotifyCustomer,
    EndSession,
}

/// What desks offer; read by them before anybody has signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Desk {
    pub is_message_formatting_enabled: bool,
    pub is_file_sharing_enabled: bool,
    pub is_emojis_enabled: bool,
    pub is_conversation_participants_enabled: bool,
    pub is_outbound_sms_enabled: bool,
    #[serde(rename = "isOutboundSmsSendandClose")]
    pub is_outbound_sms_send_and_close: bool,
    pub is_auto_answer_enabled: bool,
    /// Put before numbers without a country, e.g. `+1`.
    pub prefix_code: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            wrap_up: WrapUp::default(),
            wrap_up_takes_capacity: true,
            pauses: vec![60, 180, 300, 420, 600],
            reason_required: true,
            agent_thresholds: Vec::new(),
            customer_thresholds: Vec::new(),
            agents: Agents::default(),
            routing: Routing::default(),
            web: Web::default(),
            security: Security::default(),
            retention: Retention::default(),
            texts: Box::default(),
            desk: Desk::default(),
        }
    }
}

impl Default for Agents {
    fn default() -> Self {
        Self { disconnect_grace_seconds: 30, ronas_until_not_ready: 1, mrd_auto_sync: true }
    }
}

impl Default for Routing {
    fn default() -> Self {
        Self {
            priority_head_start_seconds: 60,
            callback_priority: PRIORITY_MAX,
            queue_priority: false,
            last_agent: false,
            mrd_interruption: false,
            mrd_interruption_pauses: false,
        }
    }
}

impl Default for Web {
    fn default() -> Self {
        Self { reconnect_seconds: 200 }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self { conversation_days: 0, report_days: 400, log_days: 90 }
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            greeting: "Hello, and welcome.".to_owned(),
            handing_over: "One moment please, I am looking for somebody who can help you.".to_owned(),
            no_agent: "Nobody is free at the moment. Please write again a little later.".to_owned(),
            still_waiting: "Everybody is still busy. Thank you for waiting.".to_owned(),
            call_back: "Nobody is free at the moment. Somebody will come back to you here.".to_owned(),
            flushed: "We cannot help you here at the moment. Please try again later.".to_owned(),
            closed: "We are closed at the moment. Please write again during our opening hours.".to_owned(),
            paused: "I have to put our conversation aside for a moment and will be back soon.".to_owned(),
            resumed: "Thank you for waiting. We can go on.".to_owned(),
            no_answer: "I am sorry, I cannot answer that.".to_owned(),
            nobody_to_help: "nobody is available; the conversation goes on as before".to_owned(),
        }
    }
}

impl Agents {
    #[must_use]
    pub const fn disconnect_grace(self) -> Span {
        Span::secs(self.disconnect_grace_seconds as u64)
    }
}

impl Retention {
    /// Conversations that ended before this go.
    #[must_use]
    pub fn conversations_from(self, now: At) -> Option<At> {
        (self.conversation_days > 0).then(|| now - days(self.conversation_days))
    }

    /// Sums of earlier intervals go.
    #[must_use]
    pub fn reports_from(self, now: At) -> At {
        now - days(self.report_days)
    }

    /// Earlier lines of the logs go.
    #[must_use]
    pub fn logs_from(self, now: At) -> At {
        now - days(self.log_days)
    }
}

fn days(count: u16) -> Span {
    Span::secs(u64::from(count) * 24 * 60 * 60)
}

impl Texts {
    /// Each with its name on the wire.
    #[must_use]
    pub fn each(&self) -> [(&'static str, &str); 11] {
        [
            ("greeting", &self.greeting),
            ("handingOver", &self.handing_over),
            ("noAgent", &self.no_agent),
            ("stillWaiting", &self.still_waiting),
            ("callBack", &self.call_back),
            ("flushed", &self.flushed),
            ("closed", &self.closed),
            ("paused", &self.paused),
            ("resumed", &self.resumed),
            ("noAnswer", &self.no_answer),
            ("nobodyToHelp", &self.nobody_to_help),
        ]
    }
}

impl Default for WrapUp {
    fn default() -> Self {
        Self { enabled: false, seconds: 60 }
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            is_message_formatting_enabled: true,
            is_file_sharing_enabled: true,
            is_emojis_enabled: true,
            is_conversation_participants_enabled: true,
            is_outbound_sms_enabled: false,
            is_outbound_sms_send_and_close: false,
            is_auto_answer_enabled: false,
            prefix_code: String::new(),
        }
    }
}
