//! Work of one domain interrupts work of another.

use super::given::{Given, given};
use super::script::{story, story_at_desk};

/// Amina has place for two chats and a call, ben for a chat and a call.
fn office(phone_interruptible: bool) -> Given {
    given().agent("amina", 2, 1).agents("ben").interrupts(phone_interruptible).on_duty("amina, ben")
}

#[test]
fn what_rings_holds_up_other_work_until_it_is_declined() {
    story(
        office(false),
        "
        ben is not ready
            ben NOT_READY, chat NOT_READY
        dora writes on phone
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
            amina READY, chat INTERRUPTED
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        amina declines dora
            dora: declined by amina, task RONA, queued at 11 since 09:00:00
            carl: offered to amina
            amina READY, chat READY
            amina READY, chat READY
            amina READY, chat READY
        ",
    );
}

#[test]
fn what_cannot_be_interrupted_sends_chats_to_somebody_else() {
    story(
        office(false),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
            amina READY, chat READY
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat ACTIVE
        dora writes on phone
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
            amina READY, chat INTERRUPTED
        amina accepts dora
            dora: amina joins, task ACTIVE, bot ASSISTANT
            carl: task REROUTE, amina leaves (MRD_INTERRUPTED), bot PRIMARY, queued at 11 since 09:00:00, offered to ben
            amina READY, chat INTERRUPTED
            amina READY, chat INTERRUPTED
            ben READY, chat READY
        eva writes
            eva: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        crash
        amina connects
            amina READY, chat INTERRUPTED
        dora ends on phone
            dora: session ends (CUSTOMER), task DONE, has left
            eva: offered to amina
            amina READY, chat INTERRUPTED
            amina READY, chat READY
            amina READY, chat READY
        ",
    );
}

#[test]
fn what_is_interrupted_may_wait_for_its_agent() {
    story(
        office(false).settings(|settings| settings.routing.mrd_interruption_pauses = true),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
            amina READY, chat READY
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat ACTIVE
        dora writes on phone
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
            amina READY, chat INTERRUPTED
        amina accepts dora
            dora: amina joins, task ACTIVE, bot ASSISTANT
            carl: amina pauses 14400s, told
            amina READY, chat INTERRUPTED
        carl?
            ON_HOLD, amina PRIMARY, bot ASSISTANT, paused until 13:00:00, no silence timer
        crash
        amina connects
            amina READY, chat INTERRUPTED
        dora ends on phone
            dora: session ends (CUSTOMER)
            carl: resumes, told
            dora: task DONE, has left
            amina READY, chat INTERRUPTED
            amina READY, chat ACTIVE
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, silence ends 09:05:00
        ",
    );
}

#[test]
fn what_can_be_interrupted_only_keeps_new_work_away() {
    story(
        office(true),
        "
        ben is not ready
            ben NOT_READY, chat NOT_READY
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
            amina READY, chat READY
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat ACTIVE
        dora writes on phone
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl ends
            carl: session ends (CUSTOMER), task DONE, has left
            dora: offered to amina
            amina READY, chat READY
            amina READY, chat READY
            amina READY, chat INTERRUPTED
        ",
    );
}

#[test]
fn by_default_nothing_interrupts() {
    story(
        office(false).settings(|settings| settings.routing.mrd_interruption = false),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat ACTIVE
        ben is not ready
            ben NOT_READY, chat NOT_READY
        dora writes on phone
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts dora
            dora: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat ACTIVE
        ",
    );
}

#[test]
fn the_desk_is_told_what_it_loses_and_why() {
    story_at_desk(
        office(false),
        "amina",
        "
        ben is not ready
        carl writes
            amina: domain READY, chat READY, offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, domain READY, chat ACTIVE
        dora writes on phone
            amina: domain READY, chat INTERRUPTED, offer dora
        amina accepts dora
            amina: topic dora with task, dora amina joins, dora task ACTIVE, dora bot ASSISTANT, domain READY, chat INTERRUPTED, domain READY, chat INTERRUPTED, carl task REROUTE, out of carl (MRD_INTERRUPTED)
        ",
    );
}

#[test]
fn what_waits_goes_on_though_its_agent_is_not_ready_for_more() {
    story(
        office(false).settings(|settings| settings.routing.mrd_interruption_pauses = true),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
            amina READY, chat READY
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat ACTIVE
        dora writes on phone
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
            amina READY, chat INTERRUPTED
        amina accepts dora
            dora: amina joins, task ACTIVE, bot ASSISTANT
            carl: amina pauses 14400s, told
            amina READY, chat INTERRUPTED
        amina is not ready
            amina NOT_READY, chat PENDING_NOT_READY
        dora ends on phone
            dora: session ends (CUSTOMER)
            carl: resumes, told
            dora: task DONE, has left
            amina NOT_READY, chat PENDING_NOT_READY
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, silence ends 09:05:00
        ",
    );
}
