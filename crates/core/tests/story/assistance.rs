//! Transfer, conference and consultation: rows T14, N1, N2 of the task table, and what each leads to.

use tieline_core::registry::seed::CX_VOICE_MRD;

use super::given::{Given, given};
use super::script::{story, story_at_desk, story_for_customers};

/// Amina serves carl; ben and cleo are free.
fn three() -> Given {
    given().agents("amina, ben, cleo").on_duty("amina")
}

#[test]
fn a_transfer_to_a_queue_lets_the_agent_go_at_once() {
    story(
        three(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        ben connects
            ben NOT_READY, chat NOT_READY
        ben is ready
            ben READY, chat READY
        amina transfers carl to queue Default
            carl: DIRECT_TRANSFER QUEUE asked for at 1, task TRANSFERRED, amina leaves (DIRECT_TRANSFER), bot PRIMARY, offered to ben
            amina READY, chat READY
        amina?
            READY, chat READY, 0 tasks
        carl?
            INACTIVE, bot PRIMARY, offered at 1 since 09:00:00, no silence timer
        ben accepts carl
            carl: ben joins, task DIRECT_TRANSFER ACTIVE, bot ASSISTANT
            ben READY, chat BUSY
        carl?
            ACTIVE, ben PRIMARY, bot ASSISTANT, no silence timer
        ben leaves carl
            carl: task DONE, ben leaves (UNSUBSCRIBED), bot PRIMARY
            ben READY, chat READY
        ",
    );
}

#[test]
fn a_transfer_to_an_agent_rings_at_once_and_falls_back_to_the_queue() {
    story(
        three(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina transfers carl to ben
            ! ben is not logged in
        ben connects
            ben NOT_READY, chat NOT_READY
        amina transfers carl to ben
            ! ben is not ready
        ben is ready
            ben READY, chat READY
        amina transfers carl to ben
            carl: DIRECT_TRANSFER AGENT asked for at 1, task TRANSFERRED, amina leaves (DIRECT_TRANSFER), bot PRIMARY, offered to ben
            amina READY, chat READY
        wait 20s
            carl: task RONA, nobody is available, DIRECT_TRANSFER QUEUE asked for at 11
            ben READY, chat NOT_READY
        amina accepts carl
            ! this request is no longer offered to you
        carl?
            INACTIVE, bot PRIMARY, queued at 11 since 09:00:00, no silence timer
        ",
    );
}

#[test]
fn a_transfer_nobody_takes_leaves_the_customer_to_the_bot() {
    story(
        three(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina is not ready
            amina NOT_READY, chat PENDING_NOT_READY
        amina transfers carl to queue Default
            carl: DIRECT_TRANSFER QUEUE asked for at 1, task TRANSFERRED, amina leaves (DIRECT_TRANSFER), bot PRIMARY
            amina NOT_READY, chat NOT_READY
        wait 100s
            carl: task NO_AGENT_AVAILABLE, nobody is available, put off
        carl?
            INACTIVE, bot PRIMARY, silence ends 09:06:40
        carl writes
            carl: writes, handed over, queued at 1 since 09:01:40
        ",
    );
}

#[test]
fn desks_are_told_of_a_transfer() {
    let given = || three().on_duty("amina, ben");
    story_at_desk(
        given(),
        "amina",
        "
        carl writes
            amina: offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, domain READY, chat BUSY
        amina transfers carl to queue Default
            amina: carl DIRECT_TRANSFER QUEUE asked for at 1, placed DirectTransfer, domain READY, chat READY, carl task TRANSFERRED, out of carl (CHAT TRANSFERRED)
        ",
    );
    story_at_desk(
        given(),
        "amina",
        "
        carl writes
            amina: offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, domain READY, chat BUSY
        amina transfers carl to ben
            amina: carl DIRECT_TRANSFER AGENT asked for at 1, DirectTransfer goes to ben, domain READY, chat READY, carl task TRANSFERRED, out of carl (CHAT TRANSFERRED)
        ben accepts carl
        ",
    );
}

#[test]
fn a_conference_adds_one_who_serves() {
    story(
        three().on_duty("amina, ben, cleo"),
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
        ben answers carl
            carl: is answered
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED)
            amina READY, chat READY
        carl?
            ACTIVE, ben PRIMARY, bot ASSISTANT, silence ends 09:05:00
        ben leaves carl
            carl: task DONE, ben leaves (UNSUBSCRIBED), bot PRIMARY
            ben READY, chat READY
        carl?
            INACTIVE, bot PRIMARY, silence ends 09:05:00
        ",
    );
}

#[test]
fn an_advisor_is_not_seen_by_the_customer_until_he_serves() {
    story_for_customers(
        three().on_duty("amina, ben"),
        "
        carl writes
            carl: arrives, greeted, handed over, queued at 1 since 09:00:00
        amina accepts carl
            carl: amina joins
        amina consults carl to ben
        ben accepts carl
        ben whispers carl
        ben answers carl
            ! only an agent who serves the customer writes to him; whisper to the agents
        amina yields carl
            carl: ben PRIMARY, amina leaves (CONSULT_TRANSFER)
        ben answers carl
            carl: is answered
        ",
    );
}

#[test]
fn a_consulted_agent_takes_over_or_joins() {
    story(
        three().on_duty("amina, ben"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina yields carl
            ! consult this agent first; he is not here to advise you
        amina consults carl to ben
            carl: CONSULT AGENT asked for at 10, offered to ben
        ben accepts carl
            carl: ben joins, task CONSULT ACTIVE
            ben READY, chat BUSY
        carl?
            ACTIVE, amina PRIMARY, ben ASSISTANT, bot ASSISTANT, no silence timer
        ben?
            READY, chat BUSY, 1 tasks
        ben yields carl
            ! only an agent who serves the customer may do this
        amina yields carl to cleo
            ! consult this agent first; he is not here to advise you
        amina yields carl to ben
            carl: task DONE, task CONSULT_TRANSFER ACTIVE, ben PRIMARY, task TRANSFERRED, amina leaves (CONSULT_TRANSFER)
            amina READY, chat READY
        carl?
            ACTIVE, ben PRIMARY, bot ASSISTANT, no silence timer
        ben?
            READY, chat BUSY, 1 tasks
        ben leaves carl
            carl: task DONE, ben leaves (UNSUBSCRIBED), bot PRIMARY
            ben READY, chat READY
        ",
    );
    story(
        three().on_duty("amina, ben"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina consults carl to ben
            carl: CONSULT AGENT asked for at 10, offered to ben
        ben accepts carl
            carl: ben joins, task CONSULT ACTIVE
            ben READY, chat BUSY
        amina adds carl
            carl: task DONE, task CONSULT_CONFERENCE ACTIVE, ben PRIMARY
        carl?
            ACTIVE, amina PRIMARY, ben PRIMARY, bot ASSISTANT, no silence timer
        ben?
            READY, chat BUSY, 1 tasks
        ben leaves carl
            carl: task DONE, ben leaves (UNSUBSCRIBED)
            ben READY, chat READY
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, no silence timer
        ",
    );
}

#[test]
fn desks_are_told_of_a_consultation() {
    story_at_desk(
        three().on_duty("amina, ben"),
        "amina",
        "
        carl writes
            amina: offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, domain READY, chat BUSY
        amina consults carl to ben
            amina: carl CONSULT AGENT asked for at 10, Consult goes to ben, carl offered to ben
        ben accepts carl
            amina: carl ben joins, carl task CONSULT ACTIVE
        amina disconnects
        amina connects
            amina: channel types, presence READY, chat BUSY, 0 domains changed, topic carl with task
        amina yields carl
            amina: carl task DONE, carl task CONSULT_TRANSFER ACTIVE, carl ben PRIMARY, ben takes over, domain READY, chat READY, carl task TRANSFERRED, out of carl (UNSUBSCRIBED)
        ",
    );
    story_at_desk(
        three().on_duty("amina, ben"),
        "ben",
        "
        carl writes
        amina accepts carl
        amina consults carl to ben
            ben: offer carl
        ben disconnects
        ben connects
            ben: channel types, presence READY, chat READY, 0 domains changed
        amina consults carl to ben
            ben: offer carl
        ben accepts carl
            ben: topic carl with task, carl ben joins, carl task CONSULT ACTIVE, domain READY, chat BUSY
        ben disconnects
        ben connects
            ben: channel types, presence READY, chat BUSY, 0 domains changed, topic carl with task
        amina yields carl
            ben: carl task DONE, carl task CONSULT_TRANSFER ACTIVE, carl ben PRIMARY, ben takes over, carl task TRANSFERRED, carl amina leaves (CONSULT_TRANSFER)
        ",
    );
}

#[test]
fn help_that_does_not_come_changes_nothing_else() {
    story_at_desk(
        three().on_duty("amina, ben"),
        "amina",
        "
        carl writes
            amina: offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, domain READY, chat BUSY
        amina consults carl to ben
            amina: carl CONSULT AGENT asked for at 10, Consult goes to ben, carl offered to ben
        wait 20s
            amina: carl task RONA, carl nobody is available, Consult failed
        amina consults carl to queue Default
            amina: carl CONSULT QUEUE asked for at 10, placed Consult
        wait 100s
            amina: carl task NO_AGENT_AVAILABLE, carl nobody is available, Consult failed
        amina conferences carl to queue Default
            amina: carl DIRECT_CONFERENCE QUEUE asked for at 10, placed DirectConference
        wait 100s
            amina: carl task NO_AGENT_AVAILABLE, carl nobody is available, DirectConference failed
        amina answers carl
            amina: carl is answered
        ",
    );
}

#[test]
fn an_advisor_goes_with_whom_he_advised() {
    story(
        three().on_duty("amina, ben"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina consults carl to ben
            carl: CONSULT AGENT asked for at 10, offered to ben
        ben accepts carl
            carl: ben joins, task CONSULT ACTIVE
            ben READY, chat BUSY
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED), task DONE, ben leaves (PRIMARY_LEFT), bot PRIMARY
            amina READY, chat READY
            ben READY, chat READY
        carl?
            INACTIVE, bot PRIMARY, silence ends 09:05:00
        ",
    );
    story(
        three().on_duty("amina, ben"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina consults carl to ben
            carl: CONSULT AGENT asked for at 10, offered to ben
        amina leaves carl
            carl: task DONE, task CANCELLED, amina leaves (UNSUBSCRIBED), bot PRIMARY
            amina READY, chat READY
        carl?
            INACTIVE, bot PRIMARY, silence ends 09:05:00
        ben?
            READY, chat READY, 0 tasks
        ",
    );
}

#[test]
fn what_cannot_be_asked_is_refused_and_the_conversation_goes_on() {
    story(
        three()
            .agent("dina", 0, 1)
            .agent("emma", 1, 1)
            .on_duty("amina, ben, dina, emma")
            .queue_called("Voice", |queue| queue.mrd = CX_VOICE_MRD),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        finn writes
            finn: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to ben
        ben accepts finn
            finn: ben joins, task ACTIVE, bot ASSISTANT
            ben READY, chat BUSY
        amina transfers carl to queue Nowhere
            ! there is no queue called 'Nowhere'
        amina transfers carl to queue Voice
            ! queueName: 'Voice' is of another media routing domain than this conversation; choose a queue of its domain
        amina consults carl to cleo
            ! cleo is not logged in
        amina consults carl to ben
            ! ben has as much work as he may have
        amina consults carl to amina
            ! amina is in this conversation already
        amina consults carl to dina
            ! dina is not ready
        cleo transfers carl to emma
            ! you are not in this conversation
        ben transfers carl to emma
            ! you are not in this conversation
        amina transfers carl
            ! requestedAgentId: name a queue or an agent
        greta writes
            greta: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to emma
        amina consults carl to emma
            ! emma is being asked by somebody else at the moment
        emma accepts greta
            greta: emma joins, task ACTIVE, bot ASSISTANT
            emma READY, chat BUSY
        amina consults carl to queue Default
            carl: CONSULT QUEUE asked for at 10
        amina conferences carl to queue Default
            ! somebody is being looked for already; wait until he is found
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, queued at 10 since 09:00:00, no silence timer
        carl ends
            carl: session ends (CUSTOMER), task CANCELLED, task DONE, has left
            amina READY, chat READY
        amina consults carl to emma
            ! the customer has left
        ",
    );
}

#[test]
fn four_people_beside_the_customer_are_enough() {
    story(
        given().agents("amina, ben, cleo, dina, emma, sara").led_team("amina, sara").on_duty("amina, ben, cleo, dina, emma, sara"),
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
        amina consults carl to cleo
            carl: CONSULT AGENT asked for at 10, offered to cleo
        cleo accepts carl
            carl: cleo joins, task CONSULT ACTIVE
            cleo READY, chat BUSY
        ben conferences carl to dina
            carl: DIRECT_CONFERENCE AGENT asked for at 10, offered to dina
        dina accepts carl
            carl: dina joins, task DIRECT_CONFERENCE ACTIVE
            dina READY, chat BUSY
        ben conferences carl to emma
            ! at most 4 people beside the customer are allowed
        sara watches carl
            ! at most 4 people beside the customer are allowed
        ben transfers carl to emma
            carl: DIRECT_TRANSFER AGENT asked for at 10, task TRANSFERRED, ben leaves (DIRECT_TRANSFER), offered to emma
            ben READY, chat READY
        emma accepts carl
            carl: emma joins, task DIRECT_TRANSFER ACTIVE
            emma READY, chat BUSY
        carl?
            ACTIVE, amina PRIMARY, cleo ASSISTANT, dina PRIMARY, emma PRIMARY, bot ASSISTANT, no silence timer
        ",
    );
}

#[test]
fn two_who_transfer_at_once_both_pass_on_and_one_accept_wins() {
    story(
        given().agents("amina, ben, cleo, dina").on_duty("amina, ben, cleo, dina"),
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
        together amina transfers carl to cleo; ben transfers carl to cleo
            ! somebody is being looked for already; wait until he is found
            carl: DIRECT_TRANSFER AGENT asked for at 1, task TRANSFERRED, amina leaves (DIRECT_TRANSFER), offered to cleo
            amina READY, chat READY
        together cleo accepts carl; dina accepts carl; cleo accepts carl
            ! this request is no longer offered to you
            carl: cleo joins, task DIRECT_TRANSFER ACTIVE
            cleo READY, chat BUSY
        carl?
            ACTIVE, ben PRIMARY, cleo PRIMARY, bot ASSISTANT, no silence timer
        ",
    );
}
