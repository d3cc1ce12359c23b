//! Wrap-up: rows T10 to T13 of the task table, and the three ways out.

use tieline_core::registry::settings::WrapUp;

use super::given::{Given, given};
use super::script::{story, story_at_desk, story_for_customers};

fn amina_and_ben() -> Given {
    given().agents("amina, ben").wrap_up(60).on_duty("amina")
}

#[test]
fn an_agent_who_leaves_wraps_up_and_the_conversation_ends() {
    story(
        amina_and_ben(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina leaves carl
            carl: amina WRAP_UP, task WRAP_UP, session ends (AGENT), has left
        carl?
            WRAP_UP, amina WRAP_UP, bot ASSISTANT, no silence timer
        amina?
            READY, chat BUSY, 1 tasks
        amina wraps carl
            carl: is noted on, task WRAP_UP_APPLIED, amina leaves (UNSUBSCRIBED), bot gone, closed
            amina READY, chat READY
        carl?
            closed
        amina?
            READY, chat READY, 0 tasks
        ",
    );
    story(
        amina_and_ben(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina leaves carl
            carl: amina WRAP_UP, task WRAP_UP, session ends (AGENT), has left
        amina skips carl
            carl: task WRAP_UP_NOT_APPLIED, amina leaves (UNSUBSCRIBED), bot gone, closed
            amina READY, chat READY
        amina skips carl
            ! you are not in this conversation
        ",
    );
    story(
        amina_and_ben(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina leaves carl
            carl: amina WRAP_UP, task WRAP_UP, session ends (AGENT), has left
        wait 59s
        wait 1s
            carl: task WRAP_UP_EXPIRED, amina leaves (UNSUBSCRIBED), bot gone, closed
            amina READY, chat READY
        ",
    );
}

#[test]
fn a_customer_who_ends_leaves_the_agent_to_wrap_up() {
    story(
        amina_and_ben(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        carl ends
            carl: session ends (CUSTOMER), amina WRAP_UP, task WRAP_UP, has left
        carl?
            WRAP_UP, amina WRAP_UP, bot ASSISTANT, no silence timer
        amina answers carl
            ! you have left this conversation; only codes and a note are awaited
        amina whispers carl
            ! you have left this conversation; only codes and a note are awaited
        amina wraps carl
            carl: is noted on, task WRAP_UP_APPLIED, amina leaves (UNSUBSCRIBED), bot gone, closed
            amina READY, chat READY
        ",
    );
}

#[test]
fn desks_are_told_the_seconds_and_the_outcome() {
    story_at_desk(
        amina_and_ben(),
        "amina",
        "
        carl writes
            amina: offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, domain READY, chat BUSY
        amina leaves carl
            amina: carl amina WRAP_UP, carl task WRAP_UP, wrap up carl in 60s, carl session ends (AGENT), carl has left
        wait 20s
        amina leaves carl
            amina: wrap up carl in 40s
        amina disconnects
        restart
        wait 10s
        amina connects
            amina: channel types, presence READY, chat BUSY, 0 domains changed, topic carl with task, wrap up carl in 30s
        wait 30s
            amina: domain READY, chat READY, carl task WRAP_UP_EXPIRED, out of carl (wrap Up Timer Expired)
        ",
    );
    story_at_desk(
        amina_and_ben(),
        "amina",
        "
        carl writes
            amina: offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, domain READY, chat BUSY
        carl ends
            amina: carl session ends (CUSTOMER), carl amina WRAP_UP, carl task WRAP_UP, wrap up carl in 60s, carl has left
        amina skips carl
            amina: domain READY, chat READY, carl task WRAP_UP_NOT_APPLIED, out of carl (choosing leave without Wrap Up)
        dora writes
            amina: offer dora
        amina accepts dora
            amina: topic dora with task, dora amina joins, dora task ACTIVE, dora bot ASSISTANT, domain READY, chat BUSY
        dora ends
            amina: dora session ends (CUSTOMER), dora amina WRAP_UP, dora task WRAP_UP, wrap up dora in 60s, dora has left
        amina wraps dora
            amina: dora is noted on, domain READY, chat READY, dora task WRAP_UP_APPLIED, out of dora (Wrap Up applied)
        ",
    );
}

#[test]
fn an_agent_who_leaves_another_behind_wraps_up_alone() {
    story(
        amina_and_ben().on_duty("amina, ben"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina conferences carl to ben
            carl: DIRECT_CONFERENCE AGENT asked for at 10, offered to ben
        ben accepts carl
            carl: ben joins, task DIRECT_CONFERENCE ACTIVE
            ben READY, chat BUSY
        amina leaves carl
            carl: amina WRAP_UP, task WRAP_UP
        carl?
            ACTIVE, amina WRAP_UP, ben PRIMARY, bot ASSISTANT, no silence timer
        amina wraps carl
            carl: is noted on, task WRAP_UP_APPLIED, amina leaves (UNSUBSCRIBED)
            amina READY, chat READY
        carl writes
            carl: writes
        carl?
            ACTIVE, ben PRIMARY, bot ASSISTANT, no silence timer
        ",
    );
}

#[test]
fn a_customer_who_returns_finds_who_wraps_up() {
    story(
        amina_and_ben(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        carl ends
            carl: session ends (CUSTOMER), amina WRAP_UP, task WRAP_UP, has left
        carl writes
            carl: arrives, amina PRIMARY, task ACTIVE, writes
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, no silence timer
        amina?
            READY, chat BUSY, 1 tasks
        amina skips carl
            ! the customer has come back and you serve him again; leave the conversation first
        amina answers carl
            carl: is answered
        wait 70s
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, silence ends 09:05:00
        ",
    );
}

#[test]
fn wrap_up_may_leave_the_place_free() {
    story(
        amina_and_ben().settings(|settings| settings.wrap_up_takes_capacity = false),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl ends
            carl: session ends (CUSTOMER), amina WRAP_UP, task WRAP_UP, has left
            dora: offered to amina
            amina READY, chat READY
        amina?
            READY, chat READY, 0 tasks
        amina accepts dora
            dora: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        carl writes
            carl: arrives, bot PRIMARY, greeted, writes, handed over, queued at 1 since 09:00:00
        carl?
            INACTIVE, amina WRAP_UP, bot PRIMARY, queued at 1 since 09:00:00, no silence timer
        amina?
            READY, chat BUSY, 1 tasks
        amina wraps carl
            carl: is noted on, task WRAP_UP_APPLIED, amina leaves (UNSUBSCRIBED)
        carl?
            INACTIVE, bot PRIMARY, queued at 1 since 09:00:00, no silence timer
        ",
    );
}

#[test]
fn each_queue_has_its_own_wrap_up() {
    story(
        given()
            .agents("amina")
            .queue_of("site", 1)
            .wrap_up(60)
            .default_queue(|queue| queue.wrap_up = Some(WrapUp { enabled: false, seconds: 60 }))
            .channel("shop", "WEB")
            .on_duty("amina"),
        "
        carl writes on site
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina leaves carl
            carl: amina WRAP_UP, task WRAP_UP, session ends (AGENT), has left
        amina skips carl
            carl: task WRAP_UP_NOT_APPLIED, amina leaves (UNSUBSCRIBED), bot gone, closed
            amina READY, chat READY
        dora writes on shop
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts dora
            dora: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina leaves dora
            dora: task DONE, amina leaves (UNSUBSCRIBED), bot PRIMARY
            amina READY, chat READY
        dora?
            INACTIVE, bot PRIMARY, silence ends 09:05:00
        ",
    );
}

#[test]
fn notes_and_whispers_never_reach_the_customer() {
    story_for_customers(
        amina_and_ben(),
        "
        carl writes
            carl: arrives, greeted, handed over, queued at 1 since 09:00:00
        amina accepts carl
            carl: amina joins
        amina notes carl
        amina whispers carl
        amina leaves carl
            carl: session ends (AGENT)
        amina wraps carl
        ",
    );
}

#[test]
fn logging_out_ends_wrap_up() {
    story(
        amina_and_ben().on_duty("amina, ben"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        carl ends
            carl: session ends (CUSTOMER), amina WRAP_UP, task WRAP_UP, has left
        amina logs out
            carl: task AGENT_LOGOUT, amina leaves (AGENT_DISCONNECTED), bot gone, closed
            amina READY, chat READY
            amina logged out
        ",
    );
}

#[test]
fn a_customer_somebody_was_asked_for_is_not_sent_away() {
    story(
        given().agents("amina, ben, cleo").wrap_up(60).on_duty("amina, ben, cleo"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina conferences carl to ben
            carl: DIRECT_CONFERENCE AGENT asked for at 10, offered to ben
        ben accepts carl
            carl: ben joins, task DIRECT_CONFERENCE ACTIVE
            ben READY, chat BUSY
        amina transfers carl to cleo
            carl: DIRECT_TRANSFER AGENT asked for at 1, task TRANSFERRED, amina leaves (DIRECT_TRANSFER), offered to cleo
            amina READY, chat READY
        ben leaves carl
            carl: ben WRAP_UP, task WRAP_UP, bot PRIMARY
        carl?
            INACTIVE, ben WRAP_UP, bot PRIMARY, offered at 1 since 09:00:00, no silence timer
        cleo accepts carl
            carl: cleo joins, task DIRECT_TRANSFER ACTIVE, bot ASSISTANT
            cleo READY, chat BUSY
        carl?
            ACTIVE, ben WRAP_UP, cleo PRIMARY, bot ASSISTANT, no silence timer
        ",
    );
}

#[test]
fn who_has_wrapped_up_is_asked_for_the_customer_who_waits_again() {
    story(
        amina_and_ben().settings(|settings| settings.wrap_up_takes_capacity = false),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        carl ends
            carl: session ends (CUSTOMER), amina WRAP_UP, task WRAP_UP, has left
            amina READY, chat READY
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts dora
            dora: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        carl writes
            carl: arrives, bot PRIMARY, greeted, writes, handed over, queued at 1 since 09:00:00
        dora ends
            dora: session ends (CUSTOMER), amina WRAP_UP, task WRAP_UP, has left
            amina READY, chat READY
        amina skips carl
            carl: task WRAP_UP_NOT_APPLIED, amina leaves (UNSUBSCRIBED), offered to amina
        ",
    );
}

#[test]
fn a_message_to_who_has_left_disturbs_nobody_who_wraps_up() {
    story(
        amina_and_ben(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        carl ends
            carl: session ends (CUSTOMER), amina WRAP_UP, task WRAP_UP, has left
        wait 40s
        ben sends carl
            carl: arrives, is answered, session ends (AGENT), has left
        carl?
            WRAP_UP, amina WRAP_UP, bot ASSISTANT, no silence timer
        wait 20s
            carl: task WRAP_UP_EXPIRED, amina leaves (UNSUBSCRIBED), bot gone, closed
            amina READY, chat READY
        ",
    );
}
