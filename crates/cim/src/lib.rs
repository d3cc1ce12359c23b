//! The wire: messages, events and registry objects exactly as clients send and see them.
//!
//! Promises: every object keeps the members it does not know (`extra`), reads what real clients send
//! (see [`lenient`]), and writes one spelling: enum words in upper case, `null` for an absent member the
//! agent desk looks at, numbers for epoch milliseconds. Odd or misspelt wire names live here and nowhere else.
//!
//! Leaves to others: ids, permissions, routing, anything that decides. Nothing in here does I/O, reads a clock
//! or draws a random number, and nothing panics on input.
//!
//! Start with [`Message`], [`Body`] and [`CimEvent`]; read bytes from outside with [`parse_inbound`] and
//! the hub's own with [`parse`]; both name the member at fault.

#[macro_use]
mod wire;

pub mod agent;
pub mod body;
pub mod bot;
pub mod canonical;
pub mod ccm;
pub mod channel;
mod check;
pub mod content;
pub mod customer;
pub mod dashboard;
pub mod desk;
pub mod event;
pub mod event_data;
pub mod event_name;
pub mod form;
pub mod header;
pub mod invalid;
pub mod lenient;
pub mod message;
pub mod notice;
pub mod participant;
pub mod presence;
pub mod pull;
pub mod request;
pub mod routing;
pub mod session;
pub mod task;
pub mod template;
pub mod time;
pub mod why;
pub mod widget;

pub use agent::{CcUser, KeycloakUser, Team};
pub use body::{Body, BodyKind, Generic};
pub use canonical::canonical;
pub use channel::{Attribute, Channel, ChannelConfig, ChannelConnector, ChannelProvider, ChannelType};
pub use customer::Customer;
pub use event::{CimEvent, EventData, PastEvent};
pub use event_name::{EventName, EventType};
pub use header::{ChannelData, Header, Intent, Sender, SenderType};
pub use invalid::{INBOUND_DEPTH_MAX, Invalid, parse, parse_inbound};
pub use lenient::Encoded;
pub use message::{ActionMessage, Message, SuggestionMessage};
pub use notice::{DeliveryStatus, NotificationType};
pub use participant::{ConversationParticipant, Participant};
pub use session::{ChannelSession, RoomInfo};
pub use task::{Task, TaskMedia};
pub use time::{ClockTime, IsoTime, Timestamp};
pub use why::{Coded, Told, Why};

/// A JSON object as it came.
pub type Members = serde_json::Map<String, serde_json::Value>;
