//! Conversations that turn out to be somebody else's.

use super::given::given;
use super::script::{story, story_at_desk};

#[test]
fn a_conversation_is_linked_and_taken_back() {
    story(
        given(),
        "
        admin knows 0170 as Carl
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        admin links carl to Carl
            carl: linked from John Doe to Carl
        carl is?
            Carl, 0 suggestions
        who is Carl?
            Carl at 0170
        carl writes
            carl: writes
        admin links carl to Carl
            ! the conversation is this customer's already
        admin unlinks carl
            carl: unlinked from Carl to John Doe
        carl is?
            anonymous John Doe, 0 suggestions
        admin unlinks carl
            ! the conversation was not linked
        ",
    );
}

#[test]
fn the_address_goes_along_and_comes_back() {
    story(
        given(),
        "
        admin knows 0170 as Carl
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        admin links carl to Carl with address
            carl: linked from John Doe to Carl
        who is Carl?
            Carl at 0170 carl
        who is John Doe?
            John Doe at nowhere
        carl ends
            carl: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        carl writes
            carl#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl#2 is?
            Carl, 0 suggestions
        admin unlinks carl
            carl: unlinked from Carl to John Doe
        who is Carl?
            Carl at 0170
        who is John Doe?
            John Doe at carl
        carl ends
            carl#2: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        carl writes
            carl#3: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl#3 is?
            anonymous John Doe, 0 suggestions
        ",
    );
}

#[test]
fn one_of_several_who_share_an_address_is_chosen() {
    story(
        given(),
        "
        admin knows carl as Carl
        admin knows carl as Carla
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl is?
            anonymous John Doe, 2 suggestions
        admin links carl to Carla with address
            carl: linked from John Doe to Carla
        who is Carla?
            Carla at carl
        who is John Doe?
            John Doe at nowhere
        admin unlinks carl
            carl: unlinked from Carla to John Doe
        who is Carla?
            Carla at carl
        who is John Doe?
            John Doe at carl
        ",
    );
}

#[test]
fn nobody_has_two_open_conversations_by_a_link() {
    story(
        given(),
        "
        admin knows dora as Dora
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        admin links carl to Dora
            ! conversation 66f27f900303030303000002 with customer 66f27f900303030303000001 is open; end it first
        carl ends
            carl: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        admin links carl to Dora
            carl: linked from John Doe to Dora
        together admin unlinks carl; admin links carl to Dora; admin unlinks carl
            carl: unlinked from Dora to John Doe, linked from John Doe to Dora, unlinked from Dora to John Doe
        ",
    );
}

#[test]
fn a_past_conversation_is_linked_on_before_the_first_link_has_landed() {
    story(
        given(),
        "
        admin knows 0170 as Carl
        admin knows 0171 as Dora
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl ends
            carl: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        wait 10s
        admin links carl to Carl
            carl: linked from John Doe to Carl
        admin links carl to Dora
            carl: linked from Carl to Dora
        admin unlinks carl
            carl: unlinked from Dora to Carl
        ",
    );
}

#[test]
fn the_whole_past_of_somebody_anonymous_is_linked() {
    story(
        given(),
        "
        admin knows 0170 as Carl
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl ends
            carl: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        together carl writes; carl ends; admin gives the past of carl to Carl
            carl#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, session ends (CUSTOMER), task CANCELLED, bot gone, closed
            carl: linked from John Doe to Carl
            carl#2: linked from John Doe to Carl
        admin erases Carl
        carl writes
            carl#3: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        ",
    );
}

#[test]
fn what_was_linked_from_somebody_outlives_him() {
    story(
        given(),
        "
        admin knows 0170 as Carl
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl ends
            carl: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        together admin links carl to Carl; admin erases John Doe
            carl: linked from John Doe to Carl
        admin unlinks carl
            ! there is no customer 66f27f900303030303000002
        carl reads m1
            carl: m1 READ
        ",
    );
}

#[test]
fn the_agents_of_a_linked_conversation_are_told() {
    story_at_desk(
        given().agents("amina").on_duty("amina"),
        "amina",
        "
        admin knows 0170 as Carl
        carl writes
            amina: offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, domain READY, chat BUSY
        admin links carl to Carl
            amina: carl linked from John Doe to Carl
        admin unlinks carl
            amina: carl unlinked from Carl to John Doe
        ",
    );
}
