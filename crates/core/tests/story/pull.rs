//! Pull lists: requests wait until agents join by themselves.

use tieline_core::registry::Mode;

use super::given::{Given, given};
use super::script::{story, story_at_desk};

/// "site" goes to the list "Mail" at once. Sara leads amina and ben; nobody is offered anything.
fn mail() -> Given {
    given()
        .agents("amina, ben, sara")
        .led_team("amina, ben, sara")
        .list("Mail", |_| {})
        .pulled("site", "Mail")
        .site(|site| (site.mode, site.bot) = (Mode::Agent, None))
        .on_duty("amina, ben, sara")
}

#[test]
fn a_request_goes_from_unread_to_active_to_inactive_and_back() {
    story(
        mail(),
        "
        carl writes
            carl: opens, arrives, writes, listed on Mail
        carl?
            CREATED, listed UNREAD, no silence timer
        amina joins carl
            carl: amina joins, task ACTIVE, listing ACTIVE
            amina READY, chat BUSY
        carl?
            ACTIVE, amina PRIMARY, listed ACTIVE, no silence timer
        amina answers carl
            carl: is answered
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED), listing INACTIVE
            amina READY, chat READY
        carl?
            INACTIVE, listed INACTIVE, silence ends 09:05:00
        carl writes
            carl: writes, called out again on Mail
        carl writes
            carl: writes
        carl?
            INACTIVE, listed INACTIVE and called out, no silence timer
        ben joins carl
            carl: ben joins, task ACTIVE, listing ACTIVE
            ben READY, chat BUSY
        ben answers carl
            carl: is answered
        ben leaves carl
            carl: task DONE, ben leaves (UNSUBSCRIBED), listing INACTIVE
            ben READY, chat READY
        wait 300s
            carl: session ends (INACTIVITY), listing CLOSED, closed
        ben joins carl
            ! this request is no longer on the list
        ",
    );
}

#[test]
fn those_who_follow_a_list_are_told_of_everything_on_it() {
    story_at_desk(
        mail(),
        "amina",
        "
        carl writes
        amina follows Mail
            amina: now follows [Mail] with [carl UNREAD]
        dora writes
            amina: dora UNREAD calls
        ben joins dora
            amina: dora ACTIVE
        ben leaves dora
            amina: dora INACTIVE
        dora writes
            amina: dora INACTIVE calls
        amina connects
            amina: channel types, presence READY, chat READY, 0 domains changed, follows [Mail] with [carl UNREAD dora INACTIVE]
        dora ends
            amina: dora CLOSED
        restart
        amina connects
            amina: channel types, presence READY, chat READY, 0 domains changed, follows [Mail] with [carl UNREAD]
        amina logs out
            amina: logged out
        amina connects
            amina: channel types, presence NOT_READY, chat NOT_READY, 0 domains changed, follows [Mail] with [carl UNREAD]
        amina unfollows Mail
            amina: no longer Mail, only []
        eva writes
        ",
    );
}

#[test]
fn several_agents_join_ready_or_not_and_with_as_much_work_as_they_like() {
    story(
        mail(),
        "
        carl writes
            carl: opens, arrives, writes, listed on Mail
        dora writes
            dora: opens, arrives, writes, listed on Mail
        amina is not ready
            amina NOT_READY, chat NOT_READY
        amina joins carl
            carl: amina joins, task ACTIVE, listing ACTIVE
            amina NOT_READY, chat PENDING_NOT_READY
        amina joins dora
            dora: amina joins, task ACTIVE, listing ACTIVE
        amina?
            NOT_READY, chat PENDING_NOT_READY, 2 tasks
        amina joins carl
        ben joins carl
            carl: ben joins, task ACTIVE
            ben READY, chat BUSY
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED)
        carl?
            ACTIVE, ben PRIMARY, listed ACTIVE, no silence timer
        sara joins carl
            carl: sara joins, task ACTIVE
            sara READY, chat BUSY
        ",
    );
}

#[test]
fn who_may_not_join_is_told_why() {
    story(
        given()
            .agents("amina, ben, cleo, dan, eli, sara")
            .led_team("ben, sara")
            .led_team("amina, cleo, dan, eli, sara")
            .list("Mail", |mail| mail.respects_capacity = true)
            .pulled("site", "Mail")
            .site(|site| (site.mode, site.bot) = (Mode::Agent, None))
            .on_duty("amina, ben, cleo, dan, sara"),
        "
        carl writes
            carl: opens, arrives, writes, listed on Mail
        dora writes
            dora: opens, arrives, writes, listed on Mail
        eli joins carl
            ! you are logged out; sign in again
        amina joins carl
            carl: amina joins, task ACTIVE, listing ACTIVE
            amina READY, chat BUSY
        amina joins dora
            ! you have as much work as you may have: 1 of 1
        sara watches carl
            carl: sara joins, task SILENT_MONITOR ACTIVE
        sara joins carl
            ! you take part in this conversation already
        cleo joins carl
            carl: cleo joins, task ACTIVE
            cleo READY, chat BUSY
        dan joins carl
            carl: dan joins, task ACTIVE
            dan READY, chat BUSY
        ben joins carl
            ! at most 4 people beside the customer are allowed
        carl ends
            carl: session ends (CUSTOMER), task DONE, task DONE, task DONE, has left
            amina READY, chat READY
            cleo READY, chat READY
            dan READY, chat READY
        ben joins carl
            ! the customer has left
        ",
    );
}

#[test]
fn a_list_may_be_for_some_teams_only() {
    let mut given = given().agents("amina, ben, sara").team("amina");
    let team = given.team_of("amina");
    story(
        given
            .led_team("ben, sara")
            .list("Mail", |mail| mail.teams = vec![team])
            .pulled("site", "Mail")
            .on_duty("amina, ben, sara"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, listed on Mail
        ben follows Mail
            ! pull list 'Mail' is for other teams
        ben joins carl
            ! pull list 'Mail' is for other teams
        sara finishes carl
            ! pull list 'Mail' is for other teams
        amina follows Mail
        amina joins carl
            carl: amina joins, task ACTIVE, bot ASSISTANT, listing ACTIVE
            amina READY, chat BUSY
        ",
    );
}

#[test]
fn a_supervisor_ends_a_request_with_its_conversation() {
    story(
        mail(),
        "
        carl writes
            carl: opens, arrives, writes, listed on Mail
        amina finishes carl
            ! only a supervisor ends a request of a pull list; join it and leave it
        sara finishes carl
            carl: listing CLOSED, session ends (FORCE_CLOSED), closed
        dora writes
            dora: opens, arrives, writes, listed on Mail
        amina joins dora
            dora: amina joins, task ACTIVE, listing ACTIVE
            amina READY, chat BUSY
        sara finishes dora
            dora: listing CLOSED, session ends (FORCE_CLOSED), task DONE, has left
            amina READY, chat READY
        dora?
            CUSTOMER_LEFT, amina PRIMARY, no silence timer
        sara finishes dora
            ! this request is no longer on the list
        ",
    );
}

#[test]
fn an_agent_who_is_lost_is_called_for_again() {
    story(
        mail(),
        "
        carl writes
            carl: opens, arrives, writes, listed on Mail
        amina joins carl
            carl: amina joins, task ACTIVE, listing ACTIVE
            amina READY, chat BUSY
        amina disconnects
        wait 30s
            carl: task AGENT_LOGOUT, amina leaves (AGENT_DISCONNECTED), called out again on Mail
        carl?
            INACTIVE, listed INACTIVE and called out, no silence timer
        crash
        ben connects
            ben READY, chat READY
        ben joins carl
            carl: ben joins, task ACTIVE, listing ACTIVE
            ben READY, chat BUSY
        ",
    );
}

#[test]
fn who_wraps_up_leaves_the_request_on_its_list_and_may_join_again() {
    story(
        mail().wrap_up(60),
        "
        carl writes
            carl: opens, arrives, writes, listed on Mail
        amina joins carl
            carl: amina joins, task ACTIVE, listing ACTIVE
            amina READY, chat BUSY
        amina leaves carl
            carl: amina WRAP_UP, task WRAP_UP, listing INACTIVE
        carl?
            INACTIVE, amina WRAP_UP, listed INACTIVE, silence ends 09:05:00
        amina joins carl
            carl: amina PRIMARY, task ACTIVE, listing ACTIVE
        carl?
            ACTIVE, amina PRIMARY, listed ACTIVE, no silence timer
        amina leaves carl
            carl: amina WRAP_UP, task WRAP_UP, listing INACTIVE
        amina skips carl
            carl: task WRAP_UP_NOT_APPLIED, amina leaves (UNSUBSCRIBED)
            amina READY, chat READY
        ",
    );
}

#[test]
fn the_time_to_answer_is_the_lists() {
    story(
        mail().change_list("Mail", |mail| mail.agent_sla_secs = Some(60)),
        "
        carl writes
            carl: opens, arrives, writes, listed on Mail
        amina joins carl
            carl: amina joins, task ACTIVE, answer due in 60s, listing ACTIVE
            amina READY, chat BUSY
        wait 60s
            carl: answer overdue, task DONE, amina leaves (SLA_EXPIRED), called out again on Mail
            amina READY, chat READY
        ",
    );
}

#[test]
fn a_transfer_leaves_a_list_and_comes_back_to_it() {
    story(
        mail(),
        "
        carl writes
            carl: opens, arrives, writes, listed on Mail
        amina joins carl
            carl: amina joins, task ACTIVE, listing ACTIVE
            amina READY, chat BUSY
        amina transfers carl to ben
            carl: DIRECT_TRANSFER AGENT asked for at 1, task TRANSFERRED, amina leaves (DIRECT_TRANSFER), listing INACTIVE, offered to ben
            amina READY, chat READY
        ben declines carl
            carl: declined by ben, task RONA, nobody is available, called out again on Mail, asked for patience
            ben READY, chat NOT_READY
        sara joins carl
            carl: sara joins, task ACTIVE, listing ACTIVE
            sara READY, chat BUSY
        ",
    );
}

#[test]
fn the_bot_answers_who_has_been_left_and_agents_are_called_too() {
    story(
        given().agents("amina").list("Mail", |_| {}).pulled("site", "Mail").on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, listed on Mail
        carl writes
            carl: writes
        amina joins carl
            carl: amina joins, task ACTIVE, bot ASSISTANT, listing ACTIVE
            amina READY, chat BUSY
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED), bot PRIMARY, listing INACTIVE
            amina READY, chat READY
        carl writes
            carl: writes, called out again on Mail, handed over
        ",
    );
}

#[test]
fn a_customer_whom_nobody_came_for_is_called_back() {
    let given = given().agents("amina").list("Back", |_| {}).calls_back_from("Back");
    story(
        given.on_duty("amina"),
        "
        amina is not ready
            amina NOT_READY, chat NOT_READY
        amina follows Back
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        wait 100s
            carl: task NO_AGENT_AVAILABLE, nobody is available, listed on Back, promised a call back
        carl?
            CREATED, bot PRIMARY, listed UNREAD, promised, no silence timer
        carl ends
            carl: session ends (CUSTOMER), has left
        carl?
            CUSTOMER_LEFT, bot PRIMARY, listed UNREAD, promised, no silence timer
        restart
        amina connects
            amina NOT_READY, chat NOT_READY
        amina joins carl
            carl: arrives, amina joins, task OUTBOUND ACTIVE, bot ASSISTANT, listing ACTIVE
            amina NOT_READY, chat PENDING_NOT_READY
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, listed ACTIVE, no silence timer
        amina answers carl
            carl: is answered
        carl writes
            carl: writes
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED), bot PRIMARY, listing INACTIVE
            amina NOT_READY, chat NOT_READY
        wait 300s
            carl: session ends (INACTIVITY), listing CLOSED, bot gone, closed
        ",
    );
}

#[test]
fn who_wraps_up_keeps_a_promise_by_reaching_out() {
    let given = given().agents("amina").list("Back", |_| {}).calls_back_from("Back").wrap_up(600);
    story(
        given.settings(|settings| settings.wrap_up_takes_capacity = false).on_duty("amina"),
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
        wait 100s
            carl: task NO_AGENT_AVAILABLE, nobody is available, listed on Back, promised a call back
        carl ends
            carl: session ends (CUSTOMER), has left
        amina joins carl
            ! you have as much work as you may have: 1 of 1
        amina leaves dora
            dora: amina WRAP_UP, task WRAP_UP, session ends (AGENT), has left
            amina READY, chat READY
        amina joins carl
            carl: arrives, amina PRIMARY, task ACTIVE, bot ASSISTANT, listing ACTIVE
            amina READY, chat BUSY
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, listed ACTIVE, no silence timer
        ",
    );
}

#[test]
fn who_joins_is_not_rung_for_the_same_any_more() {
    story(
        mail(),
        "
        carl writes
            carl: opens, arrives, writes, listed on Mail
        amina joins carl
            carl: amina joins, task ACTIVE, listing ACTIVE
            amina READY, chat BUSY
        amina conferences carl to ben
            carl: DIRECT_CONFERENCE AGENT asked for at 10, offered to ben
        ben joins carl
            carl: task CANCELLED, ben joins, task ACTIVE
            ben READY, chat BUSY
        wait 20s
        ben?
            READY, chat BUSY, 1 tasks
        ",
    );
}

#[test]
fn who_leaves_a_team_is_shown_the_lists_that_are_left_to_him() {
    let mut given = given().agents("amina, ben, sara").team("amina");
    let team = given.team_of("amina");
    story_at_desk(
        given
            .list("Mail", |mail| mail.teams = vec![team])
            .list("Open", |_| {})
            .pulled("site", "Mail")
            .on_duty("amina, ben"),
        "amina",
        "
        carl writes
        amina follows Open
            amina: now follows [Open] with []
        amina follows Mail
            amina: now follows [Open Mail] with [carl UNREAD]
        admin takes amina off the team
            amina: follows [Open] with []
        dora writes
        ",
    );
}
