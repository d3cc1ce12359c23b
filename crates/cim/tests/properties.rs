//! Whatever comes in: no panic, nothing lost, and what is written reads back equal.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tieline_cim::{BodyKind, CimEvent, EventName, Message, parse, request::PublishCimEvent};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1.0e9..1.0e9).prop_map(|number: f64| Value::from(number)),
        ".{0,12}".prop_map(Value::from),
        Just(json!("")),
        Just(json!("READ")),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(any_key(), inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_key() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z]{1,8}",
        ".{0,6}",
        prop::sample::select(vec![
            "markdownText",
            "attachment",
            "mediaUrl",
            "mediaURL",
            "buttons",
            "elements",
            "data",
            "location",
            "contacts",
            "name",
            "language",
            "component",
            "components",
            "status",
            "reasonCode",
            "additionalDetails",
            "timestamp",
            "wrapups",
            "size",
            "header",
            "body",
            "type",
            "sender",
            "id",
            "channelSession",
            "customer",
            "intent",
            "participantType",
            "extra",
        ])
        .prop_map(str::to_owned),
    ]
}

fn any_object() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::btree_map(any_key(), any_json(), 0..8).prop_map(|members| members.into_iter().collect())
}

fn known_kind() -> impl Strategy<Value = &'static str> {
    prop::sample::select(BodyKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn unknown_bodies_keep_everything(mut body in any_object(), kind in "[a-z]{3,9}_x") {
        body.insert("type".to_owned(), Value::from(kind));
        let whole = json!({"header": {}, "body": body});
        let message: Message = parse(whole.to_string().as_bytes()).unwrap();
        prop_assert_eq!(serde_json::to_value(&message.body).unwrap(), Value::Object(body));
    }

    #[test]
    fn known_bodies_read_back_as_written(mut body in any_object(), kind in known_kind()) {
        body.insert("type".to_owned(), Value::from(kind));
        let whole = json!({"header": {}, "body": body});
        match parse::<Message>(whole.to_string().as_bytes()) {
            Ok(message) => {
                let _ = message.check_inbound();
                let again: Message = parse(serde_json::to_string(&message).unwrap().as_bytes()).unwrap();
                prop_assert_eq!(again, message);
            }
            Err(invalid) => prop_assert!(invalid.path.starts_with("body."), "{}", invalid),
        }
    }

    #[test]
    fn plain_bodies_keep_everything(mut body in any_object(), text in ".{0,40}") {
        body.insert("type".to_owned(), Value::from("PLAIN"));
        body.insert("markdownText".to_owned(), Value::from(text));
        let whole = json!({"header": {}, "body": body});
        let message: Message = parse(whole.to_string().as_bytes()).unwrap();
        prop_assert_eq!(serde_json::to_value(&message.body).unwrap(), Value::Object(body));
    }

    #[test]
    fn any_object_reads_or_is_refused(object in any_object(), name in prop::sample::select(EventName::ALL)) {
        let text = Value::Object(object.clone()).to_string();
        if let Ok(message) = parse::<Message>(text.as_bytes()) {
            let again: Message = parse(serde_json::to_string(&message).unwrap().as_bytes()).unwrap();
            prop_assert_eq!(again, message);
        }
        let event = json!({"name": name, "data": object}).to_string();
        if let Ok(event) = parse::<CimEvent>(event.as_bytes()) {
            let again: CimEvent = parse(serde_json::to_string(&event).unwrap().as_bytes()).unwrap();
            prop_assert_eq!(again, event);
        }
        let _ = parse::<PublishCimEvent>(text.as_bytes());
    }

    #[test]
    fn any_bytes_are_refused_with_a_path(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse::<Message>(&bytes);
    }

    #[test]
    fn a_cut_message_is_refused(cut in 0_usize..900) {
        let text = include_bytes!("fixtures/01-connector-inbound-plain-whatsapp.json");
        prop_assert!(parse::<Message>(&text[..cut]).is_err());
    }
}
