//! What widgets, connectors and bots call; and what they and desks call for nothing.

use serde_json::json;

use super::{Call, get, post};
use crate::desk_scene::fixture;

pub fn calls() -> Vec<Call> {
    [of_pages(), of_connectors(), refused()].into_iter().flatten().collect()
}

/// Of widgets and the SDK, which send no credentials.
fn of_pages() -> Vec<Call> {
    vec![
        get("page", "/ccm/widget-configs/Web", "WidgetConfig"),
        get("page", "/ccm/widget-configs/Web", "").captured("32-widget-config-response"),
        get("page", "/widget-configs/Web", "WidgetConfig"),
        get("page", "/ccm/widget-configs", "FirstWidgetConfig"),
        get("page", "/ccm/widget-configs/nothing", "Refused").status(404),
        get("page", "/unified-admin/forms/$form", "Form"),
        get("page", "/unified-admin/formValidation", "[FormValidation]"),
        get("page", "/ccm/channels/service-identifier/7002", "ChannelOfPage"),
        get(
            "page",
            "/business-calendar/calendars/events?&calendarId=$calendar&startTime=2024-01-01T00:00:00Z&endTime=1704412800000",
            "[CalendarEvent]",
        ),
        get("page", "/file-engine/api/downloadFileStream?filename=$file", "").content(),
        post("page", "/file-engine/api/uploadFileStream", json!({}), "RefusedUpload").status(401),
        post(
            "page",
            "/conversation-manager/customer-topics/nobody/conversation-data-by-identifier",
            json!({"a": 1}),
            "Refused",
        )
        .status(401),
        get("page", "/conversation-manager/customer-topics/$conversation/conversation-data", "Refused")
            .status(401),
    ]
}

fn of_connectors() -> Vec<Call> {
    let voice = || fixture("body-20-voice");
    let mut calls = vec![
        get("connector", "/ccm/channel-connectors/configurations/7001", "[Attribute]"),
        get("connector", "/ccm/channel-connectors/configurations/0000", "Refused").status(404),
        get("connector", "/ccm/channel-types", "[ChannelType]"),
        get("connector", "/ccm/channels", "[Channel]"),
        get("connector", "/ccm/channels/service-identifier/7001", "Channel"),
        post(
            "bot",
            "/bot-framework/bot-messages",
            json!({"conversationId": "$withBot", "botId": "$bot", "BotMessage": [
                {"intent": {"name": "greet", "confidence": 1.0}, "mode": "message", "body": {"type": "PLAIN", "markdownText": "Hallo!"}},
            ]}),
            "",
        ),
    ];
    for path in [
        "/ccm/message/receive",
        "/ccm/message",
        "/ccm/cim-messages",
        "/message/receive",
        "/message",
        "/cim-messages",
    ] {
        calls.push(post("connector", path, fixture("08-connector-inbound-typing"), "Accepted"));
    }
    for message in [
        "01-connector-inbound-plain-whatsapp",
        "02-connector-inbound-minimal-lenient",
        "05-connector-inbound-reply-to",
        "06-connector-inbound-image",
        "09-connector-inbound-comment-facebook",
    ] {
        calls.push(post("root", "/ccm/message/receive", fixture(message), "Accepted"));
    }
    let mut unknown = fixture("01-connector-inbound-plain-whatsapp");
    unknown["header"]["channelData"]["serviceIdentifier"] = json!("0000");
    calls.push(
        post("connector", "/ccm/message/receive", unknown, "").captured("14-ccm-error-response").status(404),
    );
    calls.push(post("lena", "/ccm/message/receive", voice(), "Accepted"));
    calls
}

/// What the hub has no feature for, and says so in the shape each client reads.
fn refused() -> Vec<Call> {
    let link = json!({"agentId": "$lena", "agentName": "lena", "agentExtension": "1201", "customerId": "$customer", "channel": "",
        "serviceIdentifier": "7002"});
    let post_of = "social-media-post?postId=1&serviceIdentifier=204792695727029&limit=4";
    let absent = |call: Call| call.status(404);
    vec![
        absent(get("lena", &format!("/ccm/{post_of}"), "Refused")),
        absent(get("page", &format!("/{post_of}"), "Refused")),
        absent(post("lena", "/secure-link/generateLink", link, "Refused")),
        post("page", "/secure-link/verifySecureLink", json!({"token": "x"}), "RefusedLink").status(400),
        absent(post("page", "/agent-manager/agent/refresh-token", json!({}), "RefusedAtDesk")),
        absent(post("page", "/agent-manager/agent/send-sms-otp", json!({}), "RefusedAtDesk")),
        absent(post("page", "/agent-manager/agent/register-phone", json!({}), "RefusedAtDesk")),
        absent(post("page", "/agent-manager/agent/validate-otp", json!({}), "RefusedAtDesk")),
        absent(post("page", "/web-widget/chat-transcript", json!({}), "Refused")),
        absent(get("page", "/web-widget/chat-transcript", "Refused")),
        absent(get("lena", "/unified-admin/licenses", "Refused")),
    ]
}
