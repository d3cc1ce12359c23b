//! A state taken up from what was kept shows what the one before it showed, and forgets no deadline.

use super::given::given;
use super::script::{story, story_at_desk, story_on_the_wire};

#[test]
fn everything_goes_on_after_a_restart() {
    story(
        given().agents("amina, ben").on_duty("amina, ben"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to ben
        emil writes
            emil: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        restart
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, no silence timer
        dora?
            CREATED, bot PRIMARY, offered at 1 since 09:00:00, no silence timer
        emil?
            CREATED, bot PRIMARY, queued at 1 since 09:00:00, no silence timer
        amina connects
            amina READY, chat BUSY
        ben connects
            ben READY, chat READY
        ben accepts dora
            dora: ben joins, task ACTIVE, bot ASSISTANT
            ben READY, chat BUSY
        amina answers carl
            carl: is answered
        restart
        wait 30s
            carl: task AGENT_LOGOUT, amina leaves (AGENT_DISCONNECTED), bot PRIMARY, queued at 11 since 09:00:00
            dora: task AGENT_LOGOUT, ben leaves (AGENT_DISCONNECTED), bot PRIMARY, queued at 11 since 09:00:00
        carl?
            INACTIVE, bot PRIMARY, queued at 11 since 09:00:00, no silence timer
        ",
    );
}

#[test]
fn deadlines_that_passed_while_down_fire_at_once() {
    story(
        given().agents("amina").on_duty("amina"),
        "
        carl starts
            carl: opens, arrives, greeted
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        down for 101s
            dora: task RONA, queued at 11 since 09:00:00, task NO_AGENT_AVAILABLE, nobody is available, put off
        amina?
            READY, chat READY, 0 tasks
        dora?
            CREATED, bot PRIMARY, silence ends 09:06:41
        down for 10m
            carl: session ends (INACTIVITY), bot gone, closed
            dora: session ends (INACTIVITY), bot gone, closed
        ",
    );
}

#[test]
fn an_offer_rings_on_after_a_restart() {
    story_at_desk(
        given().agents("amina").on_duty("amina"),
        "amina",
        "
        carl writes
            amina: offer carl
        down for 5s
        amina connects
            amina: channel types, presence READY, chat READY, 0 domains changed, offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, domain READY, chat BUSY
        ",
    );
}

#[test]
fn who_could_not_hear_the_ring_has_not_missed_it() {
    story(
        given().agents("amina").on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        down for 25s
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
fn what_was_not_kept_has_not_happened() {
    story_on_the_wire(
        given(),
        "
        carl writes
            carl: arrives
        crash
        carl?
            closed
        carl repeats
            carl#2: arrives
        restart
            carl#2: arrives
        carl repeats
        ",
    );
}
