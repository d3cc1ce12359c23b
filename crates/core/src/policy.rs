//! What a tenant's operator decides: waits, limits and the words Tieline says by itself.

use crate::delivery::outbox::LinePolicy;
use crate::delivery::schedule::Schedule;
use crate::queue::Order;
use crate::time::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub schedule: Schedule,
    pub line: LinePolicy,
    /// How long an agent may be without a connected desk before he is logged out, 5 to 300 s.
    pub disconnect_grace: Span,
    /// Missed offers in a row that switch the domain off for an agent; 0 never does.
    pub ronas_until_not_ready: u16,
    /// Going READY switches on every domain that asks for it.
    pub mrd_auto_sync: bool,
    /// Who is served first.
    pub order: Order,
    /// Channels may ask for a customer's last agent first.
    pub last_agent: bool,
    pub texts: Texts,
}

/// Said to customers. An empty text is not said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    pub greeting: String,
    pub handing_over: String,
    pub no_agent: String,
    /// Nobody came in time, and the request goes on waiting.
    pub still_waiting: String,
    /// The request was taken out of its queue.
    pub flushed: String,
    pub paused: String,
    pub resumed: String,
    /// Where a bot is alone and has no answer.
    pub no_answer: String,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            schedule: Schedule::default(),
            line: LinePolicy::default(),
            disconnect_grace: Span::secs(30),
            ronas_until_not_ready: 1,
            mrd_auto_sync: true,
            order: Order { head_start: Span::secs(60), by_queue: false },
            last_agent: false,
            texts: Texts::default(),
        }
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            greeting: "Hello, and welcome.".to_owned(),
            handing_over: "One moment please, I am looking for somebody who can help you.".to_owned(),
            no_agent: "Nobody is free at the moment. Please write again a little later.".to_owned(),
            still_waiting: "Everybody is still busy. Thank you for waiting.".to_owned(),
            flushed: "We cannot help you here at the moment. Please try again later.".to_owned(),
            paused: "I have to put our conversation aside for a moment and will be back soon.".to_owned(),
            resumed: "Thank you for waiting. We can go on.".to_owned(),
            no_answer: "I am sorry, I cannot answer that.".to_owned(),
        }
    }
}
