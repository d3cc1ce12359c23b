//! Any bytes as each request of the desk and the widget: no panic, and what is written reads back equal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::fmt::Debug;
use tieline_cim::{agent, bot, parse, parse_inbound, presence, request, widget};

fn check<T>(bytes: &[u8])
where
    T: serde::de::DeserializeOwned + serde::Serialize + PartialEq + Debug,
{
    let Ok(request) = parse_inbound::<T>(bytes) else { return };
    let written = serde_json::to_vec(&request).expect("a request that was read can be written");
    let again: T = parse(&written).expect("what was written can be read");
    assert_eq!(request, again);
}

fuzz_target!(|bytes: &[u8]| {
    check::<agent::SocketAuth>(bytes);
    check::<bot::BotResponses>(bytes);
    check::<presence::ChangeAgentState>(bytes);
    check::<request::AssistanceRequest>(bytes);
    check::<request::CloseWrapup>(bytes);
    check::<request::ParticipantRequest>(bytes);
    check::<request::PublishCimEvent>(bytes);
    check::<request::TopicSubscription>(bytes);
    check::<widget::ChatRequest>(bytes);
    check::<widget::WidgetMessage>(bytes);
});
