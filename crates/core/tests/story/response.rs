//! Response times: the start and stop matrix of both timers, their thresholds, and what follows when they are over.

use tieline_core::registry::settings::{
    AgentThreshold, AgentThresholdAction, CustomerThreshold, CustomerThresholdAction,
};

use super::given::{Given, given};
use super::script::{play, story, story_at_desk};

fn timed() -> Given {
    given()
        .agents("amina, ben")
        .channel("shop", "WEB")
        .default_queue(|queue| queue.agent_sla_secs = Some(60))
        .on_duty("amina, ben")
}

/// Where both timers stand: the agent's, and the customer's on the channels site and shop.
fn timers(script: &str) -> String {
    let mut stage = timed().stage();
    play(&mut stage, &script.replace("; ", "\n"));
    let Some(found) = stage.state.conversation(stage.conversation_called("carl")) else {
        return "closed".into();
    };
    let mut out = String::from(if found.response.is_some() { "agent" } else { "-" });
    for session in found.sessions.iter().filter(|session| session.is_open()) {
        out.push_str(if session.silent_until.is_some() { ", customer" } else { ", -" });
    }
    out
}

#[test]
fn the_timers_start_and_stop_as_documented() {
    let served = "carl writes; amina accepts carl";
    let answered = "carl writes; amina accepts carl; amina answers carl";
    for (event, before, then, stand) in [
        ("session started", "", "carl starts", "-, customer"),
        ("session started beside a served one", served, "carl starts on shop", "agent, -, customer"),
        ("task enqueued", "carl starts", "carl writes", "-, -"),
        ("first agent joined", "carl writes", "amina accepts carl", "agent, -"),
        (
            "another joined",
            "carl writes; amina accepts carl; amina answers carl; amina conferences carl to ben",
            "ben accepts carl",
            "agent, -",
        ),
        (
            "an advisor joined",
            "carl writes; amina accepts carl; amina answers carl; amina consults carl to ben",
            "ben accepts carl",
            "-, -",
        ),
        ("last agent left", served, "amina leaves carl", "-, customer"),
        ("last agent transferred", served, "amina transfers carl to ben", "-, -"),
        (
            "one of two agents left",
            "carl writes; amina accepts carl; amina conferences carl to ben; ben accepts carl",
            "ben leaves carl",
            "agent, -",
        ),
        ("session ended", served, "carl ends", "-"),
        (
            "one of two sessions ended",
            "carl writes; amina accepts carl; carl starts on shop",
            "carl ends on shop",
            "agent, -",
        ),
        (
            "agent message",
            "carl writes; amina accepts carl; carl starts on shop",
            "amina answers carl",
            "-, customer, customer",
        ),
        ("whisper", served, "amina whispers carl", "agent, -"),
        ("note", served, "amina notes carl", "agent, -"),
        ("customer message", answered, "carl writes", "agent, -"),
        (
            "customer message on one of two channels",
            "carl writes; amina accepts carl; carl starts on shop; amina answers carl",
            "carl writes on shop",
            "agent, customer, -",
        ),
        (
            "customer message while paused",
            "carl writes; amina accepts carl; amina pauses carl for 60s",
            "carl writes",
            "-, -",
        ),
        ("bot message", "", "carl starts", "-, customer"),
        ("paused", served, "amina pauses carl for 60s", "-, -"),
        (
            "resumed",
            "carl writes; amina accepts carl; amina pauses carl for 60s",
            "amina resumes carl",
            "agent, customer",
        ),
        ("nobody available", "carl writes", "wait 100s", "-, customer"),
    ] {
        let script = if before.is_empty() { then.to_owned() } else { format!("{before}; {then}") };
        assert_eq!(timers(&script), stand, "{event}");
    }
}

#[test]
fn all_agents_in_wrap_up_owe_nothing() {
    story(
        timed().wrap_up(60),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT, answer due in 60s
            amina READY, chat BUSY
        amina leaves carl
            carl: amina WRAP_UP, task WRAP_UP, session ends (AGENT), no answer due, has left
        carl?
            WRAP_UP, amina WRAP_UP, bot ASSISTANT, no silence timer
        ",
    );
}

#[test]
fn a_second_message_does_not_give_the_agent_longer() {
    story(
        timed(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT, answer due in 60s
            amina READY, chat BUSY
        amina answers carl
            carl: is answered, no answer due
        carl writes
            carl: writes, answer due in 60s
        wait 30s
        carl writes
            carl: writes
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, answer due 09:01:00, no silence timer
        ",
    );
}

fn with_thresholds() -> Given {
    timed().settings(|settings| {
        settings.agent_thresholds = vec![
            AgentThreshold { percentage: 50, action: AgentThresholdAction::ChangeColor },
            AgentThreshold { percentage: 75, action: AgentThresholdAction::ShowPopup },
        ];
    })
}

#[test]
fn an_agent_who_does_not_answer_loses_the_conversation() {
    story(
        with_thresholds(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT, answer due in 60s
            amina READY, chat BUSY
        wait 30s
            carl: 50% CHANGE_COLOR
        wait 15s
            carl: 75% SHOW_POPUP
        wait 15s
            carl: answer overdue, task DONE, amina leaves (SLA_EXPIRED), bot PRIMARY, queued at 11 since 09:00:00, offered to ben
            amina READY, chat READY
        carl?
            INACTIVE, bot PRIMARY, offered at 11 since 09:00:00, no silence timer
        amina?
            READY, chat READY, 0 tasks
        ",
    );
    story_at_desk(
        with_thresholds(),
        "amina",
        "
        carl writes
            amina: offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, carl answer due in 60s, domain READY, chat BUSY
        wait 45s
            amina: carl 50% CHANGE_COLOR, carl 75% SHOW_POPUP
        amina extends carl
            amina: carl no answer due, carl answer due in 60s
        wait 30s
            amina: carl 50% CHANGE_COLOR
        amina disconnects
        amina connects
            amina: channel types, presence READY, chat BUSY, 0 domains changed, topic carl with task
        amina answers carl
            amina: carl is answered, carl no answer due
        amina extends carl
            ! no answer is awaited from you
        carl writes
            amina: carl writes, carl answer due in 60s
        wait 60s
            amina: carl 50% CHANGE_COLOR, carl 75% SHOW_POPUP, carl answer overdue, domain READY, chat READY, carl task DONE, out of carl (SLA_EXPIRED)
        ",
    );
}

#[test]
fn both_who_serve_are_taken_off() {
    story(
        timed(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT, answer due in 60s
            amina READY, chat BUSY
        amina conferences carl to ben
            carl: DIRECT_CONFERENCE AGENT asked for at 10, offered to ben
        ben accepts carl
            carl: ben joins, task DIRECT_CONFERENCE ACTIVE, no answer due, answer due in 60s
            ben READY, chat BUSY
        wait 60s
            carl: answer overdue, task DONE, amina leaves (SLA_EXPIRED), task DONE, ben leaves (SLA_EXPIRED), bot PRIMARY, queued at 11 since 09:00:00, offered to amina
            amina READY, chat READY
            ben READY, chat READY
        carl?
            INACTIVE, bot PRIMARY, offered at 11 since 09:00:00, no silence timer
        ",
    );
}

#[test]
fn thresholds_fire_once_over_a_restart() {
    story(
        with_thresholds(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT, answer due in 60s
            amina READY, chat BUSY
        wait 31s
            carl: 50% CHANGE_COLOR
        restart
        amina connects
            amina READY, chat BUSY
        ben connects
            ben READY, chat READY
        down for 20s
            carl: 75% SHOW_POPUP
        amina connects
            amina READY, chat BUSY
        ben connects
            ben READY, chat READY
        wait 9s
            carl: answer overdue, task DONE, amina leaves (SLA_EXPIRED), bot PRIMARY, queued at 11 since 09:00:00, offered to ben
            amina READY, chat READY
        ",
    );
}

#[test]
fn silence_is_answered_on_the_way_to_the_end() {
    let notify = |percentage, text: &str| CustomerThreshold {
        percentage,
        action: CustomerThresholdAction::NotifyCustomer,
        text: text.into(),
    };
    let thresholds = vec![notify(50, "Still there?"), notify(90, "I have to go soon.")];
    story(
        timed().settings(|settings| settings.customer_thresholds = thresholds.clone()),
        "
        carl starts
            carl: opens, arrives, greeted
        wait 150s
            carl: told 'Still there?'
        restart
        wait 119s
        wait 1s
            carl: told 'I have to go soon.'
        carl writes
            carl: writes, handed over, queued at 1 since 09:04:30
        amina accepts carl
            ! you are logged out; sign in again
        amina answers carl
            ! you are not in this conversation
        wait 200s
            carl: task NO_AGENT_AVAILABLE, nobody is available, put off
        wait 100s
            carl: told 'Still there?'
        ",
    );
    let end = CustomerThreshold {
        percentage: 80,
        action: CustomerThresholdAction::EndSession,
        text: String::new(),
    };
    story(
        timed().site(|site| site.customer_thresholds = Some(vec![end])),
        "
        carl starts
            carl: opens, arrives, greeted
        wait 239s
        wait 1s
            carl: session ends (INACTIVITY), bot gone, closed
        ",
    );
}
