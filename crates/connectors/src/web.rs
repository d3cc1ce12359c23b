//! The web channel: what pages and widgets say, as messages a hub takes, and what the hub sends, as widgets paint it.
//!
//! Promises: a page can speak for the address it connected with and for no other; a message is built from what the
//! page sent and nothing of it is lost; what leaves for a widget that inserts texts as HTML cannot be more than text;
//! a transcript is shown to the browser that had the chat and to no other.
//!
//! This module talks to nobody: [`inbound`] and [`outbound`] translate, [`chat`] keeps the books of one chat. Sockets
//! and calls to the hub are made by whoever runs it.

pub mod chat;
pub mod inbound;
pub mod outbound;

pub use chat::{Chat, Request, TabId};
pub use inbound::Identity;

/// Characters of one text.
pub const TEXT_CHARS_MAX: usize = 4096;
/// Characters of either end's identifier.
pub const IDENTIFIER_CHARS_MAX: usize = 255;
