//! Agents who write first, and the customers who answer.

use super::given::{Given, given};
use super::script::{story, story_at_desk, story_for_customers};

/// Amina and ben have place for two and one; "text" is a channel of another type.
fn office() -> Given {
    given()
        .agent("amina", 2, 1)
        .agents("ben, cleo")
        .channel("text", "WHATSAPP")
        .identified("WHATSAPP")
        .on_duty("amina, ben")
}

#[test]
fn a_conversation_begins_with_the_agent_and_the_answer_lands_in_it() {
    story(
        office(),
        "
        amina tells carl
            carl: opens, arrives, amina joins, task OUTBOUND ACTIVE, bot ASSISTANT, is answered
            amina READY, chat ACTIVE
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, silence ends 09:05:00
        carl writes
            carl: writes
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, no silence timer
        amina answers carl
            carl: is answered
        wait 300s
            carl: session ends (INACTIVITY), task DONE, has left
            amina READY, chat READY
        ",
    );
}

#[test]
fn the_desk_is_shown_the_conversation_and_the_customer_gets_the_first_words() {
    story_at_desk(
        office(),
        "amina",
        "
        amina contacts carl
            amina: topic carl with task, carl amina joins, carl task OUTBOUND ACTIVE, carl bot ASSISTANT, domain READY, chat ACTIVE
        carl writes
            amina: carl writes
        ",
    );
    story_for_customers(
        office(),
        "
        amina tells carl
            carl: arrives, amina joins, is answered
        amina answers carl
            carl: is answered
        ",
    );
}

#[test]
fn a_known_customer_is_reached_on_a_further_channel_in_the_same_conversation() {
    story(
        office(),
        "
        admin knows carl as Carl
        wait 1s
        amina contacts Carl at carl
            carl: opens, arrives, amina joins, task OUTBOUND ACTIVE, bot ASSISTANT
            amina READY, chat ACTIVE
        amina tells Carl at 0171 on text
            carl: arrives, is answered
        amina?
            READY, chat ACTIVE, 1 tasks
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, silence ends 09:05:01
        0171 writes on text
            carl: writes
        ",
    );
}

#[test]
fn who_may_not_write_first_is_told_why() {
    story(
        office(),
        "
        cleo contacts carl
            ! you are logged out; sign in again
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        ben contacts carl
            ! this customer is waiting for an agent, who is being looked for
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat ACTIVE
        ben contacts carl
            ! amina is in a conversation with this customer
        amina contacts carl
        ben is not ready
            ben NOT_READY, chat NOT_READY
        ben contacts dora
            dora: opens, arrives, ben joins, task OUTBOUND ACTIVE, bot ASSISTANT
            ben NOT_READY, chat PENDING_NOT_READY
        ben contacts eva
            ! you have as much work as you may have: 1 of 1
        ",
    );
}

#[test]
fn somebody_with_the_bot_is_taken_over_and_lost_agents_are_followed() {
    story(
        office(),
        "
        carl starts
            carl: opens, arrives, greeted
        ben tells carl
            carl: ben joins, task OUTBOUND ACTIVE, bot ASSISTANT, is answered
            ben READY, chat BUSY
        ben logs out
            carl: task AGENT_LOGOUT, ben leaves (AGENT_DISCONNECTED), bot PRIMARY, queued at 11 since 09:00:00, offered to amina
            ben READY, chat READY
            ben logged out
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat ACTIVE
        ",
    );
}

#[test]
fn who_was_merged_is_not_contacted_past_the_colleague_who_serves_him() {
    story(
        office(),
        "
        admin knows carl as Carl
        admin knows charly as Charly
        admin merges Charly into Carl
        amina contacts carl
            carl: opens, arrives, amina joins, task OUTBOUND ACTIVE, bot ASSISTANT
            amina READY, chat ACTIVE
        ben contacts Charly at 0170 on text
            ! amina is in a conversation with this customer
        ",
    );
}

#[test]
fn who_wraps_up_and_writes_serves_again() {
    story(
        office().wrap_up(60),
        "
        ben tells carl
            carl: opens, arrives, ben joins, task OUTBOUND ACTIVE, bot ASSISTANT, is answered
            ben READY, chat BUSY
        carl ends
            carl: session ends (CUSTOMER), ben WRAP_UP, task WRAP_UP, has left
        ben tells carl
            carl: arrives, ben PRIMARY, task OUTBOUND ACTIVE, is answered
        carl?
            ACTIVE, ben PRIMARY, bot ASSISTANT, silence ends 09:05:00
        ben?
            READY, chat BUSY, 1 tasks
        ",
    );
    story(
        office().wrap_up(60).list("Mail", |_| {}).pulled("site", "Mail"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, listed on Mail
        ben joins carl
            carl: ben joins, task ACTIVE, bot ASSISTANT, listing ACTIVE
            ben READY, chat BUSY
        ben leaves carl
            carl: ben WRAP_UP, task WRAP_UP, bot PRIMARY, listing INACTIVE
        ben tells carl
            carl: ben PRIMARY, task ACTIVE, bot ASSISTANT, is answered, listing ACTIVE
        carl?
            ACTIVE, ben PRIMARY, bot ASSISTANT, listed ACTIVE, silence ends 09:05:00
        ",
    );
}

#[test]
fn who_reads_on_after_the_customer_left_and_writes_serves_again() {
    story(
        office(),
        "
        ben tells carl
            carl: opens, arrives, ben joins, task OUTBOUND ACTIVE, bot ASSISTANT, is answered
            ben READY, chat BUSY
        carl ends
            carl: session ends (CUSTOMER), task DONE, has left
            ben READY, chat READY
        ben tells carl
            carl: arrives, task OUTBOUND ACTIVE, is answered
            ben READY, chat BUSY
        carl?
            ACTIVE, ben PRIMARY, bot ASSISTANT, silence ends 09:05:00
        ",
    );
}
