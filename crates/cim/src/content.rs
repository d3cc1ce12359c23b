//! Content that people exchange: texts, buttons, media, places, contacts, comments, wrap-ups.
//!
//! Every type may carry `markdownText`; structured types add `additionalDetails`, any JSON. Members marked
//! required are asked for by [`crate::Message::check_inbound`], not by reading.

use crate::Members;
use serde_json::{Number, Value};

wire_struct! {
    /// `PLAIN`: a text.
    pub struct Plain {
        markdown_text: Option<String>,
    }

    /// `BUTTON`: choices the customer answers with.
    pub struct Buttons {
        markdown_text: Option<String>,
        button_message_type: Option<ButtonsType>,
        buttons: Vec<Button>,
        /// `interactive.header.text` and `.body.text` must exist for the web widget.
        additional_details: Value,
    }

    /// One choice; title, payload and type are required.
    pub struct Button {
        title: Option<String>,
        payload: Option<String>,
        #[serde(rename = "type")]
        kind: Option<String>,
        additional_button_details: Value,
    }

    /// `CAROUSEL`: cards side by side. Documentation names the cards `data`, read as `elements`.
    pub struct Carousel {
        markdown_text: Option<String>,
        carousel_message_type: Option<CarouselType>,
        elements: Vec<CarouselElement>,
        additional_details: Value,
    }

    /// One card.
    pub struct CarouselElement {
        text: Option<String>,
        url: Option<String>,
        buttons: Vec<Button>,
        default_action: Option<DefaultAction>,
        additional_carousel_element_details: Value,
    }

    /// What a tap on a card does.
    pub struct DefaultAction {
        #[serde(rename = "type")]
        kind: Option<String>,
        url: Option<String>,
    }

    /// `IMAGE`, `VIDEO`, `AUDIO`, `FILE`, `MULTIMEDIA`: one file.
    pub struct Media {
        markdown_text: Option<String>,
        caption: Option<String>,
        attachment: Option<Attachment>,
        /// FILE: `fileName`, read by the web widget.
        additional_details: Value,
    }

    /// A file by address; `mediaUrl` is required. Browsers add `type` and `extType`, kept in `extra`.
    pub struct Attachment {
        media_url: Option<String>,
        thumbnail: Option<String>,
        mime_type: Option<String>,
        /// Bytes.
        size: Option<i64>,
        media_label: Option<String>,
        media_name: Option<String>,
    }

    /// `STICKER`.
    pub struct Sticker {
        markdown_text: Option<String>,
        media_url: Option<String>,
        sticker_id: Option<String>,
        additional_details: Value,
    }

    /// `URL`: a link; `mediaUrl` is required.
    pub struct Url {
        markdown_text: Option<String>,
        /// Also read from `mediaURL` and from `attachment.mediaUrl`.
        media_url: Option<String>,
        /// The same link where older widgets look for it.
        #[serde(skip_serializing_if = "Option::is_none")]
        attachment: Option<Value>,
        additional_details: Value,
    }

    /// `LOCATION`.
    pub struct LocationBody {
        markdown_text: Option<String>,
        location: Option<Location>,
        additional_details: Value,
    }

    /// Degrees; both required.
    pub struct Location {
        latitude: Option<Number>,
        longitude: Option<Number>,
    }

    /// `CONTACT`: address cards.
    pub struct Contacts {
        markdown_text: Option<String>,
        contacts: Vec<Contact>,
        additional_details: Value,
    }

    /// One address card.
    pub struct Contact {
        name: Option<ContactName>,
        phones: Vec<ContactPhone>,
        additional_contact_details: Value,
    }

    /// `formattedName` is required.
    pub struct ContactName {
        formatted_name: Option<String>,
        additional_name_details: Value,
    }

    /// One number of a contact.
    pub struct ContactPhone {
        phone: Option<String>,
        additional_phone_details: Value,
    }

    /// `CUSTOM`: any JSON two ends agreed on.
    pub struct Custom {
        markdown_text: Option<String>,
        json_node: Value,
    }

    /// `VOICE`: a call leg; `dialog`, `state` and the like are kept in `extra`.
    pub struct Voice {
        markdown_text: Option<String>,
        call_id: Option<String>,
        /// `extension:agentId:dialogId`, or `dialogId:agentId`.
        leg: Option<String>,
        reason_code: Option<String>,
    }

    /// `WRAPUP`: an agent's closing note.
    pub struct Wrapup {
        markdown_text: Option<String>,
        note: Option<String>,
        /// `{categoryName, value}` each; see [`Wrapup::values`].
        wrapups: Vec<Value>,
    }

    /// `ACTION`: what a bot asks the hub to do.
    pub struct ActionBody {
        markdown_text: Option<String>,
        name: String,
        data: Members,
    }

    /// `COMMENT`: on a social post, or an action on an earlier comment; `postId` and `itemType` are required.
    pub struct Comment {
        markdown_text: Option<String>,
        post_id: Option<String>,
        attachment: Option<Attachment>,
        item_type: Option<CommentType>,
    }

    /// `StructuredMessage`: only details.
    pub struct Structured {
        markdown_text: Option<String>,
        additional_details: Value,
    }
}

wire_words! {
    /// How buttons are shown.
    pub enum ButtonsType {
        Button = "BUTTON",
        QuickReplies = "QUICK_REPLIES",
    }

    /// What a carousel's cards hold.
    pub enum CarouselType {
        Media = "MEDIA",
        GenericRichMedia = "GENERIC_RICH_MEDIA",
    }

    /// What a comment is or does.
    pub enum CommentType {
        Video = "VIDEO",
        Text = "TEXT",
        Image = "IMAGE",
        Like = "LIKE",
        Unlike = "UNLIKE",
        Delete = "DELETE",
        Hide = "HIDE",
        PrivateReply = "PRIVATE_REPLY",
    }
}

impl Wrapup {
    /// Category and value of every entry that has both as text.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.wrapups
            .iter()
            .filter_map(|entry| Some((entry.get("categoryName")?.as_str()?, entry.get("value")?.as_str()?)))
    }
}
