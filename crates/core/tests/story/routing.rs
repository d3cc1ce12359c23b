//! Requests wait, ring, come back, widen and expire.

use super::given::given;
use super::script::{story, story_at_desk};

#[test]
fn an_accepted_offer_shows_the_conversation_before_the_arrival() {
    story_at_desk(
        given().agents("amina"),
        "amina",
        "
        amina connects
            amina: channel types, presence NOT_READY, chat NOT_READY, 0 domains changed
        amina is ready
            amina: presence READY, chat READY, 4 domains changed
        carl writes
            amina: offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, domain READY, chat BUSY
        amina accepts carl
            amina: topic carl with task
        carl writes
            amina: carl writes
        amina answers carl
            amina: carl is answered
        carl ends
            amina: carl session ends (CUSTOMER), domain READY, chat READY, carl task DONE, carl has left
        amina leaves carl
            amina: out of carl (UNSUBSCRIBED)
        ",
    );
}

#[test]
fn a_missed_offer_goes_to_the_next_ahead_of_everybody_with_the_time_waited() {
    story(
        given().agents("amina, ben"),
        "
        amina connects
            amina NOT_READY, chat NOT_READY
        ben connects
            ben NOT_READY, chat NOT_READY
        amina is ready
            amina READY, chat READY
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        wait 5s
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:05
        wait 14s
        ben is ready
            dora: offered to ben
            ben READY, chat READY
        wait 1s
            carl: task RONA, queued at 11 since 09:00:00
            amina READY, chat NOT_READY
        amina?
            READY, chat NOT_READY, 0 tasks
        dora?
            CREATED, bot PRIMARY, offered at 1 since 09:00:05, no silence timer
        carl?
            CREATED, bot PRIMARY, queued at 11 since 09:00:00, no silence timer
        amina switches on
            carl: offered to amina
            amina READY, chat READY
        amina?
            READY, chat READY, 0 tasks
        ",
    );
}

#[test]
fn only_misses_in_a_row_switch_an_agent_off() {
    story(
        given()
            .agents("amina")
            .on_duty("amina")
            .settings(|settings| settings.agents.ronas_until_not_ready = 2),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        wait 20s
            carl: task RONA, queued at 11 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        carl ends
            carl: session ends (CUSTOMER), task DONE, has left
            amina READY, chat READY
        amina leaves carl
            carl: amina leaves (UNSUBSCRIBED), bot gone, closed
        carl writes
            carl#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:20, offered to amina
        wait 20s
            carl#2: task RONA, queued at 11 since 09:00:20, offered to amina
        wait 20s
            carl#2: task RONA, queued at 11 since 09:00:20
            amina READY, chat NOT_READY
        carl#2?
            CREATED, bot PRIMARY, queued at 11 since 09:00:20, no silence timer
        ",
    );
}

#[test]
fn who_let_it_pass_is_asked_again_only_when_nobody_else_is_left() {
    story(
        given()
            .agents("amina, ben")
            .on_duty("amina, ben")
            .settings(|settings| settings.agents.ronas_until_not_ready = 0),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        wait 20s
            carl: task RONA, queued at 11 since 09:00:00, offered to ben
        wait 20s
            carl: task RONA, queued at 11 since 09:00:00, offered to amina
        ",
    );
}

#[test]
fn nobody_in_time_puts_the_customer_off_even_when_it_rings() {
    story(
        given().agents("amina").settings(|settings| settings.agents.ronas_until_not_ready = 0),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        wait 80s
        amina connects
            amina NOT_READY, chat NOT_READY
        amina is ready
            carl: offered to amina
            amina READY, chat READY
        wait 20s
            carl: task NO_AGENT_AVAILABLE, nobody is available, put off
        amina?
            READY, chat READY, 0 tasks
        carl?
            CREATED, bot PRIMARY, silence ends 09:06:40
        carl writes
            carl: writes, handed over, queued at 1 since 09:01:40, offered to amina
        carl ends
            carl: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        ",
    );
}

#[test]
fn steps_open_one_after_the_other() {
    story(
        given()
            .agent("amina", 1, 3)
            .agent("ben", 1, 6)
            .agent("cleo", 1, 1)
            .on_duty("amina, cleo")
            .steps(&[9, 6, 3], 10),
        "
        ben connects
            ben NOT_READY, chat NOT_READY
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        wait 10s
        ben is ready
            carl: offered to ben
            ben READY, chat READY
        wait 9s
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:19
        wait 10s
        wait 9s
            carl: task RONA, queued at 11 since 09:00:00, offered to amina
            ben READY, chat NOT_READY
        wait 1s
        carl?
            CREATED, bot PRIMARY, offered at 11 since 09:00:00, no silence timer
        ",
    );
}

#[test]
fn the_narrowest_step_serves_first_then_the_least_loaded() {
    story(
        given()
            .agent("amina", 2, 3)
            .agent("ben", 2, 9)
            .agent("cleo", 2, 9)
            .on_duty("amina, ben, cleo")
            .steps(&[9, 3], 0),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to ben
        ben accepts carl
            carl: ben joins, task ACTIVE, bot ASSISTANT
            ben READY, chat ACTIVE
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to cleo
        cleo accepts dora
            dora: cleo joins, task ACTIVE, bot ASSISTANT
            cleo READY, chat ACTIVE
        emil writes
            emil: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to ben
        ben accepts emil
            emil: ben joins, task ACTIVE, bot ASSISTANT
            ben READY, chat BUSY
        finn writes
            finn: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to cleo
        cleo accepts finn
            finn: cleo joins, task ACTIVE, bot ASSISTANT
            cleo READY, chat BUSY
        gina writes
            gina: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        wait 1s
            gina: offered to amina
        amina accepts gina
            gina: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat ACTIVE
        ",
    );
}

#[test]
fn an_agent_is_rung_by_one_request_at_a_time_and_never_overfilled() {
    story(
        given().agent("amina", 2, 1).on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        emil writes
            emil: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        amina accepts dora
            ! this request is no longer offered to you
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            dora: offered to amina
            amina READY, chat ACTIVE
        amina accepts dora
            dora: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina?
            READY, chat BUSY, 2 tasks
        emil?
            CREATED, bot PRIMARY, queued at 1 since 09:00:00, no silence timer
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED), bot PRIMARY
            emil: offered to amina
            amina READY, chat ACTIVE
        ",
    );
}

#[test]
fn agents_freed_in_the_same_step_each_get_work() {
    story(
        given().agents("amina, ben").on_duty("ben, amina").site(|site| site.ring_secs = 97),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to ben
        wait 1s
        emil writes
            emil: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:01
        finn writes
            finn: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:01
        wait 96s
            carl: task RONA, queued at 11 since 09:00:00
            dora: task RONA, queued at 11 since 09:00:00
            amina READY, chat NOT_READY
            ben READY, chat NOT_READY
        ben switches on
            carl: offered to ben
            ben READY, chat READY
        wait 1s
        amina switches on
            dora: offered to amina
            amina READY, chat READY
        wait 2s
            carl: task NO_AGENT_AVAILABLE, nobody is available, put off
            dora: task NO_AGENT_AVAILABLE, nobody is available, put off
            emil: offered to ben
            finn: offered to amina
        ",
    );
}

#[test]
fn what_rings_is_taken_without_naming_the_task_after_others_let_it_pass() {
    story(
        given().agents("amina, ben").on_duty("amina, ben"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        wait 20s
            carl: task RONA, queued at 11 since 09:00:00, offered to ben
            amina READY, chat NOT_READY
        ben rejoins carl
            carl: ben joins, task ACTIVE, bot ASSISTANT
            ben READY, chat BUSY
        ",
    );
}
