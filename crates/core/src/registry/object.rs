//! An object of any kind: which nouns there are, and a value of one of them with its version.
//!
//! References are ids, never nested copies; the wire's nested forms are composed at the edge. A value here has
//! been parsed but not yet judged: `rules` decides whether it may enter the registry.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    Announcement, Bot, CannedMessage, Channel, ChannelType, Connector, Label, List, Mrd, Preferences,
    Provider, Queue, ReasonCode, RoutingAttribute, SchemaAttribute, Team, TenantSettings, User, Widget,
};
use crate::calendar::Calendar;
use crate::form::Form;
use crate::time::At;

/// The nouns of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Mrd,
    ChannelType,
    Provider,
    Connector,
    Channel,
    RoutingAttribute,
    Queue,
    List,
    Bot,
    Team,
    User,
    SchemaAttribute,
    TenantSettings,
    ReasonCode,
    Label,
    CannedMessage,
    Announcement,
    Preferences,
    Widget,
    Form,
    Calendar,
}

impl Kind {
    pub const ALL: [Self; 21] = [
        Self::Mrd,
        Self::ChannelType,
        Self::Provider,
        Self::Connector,
        Self::Channel,
        Self::RoutingAttribute,
        Self::Queue,
        Self::List,
        Self::Bot,
        Self::Team,
        Self::User,
        Self::SchemaAttribute,
        Self::TenantSettings,
        Self::ReasonCode,
        Self::Label,
        Self::CannedMessage,
        Self::Announcement,
        Self::Preferences,
        Self::Widget,
        Self::Form,
        Self::Calendar,
    ];

    /// The noun as people say it.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Mrd => "media routing domain",
            Self::ChannelType => "channel type",
            Self::Provider => "channel provider",
            Self::Connector => "channel connector",
            Self::Channel => "channel",
            Self::RoutingAttribute => "routing attribute",
            Self::Queue => "precision queue",
            Self::List => "pull list",
            Self::Bot => "bot",
            Self::Team => "team",
            Self::User => "user",
            Self::SchemaAttribute => "customer attribute",
            Self::TenantSettings => "settings",
            Self::ReasonCode => "reason code",
            Self::Label => "label",
            Self::CannedMessage => "canned message",
            Self::Announcement => "announcement",
            Self::Preferences => "preferences",
            Self::Widget => "web widget",
            Self::Form => "form",
            Self::Calendar => "business calendar",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.noun())
    }
}

/// One registry object of any kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Object {
    Mrd(Mrd),
    ChannelType(ChannelType),
    Provider(Provider),
    Connector(Connector),
    Channel(Channel),
    RoutingAttribute(RoutingAttribute),
    Queue(Queue),
    List(List),
    Bot(Bot),
    Team(Team),
    User(User),
    SchemaAttribute(SchemaAttribute),
    TenantSettings(TenantSettings),
    ReasonCode(ReasonCode),
    Label(Label),
    CannedMessage(CannedMessage),
    Announcement(Announcement),
    Preferences(Preferences),
    Widget(Widget),
    Form(Form),
    Calendar(Calendar),
}

/// A value of the registry with its history's tip: which version it is and since when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stored<T> {
    /// Starts at 1 and rises by one with every change.
    pub version: u64,
    pub changed_at: At,
    pub value: T,
}
