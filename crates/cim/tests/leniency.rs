//! What differs between clients and documentation, and the one form it is read and written in.

use serde_json::{Value, json};
use tieline_cim::{
    Body, BodyKind, CimEvent, ConversationParticipant, Encoded, KeycloakUser, Message, Participant,
    PastEvent, Timestamp, parse,
    time::{ClockTime, IsoTime},
};

fn message(header: Value, body: Value) -> Message {
    let mut whole = json!({"header": {
        "sender": {"id": "s1", "type": "CONNECTOR"},
        "channelData": {"channelCustomerIdentifier": "c", "serviceIdentifier": "s"},
    }, "body": body});
    whole["header"].as_object_mut().unwrap().extend(header.as_object().unwrap().clone());
    parse(whole.to_string().as_bytes()).unwrap_or_else(|invalid| panic!("{whole}: {invalid}"))
}

/// `header` is read so that `pointer` of the written header is `expected`.
#[track_caller]
fn header(header: Value, pointer: &str, expected: Value) {
    let written = serde_json::to_value(message(header, json!({"type": "PLAIN"})).header).unwrap();
    assert_eq!(written.pointer(pointer).unwrap_or(&json!("<absent>")), &expected, "{written}");
}

/// `body` is read so that `pointer` of the written body is `expected`.
#[track_caller]
fn body(body: Value, pointer: &str, expected: Value) {
    let written = serde_json::to_value(message(json!({}), body).body).unwrap();
    assert_eq!(written.pointer(pointer).unwrap_or(&json!("<absent>")), &expected, "{written}");
}

#[test]
fn timestamps() {
    for (given, ms) in [
        (json!(1727179082000_i64), Some(1727179082000)),
        (json!(1727179082000.9), Some(1727179082000)),
        (json!("1727179082000"), Some(1727179082000)),
        (json!(" 1727179082000 "), Some(1727179082000)),
        (json!("2024-09-24T11:58:02.000+00:00"), Some(1727179082000)),
        (json!("2024-09-24T11:58:02Z"), Some(1727179082000)),
        (json!("2024-09-24T13:58:02.000+02:00"), Some(1727179082000)),
        (json!("2024-09-24T07:28:02-0430"), Some(1727179082000)),
        (json!("2024-09-24 11:58:02.5"), Some(1727179082500)),
        (json!("2024-09-24 11:58:02.123456"), Some(1727179082123)),
        (json!("2000-02-29T00:00:00Z"), Some(951782400000)),
        (json!("1969-12-31T23:59:59.999Z"), Some(-1)),
        (json!(""), None),
        (json!(null), None),
        (json!("yesterday"), None),
        (json!(i64::MAX), None),
        (json!("-99999999999999"), None),
        (json!("2023-02-29T00:00:00Z"), None),
        (json!("2024-13-01T00:00:00Z"), None),
        (json!("2024-01-01T00:00:00.Z"), None),
        (json!("2024-01-01T00:00:00+2"), None),
    ] {
        let read = message(json!({"timestamp": given}), json!({"type": "PLAIN"})).header.timestamp;
        assert_eq!(read.map(Timestamp::ms), ms, "{given}");
    }
}

#[test]
fn times_are_written_in_three_forms() {
    let at = Timestamp::from_ms(1706273966100);
    assert_eq!(serde_json::to_value(at).unwrap(), json!(1706273966100_i64));
    assert_eq!(IsoTime(at).to_string(), "2024-01-26T12:59:26.100+00:00");
    assert_eq!(ClockTime(at).to_string(), "2024-01-26 12:59:26.100");
    for ms in [0, -1, 951782399999, 951868800000, -62135596800000, 253402300799999, i64::MIN, i64::MAX] {
        let at = Timestamp::from_ms(ms);
        let text = IsoTime(at).to_string();
        if (-62135596800000..=253402300799999).contains(&ms) {
            assert_eq!(Timestamp::read(&text), Some(at), "{text}");
            assert_eq!(Timestamp::read(&ClockTime(at).to_string()), Some(at), "{text}");
        }
    }
}

#[test]
fn headers() {
    header(json!({"intent": ""}), "/intent", json!(null));
    header(json!({"intent": "start_chat"}), "/intent", json!("START_CHAT"));
    header(json!({"intent": "SOMETHING_new"}), "/intent", json!("SOMETHING_new"));
    header(json!({"replyToMessageId": "m1"}), "/originalMessageId", json!("m1"));
    header(json!({"replyToMessageId": "m1"}), "/replyToMessageId", json!("<absent>"));
    header(json!({"replyToMessageId": "m1", "originalMessageId": "m2"}), "/originalMessageId", json!("m2"));
    header(json!({"replyToMessageId": null}), "/originalMessageId", json!(null));
    for member in ["language", "securityInfo", "stamps", "entities"] {
        for any in [json!({}), json!([]), json!("x"), json!(7), json!(null), json!([{"a": [1]}])] {
            header(json!({member: any}), &format!("/{member}"), any.clone());
        }
    }
    header(json!({}), "/language", json!({}));
    header(json!({}), "/stamps", json!([]));
    header(json!({"additionalData": {"isEncoded": true}}), "/additionalData/isEncoded", json!(true));
    header(json!({"vendorExtension": {"a": 1}}), "/vendorExtension/a", json!(1));
    let data = |extra: Value| {
        let mut data = json!({"channelCustomerIdentifier": "c", "serviceIdentifier": "s"});
        data.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({"channelData": data})
    };
    header(data(json!({})), "/channelData/additionalAttributes", json!([]));
    header(data(json!({"additionalAttributes": null})), "/channelData/additionalAttributes", json!([]));
    header(data(json!({})), "/channelData/requestPriority", json!(0));
    header(data(json!({"requestPriority": "5"})), "/channelData/requestPriority", json!(5));
    header(data(json!({"requestPriority": ""})), "/channelData/requestPriority", json!(0));
    header(data(json!({"channelTypeCode": "CX_VOICE"})), "/channelData/channelTypeCode", json!("CX_VOICE"));
    header(json!({"sender": {"id": "s", "type": "connector"}}), "/sender/type", json!("CONNECTOR"));
    header(json!({"sender": {"id": "s", "type": "ROBOT"}}), "/sender/type", json!("ROBOT"));
}

#[test]
fn bodies() {
    body(json!({"markdownText": "a", "type": "plain"}), "/type", json!("PLAIN"));
    body(json!({"type": "structuredmessage"}), "/type", json!("StructuredMessage"));
    body(json!({"type": "Whatever", "a": 1}), "/type", json!("Whatever"));
    body(
        json!({"type": "BUTTON", "buttonMessageType": "Quick_Replies"}),
        "/buttonMessageType",
        json!("QUICK_REPLIES"),
    );
    body(json!({"type": "BUTTON", "buttonMessageType": "Button"}), "/buttonMessageType", json!("BUTTON"));
    body(json!({"type": "BUTTON", "buttonMessageType": ""}), "/buttonMessageType", json!(null));
    body(json!({"type": "BUTTON"}), "/buttons", json!([]));
    let delivery = |code: Value, status: &str| json!({"type": "DELIVERYNOTIFICATION", "reasonCode": code, "status": status});
    body(delivery(json!(200), "Read"), "/reasonCode", json!("200"));
    body(delivery(json!("200"), "Read"), "/reasonCode", json!("200"));
    body(delivery(json!(null), "delivered"), "/status", json!("DELIVERED"));
    body(json!({"type": "URL", "mediaURL": "u"}), "/mediaUrl", json!("u"));
    body(json!({"type": "URL", "mediaURL": "u"}), "/mediaURL", json!("<absent>"));
    body(json!({"type": "URL", "attachment": {"mediaUrl": "u"}}), "/mediaUrl", json!("u"));
    body(json!({"type": "URL", "mediaUrl": "u"}), "/mediaUrl", json!("u"));
    let cards = json!([{"text": "a"}]);
    body(json!({"type": "CAROUSEL", "data": cards}), "/elements/0/text", json!("a"));
    body(json!({"type": "CAROUSEL", "data": {"elements": cards}}), "/elements/0/text", json!("a"));
    body(json!({"type": "CAROUSEL", "data": {"text": "a"}}), "/elements/0/text", json!("a"));
    body(json!({"type": "CAROUSEL", "elements": cards, "data": 5}), "/data", json!(5));
    body(json!({"type": "TEMPLATE", "language": "en"}), "/language/code", json!("en"));
    body(
        json!({"type": "TEMPLATE", "language": {"code": "de", "policy": "x"}}),
        "/language/policy",
        json!("x"),
    );
    body(json!({"type": "TEMPLATE", "component": [{"type": "body"}]}), "/components/0/type", json!("body"));
    body(json!({"type": "TEMPLATE", "components": [{"type": "body"}]}), "/components/0/type", json!("body"));
    body(json!({"type": "RECEIPT", "timestamp": 17}), "/timestamp", json!("17"));
    body(json!({"type": "RECEIPT", "paymentMethode": "Visa"}), "/paymentMethode", json!("Visa"));
    body(
        json!({"type": "LOCATION", "location": {"latitude": "52.5", "longitude": 13}}),
        "/location/latitude",
        json!(52.5),
    );
    body(
        json!({"type": "FILE", "attachment": {"size": "13", "extType": "txt"}}),
        "/attachment/size",
        json!(13),
    );
    body(json!({"type": "FILE", "attachment": {"extType": "txt"}}), "/attachment/extType", json!("txt"));
    body(json!({"type": "COMMENT", "itemType": "Private_Reply"}), "/itemType", json!("PRIVATE_REPLY"));
    body(
        json!({"type": "NOTIFICATION", "notificationType": "typing_started"}),
        "/notificationData",
        json!({}),
    );
    body(json!({"type": "MEDIA", "attachment": {"mediaUrl": "u"}}), "/attachment/mediaUrl", json!("u"));
    assert_eq!(message(json!({}), json!({"type": "MEDIA"})).body.kind(), BodyKind::Generic);
    assert_eq!(message(json!({}), json!({"type": "VOICE_RECORDING"})).body.type_name(), "VOICE_RECORDING");
    assert!(matches!(message(json!({}), json!({"type": "Image"})).body, Body::Image(_)));
}

#[test]
fn the_type_of_event_data_follows_the_name_wherever_it_stands() {
    let message = json!({"header": {}, "body": {"type": "PLAIN", "markdownText": "x"}}).to_string();
    for text in [
        format!(r#"{{"name":"CUSTOMER_MESSAGE","type":"MESSAGE","data":{message}}}"#),
        format!(r#"{{"data":{message},"type":"MESSAGE","name":"customer_message"}}"#),
    ] {
        let event: CimEvent = parse(text.as_bytes()).unwrap();
        assert_eq!(event.message().unwrap().body.markdown_text(), Some("x"));
        assert_eq!(event.event_emitter, None);
    }
    let past: PastEvent = parse(br#"{"name":"HOLD_TIMER","timestamp":1706273966100,"data":{}}"#).unwrap();
    assert_eq!(serde_json::to_value(&past).unwrap()["timestamp"], json!("2024-01-26T12:59:26.100+00:00"));
    assert_eq!(serde_json::to_value(&past.0).unwrap()["timestamp"], json!(1706273966100_i64));
}

#[test]
fn objects_come_as_text_or_as_objects() {
    for text in [r#""{\"id\":\"u1\"}""#, r#"{"id":"u1"}"#] {
        let user: Encoded<KeycloakUser> = parse(text.as_bytes()).unwrap();
        assert_eq!(user.0.id, "u1");
        assert_eq!(serde_json::to_value(&user.0).unwrap()["permittedResources"], json!({"Resources": []}));
    }
}

#[test]
fn participants_are_told_apart_by_any_spelling_of_their_type() {
    let kind = |participant: Value| -> Participant {
        let whole = json!({"participant": participant});
        parse::<ConversationParticipant>(whole.to_string().as_bytes()).unwrap().participant
    };
    assert!(matches!(kind(json!({"participantType": "CCUser", "id": "a"})), Participant::CcUser(_)));
    assert!(matches!(kind(json!({"participantType": "ccuser", "id": "a"})), Participant::CcUser(_)));
    assert!(matches!(kind(json!({"participantType": "ChannelSession"})), Participant::ChannelSession(_)));
    assert!(matches!(kind(json!({"participantType": "Bot"})), Participant::Bot(_)));
    let old = kind(json!({"participantType": "TopicMonitor", "id": "m"}));
    assert_eq!(serde_json::to_value(old).unwrap()["participantType"], json!("ConversationMonitor"));
    assert!(matches!(kind(json!({"a": 1})), Participant::Other(_)));
}
