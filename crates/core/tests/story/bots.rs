//! Bots answer in time or a person does; what they ask for is done, or it is written down why not.

use tieline_core::registry::{BotKind, Choice, ChoiceDoes, Menu, Mode};
use tieline_core::time::Span;

use super::given::{Given, given};
use super::lens::Lens;
use super::script::{play, standing_of, story, story_at_desk, tell};

fn guru() -> Given {
    given().agents("amina").bot("guru")
}

/// What a PRIMARY bot's answer to "carl writes" leads to.
#[track_caller]
fn answer(does: &str, leads_to: &str) {
    let told = "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'writes' until 09:00:03
        bot answers carl: ";
    story(guru(), &format!("{told}{does}\n            {leads_to}\n        "));
}

/// The same while amina talks to carl and ben is at work.
#[track_caller]
fn answer_beside_amina(does: &str, leads_to: &str) {
    let given = given().agents("amina, ben").on_duty("amina").bot("guru");
    let (accept, amina) = ("carl: amina joins, task ACTIVE, bot ASSISTANT", "amina READY, chat BUSY");
    let told = format!(
        "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'writes' until 09:00:03
        bot answers carl: FIND_AGENT
            carl: bot does FIND_AGENT, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            {accept}
            {amina}
        carl writes
            carl: writes
            carl: bot asked about 'writes' until 09:00:03
        bot answers carl: {does}
"
    );
    let expected: String = leads_to.lines().map(|line| format!("            {}\n", line.trim())).collect();
    story(given, &format!("{told}{expected}        "));
}

const NOTHING: &str =
    "bot NO_ANSWER (the answer held nothing for the customer), handed over, queued at 1 since 09:00:00";

#[test]
fn what_a_primary_bot_says_and_asks_for() {
    answer("hi", "carl: told 'hi'");
    answer("hi | how are you", "carl: told 'hi', told 'how are you'");
    answer("suggest: hi", &format!("carl: 1 suggested for m1, {NOTHING}"));
    answer("", &format!("carl: {NOTHING}"));
    answer("DANCE", &format!("carl: bot does DANCE (there is no such action), {NOTHING}"));
    answer("hi | DANCE", "carl: told 'hi', bot does DANCE (there is no such action)");
    answer(
        "ACCEPT_TIMEOUT",
        &format!("carl: bot does ACCEPT_TIMEOUT (it is out of use and has no effect), {NOTHING}"),
    );
    let queued = "handed over, queued at";
    answer("FIND_AGENT", &format!("carl: bot does FIND_AGENT, {queued} 1 since 09:00:00"));
    answer(
        "FIND_AGENT {\"queue\":\"default\"}",
        &format!("carl: bot does FIND_AGENT, {queued} 1 since 09:00:00"),
    );
    answer(
        "FIND_AGENT {\"queue\":{\"type\":\"NAME\",\"value\":\"x\"},\"additionalDetails\":{\"priority\":4}}",
        &format!(
            "carl: bot does FIND_AGENT (there is no such queue; the channel's was asked), {queued} 4 since 09:00:00"
        ),
    );
    answer(
        "FIND_AGENT {\"priority\":\"99\"}",
        &format!("carl: bot does FIND_AGENT, {queued} 10 since 09:00:00"),
    );
    answer(
        "FIND_AGENT {\"priority\":\"soon\"}",
        &format!("carl: bot does FIND_AGENT (priority is no number), {NOTHING}"),
    );
    answer("UPDATE_CONVERSATION_DATA {\"order\":7}", "carl: bot does UPDATE_CONVERSATION_DATA, data changes");
    answer(
        "UPDATE_CONVERSATION_DATA",
        &format!("carl: bot does UPDATE_CONVERSATION_DATA (data has no pairs), {NOTHING}"),
    );
    answer(
        "END_CONVERSATION | never said",
        "carl: bot does END_CONVERSATION, session ends (FORCE_CLOSED), bot gone, closed",
    );
    answer(
        "REMOVE_CHANNEL_SESSION {\"reasonCode\":\"CUSTOMER\"}",
        "carl: bot does REMOVE_CHANNEL_SESSION, session ends (CUSTOMER), bot gone, closed",
    );
    answer(
        "REMOVE_CHANNEL_SESSION {\"channelType\":\"web\"}",
        "carl: bot does REMOVE_CHANNEL_SESSION, session ends (FORCE_CLOSED), bot gone, closed",
    );
    answer(
        "REMOVE_CHANNEL_SESSION {\"channelType\":\"SMS\"}",
        &format!("carl: bot does REMOVE_CHANNEL_SESSION (no open session is meant), {NOTHING}"),
    );
    answer("REVOKE_BOT", "carl: bot does REVOKE_BOT, bot gone");
    answer(
        "ASSIGN_BOT {\"id\":\"000000000000000000000001\"}",
        &format!("carl: bot does ASSIGN_BOT (there is no such bot), {NOTHING}"),
    );
    answer(
        "ASSIGN_AGENT {\"agentId\":\"000000000000000000000001\"}",
        &format!("carl: bot does ASSIGN_AGENT (this agent is not at work), {NOTHING}"),
    );
    answer("ASSIGN_AGENT", &format!("carl: bot does ASSIGN_AGENT (data names no agent), {NOTHING}"));
    answer(
        "REMOVE_ALL_AGENTS",
        &format!("carl: bot does REMOVE_ALL_AGENTS (no agent is in the conversation), {NOTHING}"),
    );
    answer(
        "CANCEL_RESOURCE",
        &format!("carl: bot does CANCEL_RESOURCE (no such request is looking for an agent), {NOTHING}"),
    );
    let role = "CHANGE_PARTICIPANT_ROLE {\"id\":\"000000000000000000000001\",\"role\":\"WHISPER\"}";
    let nobody = "(nobody of this id is in the conversation)";
    answer(role, &format!("carl: bot does CHANGE_PARTICIPANT_ROLE {nobody}, {NOTHING}"));
}

#[test]
fn a_request_is_withdrawn_and_the_bot_talks_on() {
    for action in ["CANCEL_RESOURCE {\"reasonCode\":\"CANCELLED\"}", "REVOKE_RESOURCE", "REVOKE_REQUEST"] {
        let (name, _) = action.split_once(' ').unwrap_or((action, ""));
        story(
            guru(),
            &format!(
                "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'writes' until 09:00:03
        bot answers carl: FIND_AGENT
            carl: bot does FIND_AGENT, handed over, queued at 1 since 09:00:00
        bot says carl: {action}
            carl: bot does {name}, task CANCELLED
        carl?
            CREATED, bot PRIMARY, silence ends 09:05:00
        "
            ),
        );
    }
}

#[test]
fn beside_an_agent_the_bot_only_proposes() {
    answer_beside_amina("hi", "carl: 1 suggested for m2");
    answer_beside_amina("hi | suggest: ho", "carl: 2 suggested for m2");
    let nothing = "bot NO_ANSWER (the answer held nothing for the customer)";
    answer_beside_amina("", &format!("carl: {nothing}"));
    answer_beside_amina("DANCE", &format!("carl: bot does DANCE (there is no such action), {nothing}"));
    answer_beside_amina(
        "REMOVE_ALL_AGENTS",
        "carl: bot does REMOVE_ALL_AGENTS, task FORCE_CLOSED, amina leaves (REMOVED), bot PRIMARY
         amina READY, chat READY",
    );
    answer_beside_amina(
        "REMOVE_ALL_AGENTS {\"reason\":\"SLA_EXPIRED\"}",
        "carl: bot does REMOVE_ALL_AGENTS, task DONE, amina leaves (SLA_EXPIRED), bot PRIMARY, \
         queued at 11 since 09:00:00, offered to amina
         amina READY, chat READY",
    );
    answer_beside_amina(
        "END_CONVERSATION",
        "carl: bot does END_CONVERSATION, session ends (FORCE_CLOSED), task DONE, has left
         amina READY, chat READY",
    );
}

#[test]
fn a_proposal_reaches_the_agents_desk_and_not_the_customer() {
    story_at_desk(
        guru().on_duty("amina"),
        "amina",
        "
        carl writes
        bot answers carl: FIND_AGENT
            amina: offer carl
        amina accepts carl
            amina: topic carl with task, carl amina joins, carl task ACTIVE, carl bot ASSISTANT, domain READY, chat BUSY
        carl writes
            amina: carl writes
        bot answers carl: try this
            amina: carl 1 suggested for m2
        ",
    );
}

#[test]
fn who_does_not_answer_in_time_is_not_waited_for() {
    story(
        guru(),
        "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'writes' until 09:00:03
        wait 2s
        carl?
            CREATED, bot PRIMARY, silence ends 09:05:00
        wait 1s
            carl: bot TIMEOUT (no answer in time), handed over, queued at 1 since 09:00:03
        bot answers carl: too late
        carl?
            CREATED, bot PRIMARY, queued at 1 since 09:00:03, no silence timer
        carl writes
            carl: writes
            carl: bot asked about 'writes' until 09:00:06
        bot answers carl: still here
            carl: told 'still here'
        ",
    );
}

#[test]
fn the_time_to_answer_stands_across_a_restart() {
    story(
        guru(),
        "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'writes' until 09:00:03
        down for 1s
            carl: bot asked about 'writes' until 09:00:03
        down for 1s
            carl: bot asked about 'writes' until 09:00:03
        bot answers carl: hi
            carl: told 'hi'
        carl writes
            carl: writes
            carl: bot asked about 'writes' until 09:00:05
        down for 5s
            carl: bot NOT_AVAILABLE (no answer in time), handed over, queued at 1 since 09:00:07
        ",
    );
}

#[test]
fn a_failed_attempt_is_made_again_as_long_as_the_answer_is_worth_something() {
    story(
        guru(),
        "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'writes' until 09:00:03
        bot fails carl
        wait 250ms
            carl: bot asked about 'writes' until 09:00:03
        bot fails carl
        wait 1s
            carl: bot asked about 'writes' until 09:00:03
        bot fails carl
            carl: bot NOT_AVAILABLE (connection refused), handed over, queued at 1 since 09:00:01
        ",
    );
}

#[test]
fn a_bot_that_refuses_a_question_is_not_asked_again_and_is_not_spared() {
    story(
        guru().policy(|policy| policy.line.breaker.failures = 1),
        "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'writes' until 09:00:03
        bot refuses carl
            carl: bot NOT_AVAILABLE (401 Unauthorized), handed over, queued at 1 since 09:00:00
        dora writes
            dora: opens, arrives, writes
            dora: bot asked about 'writes' until 09:00:03
        ",
    );
}

#[test]
fn a_bot_that_takes_the_question_answers_when_it_likes_within_its_time() {
    story(
        guru(),
        "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'writes' until 09:00:03
        bot takes carl
        restart
        bot says carl: hi
            carl: told 'hi'
        bot says carl: hi
        wait 10s
        carl writes
            carl: writes
            carl: bot asked about 'writes' until 09:00:13
        bot takes carl
        bot says carl: hi
            carl: told 'hi'
        bot says carl: by the way
            carl: told 'by the way'
        carl writes
            carl: writes
            carl: bot asked about 'writes' until 09:00:13
        bot takes carl
        wait 3s
            carl: bot TIMEOUT (no answer in time), handed over, queued at 1 since 09:00:13
        bot says carl: at last
            carl: told 'at last'
        ",
    );
}

#[test]
fn a_bot_that_has_taken_the_question_is_not_asked_again_because_a_repeated_attempt_failed() {
    story(
        guru(),
        "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'writes' until 09:00:03
        restart
            carl: bot asked about 'writes' until 09:00:03
        bot takes carl
        bot fails carl
        wait 2s
        bot says carl: hi
            carl: told 'hi'
        ",
    );
}

#[test]
fn questions_are_put_one_at_a_time_and_each_has_its_own_time() {
    story(
        guru(),
        "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'writes' until 09:00:03
        wait 1s
        carl writes
            carl: writes
        dora writes
            dora: opens, arrives, writes
            dora: bot asked about 'writes' until 09:00:04
        bot answers dora: hi
            dora: told 'hi'
        wait 1s
        bot answers carl: one
            carl: told 'one'
            carl: bot asked about 'writes' until 09:00:05
        bot answers carl: two
            carl: told 'two'
        ",
    );
}

#[test]
fn a_bot_that_fails_too_often_is_spared_and_customers_are_handed_over_at_once() {
    story(
        guru().policy(|policy| {
            policy.line.breaker.failures = 1;
            policy.line.breaker.open_for = Span::secs(60);
        }),
        "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'writes' until 09:00:03
        wait 3s
            carl: bot TIMEOUT (no answer in time), handed over, queued at 1 since 09:00:03
        dora writes
            dora: opens, arrives, writes, bot NOT_AVAILABLE (it failed too often and is spared), handed over, queued at 1 since 09:00:03
        wait 57s
        emil writes
            emil: opens, arrives, writes, bot NOT_AVAILABLE (it failed too often and is spared), handed over, queued at 1 since 09:01:00
        wait 3s
        fritz writes
            fritz: opens, arrives, writes
            fritz: bot asked about 'writes' until 09:01:06
        ",
    );
}

#[test]
fn a_flood_of_questions_is_bounded() {
    let mut stage = guru().stage();
    for _ in 0..40 {
        let inbound = stage.inbound("carl", "site", "hello", None);
        stage.perform(&[tieline_core::command::Command::Receive(Box::new(inbound))]);
    }
    let waiting: usize = stage.state.lines().map(|line| line.waiting).sum();
    assert_eq!(waiting, 32);
}

#[test]
fn a_bot_is_told_what_happens_if_it_wants_to_know() {
    story(
        guru().on_duty("amina").bot_with("listener", |bot| bot.settings.hears_events = true),
        "
        carl starts
            carl: opens, arrives
            carl: bot asked about 'arrives' until 09:00:03
        bot answers carl: Welcome
            carl: told 'Welcome'
        carl writes
            carl: writes
            carl: bot asked about 'writes' until 09:00:03
        bot answers carl: FIND_AGENT
            carl: bot does FIND_AGENT, handed over, queued at 1 since 09:00:00, offered to amina
            carl: bot asked about 'offered to amina' until 09:00:03
        bot answers carl:
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            carl: bot asked about 'amina joins' until 09:00:03
            amina READY, chat BUSY
        wait 3s
            carl: bot TIMEOUT (no answer in time)
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED), bot PRIMARY
            carl: bot asked about 'amina leaves (UNSUBSCRIBED)' until 09:00:06
            amina READY, chat READY
        bot answers carl:
        carl ends
            carl: session ends (CUSTOMER), bot gone, closed
            carl: bot asked about 'session ends (CUSTOMER)' until 09:00:06
        bot answers carl: bye
            carl: bot asked about 'closed' until 09:00:06
        bot fails carl
        deliveries?
            0 waiting, 0 under way, Closed { failures: 1 }
        ",
    );
}

#[test]
fn a_bot_hears_of_a_session_before_it_hears_what_is_said_in_it() {
    story(
        given().bot_with("listener", |bot| bot.settings.hears_events = true),
        "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'arrives' until 09:00:03
        bot answers carl:
            carl: bot asked about 'writes' until 09:00:03
        bot answers carl: hi
            carl: told 'hi'
        ",
    );
}

#[test]
fn a_bot_that_has_nothing_to_say_of_an_event_keeps_nobody_waiting() {
    story(
        given().bot_with("listener", |bot| bot.settings.hears_events = true),
        "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'arrives' until 09:00:03
        bot takes carl
            carl: bot asked about 'writes' until 09:00:03
        bot answers carl: hi
            carl: told 'hi'
        ",
    );
}

#[test]
fn a_bot_that_cannot_be_told_of_an_event_may_still_answer_the_customer() {
    story(
        given().bot_with("listener", |bot| bot.settings.hears_events = true),
        "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'arrives' until 09:00:03
        bot refuses carl
            carl: bot NOT_AVAILABLE (401 Unauthorized)
            carl: bot asked about 'writes' until 09:00:03
        bot answers carl: hi
            carl: told 'hi'
        ",
    );
}

#[test]
fn a_bot_that_answers_before_it_says_that_it_has_the_question_is_not_waited_for() {
    story(
        guru(),
        "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'writes' until 09:00:03
        bot says carl: hi
            carl: told 'hi'
        restart
            carl: bot asked about 'writes' until 09:00:03
        bot takes carl
        wait 1s
        carl writes
            carl: writes
            carl: bot asked about 'writes' until 09:00:04
        bot takes carl
        bot says carl: ho
            carl: told 'ho'
        wait 10s
        ",
    );
}

#[test]
fn a_bot_that_cannot_be_called_hands_over_and_says_why() {
    story(
        given().bot_with("flow", |bot| bot.kind = BotKind::Dialogflow),
        "
        carl writes
            carl: opens, arrives, writes, bot NOT_AVAILABLE (bot \"flow\" is of a type that cannot be called), handed over, queued at 1 since 09:00:00
        ",
    );
}

#[test]
fn without_agents_the_bot_is_alone() {
    story(
        guru().site(|site| site.mode = Mode::Bot),
        "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'writes' until 09:00:03
        bot answers carl: FIND_AGENT
            carl: bot does FIND_AGENT (the channel has no agents: its mode is BOT), bot NO_ANSWER (the answer held nothing for the customer), told 'I am sorry, I cannot answer that.'
        ",
    );
}

fn menu(bot: &mut tieline_core::registry::Bot) {
    let choice = |title: &str, does| Choice { title: title.into(), does };
    bot.kind = BotKind::BuiltIn;
    bot.uri = String::new();
    bot.settings.greeting = Some("Hello from the menu".into());
    bot.settings.menu = Some(Menu {
        text: "What is it about?".into(),
        choices: vec![
            choice("Opening times", ChoiceDoes::Say("Nine to five.".into())),
            choice("A person", ChoiceDoes::FindAgent(None)),
            choice("Nothing", ChoiceDoes::EndConversation),
        ],
    });
}

#[test]
fn the_built_in_bot_offers_a_menu_and_hands_over_what_is_no_choice() {
    for (last, leads_to) in [
        ("2", "writes, handed over, queued at 1 since 09:00:00"),
        ("a PERSON", "writes, handed over, queued at 1 since 09:00:00"),
        ("4", "writes, handed over, queued at 1 since 09:00:00"),
        ("0", "writes, handed over, queued at 1 since 09:00:00"),
        ("my order is late", "writes, handed over, queued at 1 since 09:00:00"),
        ("3.", "writes, session ends (FORCE_CLOSED), bot gone, closed"),
    ] {
        story(
            given().bot_with("menu", menu),
            &format!(
                "
        carl writes
            carl: opens, arrives, greeted, writes, told 'What is it about? / 1. Opening times / 2. A person / 3. Nothing'
        carl says 1
            carl: writes, told 'Nine to five.'
        carl says opening times
            carl: writes, told 'Nine to five.'
        carl says {last}
            carl: {leads_to}
        "
            ),
        );
    }
}

#[test]
fn who_is_taken_off_the_customer_leaves_no_pause_behind() {
    let given = given().agents("amina").on_duty("amina").bot("guru");
    let amina = given.agents[0].1;
    let mut stage = given.stage();
    play(
        &mut stage,
        &format!(
            "carl writes
            bot answers carl: ASSIGN_AGENT {{\"agentId\":\"{amina}\"}}
            amina pauses carl for 60s
            bot says carl: CHANGE_PARTICIPANT_ROLE {{\"id\":\"{amina}\",\"role\":\"assistant\"}}"
        ),
    );
    let standing = "INACTIVE, amina ASSISTANT, bot PRIMARY, silence ends 09:05:00";
    assert_eq!(standing_of(&mut stage, "carl"), standing);
}

#[test]
fn a_bot_seats_no_more_people_than_have_a_place_and_none_who_have_left() {
    let names = "amina, ben, cleo, dan, eve";
    let given = given().agents(names).on_duty(names).bot("guru").wrap_up(60);
    let ids: Vec<String> = given.agents.iter().map(|(_, agent)| agent.to_string()).collect();
    let mut stage = given.stage();
    let seats = |agent: &String| {
        format!("bot says carl: ASSIGN_AGENT {{\"agentId\":\"{agent}\",\"role\":\"ASSISTANT\"}}")
    };
    let serves = |role: &str| {
        format!("bot says carl: CHANGE_PARTICIPANT_ROLE {{\"id\":\"{}\",\"role\":\"{role}\"}}", ids[0])
    };
    let seated: Vec<String> = ids[..4].iter().map(seats).collect();
    play(&mut stage, &format!("carl writes\n{}\n{}", seated.join("\n"), serves("PRIMARY")));
    let full = "carl: bot does ASSIGN_AGENT (at most 4 people beside the customer are allowed)";
    tell(&mut stage, Lens::Log, &format!("{}\n    {full}", seats(&ids[4])));
    play(&mut stage, "carl ends");
    let left = "carl: bot does CHANGE_PARTICIPANT_ROLE (this agent has left and wraps up)";
    tell(&mut stage, Lens::Log, &format!("{}\n    {left}", serves("primary")));
}

/// The stage opens on Tuesday 24 September 2024 at 09:00 UTC: 11:00 in Berlin, 14:30 in Kolkata.
#[test]
fn agents_are_assigned_and_change_roles_and_bots_take_turns() {
    let mut given = given().agents("amina, ben").on_duty("amina, ben").bot("guru");
    let (amina, other) = (given.agents[0].1, given.spare_bot("other", |_| {}));
    story(
        given,
        &format!(
            "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'writes' until 09:00:03
        bot answers carl: ASSIGN_AGENT {{\"agentId\":\"{amina}\"}}
            carl: bot does ASSIGN_AGENT, amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        bot says carl: ASSIGN_AGENT {{\"agentId\":\"{amina}\"}} | hi
            carl: bot does ASSIGN_AGENT (this agent is in the conversation already), 1 suggested for nothing
        bot says carl: CHANGE_PARTICIPANT_ROLE {{\"id\":\"{amina}\",\"role\":\"assistant\"}}
            carl: bot does CHANGE_PARTICIPANT_ROLE, amina ASSISTANT, bot PRIMARY
        carl?
            INACTIVE, amina ASSISTANT, bot PRIMARY, silence ends 09:05:00
        bot says carl: CHANGE_PARTICIPANT_ROLE {{\"id\":\"{amina}\",\"role\":\"primary\"}}
            carl: bot does CHANGE_PARTICIPANT_ROLE, amina PRIMARY, bot ASSISTANT
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, no silence timer
        bot says carl: CHANGE_PARTICIPANT_ROLE {{\"id\":\"{amina}\",\"role\":\"ASSISTANT\"}}
            carl: bot does CHANGE_PARTICIPANT_ROLE, amina ASSISTANT, bot PRIMARY
        bot says carl: ASSIGN_BOT {{\"id\":\"{other}\",\"role\":\"PRIMARY\"}}
            carl: bot does ASSIGN_BOT, bot gone
        bot says carl: hi
            carl: told 'hi'
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED)
            amina READY, chat READY
        carl?
            INACTIVE, bot PRIMARY, silence ends 09:05:00
        "
        ),
    );
}

#[test]
fn whoever_a_bot_puts_in_charge_is_looked_for_no_longer() {
    let given = given().agents("amina, ben").on_duty("amina, ben").bot("guru");
    let amina = given.agents[0].1;
    let says = |action: &str, role: &str| {
        let id = if action == "ASSIGN_AGENT" { "agentId" } else { "id" };
        format!("bot says carl: {action} {{\"{id}\":\"{amina}\",\"role\":\"{role}\"}}")
    };
    story(
        given,
        &format!(
            "
        carl writes
            carl: opens, arrives, writes
            carl: bot asked about 'writes' until 09:00:03
        bot answers carl: FIND_AGENT {{}}
            carl: bot does FIND_AGENT, handed over, queued at 1 since 09:00:00, offered to amina
        {}
            carl: bot does ASSIGN_AGENT, task RONA, queued at 11 since 09:00:00, amina joins, task ACTIVE, offered to ben
            amina READY, chat BUSY
        {}
            carl: bot does CHANGE_PARTICIPANT_ROLE, task CANCELLED, amina PRIMARY, bot ASSISTANT
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, no silence timer
        wait 20s
        ben?
            READY, chat READY, 0 tasks
        ",
            says("ASSIGN_AGENT", "ASSISTANT"),
            says("CHANGE_PARTICIPANT_ROLE", "PRIMARY"),
        ),
    );
}
