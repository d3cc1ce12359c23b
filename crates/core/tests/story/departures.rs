//! Every way for an agent to leave, against everybody who may be left: what becomes of the customer.

use tieline_core::registry::ReasonPurpose;

use super::given::{Given, given};
use super::lens::{Lens, standing};
use super::script::{story, tell};

/// Amina serves carl from a queue of her channel's own; who else is there is the story's to say.
fn busy_day() -> Given {
    given()
        .agent("amina", 2, 1)
        .agents("ben, cleo, sara")
        .led_team("amina, ben, sara")
        .reason("Call me back", ReasonPurpose::Callback)
        .default_queue(|queue| queue.agent_sla_secs = Some(60))
        .on_duty("amina, ben, sara")
}

/// How carl's conversation stands after what happens while amina serves.
#[track_caller]
fn check(cases: &[(&str, &str, &str)]) {
    for (name, told, left) in cases {
        let mut stage = busy_day().stage();
        let mut script = String::from("carl writes\namina accepts carl\ncleo connects\n");
        script.push_str(&told.replace("; ", "\n"));
        super::script::play(&mut stage, &script);
        let conversation = stage.state.conversation(stage.conversation_called("carl"));
        let stands = conversation.map_or("closed".to_owned(), |found| standing(&stage, found));
        assert_eq!(stands, *left, "{name}");
        stage.check_restorable();
    }
}

#[test]
fn what_follows_depends_on_the_way_and_on_who_is_left() {
    check(&[
        ("alone, leaves", "amina leaves carl", "INACTIVE, bot PRIMARY, silence ends 09:05:00"),
        (
            "alone, transfers",
            "amina transfers carl to ben",
            "INACTIVE, bot PRIMARY, offered at 1 since 09:00:00, no silence timer",
        ),
        (
            "alone, logs out",
            "amina logs out",
            "INACTIVE, bot PRIMARY, offered at 11 since 09:00:00, no silence timer",
        ),
        (
            "alone, stays away",
            "amina disconnects; wait 30s",
            "INACTIVE, bot PRIMARY, offered at 11 since 09:00:00, no silence timer",
        ),
        (
            "alone, does not answer",
            "wait 60s",
            "INACTIVE, bot PRIMARY, offered at 11 since 09:00:00, no silence timer",
        ),
        (
            "alone, is to be called back",
            "amina is not ready: Call me back",
            "INACTIVE, bot PRIMARY, offered at 10 since 09:00:00, no silence timer",
        ),
        (
            "beside another, leaves",
            "amina conferences carl to ben; ben accepts carl; amina leaves carl",
            "ACTIVE, ben PRIMARY, bot ASSISTANT, answer due 09:01:00, no silence timer",
        ),
        (
            "beside another, transfers",
            "amina conferences carl to ben; ben accepts carl; amina transfers carl to sara",
            "ACTIVE, ben PRIMARY, bot ASSISTANT, offered at 1 since 09:00:00, answer due 09:01:00, no silence timer",
        ),
        (
            "beside another, logs out",
            "amina conferences carl to ben; ben accepts carl; amina logs out",
            "ACTIVE, ben PRIMARY, bot ASSISTANT, answer due 09:01:00, no silence timer",
        ),
        (
            "beside another, neither answers",
            "amina conferences carl to ben; ben accepts carl; wait 60s",
            "INACTIVE, bot PRIMARY, offered at 11 since 09:00:00, no silence timer",
        ),
        (
            "beside another, is to be called back",
            "amina conferences carl to ben; ben accepts carl; amina is not ready: Call me back",
            "ACTIVE, ben PRIMARY, bot ASSISTANT, answer due 09:01:00, no silence timer",
        ),
        (
            "advised, leaves",
            "amina consults carl to ben; ben accepts carl; amina leaves carl",
            "INACTIVE, bot PRIMARY, silence ends 09:05:00",
        ),
        (
            "advised, hands over",
            "amina consults carl to ben; ben accepts carl; amina yields carl",
            "ACTIVE, ben PRIMARY, bot ASSISTANT, answer due 09:01:00, no silence timer",
        ),
        (
            "advised, does not answer",
            "amina consults carl to ben; ben accepts carl; wait 60s",
            "INACTIVE, bot PRIMARY, offered at 11 since 09:00:00, no silence timer",
        ),
        (
            "the advisor leaves",
            "amina consults carl to ben; ben accepts carl; ben leaves carl",
            "ACTIVE, amina PRIMARY, bot ASSISTANT, answer due 09:01:00, no silence timer",
        ),
        (
            "the advisor logs out",
            "amina consults carl to ben; ben accepts carl; ben logs out",
            "ACTIVE, amina PRIMARY, bot ASSISTANT, answer due 09:01:00, no silence timer",
        ),
        (
            "watched, leaves",
            "sara watches carl; amina leaves carl",
            "INACTIVE, bot PRIMARY, silence ends 09:05:00",
        ),
        (
            "watched, does not answer",
            "sara watches carl; wait 60s",
            "INACTIVE, bot PRIMARY, offered at 11 since 09:00:00, no silence timer",
        ),
        (
            "beside a supervisor, leaves",
            "sara watches carl; sara barges carl; amina leaves carl",
            "ACTIVE, sara PRIMARY, bot ASSISTANT, answer due 09:01:00, no silence timer",
        ),
        ("the customer has left, leaves", "carl ends; amina leaves carl", "closed"),
        ("the customer has left, logs out", "carl ends; amina logs out", "closed"),
        (
            "asked for help, leaves",
            "amina consults carl to ben; amina leaves carl",
            "INACTIVE, bot PRIMARY, silence ends 09:05:00",
        ),
    ]);
}

/// Forced logout, row by row.
#[test]
fn a_forced_logout_never_leaves_a_customer_alone() {
    check(&[
        (
            "alone with the customer",
            "sara sets amina out",
            "INACTIVE, bot PRIMARY, offered at 11 since 09:00:00, no silence timer",
        ),
        (
            "with a consulted agent",
            "amina consults carl to ben; ben accepts carl; sara sets amina out",
            "INACTIVE, bot PRIMARY, offered at 11 since 09:00:00, no silence timer",
        ),
        (
            "consulted himself",
            "amina consults carl to ben; ben accepts carl; sara sets ben out",
            "ACTIVE, amina PRIMARY, bot ASSISTANT, answer due 09:01:00, no silence timer",
        ),
        (
            "one of two",
            "amina conferences carl to ben; ben accepts carl; sara sets amina out",
            "ACTIVE, ben PRIMARY, bot ASSISTANT, answer due 09:01:00, no silence timer",
        ),
        (
            "watched",
            "sara watches carl; sara sets amina out",
            "INACTIVE, bot PRIMARY, offered at 11 since 09:00:00, no silence timer",
        ),
        (
            "whispered to",
            "sara coaches carl; sara sets amina out",
            "INACTIVE, bot PRIMARY, offered at 11 since 09:00:00, no silence timer",
        ),
        (
            "with a supervisor who has barged in",
            "sara watches carl; sara barges carl; sara sets amina out",
            "ACTIVE, sara PRIMARY, bot ASSISTANT, answer due 09:01:00, no silence timer",
        ),
        ("wrapping up is nothing to lose", "carl ends; sara sets amina out", "closed"),
    ]);
}

#[test]
fn what_an_agent_gives_back_waits_at_the_priority_that_is_set() {
    story(
        busy_day().settings(|settings| settings.routing.callback_priority = 3),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT, answer due in 60s
            amina READY, chat ACTIVE
        amina is not ready: Call me back
            carl: task REROUTE, amina leaves (CALLBACK), no answer due, bot PRIMARY, queued at 3 since 09:00:00, offered to ben
            amina NOT_READY, chat PENDING_NOT_READY
            amina NOT_READY, chat NOT_READY
        ",
    );
}

#[test]
fn a_reason_to_be_called_back_returns_every_conversation() {
    story(
        busy_day(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT, answer due in 60s
            amina READY, chat ACTIVE
        wait 5s
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:05, offered to ben
        amina accepts dora
            ! this request is no longer offered to you
        amina is not ready: Call me back
            carl: task REROUTE, amina leaves (CALLBACK), no answer due, bot PRIMARY, queued at 10 since 09:00:00, offered to sara
            amina NOT_READY, chat PENDING_NOT_READY
            amina NOT_READY, chat NOT_READY
        amina?
            NOT_READY, chat NOT_READY, 0 tasks
        ",
    );
}

#[test]
fn a_reason_is_needed_where_there_are_some() {
    let mut stage = given().agents("amina").reason("Home", ReasonPurpose::Logout).on_duty("amina").stage();
    tell(
        &mut stage,
        Lens::Desk("amina".to_owned()),
        "
        amina is not ready: none
            ! state.reasonCode: choose one of these reasons: Break, Meeting, Training
            amina: unchanged READY, chat READY
        amina is not ready: Home
            ! state.reasonCode: is none of these reasons: Break, Meeting, Training
            amina: unchanged READY, chat READY
        amina is not ready: Nonsense
            ! state.reasonCode: is none of these reasons: Break, Meeting, Training
            amina: unchanged READY, chat READY
        amina is not ready: Break
            amina: presence NOT_READY, chat NOT_READY, 4 domains changed
        amina is not ready: Meeting
            amina: presence NOT_READY, chat NOT_READY, 0 domains changed
        amina logs out
            ! state.reasonCode: choose one of these reasons: Home
            amina: unchanged NOT_READY, chat NOT_READY
        ",
    );
    let relaxed = given().agents("amina").settings(|settings| settings.reason_required = false);
    tell(
        &mut relaxed.on_duty("amina").stage(),
        Lens::Log,
        "
        amina is not ready: none
            amina NOT_READY, chat NOT_READY
        amina is not ready: Nonsense
            ! state.reasonCode: is none of these reasons: Break, Meeting, Training
        amina logs out
            amina logged out
        ",
    );
}

#[test]
fn an_account_that_is_disabled_ends_whatever_its_agent_is_at() {
    let served = "ACTIVE, amina PRIMARY, bot ASSISTANT, answer due 09:01:00, no silence timer";
    let sought = "INACTIVE, bot PRIMARY, offered at 11 since 09:00:00, no silence timer";
    check(&[
        ("he serves", "admin disables amina", sought),
        ("he has asked for help", "amina consults carl to ben; admin disables amina", sought),
        ("he is advised", "amina consults carl to ben; ben accepts carl; admin disables amina", sought),
        ("he advises", "amina consults carl to ben; ben accepts carl; admin disables ben", served),
        ("he is rung to help", "amina conferences carl to ben; admin disables ben", served),
        ("he watches", "sara watches carl; admin disables sara", served),
        (
            "he has paused",
            "amina conferences carl to ben; ben accepts carl; ben pauses carl for 300s; admin disables ben",
            "ACTIVE, amina PRIMARY, bot ASSISTANT, answer due 09:01:00, silence ends 09:05:00",
        ),
        (
            "he is rung to take over",
            "amina transfers carl to ben; admin disables ben",
            "INACTIVE, bot PRIMARY, offered at 11 since 09:00:00, no silence timer",
        ),
    ]);
}
