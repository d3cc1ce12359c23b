//! A bot that lives elsewhere and cannot be relied on: it answers, stalls, fails, dies, lies and repeats itself.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tieline_core::bot::answer::{Content, ForWhom, Reply};
use tieline_core::command::{BotAnswered, BotOutcome, BotSays, Command};
use tieline_core::conversation::About;
use tieline_core::delivery::Subject;
use tieline_core::delivery::outbox::Dispatch;
use tieline_core::event::{BotSilence, Fact, Payload};
use tieline_core::id::BotId;
use tieline_core::time::At;
use tieline_engine::{Clock, Handle};

use crate::clock::SimClock;
use crate::dice::Dice;
use crate::ledger::Ledger;

/// One question, from the hub's side and the bot's.
pub async fn answer(
    handle: Handle,
    clock: Arc<SimClock>,
    ledger: Arc<Ledger>,
    bot: BotId,
    until: At,
    dispatch: Dispatch,
    mut dice: Dice,
) {
    let at = clock.now();
    let Subject::Event { conversation, .. } = dispatch.entry.subject else { return };
    let message = dispatch.event.as_ref().and_then(|event| match &event.fact {
        Fact::Message(message) => Some(message.id.clone()),
        _ => None,
    });
    let about = About { message, session: dispatch.event.as_ref().and_then(|event| event.session) };
    let report = |duration_ms: u32, outcome| {
        let (entry, about) = (dispatch.entry.seq, about.clone());
        let report = BotAnswered { entry, at, duration_ms, status: Some(200), about, outcome };
        Command::BotAnswered(Box::new(report))
    };
    let took = dice.millis(5, 900);
    tokio::time::sleep(took).await;
    let millis = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
    match dice.below(10) {
        // Given up by the asker just in time, or a moment after everybody else has.
        luck @ 0..2 => {
            ledger.count("bot stalled");
            let late = Duration::from_millis(if luck == 0 { 0 } else { 500 });
            tokio::time::sleep(Duration::from_millis(until.since(clock.now()).as_millis()) + late).await;
            let reason = "no answer in time".into();
            handle.report(report(3_000, BotOutcome::Failed { silence: BotSilence::Timeout, reason })).await;
        }
        2 => {
            ledger.count("bot failed");
            let reason = "HTTP 500".into();
            let failed = BotOutcome::Failed { silence: BotSilence::NotAvailable, reason };
            handle.report(report(millis, failed)).await;
        }
        3 | 4 => {
            handle.report(report(millis, BotOutcome::Later)).await;
            // Sometimes in time, sometimes not.
            tokio::time::sleep(dice.millis(5, 4_000)).await;
            let mut request = [0; 16];
            request[..8].copy_from_slice(&dice.roll().to_be_bytes());
            let replies = replies(&mut dice);
            // And sometimes twice.
            for _ in 0..=usize::from(dice.percent(50)) {
                let says = BotSays {
                    bot,
                    conversation,
                    request,
                    keyed: true,
                    requested: None,
                    replies: replies.clone(),
                };
                let _ = handle.submit(Command::BotSays(Box::new(says))).await;
            }
            ledger.count("bot answered later");
        }
        _ => {
            ledger.count("bot answered");
            let outcome = BotOutcome::Answered(replies(&mut dice));
            handle.report(report(millis, outcome)).await;
        }
    }
}

fn replies(dice: &mut Dice) -> Vec<Reply> {
    let say = || {
        let body = json!({"body": {"type": "PLAIN", "markdownText": "from the bot"}});
        Content::Said(Payload::from_value(&body))
    };
    let act = |name: &str| Content::action(name, &Value::Null);
    let content = match dice.below(10) {
        0 => return Vec::new(),
        1 | 2 => act("FIND_AGENT"),
        3 => act("DANCE"),
        4 => act("CANCEL_RESOURCE"),
        5 => act("REMOVE_ALL_AGENTS"),
        6 if dice.percent(30) => act("END_CONVERSATION"),
        7 => Content::action("UPDATE_CONVERSATION_DATA", &json!({"luck": dice.roll()})),
        _ => say(),
    };
    let for_whom = if dice.percent(20) { ForWhom::Agents } else { ForWhom::ByRole };
    vec![Reply { for_whom, confidence: Some(0.5), content }]
}
