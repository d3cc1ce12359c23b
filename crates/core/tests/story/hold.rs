//! Pauses: how they begin, the five ways they end, and that nobody's time runs meanwhile.

use super::given::{Given, given};
use super::script::{story, story_at_desk, story_for_customers};

fn serving() -> Given {
    given().agents("amina, ben").default_queue(|queue| queue.agent_sla_secs = Some(60)).on_duty("amina, ben")
}

#[test]
fn a_pause_stops_both_times_and_ends_by_itself() {
    story(
        serving(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT, answer due in 60s
            amina READY, chat BUSY
        amina pauses carl for 61s
            ! duration: choose one of these seconds: 60, 180, 300, 420, 600
        amina pauses carl for 180s
            carl: no answer due, amina pauses 180s, told
        carl?
            ON_HOLD, amina PRIMARY, bot ASSISTANT, paused until 09:03:00, no silence timer
        amina pauses carl for 60s
            ! the conversation is paused already
        wait 100s
        carl writes
            carl: writes
        carl?
            ON_HOLD, amina PRIMARY, bot ASSISTANT, paused until 09:03:00, no silence timer
        restart
        wait 20s
        amina connects
            amina READY, chat BUSY
        wait 60s
            carl: resumes, told, answer due in 60s
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, answer due 09:04:00, silence ends 09:08:00
        ",
    );
}

#[test]
fn a_pause_ends_when_the_agent_says_so_writes_or_passes_on() {
    story(
        serving(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT, answer due in 60s
            amina READY, chat BUSY
        amina pauses carl for 60s
            carl: no answer due, amina pauses 60s, told
        ben resumes carl
            ! you are not in this conversation
        amina resumes carl
            carl: resumes, told, answer due in 60s
        amina resumes carl
            ! the conversation is not paused
        amina pauses carl for 60s
            carl: no answer due, amina pauses 60s, told
        amina notes carl
            carl: is noted on
        amina whispers carl
            carl: is whispered about
        carl?
            ON_HOLD, amina PRIMARY, bot ASSISTANT, paused until 09:01:00, no silence timer
        amina answers carl
            carl: is answered, resumes
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, silence ends 09:05:00
        amina pauses carl for 60s
            carl: amina pauses 60s, told
        amina consults carl to ben
            carl: CONSULT AGENT asked for at 10, offered to ben
        ben accepts carl
            carl: ben joins, task CONSULT ACTIVE
            ben READY, chat BUSY
        carl?
            ON_HOLD, amina PRIMARY, ben ASSISTANT, bot ASSISTANT, paused until 09:01:00, no silence timer
        amina yields carl
            carl: task DONE, task CONSULT_TRANSFER ACTIVE, ben PRIMARY, resumes, task TRANSFERRED, amina leaves (CONSULT_TRANSFER), answer due in 60s
            amina READY, chat READY
        carl?
            ACTIVE, ben PRIMARY, bot ASSISTANT, answer due 09:01:00, no silence timer
        ben pauses carl for 60s
            carl: no answer due, ben pauses 60s, told
        ben transfers carl to amina
            carl: DIRECT_TRANSFER AGENT asked for at 10, resumes, task TRANSFERRED, ben leaves (DIRECT_TRANSFER), bot PRIMARY, offered to amina
            ben READY, chat READY
        carl?
            INACTIVE, bot PRIMARY, offered at 10 since 09:00:00, no silence timer
        amina accepts carl
            carl: amina joins, task DIRECT_TRANSFER ACTIVE, bot ASSISTANT, answer due in 60s
            amina READY, chat BUSY
        amina pauses carl for 60s
            carl: no answer due, amina pauses 60s, told
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED), resumes, bot PRIMARY
            amina READY, chat READY
        carl?
            INACTIVE, bot PRIMARY, silence ends 09:05:00
        ",
    );
}

#[test]
fn a_pause_ends_with_the_customer() {
    story(
        serving(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT, answer due in 60s
            amina READY, chat BUSY
        amina pauses carl for 60s
            carl: no answer due, amina pauses 60s, told
        carl ends
            carl: session ends (CUSTOMER), task DONE, resumes, has left
            amina READY, chat READY
        carl?
            CUSTOMER_LEFT, amina PRIMARY, bot ASSISTANT, no silence timer
        amina pauses carl for 60s
            ! the customer has left; there is nothing to pause
        ",
    );
}

#[test]
fn the_customer_is_told_and_desks_see_the_time() {
    story_for_customers(
        serving(),
        "
        carl writes
            carl: arrives, greeted, handed over, queued at 1 since 09:00:00
        amina accepts carl
            carl: amina joins
        amina pauses carl for 60s
            carl: told
        wait 60s
            carl: told
        ",
    );
    story_at_desk(
        serving(),
        "amina",
        "
        carl writes
            amina: offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, carl answer due in 60s, domain READY, chat BUSY
        amina pauses carl for 60s
            amina: carl no answer due, carl amina pauses 60s, carl told
        amina disconnects
        amina connects
            amina: channel types, presence READY, chat BUSY, 0 domains changed, topic carl with task
        ",
    );
}

#[test]
fn a_pause_goes_with_who_paused_when_a_colleague_goes_on() {
    story(
        serving(),
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
        amina pauses carl for 300s
            carl: no answer due, amina pauses 300s, told
        amina logs out
            carl: task AGENT_LOGOUT, amina leaves (AGENT_DISCONNECTED), resumes, told, answer due in 60s
            amina READY, chat READY
            amina logged out
        carl?
            ACTIVE, ben PRIMARY, bot ASSISTANT, answer due 09:01:00, silence ends 09:05:00
        ",
    );
    story(
        serving().wrap_up(60),
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
        amina pauses carl for 300s
            carl: no answer due, amina pauses 300s, told
        amina leaves carl
            carl: amina WRAP_UP, task WRAP_UP, resumes, told, answer due in 60s
        carl?
            ACTIVE, amina WRAP_UP, ben PRIMARY, bot ASSISTANT, answer due 09:01:00, silence ends 09:05:00
        ",
    );
}
