//! What must reach a connector gets there in order, or somebody is told.

use tieline_core::delivery::breaker::BreakerPolicy;
use tieline_core::time::Span;

use super::given::{Given, given};
use super::script::{story, story_on_the_wire};

/// Waits between attempts as configured, to the second.
fn punctual() -> Given {
    given().policy(|policy| policy.schedule.jitter_percent = 0)
}

#[test]
fn a_lane_waits_for_its_head_and_lanes_do_not_wait_for_each_other() {
    story_on_the_wire(
        punctual(),
        "
        carl writes
            carl: arrives
        dora writes
            dora: arrives
        hook fails for carl
        hook delivers for dora
            dora: greeted
        hook delivers for dora
            dora: handed over
        wait 1s
            carl: arrives
        hook delivers for carl
            carl: greeted
        hook delivers
            carl: handed over
            dora: queued at 1 since 09:00:00
        hook delivers
            carl: queued at 1 since 09:00:00
        hook delivers
        deliveries?
            all done
        ",
    );
}

#[test]
fn attempts_follow_the_schedule_until_a_day_is_over() {
    story_on_the_wire(
        punctual().policy(|policy| policy.line.breaker.failures = 99),
        "
        carl opens
            carl: arrives
        hook fails
        wait 1s
            carl: arrives
        hook fails
        wait 1s
        wait 1s
            carl: arrives
        hook fails
        wait 5s
            carl: arrives
        hook asks to wait 120s
        wait 119s
        wait 1s
            carl: arrives
        hook asks to wait 24h
        wait 48h
            carl: session ends (INACTIVITY)
        deliveries?
            1 waiting, 1 under way, Closed { failures: 5 }
        replay
            1 sent again
        hook delivers
            carl: arrives
        replay
            0 sent again
        ",
    );
}

#[test]
fn an_endpoint_that_is_gone_is_not_tried_again() {
    story_on_the_wire(
        punctual(),
        "
        carl writes
            carl: arrives
        hook is gone
            carl: greeted
        hook is gone
            carl: handed over
        hook delivers
            carl: queued at 1 since 09:00:00
        hook delivers
        replay
            2 sent again
            carl: arrives
        hook delivers
            carl: greeted
        hook delivers
        deliveries?
            all done
        ",
    );
}

#[test]
fn agents_hear_once_that_a_message_failed_and_that_it_got_through_after_all() {
    story_on_the_wire(
        punctual().agents("amina").on_duty("amina"),
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
        amina answers carl
            carl: is answered
        hook fails
            carl: a2 FAILED (HTTP 503)
        wait 1s
            carl: is answered
        hook fails
        wait 2s
            carl: is answered
        hook delivers
            carl: a2 DELIVERED
        amina answers carl
            carl: is answered
        hook is gone
            carl: a3 FAILED (HTTP 410)
        ",
    );
}

#[test]
fn a_connector_that_fails_is_spared_and_probed() {
    let breaker = BreakerPolicy { failures: 2, open_for: Span::secs(5), open_for_max: Span::secs(8) };
    story_on_the_wire(
        punctual().policy(|policy| policy.line.breaker = breaker),
        "
        carl opens
            carl: arrives
        dora opens
            dora: arrives
        hook fails
        deliveries?
            2 waiting, 0 under way, Open { until: @1727168405000, wait: 5000ms }
        emil opens
        wait 4s
        wait 1s
            emil: arrives
        hook fails
        wait 9s
            carl: arrives
        hook delivers
            dora: arrives
            emil: arrives
        deliveries?
            2 waiting, 2 under way, Closed { failures: 0 }
        hook delivers
        deliveries?
            all done
        ",
    );
}

#[test]
fn a_probe_that_the_feed_overtakes_does_not_hold_the_line() {
    let breaker = BreakerPolicy { failures: 1, open_for: Span::secs(5), open_for_max: Span::secs(5) };
    story_on_the_wire(
        punctual().policy(|policy| policy.line.breaker = breaker),
        "
        carl opens
            carl: arrives
        hook fails
        wait 5s
            carl: arrives
        feed acme read
        hook delivers
        dora opens
            dora: arrives
        hook delivers
        deliveries?
            all done
        ",
    );
}

#[test]
fn no_more_than_a_few_attempts_at_once() {
    story_on_the_wire(
        punctual().policy(|policy| policy.line.in_flight_max = 2),
        "
        carl opens
            carl: arrives
        dora opens
            dora: arrives
        emil opens
        hook delivers for dora
            emil: arrives
        deliveries?
            2 waiting, 2 under way, Closed { failures: 0 }
        ",
    );
}

#[test]
fn a_feed_is_read_within_a_day_or_given_up() {
    story_on_the_wire(
        punctual().feed_channel("pull"),
        "
        carl opens on pull
        deliveries?
            1 waiting, 0 under way, Closed { failures: 0 }
        feed pull read
        deliveries?
            all done
        dora opens on pull
        wait 23h
        deliveries?
            3 waiting, 0 under way, Closed { failures: 0 }
        wait 1h
        deliveries?
            2 waiting, 0 under way, Closed { failures: 0 }
        replay
            1 sent again
        deliveries?
            3 waiting, 0 under way, Closed { failures: 0 }
        ",
    );
}

#[test]
fn a_newer_configuration_takes_the_place_of_one_that_waits() {
    story_on_the_wire(
        punctual(),
        "
        admin edits acme
            configuration: version 2
        admin edits acme
        admin edits acme
        hook fails
        wait 1s
            configuration: version 2
        hook delivers
            configuration: version 4
        hook delivers
        deliveries?
            all done
        ",
    );
}

#[test]
fn a_channel_that_moves_takes_its_lane_along() {
    story_on_the_wire(
        punctual().connector("bell", "Acme"),
        "
        carl opens
            carl: arrives
        admin moves site to bell
            configuration: version 1
        carl writes
        hook delivers for carl
            carl: handed over
        hook delivers for carl
            carl: queued at 1 since 09:00:00
        hook delivers
        hook delivers
        deliveries?
            all done
        ",
    );
}

#[test]
fn a_restart_tries_again_what_was_under_way() {
    story_on_the_wire(
        punctual(),
        "
        carl opens
            carl: arrives
        restart
            carl: arrives
        carl ends
        hook fails
        restart
        wait 1s
            carl: arrives
        hook delivers
            carl: session ends (CUSTOMER)
        hook delivers
        deliveries?
            all done
        ",
    );
}

#[test]
fn a_chain_of_entries_goes_on_after_a_replay() {
    story_on_the_wire(
        punctual(),
        "
        carl opens
            carl: arrives
        hook is gone
        wait 1s
        replay
            1 sent again
            carl: arrives
        hook delivers
        carl writes
            carl: handed over
        hook delivers
            carl: queued at 1 since 09:00:01
        hook delivers
        hook delivers
        deliveries?
            all done
        ",
    );
}

#[test]
fn what_was_still_to_be_told_about_an_erased_customer_is_given_up() {
    story_on_the_wire(
        punctual(),
        "
        admin knows carl as Carl
        carl opens
            carl: arrives
        dora opens
            dora: arrives
        hook fails for carl
        carl ends
        deliveries?
            3 waiting, 1 under way, Closed { failures: 1 }
        admin erases Carl
        deliveries?
            1 waiting, 1 under way, Closed { failures: 1 }
        hook delivers
        replay
            0 sent again
        wait 24h
            dora: session ends (INACTIVITY)
        ",
    );
}

#[test]
fn an_attempt_that_lands_after_its_customer_was_erased_changes_nothing() {
    story_on_the_wire(
        punctual(),
        "
        admin knows carl as Carl
        carl opens
            carl: arrives
        carl ends
        admin erases Carl
        hook fails
        deliveries?
            all done
        restart
        wait 1h
        ",
    );
}

#[test]
fn replaying_twice_at_once_sends_once() {
    story(
        given().feed_channel("pull"),
        "
        carl opens on pull
            carl: opens, arrives
        dora opens on pull
            dora: opens, arrives
        wait 24h
            carl: session ends (INACTIVITY), bot gone, closed
            dora: session ends (INACTIVITY), bot gone, closed
        carl?
            closed
        together replay for carl; replay for carl; replay
            1 sent again
            0 sent again
            1 sent again
        replay
            0 sent again
        ",
    );
}

#[test]
fn what_was_dismissed_waits_no_longer_and_is_not_sent_again() {
    story_on_the_wire(
        punctual(),
        "
        carl opens
            carl: arrives
        dora opens
            dora: arrives
        hook is gone for carl
        hook is gone for dora
        dismiss for carl because he called us
            1 dismissed
        together dismiss for carl because twice; dismiss for dora because she was told; replay
            0 dismissed
            1 dismissed
            0 sent again
        replay
            0 sent again
        ",
    );
}
