//! The web widget: its configuration and its socket's payloads.
//!
//! A widget's `MESSAGE_RECEIVED` is not a full message; building one from it is left to the web channel.

use crate::{Attribute, Body, ChannelData, Coded, Message, form::FormData, template::TemplateLanguage};
use serde_json::Value;

wire_struct! {
    /// Configuration of one widget.
    pub struct WidgetConfig {
        id: String,
        widget_identifier: String,
        /// A CSS colour or a theme name.
        theme: Option<String>,
        title: Option<String>,
        sub_title: Option<String>,
        enable_font_resize: bool,
        enable_emoji: bool,
        enable_file_transfer: bool,
        enable_dynamic_link: bool,
        enable_download_transcript: bool,
        /// Seconds; 0 is none.
        customer_reconnect_time: i64,
        language: Option<TemplateLanguage>,
        /// Id of the pre-chat form; `""` is none.
        form: String,
        web_rtc: WebRtc,
        callback: Callback,
        webhook: Webhook,
    }

    /// Calls from the browser.
    pub struct WebRtc {
        enable_web_rtc: bool,
        dialling_uri: String,
        sip_extension: String,
        enabled_sip_logs: bool,
        extension_password: String,
        channel: Option<String>,
        websocket: Option<String>,
        wss_fs: String,
        uri_fs: String,
        ice_servers: Vec<Value>,
    }

    /// Call-back requests.
    pub struct Callback {
        enable_callback: bool,
        callback_url: String,
        campaign_id: i64,
        /// Text, not a flag.
        allow_duplicate: String,
        call_back_form: String,
        standalone_callback: bool,
    }

    /// A hook the widget itself calls.
    pub struct Webhook {
        enable_webhook: bool,
        webhook_url: String,
    }

    /// `CHAT_REQUESTED`, `VOICE_REQUESTED`.
    pub struct ChatRequest {
        channel_customer_identifier: String,
        service_identifier: String,
        additional_attributes: Vec<Attribute>,
    }

    /// `CHAT_ENDED`, `CHAT_RESUMED`, the socket's `auth`, and the `customer` of a message.
    pub struct WidgetCustomer {
        service_identifier: String,
        channel_customer_identifier: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        browser_device_info: Option<BrowserDeviceInfo>,
        #[serde(skip_serializing_if = "Option::is_none")]
        queue: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        locale: Option<Locale>,
        #[serde(skip_serializing_if = "Option::is_none")]
        form_data: Option<FormData>,
    }

    /// Value of the attribute `WebChannelData`.
    pub struct WebChannelData {
        browser_device_info: Option<BrowserDeviceInfo>,
        queue: Option<String>,
        locale: Option<Locale>,
        form_data: Option<FormData>,
    }

    /// The customer's browser.
    pub struct BrowserDeviceInfo {
        browser_id: Value,
        browser_id_expiry_time: Value,
        browser_name: Option<String>,
        device_type: Option<String>,
    }

    /// The customer's place and language.
    pub struct Locale {
        timezone: Option<String>,
        language: Option<String>,
        country: Option<String>,
    }

    /// `MESSAGE_RECEIVED` from a widget.
    pub struct WidgetMessage {
        /// Chosen by newer widgets, so that a message they repeat has one effect.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// Mixes body and media types; `body.type` counts.
        #[serde(rename = "type")]
        kind: Option<String>,
        header: WidgetHeader,
        #[serde(skip_serializing_if = "Body::is_absent")]
        body: Body,
        customer: Option<WidgetCustomer>,
        /// `""` in practice.
        timestamp: Option<crate::Timestamp>,
    }

    /// The little header of a [`WidgetMessage`]; a whole [`crate::Header`] when `channelData` is in `extra`.
    pub struct WidgetHeader {
        intent: Option<crate::Intent>,
        /// The newer name.
        #[serde(skip_serializing_if = "Option::is_none")]
        original_message_id: Option<String>,
        /// The older name; see [`WidgetHeader::replies_to`].
        #[serde(skip_serializing_if = "Option::is_none")]
        reply_to_message_id: Option<String>,
    }

    /// The acknowledgement of a widget's message; `code` 200 is success.
    pub struct MessageAck {
        code: i64,
        message: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// The description for widgets of other languages; ours.
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<Coded>,
    }

    /// The acknowledgement of `CHAT_RESUMED`: the transcript, oldest first.
    pub struct ResumeAck {
        is_chat_available: bool,
        data: Vec<Message>,
        /// 200 with the chat, 404 when there is none, 408 when it cannot be read right now.
        code: i64,
    }

    /// `ERRORS`; `task` must be text.
    pub struct WidgetError {
        task: String,
        /// 408 unreachable, 400 invalid, 500 internal.
        code: i64,
        message: Option<String>,
        description: Option<String>,
        /// The description for widgets of other languages; ours.
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<Coded>,
    }
}

impl WidgetHeader {
    /// The message replied to or edited, under either name.
    pub fn replies_to(&self) -> Option<&str> {
        self.original_message_id.as_deref().or(self.reply_to_message_id.as_deref())
    }
}

impl ChatRequest {
    /// The channel data of the session asked for.
    pub fn into_channel_data(self) -> ChannelData {
        ChannelData {
            channel_customer_identifier: self.channel_customer_identifier,
            service_identifier: self.service_identifier,
            additional_attributes: self.additional_attributes,
            ..ChannelData::default()
        }
    }
}
