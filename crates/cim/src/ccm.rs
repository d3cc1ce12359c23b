//! The channel manager's REST shapes: answers, connector configuration, uploads, social posts.

use crate::{Attribute, Coded, Customer, Members, content::Attachment};
use serde_json::Value;

wire_struct! {
    /// A refusal.
    pub struct CcmError {
        /// A number or a word such as `NOT_FOUND`.
        status: Value,
        message: String,
        description: Option<String>,
        /// The message for screens of other languages; ours.
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<Coded>,
    }

    /// An acceptance of `/message/receive` and `/message/send`.
    pub struct CcmAccepted {
        /// `"OK"`.
        status: Value,
        message: String,
        additional_details: AcceptedDetails,
    }

    /// The desk reads the customer after sending.
    pub struct AcceptedDetails {
        customer: Option<Customer>,
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        channel_session_id: Option<String>,
    }

    /// What is pushed to `{connector}/connector-configurations`. Pulled, it is the bare list.
    pub struct ConnectorConfigurations {
        service_identifier: String,
        connector_configurations: Vec<Attribute>,
    }

    /// The file engine's answer to an upload.
    pub struct Uploaded {
        message: String,
        /// MD5 in hex.
        etag: String,
        /// Stored name; clients build the download address from it without encoding.
        name: String,
        /// MIME type with a slash.
        #[serde(rename = "type")]
        kind: String,
        /// Bytes.
        size: i64,
    }

    /// The file engine's refusal. Sic: capital M.
    pub struct UploadError {
        #[serde(rename = "Message")]
        message: String,
    }

    /// A post with its comments.
    pub struct SocialMediaPost {
        id: String,
        text: Option<String>,
        attachments: Vec<Attachment>,
        timestamp: Value,
        username: Option<String>,
        permalink_url: Option<String>,
        comments: Vec<SocialMediaComment>,
    }

    /// A comment with its answers.
    pub struct SocialMediaComment {
        id: String,
        text: Option<String>,
        attachment: Option<Attachment>,
        timestamp: Value,
        username: Option<String>,
        parent_id: Option<String>,
        hidden: bool,
        deleted: bool,
        sub_comments: Vec<SocialMediaComment>,
    }

    /// A page of documents: customers, preferences, past events.
    pub struct Docs {
        docs: Vec<Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        total_docs: Option<i64>,
    }

    /// What moving past conversations to another customer takes.
    pub struct UpdatePastConversations {
        current_customer: Members,
        new_customer: Members,
    }
}

impl CcmError {
    /// A refusal with a status word.
    pub fn new(status: &str, message: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            status: Value::from(status),
            message: message.into(),
            description: Some(description.into()),
            ..Self::default()
        }
    }
}
