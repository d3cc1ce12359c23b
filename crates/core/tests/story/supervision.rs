//! Supervisors watch, whisper, barge in, answer raised hands, and change agents' states.

use tieline_core::registry::Role;

use super::given::{Given, given};
use super::script::{story, story_at_desk, story_for_customers, story_on_the_wire};

/// Sara leads amina and ben; tom leads nobody.
fn team() -> Given {
    given()
        .agents("amina, ben, sara, tom")
        .led_team("amina, ben, sara")
        .led_team("tom")
        .on_duty("amina, ben, sara, tom")
}

#[test]
fn agents_see_who_has_read_a_whisper_but_not_who_only_watches() {
    story(
        team(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        sara watches carl
            carl: sara joins, task SILENT_MONITOR ACTIVE
        amina whispers carl
            carl: is whispered about
        sara reads a2 to carl
        sara coaches carl
            carl: sara WHISPER
        sara reads a2 to carl
            carl: a2 READ
        ",
    );
}

#[test]
fn that_a_whisper_was_read_is_told_to_no_connector() {
    story_on_the_wire(
        team(),
        "
        carl writes
            carl: arrives
        hook delivers
            carl: greeted
        hook delivers
            carl: handed over
        hook delivers
            carl: queued at 1 since 09:00:00
        hook delivers
        amina accepts carl
            carl: amina joins
        hook delivers
        sara watches carl
        sara whispers carl
        amina reads a2 to carl
        deliveries?
            all done
        ",
    );
}

#[test]
fn a_supervisor_watches_whispers_and_barges_in() {
    story(
        team(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        sara watches carl
            ! no agent serves this conversation now
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        tom watches carl
            ! none of the agents who serve this conversation is in a team of yours
        ben watches carl
            ! none of the agents who serve this conversation is in a team of yours
        sara barges carl
            ! watch the conversation first, then barge in
        sara watches carl
            carl: sara joins, task SILENT_MONITOR ACTIVE
        sara answers carl
            ! only an agent who serves the customer writes to him; whisper to the agents
        sara whispers carl
            carl: is whispered about
        sara?
            READY, chat READY, 0 tasks
        carl?
            ACTIVE, amina PRIMARY, sara SILENT_MONITOR, bot ASSISTANT, no silence timer
        sara coaches carl
            carl: sara WHISPER
        sara barges carl
            carl: sara PRIMARY, task BARGE_IN ACTIVE
        sara barges carl
            ! you take part in this conversation already
        sara answers carl
            carl: is answered
        sara?
            READY, chat READY, 0 tasks
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED)
            amina READY, chat READY
        carl?
            ACTIVE, sara PRIMARY, bot ASSISTANT, silence ends 09:05:00
        sara leaves carl
            carl: task DONE, sara leaves (UNSUBSCRIBED), bot PRIMARY
        carl?
            INACTIVE, bot PRIMARY, silence ends 09:05:00
        ",
    );
}

#[test]
fn watchers_go_with_the_last_who_serves() {
    story(
        team(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        sara watches carl
            carl: sara joins, task SILENT_MONITOR ACTIVE
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED), task DONE, sara leaves (PRIMARY_LEFT), bot PRIMARY
            amina READY, chat READY
        carl?
            INACTIVE, bot PRIMARY, silence ends 09:05:00
        ",
    );
}

#[test]
fn several_may_watch() {
    story(
        given()
            .agents("amina, sara, tina")
            .led_team("amina, sara")
            .user("tina", |tina| tina.roles = vec![Role::Supervisor, Role::Admin])
            .on_duty("amina, sara, tina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        sara watches carl
            carl: sara joins, task SILENT_MONITOR ACTIVE
        tina watches carl
            carl: tina joins, task SILENT_MONITOR ACTIVE
        sara leaves carl
            carl: task DONE, sara leaves (UNSUBSCRIBED)
        carl?
            ACTIVE, amina PRIMARY, tina SILENT_MONITOR, bot ASSISTANT, no silence timer
        ",
    );
}

#[test]
fn the_customer_sees_who_serves_only() {
    story_for_customers(
        team(),
        "
        carl writes
            carl: arrives, greeted, handed over, queued at 1 since 09:00:00
        amina accepts carl
            carl: amina joins
        sara watches carl
        sara whispers carl
        sara coaches carl
        sara barges carl
            carl: sara PRIMARY
        sara leaves carl
            carl: sara leaves (UNSUBSCRIBED)
        ",
    );
}

#[test]
fn a_watching_desk_is_shown_everything_again_when_it_comes_back() {
    story_at_desk(
        team(),
        "sara",
        "
        carl writes
        amina accepts carl
        sara watches carl
            sara: topic carl with task, carl sara joins, carl task SILENT_MONITOR ACTIVE
        carl writes
            sara: carl writes
        sara disconnects
        sara connects
            sara: channel types, presence READY, chat READY, 0 domains changed, topic carl with task
        amina leaves carl
            sara: carl task DONE, carl amina leaves (UNSUBSCRIBED), carl task DONE, out of carl (UNSUBSCRIBED)
        ",
    );
}

#[test]
fn a_raised_hand_is_shown_to_the_team_s_supervisors() {
    story_at_desk(
        team(),
        "sara",
        "
        carl writes
        amina accepts carl
        sara raises carl
            ! you do not serve this conversation
        amina raises carl
            sara: hand of amina up in carl
        amina raises carl
        sara disconnects
        sara connects
            sara: channel types, presence READY, chat READY, 0 domains changed, hand of amina up in carl
        amina lowers carl
            sara: hand of amina down in carl
        amina raises carl
            sara: hand of amina up in carl
        wait 30s
            sara: hand of amina down in carl
        amina raises carl
            sara: hand of amina up in carl
        sara coaches carl
            sara: topic carl with task, carl sara joins, carl task SILENT_MONITOR ACTIVE, carl amina lowers the hand
        ",
    );
    story_at_desk(
        team(),
        "tom",
        "
        carl writes
        amina accepts carl
        amina raises carl
        ",
    );
}

#[test]
fn a_supervisor_sets_agents_ready_and_logs_them_out() {
    story_at_desk(
        team(),
        "ben",
        "
        ben is not ready
            ben: presence NOT_READY, chat NOT_READY, 4 domains changed
        tom sets ben ready
            ! you may only change your own state, and that of agents of your teams
        ben sets sara out
            ! you may only change your own state, and that of agents of your teams
        sara sets ben not ready
            ! a supervisor can set an agent ready, or log him out
        sara sets ben ready
            ben: presence READY, chat READY, 4 domains changed
        sara sets ben ready
            ! this agent is ready already
        sara sets ben out
            ben: logged out
        sara sets ben out
            ! this agent is logged out
        ",
    );
}

#[test]
fn there_is_nothing_to_watch_without_the_customer() {
    story(
        team(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        sara watches carl
            carl: sara joins, task SILENT_MONITOR ACTIVE
        carl ends
            carl: session ends (CUSTOMER), task DONE, has left
            amina READY, chat READY
        sara barges carl
            ! the customer has left
        sara leaves carl
            carl: task DONE, sara leaves (UNSUBSCRIBED)
        sara watches carl
            ! the customer has left
        amina leaves carl
            carl: amina leaves (UNSUBSCRIBED), bot gone, closed
        ",
    );
}

#[test]
fn who_leads_them_no_longer_stops_watching_at_once() {
    let watched = "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        sara watches carl
            carl: sara joins, task SILENT_MONITOR ACTIVE
        ";
    for does in ["relieves sara", "takes amina off the team"] {
        story(
            team(),
            &format!("{watched}admin {does}\n            carl: task FORCE_CLOSED, sara leaves (REMOVED)"),
        );
    }
    story(
        team(),
        &format!(
            "{watched}sara barges carl
            carl: sara PRIMARY, task BARGE_IN ACTIVE
        admin relieves sara
        amina logs out
            carl: task AGENT_LOGOUT, amina leaves (AGENT_DISCONNECTED)
            amina READY, chat READY
            amina logged out
        carl?
            ACTIVE, sara PRIMARY, bot ASSISTANT, no silence timer"
        ),
    );
}

#[test]
fn who_is_asked_to_help_and_watches_instead_lets_others_be_asked() {
    story(
        team(),
        "
        ben is not ready
            ben NOT_READY, chat NOT_READY
        tom is not ready
            tom NOT_READY, chat NOT_READY
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina conferences carl to queue Default
            carl: DIRECT_CONFERENCE QUEUE asked for at 10, offered to sara
        sara watches carl
            carl: task RONA, DIRECT_CONFERENCE QUEUE asked for at 11, sara joins, task SILENT_MONITOR ACTIVE
        sara?
            READY, chat READY, 0 tasks
        ben is ready
            carl: offered to ben
            ben READY, chat READY
        ",
    );
}

#[test]
fn who_barged_in_and_whom_he_helped_are_both_there_for_a_customer_who_returns() {
    story(
        team().wrap_up(60),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        sara watches carl
            carl: sara joins, task SILENT_MONITOR ACTIVE
        sara barges carl
            carl: sara PRIMARY, task BARGE_IN ACTIVE
        carl ends
            carl: session ends (CUSTOMER), amina WRAP_UP, task WRAP_UP, task DONE, has left
        carl?
            CUSTOMER_LEFT, amina WRAP_UP, sara PRIMARY, bot ASSISTANT, no silence timer
        carl writes
            carl: arrives, task BARGE_IN ACTIVE, writes
        carl?
            ACTIVE, amina WRAP_UP, sara PRIMARY, bot ASSISTANT, no silence timer
        sara leaves carl
            carl: task DONE, sara leaves (UNSUBSCRIBED), bot PRIMARY
        amina skips carl
            carl: task WRAP_UP_NOT_APPLIED, amina leaves (UNSUBSCRIBED)
            amina READY, chat READY
        carl?
            INACTIVE, bot PRIMARY, silence ends 09:05:00
        ",
    );
}
