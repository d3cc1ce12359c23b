//! Customers come, wait, leave and return.

use serde_json::json;
use tieline_core::command::{Command, Content};
use tieline_core::effect::Effect;
use tieline_core::event::Payload;
use tieline_core::registry::Mode;

use super::given::given;
use super::lens::Lens;
use super::script::{story, tell};

#[test]
fn a_customer_is_greeted_handed_over_and_offered_to_who_waited_longest() {
    story(
        given().agents("amina, ben").on_duty("ben"),
        "
        wait 10s
        amina connects
            amina NOT_READY, chat NOT_READY
        amina is ready
            amina READY, chat READY
        carl starts
            carl: opens, arrives, greeted
        carl writes
            carl: writes, handed over, queued at 1 since 09:00:10, offered to ben
        ben accepts carl
            carl: ben joins, task ACTIVE, bot ASSISTANT
            ben READY, chat BUSY
        carl?
            ACTIVE, ben PRIMARY, bot ASSISTANT, no silence timer
        ben answers carl
            carl: is answered
        carl?
            ACTIVE, ben PRIMARY, bot ASSISTANT, silence ends 09:05:10
        carl writes
            carl: writes
        carl?
            ACTIVE, ben PRIMARY, bot ASSISTANT, no silence timer
        ",
    );
}

#[test]
fn in_agent_mode_a_request_is_made_as_soon_as_the_session_starts() {
    story(
        given().site(|site| (site.mode, site.bot) = (Mode::Agent, None)),
        "
        carl starts
            carl: opens, arrives, greeted, handed over, queued at 1 since 09:00:00
        carl writes
            carl: writes
        carl?
            CREATED, queued at 1 since 09:00:00, no silence timer
        ",
    );
}

#[test]
fn in_bot_mode_nobody_is_looked_for() {
    story(
        given().agents("amina").on_duty("amina").site(|site| site.mode = Mode::Bot),
        "
        carl writes
            carl: opens, arrives, greeted, writes, told 'I am sorry, I cannot answer that.'
        carl?
            CREATED, bot PRIMARY, silence ends 09:05:00
        ",
    );
}

#[test]
fn start_conversation_opens_and_waits() {
    story(
        given(),
        "
        carl opens
            carl: opens, arrives
        carl?
            CREATED, bot PRIMARY, silence ends 09:05:00
        carl writes
            carl: writes, handed over, queued at 1 since 09:00:00
        ",
    );
}

#[test]
fn a_customer_who_ends_while_waiting_cancels_the_request() {
    story(
        given().agents("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl ends
            carl: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        carl?
            closed
        carl ends
        carl writes
            carl#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        amina connects
            amina NOT_READY, chat NOT_READY
        amina is ready
            carl#2: offered to amina
            amina READY, chat READY
        carl drops
            carl#2: session ends (NETWORK), task CANCELLED, bot gone, closed
        amina?
            READY, chat READY, 0 tasks
        ",
    );
}

#[test]
fn silence_ends_the_session_and_with_it_the_conversation() {
    story(
        given(),
        "
        carl starts
            carl: opens, arrives, greeted
        wait 299s
        carl?
            CREATED, bot PRIMARY, silence ends 09:05:00
        wait 1s
            carl: session ends (INACTIVITY), bot gone, closed
        carl?
            closed
        ",
    );
}

#[test]
fn silence_counts_only_while_nobody_owes_an_answer() {
    story(
        given().agents("amina").on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        wait 10m
        amina answers carl
            carl: is answered
        wait 299s
        carl writes
            carl: writes
        wait 10m
        amina whispers carl
            carl: is whispered about
        amina notes carl
            carl: is noted on
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, no silence timer
        amina answers carl
            carl: is answered
        wait 5m
            carl: session ends (INACTIVITY), task DONE, has left
            amina READY, chat READY
        carl?
            CUSTOMER_LEFT, amina PRIMARY, bot ASSISTANT, no silence timer
        amina leaves carl
            carl: amina leaves (UNSUBSCRIBED), bot gone, closed
        ",
    );
}

#[test]
fn a_customer_who_returns_finds_the_agent_still_there() {
    story(
        given().agents("amina").on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        carl ends
            carl: session ends (CUSTOMER), task DONE, has left
            amina READY, chat READY
        carl?
            CUSTOMER_LEFT, amina PRIMARY, bot ASSISTANT, no silence timer
        carl writes
            carl: arrives, task ACTIVE, writes
            amina READY, chat BUSY
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, no silence timer
        carl ends
            carl: session ends (CUSTOMER), task DONE, has left
            amina READY, chat READY
        amina leaves carl
            carl: amina leaves (UNSUBSCRIBED), bot gone, closed
        carl?
            closed
        carl writes
            carl#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        ",
    );
}

#[test]
fn an_agent_who_leaves_hands_the_customer_back_to_the_bot() {
    story(
        given().agents("amina").on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED), bot PRIMARY
            amina READY, chat READY
        carl?
            INACTIVE, bot PRIMARY, silence ends 09:05:00
        carl writes
            carl: writes, handed over, queued at 1 since 09:00:00, offered to amina
        carl?
            INACTIVE, bot PRIMARY, offered at 1 since 09:00:00, no silence timer
        ",
    );
}

#[test]
fn one_customer_on_two_channels_has_one_conversation() {
    story(
        given().agents("amina").on_duty("amina").channel("shop", "WEB"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        carl writes on shop
            carl: arrives, writes
        carl ends
            carl: session ends (CUSTOMER)
        carl?
            ACTIVE, amina PRIMARY, bot ASSISTANT, no silence timer
        carl ends on shop
            carl: session ends (CUSTOMER), task DONE, has left
            amina READY, chat READY
        amina leaves carl
            carl: amina leaves (UNSUBSCRIBED), bot gone, closed
        ",
    );
}

#[test]
fn an_agent_ends_the_chats_of_those_he_serves() {
    story(
        given().agents("amina, ben").on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina ends carl
            ! only an agent who serves this customer ends his chat
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        ben ends carl
            ! only an agent who serves this customer ends his chat
        amina ends carl
            carl: session ends (AGENT), task DONE, has left
            amina READY, chat READY
        ben ends carl
        ",
    );
}

#[test]
fn data_of_a_conversation_is_kept_as_long_as_there_is_room() {
    let mut stage = given().stage();
    let words = json!("x".repeat(40_000));
    for (key, kept) in [("order", true), ("order", true), ("again", false), ("order", true)] {
        let mut inbound = stage.inbound("carl", "site", "words", None);
        inbound.data.insert(key.into(), words.clone());
        let shown = stage.perform(&[Command::Receive(Box::new(inbound))]);
        assert!(shown.replies[0].is_ok(), "{:?}", shown.replies);
        let conversation = stage.state.conversation(stage.conversation_called("carl")).expect("open");
        assert_eq!(conversation.data.contains_key(key), kept, "{key}");
    }
    let conversation = stage.conversation_called("carl");
    for (key, accepted) in [("order", true), ("again", false)] {
        let data = std::iter::once((key.to_owned(), words.clone())).collect();
        let shown = stage.perform(&[Command::MergeData { conversation, data }]);
        assert_eq!(shown.replies[0].is_ok(), accepted, "{key}: {:?}", shown.replies);
    }
}

#[test]
fn nothing_is_begun_on_a_channel_that_is_off() {
    story(
        given().agents("amina").on_duty("amina").site(|site| site.enabled = false),
        "
        carl writes
            ! channel 'site' is switched off
        amina sends carl
            ! channel 'site' is switched off
        amina contacts carl
            ! channel 'site' is switched off
        ",
    );
}

#[test]
fn a_customer_put_off_on_two_channels_is_not_kept_for_ever() {
    story(
        given().channel("shop", "WEB"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl writes on shop
            carl: arrives, greeted, writes
        wait 100s
            carl: task NO_AGENT_AVAILABLE, nobody is available, put off
        wait 300s
            carl: session ends (INACTIVITY), session ends (INACTIVITY), bot gone, closed
        ",
    );
}

#[test]
fn a_conversation_without_a_bot_is_routed_from_a_hybrid_channel_too() {
    story(
        given().agents("amina").on_duty("amina").channel("shop", "WEB").change_channel("shop", |shop| {
            (shop.mode, shop.bot) = (Mode::Agent, None);
        }),
        "
        carl writes on shop
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE
            amina READY, chat BUSY
        amina leaves carl
            carl: task DONE, amina leaves (UNSUBSCRIBED)
            amina READY, chat READY
        carl writes
            carl: arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        ",
    );
}

#[test]
fn a_repeated_request_is_decided_once() {
    story(
        given(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl repeats
        carl ends
            carl: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        carl repeats
        carl writes
            carl#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        together carl repeats; carl repeats; dora writes; dora repeats
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        ",
    );
}

#[test]
fn commands_of_one_batch_see_what_those_before_them_did() {
    story(
        given(),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        together carl ends; carl writes; carl ends; carl writes; carl ends
            carl: session ends (CUSTOMER), task CANCELLED, bot gone, closed
            carl#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, session ends (CUSTOMER), task CANCELLED, bot gone, closed
            carl#3: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, session ends (CUSTOMER), task CANCELLED, bot gone, closed
        together carl writes; carl writes
            carl#4: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, writes
        ",
    );
}

#[test]
fn receipts_reach_open_and_closed_conversations() {
    story(
        given().agents("amina").on_duty("amina"),
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        amina answers carl
            carl: is answered
        carl reads a2
            carl: a2 READ
        dora reads a2
            ! there is no message a2 to report on
        carl ends
            carl: session ends (CUSTOMER), task DONE, has left
            amina READY, chat READY
        amina leaves carl
            carl: amina leaves (UNSUBSCRIBED), bot gone, closed
        carl reads a2
            carl: a2 READ
        carl reads a9
            ! there is no message a9 to report on
        together carl writes; carl reads m8; carl ends; carl reads m8
            carl#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina, m8 READ, session ends (CUSTOMER), task CANCELLED, bot gone, closed, m8 READ
        ",
    );
}

#[test]
fn typing_is_passed_on_and_not_written_down() {
    let mut stage = given().agents("amina").on_duty("amina").stage();
    tell(
        &mut stage,
        Lens::Log,
        "
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00, offered to amina
        amina accepts carl
            carl: amina joins, task ACTIVE, bot ASSISTANT
            amina READY, chat BUSY
        ",
    );
    let mut inbound = stage.inbound("carl", "site", "", None);
    inbound.content = Content::Typing { payload: Payload::from_value(&serde_json::json!({})) };
    let shown = stage.perform(&[Command::Receive(Box::new(inbound))]);
    assert!(shown.replies[0].is_ok() && !shown.written);
    assert!(matches!(shown.effects[..], [Effect::Passing { .. }]));
}
