//! The books of one chat: which tabs are at it, which browser it belongs to, and what each tab has been given.
//!
//! A chat is known by both its ends alone, and pages carry no secret: whoever knows a customer's number could ask for
//! his chat. So a chat belongs to the browser that asked for it first, as far as a browser can be told from what it
//! cannot choose freely (see [`Browser`]). Another one is not shown what was said. While the first is connected it is
//! turned away; once the first is gone it begins a session of its own.

use std::collections::{BTreeMap, HashSet};

use tieline_cim::{Body, Message, NotificationType};

/// One connected socket.
pub type TabId = u64;

/// Messages remembered for one tab. One that stays longer may be given a message twice when it asks for the chat again.
const GIVEN_MAX: usize = 5_000;

/// What tells browsers apart: a keyed hash of the address it calls from, the page's origin and what it says of
/// itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser(pub String);

/// An open session, as the hub knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: String,
    pub conversation: String,
    /// `None` when it did not begin here: an agent wrote first, or it is older than this rule.
    pub browser: Option<Browser>,
}

#[derive(Debug)]
struct Tab {
    browser: Browser,
    /// Ids of the messages it was given since it connected.
    given: HashSet<String>,
    /// It asked for the chat, or its browser had it before.
    follows: bool,
}

/// What a tab's request for a chat comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// There is none: one begins.
    Begin,
    /// It runs: the tab is shown what it has missed.
    Join,
    /// One runs that belongs to a browser that is gone: it ends, and another begins.
    Replace,
    /// One runs in another browser.
    Refuse,
}

/// What a delivered message means to the chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    Started,
    /// With the reason the hub gives.
    Ended(String),
    Said,
    /// Of a session that is over, or of another one.
    Stale,
}

/// One chat.
#[derive(Debug, Default)]
pub struct Chat {
    session: Option<Session>,
    tabs: BTreeMap<TabId, Tab>,
    /// The session before: a message repeated after its end is answered with it again.
    ended: Option<String>,
}

impl Chat {
    /// A chat whose session was open before anybody connected here.
    #[must_use]
    pub fn adopted(session: Session) -> Self {
        Self { session: Some(session), ..Self::default() }
    }

    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// Nobody is here and nothing runs.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.session.is_none() && self.tabs.is_empty()
    }

    pub fn arrives(&mut self, tab: TabId, browser: Browser) {
        let follows = self.belongs_to(&browser);
        self.tabs.insert(tab, Tab { browser, given: HashSet::new(), follows });
    }

    pub fn leaves(&mut self, tab: TabId) {
        self.tabs.remove(&tab);
    }

    /// Which browser a tab is of.
    #[must_use]
    pub fn browser(&self, tab: TabId) -> Option<&Browser> {
        self.tabs.get(&tab).map(|tab| &tab.browser)
    }

    /// A session runs and no tab of its browser is connected.
    #[must_use]
    pub fn is_deserted(&self) -> bool {
        self.session.is_some() && !self.owner_is_here()
    }

    fn belongs_to(&self, browser: &Browser) -> bool {
        self.session.as_ref().is_some_and(|session| session.browser.as_ref() == Some(browser))
    }

    fn owner_is_here(&self) -> bool {
        self.tabs.values().any(|tab| self.belongs_to(&tab.browser))
    }

    /// What is to be done when a tab asks for the chat.
    #[must_use]
    pub fn asks(&self, tab: TabId) -> Request {
        let Some(session) = &self.session else { return Request::Begin };
        if self.is_let_in(tab) {
            Request::Join
        } else if session.browser.is_some() && self.owner_is_here() {
            Request::Refuse
        } else {
            Request::Replace
        }
    }

    /// Whether a tab may see and say something in the session that runs; anybody may begin one.
    #[must_use]
    pub fn is_let_in(&self, tab: TabId) -> bool {
        self.tabs.get(&tab).is_some_and(|tab| self.belongs_to(&tab.browser))
    }

    /// A tab has asked the hub for a session and has this one of this conversation: it is its browser's.
    pub fn begins(&mut self, tab: TabId, id: String, conversation: String) {
        let Some(at) = self.tabs.get_mut(&tab) else { return };
        at.follows = true;
        let browser = at.browser.clone();
        let is_over = self.ended.as_ref() == Some(&id);
        if !is_over && self.session.as_ref().is_none_or(|known| known.id != id) {
            self.session = Some(Session { id, conversation, browser: Some(browser) });
        }
        self.follow();
    }

    /// All tabs of the browser follow the session.
    fn follow(&mut self) {
        let owner = self.session.as_ref().and_then(|session| session.browser.clone());
        for tab in self.tabs.values_mut() {
            tab.follows = owner.as_ref() == Some(&tab.browser);
        }
    }

    /// Takes what the hub delivers.
    pub fn hears(&mut self, message: &Message) -> News {
        let id = message.header.channel_session_id.clone().unwrap_or_default();
        match notice(message) {
            Some(NotificationType::ChannelSessionStarted) => {
                let conversation = message.header.conversation_id.clone().unwrap_or_default();
                if self.session.as_ref().is_none_or(|known| known.id != id) {
                    let told = message.header.channel_data.additional_attributes.iter();
                    let told = told.filter(|one| one.key == super::inbound::BROWSER);
                    let told = told.filter_map(|one| one.value.as_str()).next_back().map(str::to_owned);
                    self.session = Some(Session { id, conversation, browser: told.map(Browser) });
                }
                self.follow();
                News::Started
            }
            _ if self.session.as_ref().is_none_or(|known| known.id != id) => News::Stale,
            Some(NotificationType::ChannelSessionEnded | NotificationType::ChannelSessionExpired) => {
                News::Ended(reason(message))
            }
            _ => News::Said,
        }
    }

    /// Closes the books on the session, whose tabs have been told. They may ask for another.
    pub fn ends(&mut self) {
        self.ended = self.session.take().map(|session| session.id);
        for tab in self.tabs.values_mut() {
            tab.follows = false;
            tab.given.clear();
        }
    }

    /// Who is told what happens.
    pub fn followers(&self) -> impl Iterator<Item = TabId> {
        self.tabs.iter().filter(|(_, tab)| tab.follows).map(|(id, _)| *id)
    }

    /// Notes that a tab is given a message. False when it was before.
    pub fn gives(&mut self, tab: TabId, message: &str) -> bool {
        let Some(tab) = self.tabs.get_mut(&tab) else { return false };
        if tab.given.len() >= GIVEN_MAX {
            tab.given.clear();
        }
        tab.given.insert(message.to_owned())
    }
}

/// What a message announces.
#[must_use]
pub fn notice(message: &Message) -> Option<&NotificationType> {
    match &message.body {
        Body::Notification(notice) => notice.notification_type.as_ref(),
        _ => None,
    }
}

fn reason(message: &Message) -> String {
    match &message.body {
        Body::Notification(notice) => notice
            .notification_data
            .get("reason")
            .and_then(|reason| reason.as_str())
            .unwrap_or_default()
            .to_owned(),
        _ => String::new(),
    }
}
