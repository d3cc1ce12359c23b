//! A call beside a chat.

use super::given::{Given, given};
use super::script::story;

/// The same people are reached by chat and by phone, and have 90 seconds to answer.
fn office() -> Given {
    given()
        .agents("amina")
        .default_queue(|queue| queue.agent_sla_secs = Some(90))
        .interrupts(false)
        .settings(|settings| settings.routing.mrd_interruption = false)
        .recognised_alike("WHATSAPP")
        .on_duty("amina")
}

#[test]
fn who_calls_waits_for_the_call_alone_and_nothing_written_is_awaited_meanwhile() {
    story(
        office(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        carl writes on phone
            carl: arrives, task CANCELLED, greeted, writes, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat READY
        carl writes
            carl: writes
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, silence ends 09:05:00
        wait 10s
        carl ends on phone
            carl: session ends (CUSTOMER)
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, silence ends 09:05:10
        carl writes
            carl: writes, answer due in 90s
        ",
    );
}

#[test]
fn the_time_to_answer_stops_with_a_call() {
    story(
        office(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT, answer due in 90s
            amina READY, chat BUSY
        carl writes on phone
            carl: arrives, no answer due, writes
        wait 90s
        amina answers carl
            carl: is answered
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, silence ends 09:06:30
        ",
    );
}

#[test]
fn a_call_that_ends_before_somebody_takes_it_rings_no_longer() {
    story(
        office(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        carl writes on phone
            carl: arrives, task CANCELLED, greeted, writes, queued at 1 since 09:00:00, offered to amina
        wait 10s
        carl ends on phone
            carl: session ends (CUSTOMER), task CANCELLED
        amina?
            READY, chat READY, 0 tasks
        carl?
            CREATED, bot PRIMARY, silence ends 09:05:10
        carl writes
            carl: writes, handed over, queued at 1 since 09:00:10, offered to amina
        ",
    );
}
