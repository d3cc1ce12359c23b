//! The required members of inbound messages, as one list.

use crate::{
    Body, ChannelData, Header, Invalid, Sender,
    content::{Attachment, Button},
};

type Checked = Result<(), Invalid>;

pub(crate) fn channel(data: &ChannelData) -> Checked {
    text("header.channelData.channelCustomerIdentifier", Some(&data.channel_customer_identifier))?;
    text("header.channelData.serviceIdentifier", Some(&data.service_identifier))
}

pub(crate) fn sender(sender: &Sender) -> Checked {
    text("header.sender.id", Some(&sender.id))?;
    text("header.sender.type", Some(sender.kind.as_str()))
}

pub(crate) fn conversation(header: &Header) -> Checked {
    let given = |id: Option<&str>| id.is_some_and(|id| !id.trim().is_empty());
    let known = given(header.conversation_id.as_deref())
        || given(header.channel_session_id.as_deref())
        || given(header.customer.as_ref().map(|customer| customer.id.as_str()));
    if known {
        return Ok(());
    }
    Err(Invalid::at("header.conversationId", "is missing, and so are channelSessionId and customer"))
}

pub(crate) fn body(body: &Body) -> Checked {
    match body {
        Body::Button(body) => buttons("body", &body.buttons),
        Body::Carousel(body) => each(&body.elements, |index, element| {
            buttons(&format!("body.elements[{index}]"), &element.buttons)
        }),
        Body::Image(body)
        | Body::Video(body)
        | Body::Audio(body)
        | Body::File(body)
        | Body::Multimedia(body) => attachment("body.attachment", body.attachment.as_ref()),
        Body::Url(body) => text("body.mediaUrl", body.media_url.as_deref()),
        Body::Location(body) => body.location.as_ref().map_or(Ok(()), |location| {
            number("body.location.latitude", location.latitude.as_ref())?;
            number("body.location.longitude", location.longitude.as_ref())
        }),
        Body::Contact(body) => each(&body.contacts, |index, contact| {
            contact.name.as_ref().map_or(Ok(()), |name| {
                text(&format!("body.contacts[{index}].name.formattedName"), name.formatted_name.as_deref())
            })
        }),
        Body::Template(body) => {
            text("body.namespace", body.namespace.as_deref())?;
            text("body.name", body.name.as_deref())?;
            body.language.as_ref().map_or(Ok(()), |language| {
                text("body.language.code", language.code.as_deref())?;
                text("body.language.policy", language.policy.as_deref())
            })
        }
        Body::Comment(body) => {
            text("body.postId", body.post_id.as_deref())?;
            text("body.itemType", body.item_type.as_ref().map(|kind| kind.as_str()))?;
            attachment("body.attachment", body.attachment.as_ref())
        }
        Body::Email(body) => each(&body.attachments, |index, file| {
            attachment(&format!("body.attachments[{index}]"), Some(file))
        }),
        _ => Ok(()),
    }
}

fn buttons(parent: &str, buttons: &[Button]) -> Checked {
    each(buttons, |index, button| {
        let at = |member: &str| format!("{parent}.buttons[{index}].{member}");
        text(&at("title"), button.title.as_deref())?;
        text(&at("payload"), button.payload.as_deref())?;
        text(&at("type"), button.kind.as_deref())
    })
}

fn attachment(path: &str, attachment: Option<&Attachment>) -> Checked {
    attachment.map_or(Ok(()), |file| text(&format!("{path}.mediaUrl"), file.media_url.as_deref()))
}

fn each<T>(items: &[T], check: impl Fn(usize, &T) -> Checked) -> Checked {
    items.iter().enumerate().try_for_each(|(index, item)| check(index, item))
}

fn text(path: &str, value: Option<&str>) -> Checked {
    match value {
        None => Err(Invalid::at(path, "is missing")),
        Some(value) if value.trim().is_empty() => Err(Invalid::at(path, "is blank")),
        Some(_) => Ok(()),
    }
}

fn number(path: &str, value: Option<&serde_json::Number>) -> Checked {
    value.map_or_else(|| Err(Invalid::at(path, "is missing")), |_| Ok(()))
}
