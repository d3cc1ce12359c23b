//! Who is asked for, who is asked first, and what follows when nobody comes.

use tieline_core::command::Command;
use tieline_core::conversation::Mark;
use tieline_core::event::Fact;
use tieline_core::id::Id;
use tieline_core::registry::{Mode, NobodyCame, Selection, Target};

use super::given::{Given, given};
use super::lens::Lens;
use super::script::{play, story, story_at_desk, tell};

/// Time enough for anything.
fn patient() -> Given {
    given().site(|site| (site.ring_secs, site.routing.request_ttl_secs) = (20, 3_000))
}

#[test]
fn a_point_of_priority_is_worth_a_minute_of_waiting() {
    story(
        patient().agents("amina"),
        "
        carl opens
            carl: opens, arrives
        dora opens
            dora: opens, arrives
        emil opens
            emil: opens, arrives
        system asks Default for carl
            carl: queued at 1 since 09:00:00
        wait 30s
        system asks Default for dora at 2
            dora: queued at 2 since 09:00:30
        wait 1m
        system asks Default for emil at 2
            emil: queued at 2 since 09:01:30
        system asks Default for emil at 9
            ! an agent serves this conversation, or is looked for already
        amina connects
            amina NOT_READY, chat NOT_READY
        amina is ready
            dora: offered to amina
            amina READY, chat READY
        amina accepts dora
            dora: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina leaves dora
            dora: task DONE, amina leaves (UNSUBSCRIBED), bot PRIMARY
            carl: offered to amina
            amina READY, chat READY
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED), bot PRIMARY
            emil: offered to amina
            amina READY, chat READY
        ",
    );
}

#[test]
fn the_most_urgent_label_of_a_customer_counts() {
    let labels = [Id([7; 12]), Id([8; 12])];
    let mut stage = patient().label(labels[0], 3).label(labels[1], 6).stage();
    let attributes = serde_json::json!({ "firstName": "Carl", "web": ["carl"] });
    stage.perform(&[Command::PutCustomer {
        id: None,
        attributes: attributes.as_object().cloned().expect("an object"),
        labels: labels.iter().map(ToString::to_string).collect(),
        expected: None,
    }]);
    tell(
        &mut stage,
        Lens::Log,
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 6 since 09:00:00
        ",
    );
}

#[test]
fn a_queue_of_higher_priority_goes_first_when_the_switch_is_on() {
    for (on, then) in [(false, "carl"), (true, "dora")] {
        let given = patient()
            .agents("amina")
            .channel("shop", "WEB")
            .queue_of("shop", 1)
            .change_queue("for shop", |queue| queue.priority = 2)
            .settings(|settings| settings.routing.queue_priority = on);
        let expected = format!(
            "
            carl writes
                carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
            wait 30s
            dora writes on shop
                dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:30
            amina connects
                amina NOT_READY, chat NOT_READY
            amina is ready
                {then}: offered to amina
                amina READY, chat READY
            "
        );
        story(given, &expected);
    }
}

#[test]
fn a_new_rule_of_who_goes_first_is_in_force_for_who_waits_already() {
    let given = patient()
        .agents("amina")
        .channel("shop", "WEB")
        .queue_of("shop", 1)
        .change_queue("for shop", |queue| queue.priority = 2);
    story(
        given,
        r#"
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        wait 30s
        dora writes on shop
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:30
        admin sets routing {"queuePriority": true}
        amina connects
            amina NOT_READY, chat NOT_READY
        amina is ready
            dora: offered to amina
            amina READY, chat READY
        "#,
    );
}

#[test]
fn what_the_house_says_is_said_as_it_is_set_at_that_moment() {
    story(
        given().agents("amina"),
        r#"
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        admin sets texts {"greeting": "Welcome to Acme.", "handingOver": ""}
        dora writes
            dora: opens, arrives, told 'Welcome to Acme.', writes, queued at 1 since 09:00:00
        "#,
    );
}

#[test]
fn the_last_agent_is_asked_first_for_one_ring() {
    story(
        patient()
            .agent("amina", 1, 9)
            .agent("ben", 2, 1)
            .on_duty("ben")
            .steps(&[9, 1], 5)
            .site(|site| site.routing.last_agent = true)
            .settings(|settings| settings.routing.last_agent = true),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        wait 5s
            carl: offered to ben
        ben accepts carl
            carl: ben joins, task ACTIVE, bot ASSISTANT
            ben READY, chat ACTIVE
        together amina connects; amina is ready
            amina NOT_READY, chat NOT_READY
            amina READY, chat READY
        carl ends
            carl: session ends (CUSTOMER), task DONE, has left
            ben READY, chat READY
        ben leaves carl
            carl: ben leaves (UNSUBSCRIBED), bot gone, closed
        carl writes
            carl#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:05, offered to ben
        wait 20s
            carl#2: task RONA, queued at 11 since 09:00:05, offered to amina
            ben READY, chat NOT_READY
        ",
    );
}

#[test]
fn a_last_agent_who_cannot_be_asked_costs_no_time() {
    story(
        patient()
            .agents("amina, ben")
            .on_duty("ben")
            .site(|site| site.routing.last_agent = true)
            .settings(|settings| settings.routing.last_agent = true),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to ben
        ben accepts carl
            carl: ben joins, task ACTIVE, bot ASSISTANT
            ben READY, chat BUSY
        carl ends
            carl: session ends (CUSTOMER), task DONE, has left
            ben READY, chat READY
        ben leaves carl
            carl: ben leaves (UNSUBSCRIBED), bot gone, closed
        ben is not ready
            ben NOT_READY, chat NOT_READY
        amina connects
            amina NOT_READY, chat NOT_READY
        amina is ready
            amina READY, chat READY
        carl writes
            carl#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        ben is ready
            ben READY, chat READY
        carl#2?
            CREATED, bot PRIMARY, offered at 1 since 09:00:00, no silence timer
        ",
    );
}

#[test]
fn a_named_agent_is_asked_alone_and_then_the_queue() {
    story(
        patient().agent("amina", 1, 9).agent("ben", 1, 1).on_duty("amina, ben").steps(&[9], 0),
        "
        carl opens
            carl: opens, arrives
        system asks ben for carl
            carl: queued at 1 since 09:00:00, offered to ben
        wait 20s
            carl: task RONA, nobody is available, queued at 11 since 09:00:00, offered to amina
            ben READY, chat NOT_READY
        ",
    );
}

#[test]
fn a_named_agent_who_is_busy_gives_way_to_the_queue_at_once() {
    story(
        patient().agents("amina, ben").on_duty("amina"),
        "
        carl opens
            carl: opens, arrives
        system asks ben for carl at 4
            carl: queued at 4 since 09:00:00, task RONA, nobody is available, queued at 4 since 09:00:00, offered to amina
        dora opens
            dora: opens, arrives
        system asks amina for dora
            dora: queued at 1 since 09:00:00, task RONA, nobody is available, queued at 1 since 09:00:00
        ",
    );
}

#[test]
fn a_declined_offer_counts_as_missed() {
    story(
        patient().agents("amina, ben").on_duty("amina, ben"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        ben declines carl
            ! this request is no longer offered to you
        amina declines carl
            carl: declined by amina, task RONA, queued at 11 since 09:00:00, offered to ben
            amina READY, chat NOT_READY
        amina?
            READY, chat NOT_READY, 0 tasks
        amina declines carl
            ! this request is no longer offered to you
        ",
    );
}

#[test]
fn what_an_agent_declined_does_not_keep_others_from_him() {
    story(
        patient()
            .agents("amina")
            .on_duty("amina")
            .settings(|settings| settings.agents.ronas_until_not_ready = 0),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        amina declines carl
            carl: declined by amina, task RONA, queued at 11 since 09:00:00
            dora: offered to amina
        amina accepts dora
            dora: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina leaves dora
            dora: task DONE, amina leaves (UNSUBSCRIBED), bot PRIMARY
            carl: offered to amina
            amina READY, chat READY
        ",
    );
}

#[test]
fn what_follows_when_nobody_comes_is_the_channels_choice() {
    let given = |then: fn(&mut tieline_core::registry::Patience, NobodyCame)| {
        let given = given().agent("amina", 1, 1).channel("shop", "WEB").queue_of("shop", 9);
        let queue = given.queue_of_channel("shop");
        given.site(|site| then(&mut site.routing.patience, NobodyCame::Queue(queue)))
    };
    story(
        given(|patience, _| patience.then = NobodyCame::KeepWaiting),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        wait 100s
            carl: asked for patience
        carl?
            CREATED, bot PRIMARY, queued at 1 since 09:00:00, silence ends 09:06:40
        wait 100s
            carl: asked for patience
        carl?
            CREATED, bot PRIMARY, queued at 1 since 09:00:00, silence ends 09:06:40
        carl writes
            carl: writes
        carl?
            CREATED, bot PRIMARY, queued at 1 since 09:00:00, no silence timer
        amina connects
            amina NOT_READY, chat NOT_READY
        amina is ready
            carl: offered to amina
            amina READY, chat READY
        ",
    );
    story(
        given(|patience, queue| patience.then = queue),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        wait 100s
            carl: task NO_AGENT_AVAILABLE, nobody is available, queued at 1 since 09:00:00
        wait 100s
            carl: task NO_AGENT_AVAILABLE, nobody is available, put off
        ",
    );
}

#[test]
fn a_channel_may_give_up_at_once_when_nobody_is_logged_in() {
    story(
        given().agents("amina").site(|site| site.routing.patience.only_when_staffed = true),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, task NO_AGENT_AVAILABLE, nobody is available, put off
        amina connects
            amina NOT_READY, chat NOT_READY
        carl writes
            carl: writes, handed over, queued at 1 since 09:00:00
        ",
    );
}

#[test]
fn a_flushed_queue_is_empty_and_its_customers_know() {
    story(
        given().agents("amina").on_duty("amina").channel("shop", "WEB").queue_of("shop", 5),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        emil writes on shop
            emil: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        admin flushes Default
            dora: flushed, task FORCE_CLOSED, sent away
        dora?
            CREATED, bot PRIMARY, silence ends 09:05:00
        dora writes
            dora: writes, handed over, queued at 1 since 09:00:00
        ",
    );
}

#[test]
fn a_flushed_request_for_help_is_told_to_who_asked_and_not_to_the_customer() {
    story_at_desk(
        given().agents("amina").on_duty("amina"),
        "amina",
        "
        carl writes
            amina: offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, domain READY, chat BUSY
        amina consults carl to queue Default
            amina: carl CONSULT QUEUE asked for at 10, placed Consult
        admin flushes Default
            amina: carl flushed, carl task FORCE_CLOSED, Consult failed
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, silence ends 09:05:00
        ",
    );
}

#[test]
fn customers_are_told_where_they_stand() {
    let mut stage = given()
        .agent("amina", 2, 1)
        .on_duty("amina")
        .site(|site| (site.ring_secs, site.routing.request_ttl_secs) = (200, 400))
        .site(|site| site.routing.patience.announce_wait = true)
        .stage();
    tell(
        &mut stage,
        Lens::Log,
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        emil writes
            emil: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        wait 1s
            dora: told 1 and 150 s
            emil: told 2 and 300 s
        wait 13s
        carl ends
            carl: session ends (CUSTOMER), task CANCELLED, bot gone, closed
            dora: offered to amina
        wait 2s
            emil: told 1 and 150 s
        wait 60s
        restart
        wait 30s
            dora: task RONA, queued at 11 since 09:00:00, told 1 and 300 s
            emil: told 2 and 600 s
        ",
    );
}

#[test]
fn what_a_queue_knows_of_its_work_outlives_a_restart() {
    let mut stage = given()
        .agent("amina", 1, 1)
        .on_duty("amina")
        .site(|site| site.routing.patience.announce_wait = true)
        .stage();
    tell(
        &mut stage,
        Lens::Log,
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        wait 40s
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:40
        carl ends
            carl: session ends (CUSTOMER), task DONE, has left
            dora: offered to amina
            amina READY, chat READY
        amina accepts dora
            dora: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        restart
        emil writes
            emil: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:40
        wait 1s
            emil: told 1 and 40 s
        ",
    );
}

#[test]
fn skill_decides_where_the_channel_wants_it() {
    for (selection, chosen) in [
        (Selection::LongestAvailable, "ben"),
        (Selection::LeastSkilled, "cleo"),
        (Selection::MostSkilled, "amina"),
    ] {
        let given = patient()
            .agent("amina", 1, 9)
            .agent("ben", 1, 7)
            .agent("cleo", 1, 5)
            .agent("dan", 1, 1)
            .steps(&[4, 1], 60)
            .site(|site| site.routing.selection = selection);
        let expected = format!(
            "
            ben connects
                ben NOT_READY, chat NOT_READY
            ben is ready
                ben READY, chat READY
            wait 1s
            together amina connects; amina is ready; cleo connects; cleo is ready; dan connects; dan is ready
                amina NOT_READY, chat NOT_READY
                amina READY, chat READY
                cleo NOT_READY, chat NOT_READY
                cleo READY, chat READY
                dan NOT_READY, chat NOT_READY
                dan READY, chat READY
            carl writes
                carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:01, offered to {chosen}
            "
        );
        story(given, &expected);
    }
}

#[test]
fn an_outside_router_is_left_alone() {
    story(
        given()
            .agents("amina")
            .on_duty("amina")
            .site(|site| (site.mode, site.routing.target) = (Mode::Agent, Target::External)),
        "
        carl writes
            carl: opens, arrives, writes
        system asks Default for carl
            ! channel 'site' does not push requests to agents
        ",
    );
}

#[test]
fn a_queue_of_another_domain_is_refused() {
    story(
        given().agents("amina").mail_queue("Mail"),
        "
        carl opens
            carl: opens, arrives
        system asks Mail for carl
            ! queue: is of another media routing domain than channel 'site'; choose a queue of the channel's domain
        system asks Nowhere for carl
            ! there is no precision queue of this id or name
        carl ends
            carl: session ends (CUSTOMER), bot gone, closed
        system asks Default for carl
            ! there is no open conversation 66f27f900303030303000002
        ",
    );
}

#[test]
fn it_is_known_why_a_request_waits() {
    story(
        patient()
            .agent("amina", 1, 9)
            .agent("ben", 1, 9)
            .agent("cleo", 2, 7)
            .agent("dan", 1, 9)
            .agent("eve", 1, 2)
            .on_duty("amina, cleo, dan")
            .steps(&[10, 9, 7], 12),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        why carl?
            number 1 of 1 waiting
            nobody with english >= 10
            step 2 opens in 12 s
            step 3 opens later
            amina is not asked before step 2
            cleo is not asked before step 3
            dan is not asked before step 2
            ben is logged out
        wait 12s
            carl: offered to amina
        dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:12
        why dora?
            number 1 of 1 waiting
            nobody with english >= 10
            step 2 opens in 12 s
            step 3 opens later
            amina is being rung
            cleo is not asked before step 3
            dan is not asked before step 2
            ben is logged out
        ",
    );
}

#[test]
fn who_is_free_already_is_asked_when_a_queue_is_opened_to_him() {
    story(
        patient().agent("amina", 1, 1).queue_of("site", 9).steps(&[1], 0).on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        admin opens for site to 1
            carl: offered to amina
        ",
    );
}

#[test]
fn a_queue_with_work_stays_with_its_domain() {
    story(
        patient().agents("amina").queue_called("Help", |_| {}).on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        admin gives Help to another domain
        admin gives Help to CHAT
        amina transfers carl to queue Help
            carl: DIRECT_TRANSFER QUEUE asked for at 1, task TRANSFERRED, amina leaves (DIRECT_TRANSFER), bot PRIMARY
            amina READY, chat READY
        admin gives Help to another domain
            ! 1 requests are waiting or being served on it
        ",
    );
}

#[test]
fn steps_that_are_added_open_for_who_waits_already() {
    story(
        patient().agent("amina", 1, 1).steps(&[9], 0).on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        wait 60s
        admin opens Default to 9 5 1
        why carl?
            number 1 of 1 waiting
            nobody with english >= 9
            step 2 opens in 10 s
            step 3 opens later
            amina is not asked before step 3
        wait 5s
        restart
        wait 5s
        amina connects
            amina READY, chat READY
        wait 10s
            carl: offered to amina
        ",
    );
}

#[test]
fn steps_that_are_added_while_it_rings_open_once_it_has_come_back() {
    story(
        patient().agent("amina", 1, 5).agent("ben", 1, 1).steps(&[5], 0).on_duty("amina, ben"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        admin opens Default to 5 1
        amina declines carl
            carl: declined by amina, task RONA, queued at 11 since 09:00:00
            amina READY, chat NOT_READY
        wait 10s
            carl: offered to ben
        ",
    );
}

#[test]
fn who_passed_a_customer_on_is_not_said_to_be_free_for_him() {
    story(
        patient().agents("amina, ben").on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina transfers carl to queue Default
            carl: DIRECT_TRANSFER QUEUE asked for at 1, task TRANSFERRED, amina leaves (DIRECT_TRANSFER), bot PRIMARY
            amina READY, chat READY
        why carl?
            number 1 of 1 waiting
            amina has passed the customer on
            ben is logged out
        ",
    );
}

#[test]
fn who_was_given_the_customer_by_his_colleague_is_the_last_agent() {
    story(
        patient()
            .agents("amina, ben")
            .on_duty("amina, ben")
            .site(|site| site.routing.last_agent = true)
            .settings(|settings| settings.routing.last_agent = true),
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
        amina yields carl
            carl: task DONE, task CONSULT_TRANSFER ACTIVE, ben PRIMARY, task TRANSFERRED, amina leaves (CONSULT_TRANSFER)
            amina READY, chat READY
        wait 1s
        carl ends
            carl: session ends (CUSTOMER), task DONE, has left
            ben READY, chat READY
        ben leaves carl
            carl: ben leaves (UNSUBSCRIBED), bot gone, closed
        carl writes
            carl#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:01, offered to ben
        ",
    );
}

#[test]
fn whoever_served_is_remembered_however_often_it_rang_after_him() {
    let patient = patient().settings(|settings| settings.agents.ronas_until_not_ready = 0);
    let mut stage = patient.agents("amina, ben").on_duty("amina").stage();
    play(
        &mut stage,
        "carl writes\namina accepts carl\namina logs out\nben connects\nben is ready\nwait 200s",
    );
    play(&mut stage, "ben accepts carl\ncarl ends");
    let carl = stage.state.conversation(stage.conversation_called("carl")).expect("ben reads on");
    for name in ["amina", "ben"] {
        assert!(carl.marks().contains(&Mark::Agent(stage.agents[name])), "{name} served him");
    }
}

#[test]
fn who_waits_on_after_one_of_his_channels_ended_is_told_on_the_other() {
    let given = given().agents("amina").channel("shop", "WEB").list("Back", |_| {});
    let mut stage = given.calls_back_from("Back").calls_back("shop", "Back").stage();
    play(&mut stage, "carl writes\ncarl writes on shop\nwait 10s\ncarl ends\nwait 90s");
    let carl = stage.state.conversation(stage.conversation_called("carl")).expect("on the list");
    let open = carl.reply_session().expect("on the other channel").id;
    assert_eq!(carl.listing.as_ref().map(|listing| listing.session), Some(open));
    stage.land();
    let promise = stage.kept.events.values().rev().find(|event| matches!(event.fact, Fact::Message(_)));
    assert_eq!(promise.and_then(|event| event.session), Some(open));
}
