//! Agents come, go, and switch on and off.

use super::given::given;
use super::script::{play, standing_of, story, story_at_desk};

#[test]
fn switching_off_while_working_waits_for_the_work() {
    story(
        given().agent("amina", 2, 1).on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat ACTIVE
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina switches off
            amina READY, chat PENDING_NOT_READY
        amina?
            READY, chat PENDING_NOT_READY, 1 tasks
        wait 20s
            dora: task RONA, queued at 11 since 09:00:00
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED), bot PRIMARY
            amina READY, chat NOT_READY
        amina?
            READY, chat NOT_READY, 0 tasks
        amina switches on
            dora: offered to amina
            amina READY, chat READY
        ",
    );
}

#[test]
fn a_domain_is_on_only_while_the_agent_is_ready() {
    story_at_desk(
        given().agents("amina"),
        "amina",
        "
        amina connects
            amina: channel types, presence NOT_READY, chat NOT_READY, 0 domains changed
        amina switches on
            ! get ready first: a domain can only be switched on while you are ready
            amina: unchanged NOT_READY, chat NOT_READY
        amina is ready
            amina: presence READY, chat READY, 4 domains changed
        amina is ready
            amina: unchanged READY, chat READY
        amina switches off
            amina: domain READY, chat NOT_READY
        amina switches on
            amina: domain READY, chat READY
        amina is not ready
            amina: presence NOT_READY, chat NOT_READY, 4 domains changed
        ",
    );
}

#[test]
fn not_ready_while_working_keeps_the_work() {
    story(
        given().agents("amina").on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina is not ready
            amina NOT_READY, chat PENDING_NOT_READY
        amina answers carl
            carl: is answered
        amina is ready
            amina READY, chat BUSY
        amina is not ready
            amina NOT_READY, chat PENDING_NOT_READY
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED), bot PRIMARY
            amina NOT_READY, chat NOT_READY
        carl writes
            carl: writes, handed over, queued at 1 since 09:00:00
        ",
    );
}

#[test]
fn a_lost_desk_releases_its_offer_at_once() {
    story(
        given().agents("amina, ben").on_duty("amina, ben"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        wait 3s
        amina disconnects
            carl: task RONA, queued at 11 since 09:00:00, offered to ben
        ben disconnects
            carl: task RONA, queued at 11 since 09:00:00
        amina connects
            carl: offered to amina
            amina READY, chat READY
        amina?
            READY, chat READY, 0 tasks
        ",
    );
}

#[test]
fn a_desk_that_stays_away_hands_its_customers_on() {
    story(
        given().agents("amina, ben").on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        wait 60s
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:01:00
        amina disconnects
        wait 29s
        amina?
            READY, chat BUSY, 1 tasks
        wait 1s
            carl: task AGENT_LOGOUT, amina leaves (AGENT_DISCONNECTED), bot PRIMARY, queued at 11 since 09:00:00
        amina?
            logged out
        carl?
            INACTIVE, bot PRIMARY, queued at 11 since 09:00:00, no silence timer
        ben connects
            ben NOT_READY, chat NOT_READY
        ben is ready
            carl: offered to ben
            ben READY, chat READY
        amina connects
            amina NOT_READY, chat NOT_READY
        amina?
            NOT_READY, chat NOT_READY, 0 tasks
        ",
    );
}

#[test]
fn a_desk_that_comes_back_in_time_is_shown_its_work() {
    story_at_desk(
        given().agent("amina", 2, 1),
        "amina",
        "
        amina connects
            amina: channel types, presence NOT_READY, chat NOT_READY, 0 domains changed
        amina is ready
            amina: presence READY, chat READY, 4 domains changed
        carl writes
            amina: offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, domain READY, chat ACTIVE
        amina disconnects
        carl writes
        dora writes
        wait 29s
        amina connects
            amina: channel types, presence READY, chat ACTIVE, 0 domains changed, topic carl with task, offer dora
        wait 29s
            amina: revoked dora, domain READY, chat PENDING_NOT_READY
        ",
    );
}

#[test]
fn the_newest_desk_of_an_agent_is_the_one() {
    story_at_desk(
        given().agents("amina"),
        "amina",
        "
        amina/home connects
            amina/home: channel types, presence NOT_READY, chat NOT_READY, 0 domains changed
        amina/home is ready
            amina/home: presence READY, chat READY, 4 domains changed
        carl writes
            amina/home: offer carl
        amina/work connects
            amina/home: session removed
            amina/work: channel types, presence READY, chat READY, 0 domains changed, offer carl
        amina/home disconnects
        amina/work accepts carl
            amina/work: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, domain READY, chat BUSY
        amina/work disconnects
        wait 30s
        ",
    );
}

#[test]
fn logging_out_passes_everything_on() {
    story(
        given().agent("amina", 2, 1).agent("ben", 2, 1).on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat ACTIVE
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        ben connects
            ben NOT_READY, chat NOT_READY
        ben is ready
            ben READY, chat READY
        amina logs out
            dora: task RONA, queued at 11 since 09:00:00
            carl: task AGENT_LOGOUT, amina leaves (AGENT_DISCONNECTED), bot PRIMARY, queued at 11 since 09:00:00, offered to ben
            amina READY, chat READY
            amina logged out
        amina?
            logged out
        ben accepts carl
            carl: ben joins, task ACTIVE, bot ASSISTANT
            dora: offered to ben
            ben READY, chat ACTIVE
        amina is ready
            ! you are logged out; sign in again
        ",
    );
}

#[test]
fn an_agent_speaks_only_where_he_sits_and_somebody_listens() {
    story(
        given().agents("amina, ben").on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        ben answers carl
            ! you are not in this conversation
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        ben answers carl
            ! you are not in this conversation
        carl ends
            carl: session ends (CUSTOMER), task DONE, has left
            amina READY, chat READY
        amina answers carl
            ! the customer has left this channel; the message was not sent
        amina notes carl
            carl: is noted on
        amina leaves carl
            carl: amina leaves (UNSUBSCRIBED), bot gone, closed
        amina leaves carl
            ! you are not in this conversation
        amina rejoins carl
            ! this conversation is over
        ",
    );
}

#[test]
fn the_last_domain_switched_off_makes_the_agent_not_ready() {
    story_at_desk(
        given().agents("amina").chat_only(),
        "amina",
        "
        amina connects
            amina: channel types, presence NOT_READY, chat NOT_READY, 0 domains changed
        amina is ready
            amina: presence READY, chat READY, 1 domains changed
        amina switches off
            amina: presence NOT_READY, chat NOT_READY, 1 domains changed
        ",
    );
}

#[test]
fn an_offer_that_rings_is_honoured_when_the_capacity_is_lowered() {
    story(
        given().agent("amina", 2, 1).on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat ACTIVE
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        admin limits amina to 1
            amina READY, chat BUSY
        amina accepts dora
            dora: amina joins, task ACTIVE, bot ASSISTANT
        amina?
            READY, chat BUSY, 2 tasks
        emil writes
            emil: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED), bot PRIMARY
        amina?
            READY, chat BUSY, 1 tasks
        amina leaves dora
            dora: task DONE, amina leaves (UNSUBSCRIBED), bot PRIMARY
            emil: offered to amina
            amina READY, chat READY
        ",
    );
}

/// The documented table of global states. LOGIN is over as soon as it begins, and UNKNOWN is none of ours.
#[test]
fn global_states_change_as_documented() {
    let working = "amina connects; amina is ready; carl writes; amina accepts carl";
    for (row, before, trigger, then) in [
        ("a desk connects", "", "amina connects", "NOT_READY, chat NOT_READY, 0 tasks"),
        ("ready", "amina connects", "amina is ready", "READY, chat READY, 0 tasks"),
        ("set ready", "amina connects", "sara sets amina ready", "READY, chat READY, 0 tasks"),
        (
            "stops",
            "amina connects; amina is ready",
            "amina is not ready",
            "NOT_READY, chat NOT_READY, 0 tasks",
        ),
        ("stops at work", working, "amina is not ready", "NOT_READY, chat PENDING_NOT_READY, 1 tasks"),
        (
            "another reason",
            "amina connects; amina is not ready",
            "amina is not ready: Meeting",
            "NOT_READY, chat NOT_READY, 0 tasks",
        ),
        ("logs out", "amina connects; amina is ready", "amina logs out", "logged out"),
        ("logs out unready", "amina connects", "amina logs out", "logged out"),
        ("stays away", "amina connects; amina disconnects", "wait 30s", "logged out"),
        (
            "comes back in time",
            "amina connects; amina is ready; amina disconnects; wait 29s",
            "amina connects",
            "READY, chat READY, 0 tasks",
        ),
        ("forced out", working, "sara sets amina out", "logged out"),
        (
            "ready again at work",
            &format!("{working}; amina is not ready"),
            "amina is ready",
            "READY, chat ACTIVE, 1 tasks",
        ),
    ] {
        let given = given().agent("amina", 2, 1).agent("sara", 1, 1).led_team("amina, sara").on_duty("sara");
        let mut stage = given.stage();
        play(&mut stage, "sara switches off");
        play(&mut stage, &format!("{before}; {trigger}").replace("; ", "\n"));
        assert_eq!(standing_of(&mut stage, "amina"), then, "{row}");
    }
}

#[test]
fn a_changed_reason_restarts_the_time_in_a_state() {
    let mut stage = given().agents("amina").on_duty("amina").stage();
    play(&mut stage, "amina is not ready");
    let since = |stage: &super::stage::Stage| stage.state.agents().next().expect("at work").state_since;
    let first = since(&stage);
    play(&mut stage, "wait 5s\namina is not ready");
    assert_eq!(since(&stage), first);
    play(&mut stage, "amina is not ready: Meeting");
    assert!(since(&stage) > first);
}

#[test]
fn what_was_sent_is_changed_only_where_the_channel_can() {
    for (channel, told) in [
        ("site", "carl: is answered"),
        ("wa", "! messages on this channel cannot be changed once they are sent; write a new one"),
    ] {
        let written = format!(
            "
            carl writes on {channel}
                carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
            amina accepts carl
                carl: amina joins, task ACTIVE, bot ASSISTANT
                amina READY, chat BUSY
            amina edits carl
                {told}
            amina changes carl on {channel}
                {told}
            "
        );
        story(given().channel("wa", "WHATSAPP").agents("amina").on_duty("amina"), &written);
    }
}

#[test]
fn what_was_sent_is_changed_as_long_as_the_conversation_is_open() {
    story(
        given().agents("amina"),
        "
        amina sends carl
            carl: opens, arrives, is answered, session ends (AGENT), bot gone, closed
        amina changes carl
            ! a message is changed as long as its conversation is open; write a new one
        ",
    );
}

/// The documented table of a domain's states. RESERVED is the offer that rings, kept with the agent: nothing else rings
/// at him meanwhile, in any domain.
#[test]
fn domain_states_change_as_documented() {
    let ready = "amina connects; amina is ready";
    let active = "amina connects; amina is ready; carl writes; amina accepts carl";
    let busy = &format!("{active}; dora writes; amina accepts dora");
    let off = &format!("{active}; amina switches off");
    let called = &format!("{active}; emil writes on phone");
    for (row, before, trigger, then) in [
        ("logs in", "", "amina connects", "NOT_READY, chat NOT_READY, 0 tasks"),
        ("on, unready", "amina connects", "amina switches on", "NOT_READY, chat NOT_READY, 0 tasks"),
        ("on", &format!("{ready}; amina switches off"), "amina switches on", "READY, chat READY, 0 tasks"),
        ("accepted", ready, "carl writes; amina accepts carl", "READY, chat ACTIVE, 1 tasks"),
        ("accepted, full", active, "dora writes; amina accepts dora", "READY, chat BUSY, 2 tasks"),
        ("withdrawn", ready, "carl writes; carl ends", "READY, chat READY, 0 tasks"),
        ("withdrawn at work", active, "dora writes; dora ends", "READY, chat ACTIVE, 1 tasks"),
        ("missed", ready, "carl writes; wait 20s", "READY, chat NOT_READY, 0 tasks"),
        ("missed at work", active, "dora writes; wait 20s", "READY, chat PENDING_NOT_READY, 1 tasks"),
        ("writes first", ready, "amina contacts carl", "READY, chat ACTIVE, 1 tasks"),
        ("one of two ends", busy, "carl ends", "READY, chat ACTIVE, 1 tasks"),
        ("the last ends", active, "carl ends", "READY, chat READY, 0 tasks"),
        ("off", ready, "amina switches off", "READY, chat NOT_READY, 0 tasks"),
        ("off by stopping", ready, "amina is not ready", "NOT_READY, chat NOT_READY, 0 tasks"),
        ("off at work", active, "amina switches off", "READY, chat PENDING_NOT_READY, 1 tasks"),
        ("off when full", busy, "amina is not ready", "NOT_READY, chat PENDING_NOT_READY, 2 tasks"),
        ("the last ends, off", off, "carl ends", "READY, chat NOT_READY, 0 tasks"),
        ("on again at work", off, "amina switches on", "READY, chat ACTIVE, 1 tasks"),
        (
            "on again when full",
            &format!("{busy}; amina switches off"),
            "amina switches on",
            "READY, chat BUSY, 2 tasks",
        ),
        ("a call rings", active, "emil writes on phone", "READY, chat INTERRUPTED, 1 tasks"),
        ("the call is over", called, "emil ends on phone", "READY, chat ACTIVE, 1 tasks"),
        ("the call is taken", called, "amina accepts emil", "READY, chat INTERRUPTED, 0 tasks"),
        ("logs out", busy, "amina logs out", "logged out"),
    ] {
        let mut stage = given().agent("amina", 2, 1).interrupts(false).stage();
        play(&mut stage, &format!("{before}; {trigger}").replace("; ", "\n"));
        assert_eq!(standing_of(&mut stage, "amina"), then, "{row}");
    }
}
