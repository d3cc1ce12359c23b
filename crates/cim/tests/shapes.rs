//! Small promises of the types the server builds with.

use serde_json::json;
use tieline_cim::{
    Body, BodyKind, CimEvent, EventName, EventType, Message, Timestamp,
    bot::BotResponses,
    canonical,
    notice::DeliveryStatus,
    parse,
    presence::StateChange,
    request::{AssistanceRequest, AssistanceTarget},
};

#[test]
fn words_read_back_as_themselves() {
    for name in EventName::ALL {
        assert_eq!(&EventName::from(name.as_str().to_lowercase().as_str()), name);
        assert_ne!(name.event_type(), EventType::Activity, "{name}");
    }
    for kind in BodyKind::ALL {
        assert_eq!(&BodyKind::of(kind.as_str()), kind);
    }
    assert_eq!(EventName::CustomerMessage.event_type(), EventType::Message);
    assert_eq!(EventName::BotSuggestion.event_type(), EventType::Suggestion);
    assert_eq!(EventName::TypingIndicator.event_type(), EventType::Notification);
    assert_eq!(EventName::CallHold.event_type(), EventType::Call);
}

#[test]
fn equal_json_has_one_canonical_form() {
    let value = json!({"b": [1, {"d": null, "c": "é\"\n"}], "a": 1.5});
    assert_eq!(String::from_utf8(canonical(&value)).unwrap(), r#"{"a":1.5,"b":[1,{"c":"é\"\n","d":null}]}"#);
}

#[test]
fn bodies_are_built_as_the_wire_has_them() {
    let body = Body::delivery("m1", DeliveryStatus::Failed, "500");
    assert_eq!(
        serde_json::to_value(body).unwrap(),
        json!({"type": "DELIVERYNOTIFICATION", "markdownText": null, "messageId": "m1", "status": "FAILED", "reasonCode": "500"})
    );
    assert!(
        serde_json::to_string(&Message::plain("x"))
            .unwrap()
            .ends_with(r#""body":{"type":"PLAIN","markdownText":"x"}}"#)
    );
}

#[test]
fn events_lend_themselves_to_both_forms() {
    let event = CimEvent::new("e1", EventName::AgentMessage, Timestamp::from_ms(5), Message::plain("x"));
    assert_eq!(event.kind, EventType::Message);
    let live = serde_json::to_value(&event).unwrap();
    let past = serde_json::to_value(tieline_cim::PastEvent(&event)).unwrap();
    assert_eq!(
        (&live["timestamp"], &past["timestamp"]),
        (&json!(5), &json!("1970-01-01T00:00:00.005+00:00"))
    );
    assert_eq!(live["data"], past["data"]);
    assert_eq!(live["channelSession"], json!(null));
}

#[test]
fn bots_answer_once_or_several_times() {
    let one = r#"{"body": {"type": "PLAIN", "markdownText": "hi"}}"#;
    assert_eq!(parse::<BotResponses>(one.as_bytes()).unwrap().0.len(), 1);
    assert_eq!(parse::<BotResponses>(format!("[{one}, {one}]").as_bytes()).unwrap().0.len(), 2);
    assert_eq!(parse::<BotResponses>(b"null").unwrap().0.len(), 0);
    let path = parse::<BotResponses>(br#"[{"body": {"type": 5}}]"#).unwrap_err().path;
    assert_eq!(path, "[0].body.type");
}

#[test]
fn help_is_asked_of_a_queue_or_an_agent() {
    let text = include_bytes!("fixtures/29-agent-directTransferRequest.json");
    let request: AssistanceRequest = parse(text).unwrap();
    assert_eq!(request.target(), Ok(AssistanceTarget::Queue("Billing")));
    assert_eq!(request.conversation(), Some("66f2b3c4d4e5f60718294001"));
    let nobody: AssistanceRequest = parse(br#"{"mode": "agent"}"#).unwrap();
    assert_eq!(nobody.target().unwrap_err().path, "requestedAgentId");
}

#[test]
fn state_changes_carry_their_data() {
    let text = br#"{"agentId": "a", "action": "agentMRDState", "state": "ready", "mrdId": "m"}"#;
    let change: tieline_cim::presence::ChangeAgentState = parse(text).unwrap();
    assert!(matches!(change.change, StateChange::Media { mrd_id, .. } if mrd_id == "m"));
}
