//! Every fixture is read into its type and written back without losing a member.
//!
//! Exceptions, each a rule of leniency: a fixture listed in `NORMALISED` names the members that change and
//! what they become.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::Path};
use tieline_cim::{
    Attribute, Message, SuggestionMessage, agent, bot, ccm, dashboard, desk, parse, presence, pull, request,
    routing, widget,
};

/// Fixture prefix, JSON pointer, what is written there instead.
const NORMALISED: &[(&str, &str, &str)] = &[
    // A blank intent and a blank timestamp are nothing.
    ("02-", "/header/intent", "null"),
    ("02-", "/header/timestamp", "1727179082000"),
    ("34-", "/timestamp", "null"),
    ("53-", "/0/timestamp", "null"),
    ("53-", "/1/timestamp", "null"),
    ("53-", "/2/timestamp", "null"),
    ("53-", "/3/timestamp", "null"),
    ("53-", "/4/timestamp", "null"),
    ("53-", "/5/timestamp", "null"),
    ("55-", "/cimEvent/data/header/timestamp", "null"),
    // Numbers become text.
    ("55-", "/cimEvent/data/body/reasonCode", "\"200\""),
    // An absent reply id under the older name is not written.
    ("34-", "/header/replyToMessageId", ""),
    ("53-", "/0/header/replyToMessageId", ""),
    ("53-", "/1/header/replyToMessageId", ""),
    ("53-", "/2/header/replyToMessageId", ""),
    ("53-", "/3/header/replyToMessageId", ""),
    ("53-", "/4/header/replyToMessageId", ""),
    ("53-", "/5/header/replyToMessageId", ""),
];

type Rewrite = fn(&[u8]) -> Value;

fn rewrite<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(text: &[u8]) -> Value {
    let read: T = parse(text).unwrap_or_else(|invalid| panic!("{invalid}"));
    let written = serde_json::to_value(&read).unwrap();
    let again: T =
        parse(written.to_string().as_bytes()).unwrap_or_else(|invalid| panic!("written: {invalid}"));
    assert_eq!(read, again, "what was written reads differently");
    written
}

/// Fixtures that hold several variants under one object.
fn variants<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(text: &[u8]) -> Value {
    let all: BTreeMap<String, Value> = parse(text).unwrap();
    all.into_iter().map(|(name, value)| (name, rewrite::<T>(value.to_string().as_bytes()))).collect()
}

fn desk_variants(text: &[u8]) -> Value {
    let all: BTreeMap<String, Value> = parse(text).unwrap();
    let rewritten = all.into_iter().map(|(name, value)| {
        let text = value.to_string();
        let rewrite: Rewrite = match name.as_str() {
            "topicUnsubscription" => rewrite::<request::TopicUnsubscription>,
            "closeWrapupWithoutWrapup" => rewrite::<request::CloseWrapup>,
            _ => rewrite::<request::ParticipantRequest>,
        };
        (name, rewrite(text.as_bytes()))
    });
    rewritten.collect()
}

fn socket_auth(text: &[u8]) -> Value {
    let whole: Value = parse(text).unwrap();
    json!({"auth": rewrite::<agent::SocketAuth>(whole["auth"].to_string().as_bytes()), "query": whole["query"]})
}

fn preference(text: &[u8]) -> Value {
    let docs: ccm::Docs = parse(text).unwrap();
    let rows = docs.docs.iter().map(|row| rewrite::<dashboard::UserPreference>(row.to_string().as_bytes()));
    json!({"docs": rows.collect::<Vec<_>>()})
}

const TYPES: &[(&str, Rewrite)] = &[
    ("01-", rewrite::<Message>),
    ("02-", rewrite::<Message>),
    ("03-", rewrite::<Message>),
    ("04-", rewrite::<Message>),
    ("05-", rewrite::<Message>),
    ("06-", rewrite::<Message>),
    ("07-", rewrite::<Message>),
    ("08-", rewrite::<Message>),
    ("09-", rewrite::<Message>),
    ("10-", rewrite::<Message>),
    ("11-", rewrite::<Message>),
    ("12-", rewrite::<ccm::ConnectorConfigurations>),
    ("13-", rewrite::<Vec<Attribute>>),
    ("14-", rewrite::<ccm::CcmError>),
    ("15-", rewrite::<Message>),
    ("16-", rewrite::<ccm::CcmAccepted>),
    ("17-", rewrite::<ccm::Uploaded>),
    ("18-", rewrite::<Message>),
    ("19-", rewrite::<agent::LoginResponse>),
    ("20-", socket_auth),
    ("21-", rewrite::<presence::AgentPresenceUpdate>),
    ("22-", variants::<presence::ChangeAgentState>),
    ("23-", rewrite::<desk::TaskRequest>),
    ("24-", rewrite::<request::TopicSubscription>),
    ("25-", rewrite::<desk::OnTopicData>),
    ("26-", rewrite::<desk::OnCimEvent>),
    ("27-", rewrite::<request::PublishCimEvent>),
    ("28-", rewrite::<desk::TopicUnsubscribed>),
    ("29-", rewrite::<request::AssistanceRequest>),
    ("30-", rewrite::<request::CloseWrapup>),
    ("31-", rewrite::<pull::PullModeEvent>),
    ("32-", rewrite::<widget::WidgetConfig>),
    ("33-", rewrite::<widget::ChatRequest>),
    ("34-", rewrite::<widget::WidgetMessage>),
    ("35-", rewrite::<Message>),
    ("36-", rewrite::<Message>),
    ("37-", rewrite::<widget::ResumeAck>),
    ("38-", variants::<bot::BotRequest>),
    ("39-", rewrite::<bot::BotResponse>),
    ("40-", rewrite::<routing::PrecisionQueue>),
    ("50-", variants::<widget::MessageAck>),
    ("51-", rewrite::<widget::WidgetError>),
    ("52-", rewrite::<widget::WidgetCustomer>),
    ("53-", rewrite::<Vec<widget::WidgetMessage>>),
    ("54-", rewrite::<widget::ChatRequest>),
    ("55-", rewrite::<request::PublishCimEvent>),
    ("56-", rewrite::<Vec<dashboard::QueueAvailability>>),
    ("57-", preference),
    ("58-", rewrite::<Vec<dashboard::QueueChats>>),
    ("59-", rewrite::<dashboard::AgentActivity>),
    ("60-", desk_variants),
    ("body-28-", rewrite::<SuggestionMessage>),
    ("body-", rewrite::<Message>),
];

#[test]
fn no_fixture_loses_a_member() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut seen = 0;
    let mut failures = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read(&path).unwrap();
        let (_, rewrite) = TYPES.iter().find(|(prefix, _)| name.starts_with(prefix)).expect(&name);
        let mut expected: Value = serde_json::from_slice(&text).unwrap();
        for (_, pointer, becomes) in NORMALISED.iter().filter(|(prefix, ..)| name.starts_with(prefix)) {
            normalise(&mut expected, pointer, becomes);
        }
        println!("{name}");
        if let Some(path) = super::lost(&expected, &rewrite(&text), "") {
            failures.push(format!("{name}: {path}"));
        }
        seen += 1;
    }
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(seen >= 79, "only {seen} fixtures");
}

fn normalise(expected: &mut Value, pointer: &str, becomes: &str) {
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    let Some(Value::Object(members)) = expected.pointer_mut(parent) else { return };
    if becomes.is_empty() {
        members.remove(member);
    } else {
        members.insert(member.to_owned(), serde_json::from_str(becomes).unwrap());
    }
}

/// Members the fixtures show as `null` stay there as `null` in an object built from nothing.
#[test]
fn absent_members_the_desk_reads_are_null() {
    let written = serde_json::to_value(Message::plain("hi")).unwrap();
    let header = written["header"].as_object().unwrap();
    for member in
        ["intent", "channelSessionId", "conversationId", "customer", "originalMessageId", "providerMessageId"]
    {
        assert_eq!(header.get(member), Some(&Value::Null), "{member}");
    }
    for member in ["schedulingMetaData", "roomId", "timestamp"] {
        assert_eq!(header.get(member), Some(&Value::Null), "{member}");
    }
    assert_eq!(header["language"], json!({}));
    assert_eq!(header["stamps"], json!([]));
    assert_eq!(header["channelData"]["additionalAttributes"], json!([]));
    assert!(!header.contains_key("additionalData") && !header.contains_key("channelSession"));
    assert_eq!(written["body"], json!({"type": "PLAIN", "markdownText": "hi"}));
}
