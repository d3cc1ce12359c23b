//! Every documented call, made as installed desks, widgets, connectors and bots make it, against the shape they need.

mod calls;
mod shape;
mod tenant;
mod unmeant;

use serde_json::{Value, json};
use tieline_core::registry::Role;
use tieline_server::rest::routes::routes;

use crate::desk_scene::{check_covers, fixture, lacking};
use crate::hub::Answer;
use calls::{Call, Expects, Order};
use shape::{amiss, named};
use tenant::Tenant;
use unmeant::Asker;

#[tokio::test]
async fn every_documented_call_is_answered_in_the_shape_its_clients_read() {
    let mut tenant = Tenant::open().await;
    let mut wrong = Vec::new();
    for call in calls::all() {
        let name = format!("{} {} {}", call.by, call.method, call.path);
        let body = call.body.as_ref().map(|body| tenant.told(&body.to_string()).into());
        let client = tenant.client(call.by);
        let answer = client.call(call.method.clone(), &tenant.told(&call.path), body).await;
        if let Some((word, at)) = call.keeps
            && let Some(kept) = answer.body.pointer(at)
        {
            tenant.keep(word, kept);
        }
        wrong.extend(judged(&call, &answer).into_iter().map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is wrong with the answer to a call.
fn judged(call: &Call, answer: &Answer) -> Vec<String> {
    if answer.status != call.status {
        return vec![format!("{} instead of {}: {}", answer.status, call.status, answer.text)];
    }
    let is_json = answer.headers.get("content-type").is_some_and(|kind| kind == "application/json");
    let mut wrong = match &call.expects {
        Expects::Nothing if answer.text.is_empty() => return Vec::new(),
        Expects::Content if !is_json && !answer.text.is_empty() => return Vec::new(),
        Expects::Nothing | Expects::Content => vec![format!("a body nobody expects: {}", answer.text)],
        _ if !is_json => vec![format!("no JSON: {}", answer.text)],
        Expects::Shape(shape) => amiss("", &named(shape), &answer.body),
        Expects::Captured(captured) => lacking("", &fixture(captured), &answer.body),
    };
    if let Some((list, member, order)) = call.order
        && !is_ordered(&answer.body, list, member, order)
    {
        wrong.push(format!("not in order of {member}: {}", answer.text));
    }
    wrong
}

fn is_ordered(answer: &Value, list: &str, member: &str, order: Order) -> bool {
    let rows = answer.pointer(list).and_then(Value::as_array).unwrap();
    let key = |row: &Value| (row[member].as_i64(), row[member].as_str().map(str::to_lowercase));
    let keys: Vec<_> = rows.iter().map(key).collect();
    match order {
        Order::Rising => keys.is_sorted(),
        Order::Falling => keys.is_sorted_by(|one, next| one >= next),
    }
}

/// Desks read these members of a past message unguarded, and show only conversations that are over.
#[tokio::test]
async fn what_was_said_before_is_told_whole() {
    let tenant = Tenant::open().await;
    let path = tenant.told("/conversation-manager/customer-topics/customer/$customer/activities?limit=50");
    let told = tenant.client("lena").get(&path).await.expect(200);
    let events = told["docs"].as_array().unwrap();
    let said: Vec<&Value> = events.iter().filter(|event| event["type"] == "MESSAGE").collect();
    assert!(!said.is_empty());
    for event in said {
        let wrong = amiss("", &named("PastMessage"), &event["data"]);
        assert!(wrong.is_empty(), "{wrong:#?}\n{event:#}");
    }
    assert!(events.iter().all(|event| event["conversationId"] == tenant.told("$past").as_str()), "{told:#}");
}

#[tokio::test]
async fn bots_are_asked_in_the_captured_form() {
    let tenant = Tenant::open().await;
    let mut captured = fixture("38-bot-message-and-intent-requests");
    // The captured customer had told his telephone number.
    captured["message"]["metadata"]["header"]["customer"]["phoneNumber"] = json!([]);
    captured["intent"]["entities"]["channelSession"]["customer"]["phoneNumber"] = json!([]);
    for (kind, asked) in ["intent", "message"].into_iter().zip(&tenant.asked) {
        assert_eq!(asked["type"], kind);
        check_covers(kind, &captured[kind], asked.clone());
    }
}

#[tokio::test]
async fn what_nobody_means_is_refused_with_the_right_status_and_in_one_shape() {
    let tenant = Tenant::open().await;
    let evaluator = tenant.hub.person("eve", &[Role::Evaluator]).await;
    let config = &tenant.hub.app.config;
    let mut wrong = Vec::new();
    for route in routes(config.files.bytes_max) {
        let refusal = named(if route.refuses == "Error" { "Refused" } else { "RefusedAtDesk" });
        for asked in unmeant::of(&route, config.listen.body_bytes_max) {
            let client = match asked.by {
                Asker::Stranger => tenant.client("page"),
                Asker::Evaluator => &evaluator,
                Asker::Allowed => tenant.client("root"),
                Asker::Bot => tenant.client("bot"),
            };
            let answer = client.call(asked.method.clone(), &asked.path, asked.body.map(Into::into)).await;
            let is_right = asked.right.contains(&answer.status);
            let shape = amiss("", &refusal, &answer.body);
            if !is_right || (answer.status >= 400 && !shape.is_empty()) {
                let (what, method, path) = (asked.what, asked.method, asked.path);
                wrong.push(format!("{method} {path} {what}: {} {} {shape:?}", answer.status, answer.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
