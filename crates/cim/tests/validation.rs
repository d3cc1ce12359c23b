//! What is refused, and the path that is named.

use serde_json::{Value, json};
use tieline_cim::{
    INBOUND_DEPTH_MAX, Message, parse, parse_inbound,
    presence::ChangeAgentState,
    request::{PublishCimEvent, TopicSubscription},
};

fn good() -> Value {
    json!({"header": {
        "sender": {"id": "s1", "type": "CONNECTOR"},
        "channelData": {"channelCustomerIdentifier": "c", "serviceIdentifier": "s", "additionalAttributes": [{"key": "k"}]},
    }, "body": {"type": "PLAIN", "markdownText": "x"}})
}

/// The path refused when `pointer` of a good message is replaced (`<remove>` removes it).
fn refused(pointer: &str, value: Value) -> String {
    let mut whole = good();
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    let parent = whole.pointer_mut(parent).unwrap();
    if value == json!("<remove>") {
        parent.as_object_mut().unwrap().remove(member);
    } else if let Ok(index) = member.parse::<usize>() {
        parent[index] = value;
    } else {
        parent[member] = value;
    }
    let outcome = parse::<Message>(whole.to_string().as_bytes()).and_then(|message| message.check_inbound());
    outcome.map_or_else(|invalid| invalid.path, |()| "accepted".to_owned())
}

#[test]
fn required_members() {
    let remove = || json!("<remove>");
    for (pointer, value, path) in [
        (
            "/header/channelData/channelCustomerIdentifier",
            json!(""),
            "header.channelData.channelCustomerIdentifier",
        ),
        (
            "/header/channelData/channelCustomerIdentifier",
            remove(),
            "header.channelData.channelCustomerIdentifier",
        ),
        ("/header/channelData/serviceIdentifier", json!("  "), "header.channelData.serviceIdentifier"),
        ("/header/channelData/serviceIdentifier", json!(null), "header.channelData.serviceIdentifier"),
        ("/header/channelData", remove(), "header.channelData.channelCustomerIdentifier"),
        ("/header", remove(), "header.channelData.channelCustomerIdentifier"),
        ("/header/sender/id", json!(""), "header.sender.id"),
        ("/header/sender/type", remove(), "header.sender.type"),
        ("/header/sender/type", json!(""), "header.sender.type"),
        ("/header/sender", remove(), "header.sender.id"),
        ("/body", remove(), "body"),
        ("/body/type", remove(), "body.type"),
        ("/body/type", json!(""), "body.type"),
        ("/body", json!({"type": "URL"}), "body.mediaUrl"),
        ("/body", json!({"type": "IMAGE", "attachment": {}}), "body.attachment.mediaUrl"),
        ("/body", json!({"type": "IMAGE"}), "accepted"),
        (
            "/body",
            json!({"type": "BUTTON", "buttons": [{"title": "a", "payload": "b"}]}),
            "body.buttons[0].type",
        ),
        ("/body", json!({"type": "LOCATION", "location": {"latitude": 1}}), "body.location.longitude"),
        (
            "/body",
            json!({"type": "CONTACT", "contacts": [{}, {"name": {}}]}),
            "body.contacts[1].name.formattedName",
        ),
        ("/body", json!({"type": "TEMPLATE", "name": "n"}), "body.namespace"),
        ("/body", json!({"type": "TEMPLATE", "name": "n", "namespace": "s", "language": "en"}), "accepted"),
        (
            "/body",
            json!({"type": "TEMPLATE", "name": "n", "namespace": "s", "language": {}}),
            "body.language.code",
        ),
        ("/body", json!({"type": "COMMENT", "postId": "p"}), "body.itemType"),
        ("/body", json!({"type": "EMAIL", "attachments": [{}]}), "body.attachments[0].mediaUrl"),
        (
            "/body",
            json!({"type": "CAROUSEL", "elements": [{}, {"buttons": [{"payload": "p"}]}]}),
            "body.elements[1].buttons[0].title",
        ),
        ("/body", json!({"type": "ANYTHING"}), "accepted"),
        ("/body/markdownText", json!("y"), "accepted"),
    ] {
        assert_eq!(refused(pointer, value.clone()), path, "{pointer} = {value}");
    }
}

#[test]
fn wrong_types_name_their_path() {
    for (pointer, value, path) in [
        ("/header/sender/id", json!(5), "header.sender.id"),
        ("/header/sender/type", json!(5), "header.sender.type"),
        ("/header/sender", json!("x"), "header.sender"),
        ("/header/timestamp", json!({}), "header.timestamp"),
        ("/header/timestamp", json!(true), "header.timestamp"),
        ("/header/replyToMessageId", json!(7), "header.replyToMessageId"),
        ("/header/channelData/requestPriority", json!("high"), "header.channelData.requestPriority"),
        ("/header/channelData/additionalAttributes", json!({}), "header.channelData.additionalAttributes"),
        (
            "/header/channelData/additionalAttributes/0",
            json!(3),
            "header.channelData.additionalAttributes[0]",
        ),
        (
            "/header/channelData/additionalAttributes",
            json!([{"key": "a", "value": [1, {"b": 2}]}, {"key": ["x"]}]),
            "header.channelData.additionalAttributes[1].key",
        ),
        ("/header/customer", json!([1]), "header.customer"),
        ("/header/customer", json!({"phoneNumber": [5]}), "header.customer.phoneNumber[0]"),
        ("/header", json!(1), "header"),
        ("/body", json!("x"), "body"),
        ("/body", json!(null), "body"),
        ("/body/type", json!(1), "body.type"),
        ("/body/markdownText", json!({}), "body.markdownText"),
        ("/body", json!({"type": "IMAGE", "attachment": {"size": "big"}}), "body.attachment.size"),
        (
            "/body",
            json!({"type": "BUTTON", "buttons": [{"title": "a"}, {"title": 1}]}),
            "body.buttons[1].title",
        ),
        ("/body", json!({"type": "LOCATION", "location": 5}), "body.location"),
    ] {
        assert_eq!(refused(pointer, value.clone()), path, "{pointer} = {value}");
    }
}

#[test]
fn requests_of_the_desk_name_their_path() {
    let event =
        json!({"agentId": "a", "cimEvent": {"data": {"header": {}, "body": {}}, "name": "AGENT_MESSAGE"}});
    let invalid = parse::<PublishCimEvent>(event.to_string().as_bytes()).unwrap_err();
    assert_eq!(invalid.path, "cimEvent.data.body.type");
    let event = br#"{"cimEvent": {"name": "AGENT_MESSAGE", "data": {"header": {"sender": 5}, "body": {"type": "PLAIN"}}}}"#;
    assert_eq!(parse::<PublishCimEvent>(event).unwrap_err().path, "cimEvent.data.header.sender");
    let event = br#"{"cimEvent": {"name": "AGENT_MESSAGE"}, "agentId": "a"}"#;
    assert_eq!(parse::<PublishCimEvent>(event).unwrap_err().path, "cimEvent.data");
    for (text, path) in [
        (r#"{"action": "agentState", "state": {"name": 5}}"#, "state"),
        (r#"{"action": "agentMRDState", "state": "READY"}"#, "mrdId"),
        (r#"{"action": "dance"}"#, "action"),
    ] {
        assert_eq!(parse::<ChangeAgentState>(text.as_bytes()).unwrap_err().path, path, "{text}");
    }
}

#[test]
fn broken_text_names_where_it_breaks() {
    for (text, path) in [
        ("", ""),
        ("{", ""),
        ("[]", ""),
        ("{\"header\": {\"sender\": {\"id\": \"a\" \"type\"", "header.sender.id"),
        ("{\n \"header\": {\n  \"stamps\": [1, 2, tru", "header.stamps[2]"),
        ("\u{feff}{}", ""),
    ] {
        assert_eq!(parse::<Message>(text.as_bytes()).unwrap_err().path, path, "{text}");
    }
    let deep = format!("{{\"header\":{{\"language\":{}", "[".repeat(100_000));
    assert!(parse::<Message>(deep.as_bytes()).unwrap_err().reason.contains("recursion limit"));
    let reason = parse::<Message>(b"{\"id\": 5}").unwrap_err().to_string();
    assert_eq!(reason, "id: invalid type: integer `5`, expected a string at line 1 column 8");
}

#[test]
fn documents_from_outside_leave_room_for_nesting() {
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
        format!("{{\"\\\"[\": {open}{close}, \"body\": {{\"type\": \"X\"}}}}")
    };
    assert!(parse_inbound::<Message>(nested(INBOUND_DEPTH_MAX).as_bytes()).is_ok());
    let invalid = parse_inbound::<Message>(nested(INBOUND_DEPTH_MAX + 1).as_bytes()).unwrap_err();
    assert_eq!(invalid.to_string(), "is nested deeper than 64 levels");
    assert!(parse::<Message>(nested(INBOUND_DEPTH_MAX + 1).as_bytes()).is_ok());
    let wide = format!("{{\"a\": [{}0], \"body\": {{\"type\": \"X\"}}}}", "[],".repeat(1000));
    assert!(parse_inbound::<Message>(wide.as_bytes()).is_ok());
    assert!(parse_inbound::<Message>(br#"{"a": "[[[\"#).is_err());
}

/// A member that is the last of its parent is named as well as the first.
#[test]
fn the_last_member_is_named_too() {
    for (text, path) in [
        (r#"{"body": {"type": "PLAIN"}, "header": {"replyToMessageId": 5}}"#, "header.replyToMessageId"),
        (r#"{"header": {}, "body": {"type": "IMAGE", "attachment": 5}}"#, "body.attachment"),
        (r#"{"body": {"type": "PLAIN"}, "header": {"timestamp": true}}"#, "header.timestamp"),
        (
            r#"{"body": {"type": "PLAIN"}, "header": {"channelSession": {"state": {"name": 5}}}}"#,
            "header.channelSession.state.name",
        ),
    ] {
        assert_eq!(parse::<Message>(text.as_bytes()).unwrap_err().path, path, "{text}");
    }
    for (text, path) in [
        (r#"{"cimEvent": {"name": "AGENT_MESSAGE", "data": {"header": {}}}}"#, "cimEvent.data.body"),
        (r#"{"cimEvent": {"data": {"header": {}}, "name": "AGENT_MESSAGE"}}"#, "cimEvent.data.body"),
    ] {
        assert_eq!(parse::<PublishCimEvent>(text.as_bytes()).unwrap_err().path, path, "{text}");
    }
    let text =
        br#"{"topicParticipant": {"participant": {"participantType": "CCUser", "keycloakUser": {"id": 1}}}}"#;
    let path = parse::<TopicSubscription>(text).unwrap_err().path;
    assert_eq!(path, "topicParticipant.participant.keycloakUser.id");
}

#[test]
fn activities_need_a_conversation_but_no_channel() {
    let text = include_bytes!("fixtures/18-third-party-activity-request.json");
    let mut activity: Message = parse(text).unwrap();
    assert_eq!(activity.check_activity(), Ok(()));
    assert_eq!(activity.check_inbound().unwrap_err().path, "header.channelData.channelCustomerIdentifier");
    activity.header.channel_session_id = None;
    assert_eq!(activity.check_activity().unwrap_err().path, "header.conversationId");
}
