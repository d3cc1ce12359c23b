//! Customers who write while nobody is there. Stories begin at nine; the office opens at ten.

use tieline_core::registry::Mode;

use super::given::given;
use super::script::story;

#[test]
fn nobody_is_looked_for_out_of_hours_and_the_customer_is_told_once() {
    story(
        given().agents("amina").on_duty("amina").opens_at_ten("Open from ten."),
        "
        carl writes
            carl: opens, arrives, greeted, writes, told the hours, data changes
        carl writes
            carl: writes
        carl?
            CREATED, bot PRIMARY, silence ends 09:05:00
        wait 4m
        carl writes
            carl: writes
        wait 5m
            carl: session ends (INACTIVITY), bot gone, closed
        ",
    );
}

#[test]
fn who_waits_until_the_office_opens_is_routed_with_the_next_message() {
    story(
        given().agents("amina").on_duty("amina").site(|site| site.inactivity_secs = 7200).opens_at_ten(""),
        "
        carl writes
            carl: opens, arrives, greeted, writes, told it is closed, data changes
        wait 60m
        carl writes
            carl: writes, handed over, queued at 1 since 10:00:00, offered to amina
        ",
    );
}

#[test]
fn an_agent_channel_without_a_bot_tells_too() {
    story(
        given()
            .agents("amina")
            .on_duty("amina")
            .site(|site| (site.mode, site.bot) = (Mode::Agent, None))
            .opens_at_ten("Open from ten."),
        "
        carl starts
            carl: opens, arrives, greeted, told the hours, data changes
        carl writes
            carl: writes
        ",
    );
}

#[test]
fn a_channel_that_routes_anyway_does() {
    story(
        given()
            .agents("amina")
            .on_duty("amina")
            .opens_at_ten("")
            .site(|site| site.out_of_hours = Default::default()),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        ",
    );
}

#[test]
fn who_was_let_in_before_closing_is_not_turned_away_when_his_agent_is_lost() {
    story(
        given().agents("amina, ben").opens_at_ten("").site(|site| site.inactivity_secs = 7200),
        "
        wait 479m
        amina connects
            amina NOT_READY, chat NOT_READY
        amina is ready
            amina READY, chat READY
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 16:59:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        wait 2m
        amina logs out
            carl: task AGENT_LOGOUT, amina leaves (AGENT_DISCONNECTED), bot PRIMARY, queued at 11 since 16:59:00
            amina READY, chat READY
            amina logged out
        carl writes
            carl: writes
        wait 100s
            carl: task NO_AGENT_AVAILABLE, nobody is available, put off
        carl writes
            carl: writes, told it is closed, data changes
        ",
    );
}
