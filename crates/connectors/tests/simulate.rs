//! Whole simulations against a hub that keeps its promises, and against hubs that do not.

use std::future;
use std::net::SocketAddr;
use std::time::Duration;

use tieline_connectors::ledger::Tally;
use tieline_connectors::progress::{Extent, Plan, Progress, Standing};
use tieline_connectors::simulate::{Length, Pace, SimulationError, Source};
use tieline_connectors::{Credentials, Options, Report, Retry, Script, Simulation};

use crate::hub::{FakeHub, Fate, Fated, TOKEN, secret};

fn options(hub: &FakeHub) -> Options {
    Options {
        source: Source::Webhook {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            secrets: vec![secret()],
            behaviour: None,
        },
        customers: 3,
        pace: Pace::Total { per_second: 2_000.0 },
        length: Length::Messages(4),
        seed: Some(11),
        expect_replies: true,
        quiet: Duration::from_millis(500),
        retry: Retry { attempts_max: 1, ..Retry::default() },
        ..Options::new(&hub.base, Credentials::Token(TOKEN.into()), "7001")
    }
}

async fn play(hub: &FakeHub, options: Options) -> Report {
    let simulation = Simulation::prepare(options).await.unwrap();
    if let Some(address) = simulation.address() {
        hub.connect(address);
    }
    simulation.run(&mut (), future::pending()).await
}

#[tokio::test]
async fn a_hub_that_keeps_its_promises() {
    let hub = FakeHub::start(|_| Fated::Sent).await;
    let report = play(&hub, Options { duplicates: 1.0, ..options(&hub) }).await;
    assert!(report.is_kept(), "{report}");
    let posts = report.posts;
    assert_eq!((posts.said, posts.accepted, posts.repeated), (12, posts.sent, posts.sent));
    assert_eq!((report.post_latency.count, report.reply_latency.count), (posts.sent, 12));
    assert_eq!((report.replies.received, report.sessions), (12, 3));
    let expected =
        Tally { received: 18, verified: 18, sessions_started: 3, sessions_ended: 3, ..Tally::default() };
    assert_eq!(report.received, expected);
    assert_eq!(report.exit_code(), 0);
    assert!(report.to_string().ends_with("Every promise was kept."), "{report}");
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!((&json["posts"]["said"], &json["seed"]), (&12.into(), &11.into()));
}

#[tokio::test]
async fn what_the_hub_gets_wrong_is_told() {
    let table: [(Fate, &[&str], Tally); 4] = [
        (
            |nth| if nth == 1 { Fated::Late } else { Fated::Sent },
            &["3 messages to customers arrived out of order"],
            Tally { received: 18, verified: 18, gaps: 3, out_of_order: 3, ..Tally::default() },
        ),
        (
            |nth| if nth == 1 { Fated::Lost } else { Fated::Sent },
            &["3 messages to customers were lost, as later ones show"],
            Tally { received: 15, verified: 15, gaps: 3, lost: 3, ..Tally::default() },
        ),
        (
            |nth| match nth {
                1 => Fated::SignedBadly,
                6 => Fated::SignedLongAgo,
                _ => Fated::Sent,
            },
            &[
                "3 messages to customers were lost, as later ones show",
                "3 messages to customers had no good signature",
                "3 messages to customers were signed too long ago",
            ],
            Tally {
                received: 12,
                verified: 12,
                gaps: 3,
                lost: 3,
                bad_signatures: 3,
                stale_timestamps: 3,
                ..Tally::default()
            },
        ),
        (
            |nth| if nth == 2 { Fated::SentTwice } else { Fated::Sent },
            &[],
            Tally { received: 21, verified: 21, duplicates: 3, ..Tally::default() },
        ),
    ];
    for (fate, broken, expected) in table {
        let hub = FakeHub::start(fate).await;
        let report = play(&hub, options(&hub)).await;
        assert_eq!(report.broken, broken);
        assert_eq!(report.exit_code(), u8::from(!broken.is_empty()));
        let Tally { sessions_started, sessions_ended, .. } = report.received;
        assert_eq!(report.received, Tally { sessions_started, sessions_ended, ..expected });
        assert!(broken.iter().all(|broken| report.to_string().contains(broken)));
    }
}

#[tokio::test]
async fn a_repeat_that_is_answered_differently_is_told() {
    let hub = FakeHub::forgetful().await;
    let length = Length::Messages(1);
    let report = play(&hub, Options { duplicates: 1.0, customers: 1, length, ..options(&hub) }).await;
    // The repeat of the end opened a session of its own.
    assert_eq!(report.broken, ["1 repeated posts were answered differently"]);
}

#[tokio::test]
async fn silence_is_told_when_replies_are_expected() {
    let hub = FakeHub::start(|nth| if nth == 2 { Fated::Lost } else { Fated::Sent }).await;
    let reply_timeout = Duration::from_millis(50);
    let report = play(&hub, Options { reply_timeout, customers: 1, ..options(&hub) }).await;
    let expected =
        ["1 messages to customers were lost, as later ones show", "1 messages were not answered in time"];
    assert_eq!(report.broken, expected);
    assert_eq!((report.posts.said, report.received.sessions_ended), (1, 1));
}

#[tokio::test]
async fn scripts_are_played_line_by_line() {
    let hub = FakeHub::start(|_| Fated::Sent).await;
    let script = "start\n> Hi from {name}\n< echo: hi from\ntyping\nimage https://example.org/a.png A lamp\n\
        < a lamp\nlocation 1 2\n< that place\nreply Yes\n< re: yes\nread\nwait 1ms\nend";
    let script = Some(Script::parse(script).unwrap());
    let report = play(&hub, Options { script: script.clone(), expect_replies: false, ..options(&hub) }).await;
    assert!(report.is_kept(), "{report}");
    // Start, typing, four messages, four read receipts, end.
    assert_eq!((report.posts.sent, report.posts.said), (3 * 11, 3 * 4));

    let deaf = "> Hello\n< something else\n> never said\nend";
    let reply_timeout = Duration::from_millis(50);
    let script = Some(Script::parse(deaf).unwrap());
    let report = play(&hub, Options { script, reply_timeout, expect_replies: false, ..options(&hub) }).await;
    assert_eq!(report.broken, ["3 replies did not come as scripted"]);
    assert_eq!((report.posts.said, report.received.sessions_ended), (3, 3));
}

#[tokio::test]
async fn the_feed_is_as_good_as_the_webhook() {
    let hub = FakeHub::start(|_| Fated::Sent).await;
    let source = Source::Feed { connector: "c1".to_owned(), after: 0 };
    let report = play(&hub, Options { source, ..options(&hub) }).await;
    assert!(report.is_kept(), "{report}");
    let expected = Tally { received: 18, sessions_started: 3, sessions_ended: 3, ..Tally::default() };
    assert_eq!((report.received, report.replies.received), (expected, 12));
}

#[tokio::test]
async fn a_refusing_hub_ends_the_simulation() {
    let hub = FakeHub::start(|_| Fated::Sent).await;
    let credentials = Credentials::Token("tl_wrong".into());
    let report = play(&hub, Options { credentials, ..options(&hub) }).await;
    assert_eq!(report.broken, ["3 messages were not taken by the hub"]);
    assert_eq!(report.errors.get("refused 401"), Some(&3));
}

#[derive(Default)]
struct Watched {
    plan: Option<Plan>,
    last: Standing,
    finished: bool,
}

impl Progress for Watched {
    fn begin(&mut self, plan: &Plan) {
        self.plan = Some(*plan);
    }
    fn update(&mut self, standing: &Standing) {
        self.last = *standing;
    }
    fn finish(&mut self) {
        self.finished = true;
    }
}

#[tokio::test]
async fn stopping_closes_the_chats() {
    let hub = FakeHub::start(|_| Fated::Sent).await;
    let hours = Duration::from_secs(3600);
    let length = Length::Duration(hours);
    let simulation = Simulation::prepare(Options { length, ..options(&hub) }).await.unwrap();
    hub.connect(simulation.address().unwrap());
    let mut watched = Watched::default();
    let report = simulation.run(&mut watched, hub.has_received(100)).await;
    assert!(report.is_kept(), "{report}");
    assert_eq!(report.received.sessions_started, report.received.sessions_ended);
    assert!(report.sessions > 3 && report.posts.accepted >= 100);
    assert_eq!(watched.plan.unwrap().extent, Extent::Time(hours));
    assert_eq!((watched.last.playing, watched.last.accepted), (0, report.posts.accepted));
    assert!(watched.finished);
}

#[tokio::test]
async fn impossible_options_are_refused() {
    let hub = FakeHub::start(|_| Fated::Sent).await;
    let options = || options(&hub);
    for (options, expected) in [
        (Options { customers: 0, ..options() }, "customers must be 1 to 100000"),
        (Options { duplicates: 1.5, ..options() }, "duplicates must be a share from 0 to 1"),
        (Options { length: Length::Messages(0), ..options() }, "messages must be at least 1"),
        (
            Options { pace: Pace::Total { per_second: f64::NAN }, ..options() },
            "the rate must be more than 0 and at most 100000 messages a second",
        ),
        (Options { service_identifier: " ".to_owned(), ..options() }, "the service identifier must be given"),
        (
            Options { hub: "localhost".to_owned(), ..options() },
            "\"localhost\" is no address of a hub, such as https://chat.example.org",
        ),
    ] {
        let error: SimulationError = Simulation::prepare(options).await.err().expect(expected);
        assert_eq!(error.to_string(), expected);
    }
}
