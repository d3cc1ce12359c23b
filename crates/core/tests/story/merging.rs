//! Profiles of one person that become one, and two again.

use super::given::given;
use super::script::{story, story_at_desk};

#[test]
fn two_profiles_become_one_and_two_again() {
    story(
        given(),
        "
        admin knows carl as Carl
        admin knows charly as Charly
        admin merges Charly into Carl
        who is Carl?
            Carl at carl charly
        who is Charly?
            Charly at charly, is Carl
        charly writes
            charly: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        charly is?
            Carl, 0 suggestions
        charly ends
            charly: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        admin unmerges Charly
        who is Carl?
            Carl at carl
        who is Charly?
            Charly at charly
        together charly writes; charly ends; admin merges Charly into Carl; admin unmerges Charly; charly writes
            charly#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, session ends (CUSTOMER), task CANCELLED, bot gone, closed
            charly#3: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        charly#3 is?
            Charly, 0 suggestions
        ",
    );
}

#[test]
fn what_was_changed_after_a_merge_stays() {
    story(
        given(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl ends
            carl: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        admin knows charly as Charly
        admin merges Charly into John Doe
        who is Charly?
            Charly at carl charly
        admin calls Charly Karl
        wait 1s
        admin unmerges Charly
        who is Karl?
            Karl at carl
        who is Charly?
            Charly at charly
        ",
    );
}

#[test]
fn an_open_conversation_comes_along_and_goes_back() {
    story(
        given(),
        "
        admin knows carl as Carl
        charly writes
            charly: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        admin merges John Doe into Carl
            charly: merged from John Doe to Carl
        charly is?
            Carl, 0 suggestions
        admin unmerges John Doe
            charly: unmerged from Carl to John Doe
        admin merges John Doe into Carl
            charly: merged from John Doe to Carl
        charly ends
            charly: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        admin unmerges John Doe
            charly: unmerged from Carl to John Doe
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        charly writes
            charly#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        admin merges John Doe into Carl
            ! conversations 66f27f900303030303000018 and 66f27f900303030303000025 with them are both open; end one first
        ",
    );
}

#[test]
fn a_family_is_merged_step_by_step_and_erased_as_one() {
    story(
        given(),
        "
        admin knows a as Ann
        admin knows b as Bea
        admin knows c as Cat
        admin merges Ann into Bea
        admin merges Bea into Cat
        who is Cat?
            Cat at c b a
        admin merges Ann into Cat
            ! customer 66f27f900303030303000001 was merged into 66f27f900303030303000002; use that one, or undo the merge
        admin unmerges Ann
            ! customer 66f27f900303030303000002 was merged into 66f27f900303030303000003; use that one, or undo the merge
        admin merges Cat into Cat
            ! a customer cannot be merged with himself
        admin unmerges Cat
            ! the customer was not merged
        admin erases Ann
            ! customer 66f27f900303030303000001 was merged into 66f27f900303030303000002; use that one, or undo the merge
        admin erases Cat
        who is Ann?
            nobody
        who is Bea?
            nobody
        a writes
            a: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        a is?
            anonymous John Doe, 0 suggestions
        ",
    );
}

#[test]
fn nothing_begins_with_who_is_being_erased() {
    story(
        given().agents("amina"),
        "
        amina connects
            amina NOT_READY, chat NOT_READY
        admin knows a as Ann
        admin knows b as Bea
        admin knows c as Cat
        admin merges Ann into Bea
        a writes
            a: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        admin parts with Ann
            ! customer 66f27f900303030303000001 was merged into 66f27f900303030303000002; use that one, or undo the merge
        admin parts with Bea
            ! conversation 66f27f900303030303000004 with this customer is open; end it first
        a ends
            a: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        admin parts with Bea
        admin parts with Bea
        admin calls Bea Beatrice
            ! customer 66f27f900303030303000002 is being erased
        admin merges Bea into Cat
            ! customer 66f27f900303030303000002 is being erased
        admin merges Cat into Bea
            ! customer 66f27f900303030303000002 is being erased
        admin unmerges Ann
            ! customer 66f27f900303030303000001 is being erased
        admin links a to Cat
            ! customer 66f27f900303030303000002 is being erased
        admin gives the past of a to Cat
            ! customer 66f27f900303030303000002 is being erased
        amina sends Bea at mobile
            ! customer 66f27f900303030303000002 is being erased
        amina sends Ann at mobile
            ! customer 66f27f900303030303000001 is being erased
        a writes
            a#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        a#2 is?
            anonymous John Doe, 0 suggestions
        admin links a#2 to Bea
            ! customer 66f27f900303030303000002 is being erased
        admin erases Bea
        who is Ann?
            nobody
        who is Bea?
            nobody
        ",
    );
}

#[test]
fn who_was_merged_is_written_to_as_who_he_is() {
    story(
        given().agents("amina").on_duty("amina"),
        "
        admin knows carl as Carl
        admin knows charly as Charly
        admin merges Charly into Carl
        amina sends Charly at mobile
            mobile: opens, arrives, is answered, session ends (AGENT), bot gone, closed
        ",
    );
}

#[test]
fn the_agents_of_a_merged_customer_are_told() {
    story_at_desk(
        given().agents("amina").on_duty("amina"),
        "amina",
        "
        admin knows 0170 as Carl
        carl writes
            amina: offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, domain READY, chat BUSY
        admin merges John Doe into Carl
            amina: carl merged from John Doe to Carl
        admin unmerges John Doe
            amina: carl unmerged from Carl to John Doe
        ",
    );
}
