//! The header of a message, completed with what the hub knows and its sender did not say.

use serde_json::{Value, json};
use tieline_cim::{ChannelData, Header, Message};
use tieline_core::event::{Emitter, Event, Fact, MessageClass};

use super::{Setting, people, room, timestamp};

/// Fills in conversation, session, customer, room, time and sender, and the members desks take for granted. The
/// sender stands as sent, if there is one; what goes to the customer carries the channel data of the session it
/// goes to.
pub fn complete(message: &mut Message, setting: &Setting<'_>, event: &Event) {
    let header = &mut message.header;
    if header.sender.id.is_empty() || header.sender.kind.is_blank() {
        // The words of a customer come through his connector, and desks look for its name on them.
        let of_customer = match &event.fact {
            Fact::Message(said) => said.class == MessageClass::Customer,
            _ => event.emitter == Emitter::Customer,
        };
        header.sender = match of_customer {
            true => people::connector(setting.registry, setting.session.as_deref()),
            false => people::emitter(setting.registry, event.emitter, None),
        };
    }
    if header.timestamp.is_none() {
        header.timestamp = Some(timestamp(event.at));
    }
    header.conversation_id = Some(event.conversation.to_string());
    header.customer = setting.customer.as_deref().cloned();
    header.room_id = Some(room(event.customer).id);
    if let Some(session) = &setting.session {
        header.channel_session_id = Some(session.id.clone());
        match &event.fact {
            Fact::Message(said) if matches!(said.class, MessageClass::Agent | MessageClass::Bot) => {
                header.channel_data = session.channel_data.clone();
            }
            _ => {
                if setting.masked {
                    forget_address(&mut header.channel_data);
                }
                complete_channel_data(&mut header.channel_data, &session.channel_data);
            }
        }
    }
    restore_shape(header);
}

/// Where a customer wrote from and under what name, as his connector sent it.
fn forget_address(data: &mut ChannelData) {
    data.channel_customer_identifier.clear();
    data.customer_first_name = None;
    data.customer_last_name = None;
}

/// Takes from the session what the sender left out.
pub fn complete_channel_data(data: &mut ChannelData, session: &ChannelData) {
    let fill = |text: &mut String, from: &String| {
        if text.is_empty() {
            text.clone_from(from);
        }
    };
    fill(&mut data.channel_customer_identifier, &session.channel_customer_identifier);
    fill(&mut data.service_identifier, &session.service_identifier);
    if data.customer_first_name.is_none() && data.customer_last_name.is_none() {
        data.customer_first_name.clone_from(&session.customer_first_name);
        data.customer_last_name.clone_from(&session.customer_last_name);
    }
    if data.additional_attributes.is_empty() {
        data.additional_attributes.clone_from(&session.additional_attributes);
    }
}

/// The reserved members, for messages whose sender left out the header or parts of it.
pub fn restore_shape(header: &mut Header) {
    for member in [&mut header.language, &mut header.security_info, &mut header.entities] {
        if member.is_null() {
            *member = json!({});
        }
    }
    if header.stamps.is_null() {
        header.stamps = Value::Array(Vec::new());
    }
}
