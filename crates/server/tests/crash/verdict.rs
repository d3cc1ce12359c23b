//! The hub's log beside what was told to the world.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;
use tieline_connectors::ledger::{Numbers, Tally};
use tieline_connectors::receiver::Delivery;
use tieline_core::conversation::EndReason;
use tieline_core::delivery::{Entry, EntryStatus, Lane, Subject};
use tieline_core::event::{Event, Fact, Message, MessageClass, Seq};
use tieline_core::id::SessionId;

use super::customers::Accepted;

/// How late a deadline may fire, not counting the time there was no hub.
const LATE_MS_MAX: i64 = 1_000;
/// Of a kind of fault; the rest is counted.
const FAULTS_SHOWN_MAX: usize = 20;

/// From a kill until the hub said again that it was ready.
pub struct Outage {
    pub killed_ms: i64,
    pub ready_ms: i64,
}

/// One line of an export.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Event(Box<Event>),
    Entry(Entry),
    Object(IgnoredAny),
    Customer(IgnoredAny),
    Conversation(IgnoredAny),
    Attempt(IgnoredAny),
    Audit(IgnoredAny),
    Tally(IgnoredAny),
    StateChange(IgnoredAny),
    FinishedTask(IgnoredAny),
}

/// What the log says happened, and where it differs from what was told.
#[derive(Default)]
pub struct Story {
    events: Vec<Event>,
    entries: Vec<Entry>,
    faults: Vec<String>,
    numbers: BTreeMap<&'static str, i64>,
}

impl Story {
    pub fn read(export: &str) -> Self {
        let mut story = Self::default();
        for line in export.lines() {
            match serde_json::from_str(line).unwrap() {
                Line::Event(event) => story.events.push(*event),
                Line::Entry(entry) => story.entries.push(entry),
                _ => {}
            }
        }
        story.events.sort_by_key(|event| event.seq);
        story.entries.sort_by_key(|entry| entry.seq);
        story.count("events in the log", story.events.len());
        story.count("deliveries in the log", story.entries.len());
        story
    }

    pub fn fault(&mut self, what: String) {
        self.faults.push(what);
    }

    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// Every message accepted is in the log once, in the order it was accepted, and nothing else is.
    pub fn check_posts<'a>(&mut self, accepted: impl Iterator<Item = &'a Accepted>) {
        let mut logged: HashMap<String, Vec<String>> = HashMap::new();
        let mut sessions: HashMap<String, HashSet<Option<SessionId>>> = HashMap::new();
        for (event, message) in self.messages(MessageClass::Customer) {
            let customer = message.id.split('-').next().unwrap_or_default().to_owned();
            sessions.entry(customer.clone()).or_default().insert(event.session);
            logged.entry(customer).or_default().push(message.id.to_string());
        }
        let mut posts = 0;
        for Accepted { customer, ids } in accepted {
            posts += ids.len();
            let logged = logged.remove(customer).unwrap_or_default();
            if logged != *ids {
                self.fault(difference(&format!("messages of {customer}"), ids, &logged));
            }
            let sessions = sessions.remove(customer).unwrap_or_default().len();
            if sessions != 1 {
                self.fault(format!("{customer} had {sessions} sessions"));
            }
        }
        for (customer, ids) in logged {
            self.fault(format!("nobody was told of {ids:?} of {customer}"));
        }
        self.count("posts accepted", posts);
    }

    /// Every message an agent saw as sent is in the log once, and none is there twice.
    pub fn check_agents<'a>(&mut self, echoed: impl Iterator<Item = &'a String>) {
        let mut logged: HashMap<String, usize> = HashMap::new();
        for (_, message) in self.messages(MessageClass::Agent) {
            *logged.entry(message.id.to_string()).or_default() += 1;
        }
        let doubled: Vec<_> = logged.iter().filter(|(_, count)| **count > 1).collect();
        let mut faults: Vec<_> =
            doubled.iter().map(|(id, count)| format!("agent's {id} is logged {count} times")).collect();
        let mut shown = 0;
        for id in echoed {
            shown += 1;
            if !logged.contains_key(id) {
                faults.push(format!("agent's {id} was shown as sent and is not in the log"));
            }
        }
        self.faults.extend(faults);
        self.count("agents' messages in the log", logged.len());
        self.count("agents' messages shown as sent", shown);
        if shown == 0 {
            self.fault("no agent ever spoke".to_owned());
        }
    }

    /// The webhook was given everything, each session in order and without a gap.
    pub fn check_deliveries(&mut self, received: &[Delivery], tally: &Tally) {
        let ids: HashMap<Seq, String> =
            self.events.iter().map(|event| (event.seq, event.id.to_string())).collect();
        let mut owed: HashMap<String, Vec<(String, Seq, Seq)>> = HashMap::new();
        let mut told: HashSet<Seq> = HashSet::new();
        let mut faults = Vec::new();
        for entry in &self.entries {
            if !matches!(entry.status, EntryStatus::Delivered { .. } | EntryStatus::Superseded { .. }) {
                faults.push(format!("delivery {} is {:?}", entry.seq, entry.status));
            }
            let (Lane::Session(session), Subject::Event { event, .. }) = (entry.lane, entry.subject) else {
                continue;
            };
            told.insert(event);
            let session = session.to_string();
            let lane = owed.entry(session.clone()).or_default();
            let last = lane.last().map_or(0, |(_, seq, _)| *seq);
            if entry.previous != last {
                faults.push(format!("delivery {} follows {last} and names {}", entry.seq, entry.previous));
            }
            let event = ids.get(&event).map_or("?", String::as_str);
            lane.push((format!("{event}-{session}"), entry.seq, entry.previous));
        }
        for (event, message) in self.messages(MessageClass::Agent).chain(self.messages(MessageClass::Bot)) {
            if !told.contains(&event.seq) {
                faults.push(format!("{} is for no connector", message.id));
            }
        }
        let mut given: HashMap<String, Vec<(String, Seq, Seq)>> = HashMap::new();
        for Delivery { id, numbers, message, .. } in received {
            let Numbers { sequence, previous } = numbers.unwrap_or(Numbers { sequence: 0, previous: 0 });
            let session = message.header.channel_session_id.clone().unwrap_or_default();
            given.entry(session).or_default().push((id.clone(), sequence, previous));
        }
        for (session, owed) in owed {
            let given = given.remove(&session).unwrap_or_default();
            if given != owed {
                faults.push(difference(&format!("deliveries of session {session}"), &owed, &given));
            }
        }
        faults.extend(given.keys().map(|session| format!("session {session} is not in the log")));
        let clean = Tally {
            bad_signatures: 0,
            stale_timestamps: 0,
            unreadable: 0,
            overruns: 0,
            out_of_order: 0,
            gaps: 0,
            lost: 0,
            unnumbered: 0,
            ..*tally
        };
        if *tally != clean {
            faults.push(format!("the webhook saw {tally:?}"));
        }
        self.faults.extend(faults);
        self.count("deliveries received", received.len());
        self.count("deliveries received again", usize::try_from(tally.duplicates).unwrap_or(usize::MAX));
    }

    /// Every silent session ended when it was due, or as soon as there was a hub again.
    pub fn check_deadlines(&mut self, line: &str, silence_secs: u32, outages: &[Outage]) {
        let mut due: HashMap<SessionId, i64> = HashMap::new();
        let mut ended: HashMap<SessionId, i64> = HashMap::new();
        for event in &self.events {
            let Some(session) = event.session else { continue };
            match &event.fact {
                Fact::Message(message) if message.class == MessageClass::Customer && is_on(message, line) => {
                    due.insert(session, event.at.millis() + i64::from(silence_secs) * 1_000);
                }
                Fact::SessionEnded { reason: EndReason::Inactivity } => {
                    ended.insert(session, event.at.millis());
                }
                _ => {}
            }
        }
        let mut faults = Vec::new();
        let (mut in_outages, mut latest) = (0, 0);
        for (session, due) in &due {
            let is_down = |outage: &Outage| (outage.killed_ms..outage.ready_ms).contains(due);
            in_outages += usize::from(outages.iter().any(is_down));
            match ended.get(session) {
                None => faults.push(format!("session {session} did not end; it was due at {due}")),
                Some(at) if at < due => faults.push(format!("session {session} ended {} ms early", due - at)),
                Some(at) => {
                    let late = late_ms(*due, *at, outages);
                    latest = latest.max(late);
                    if late > LATE_MS_MAX {
                        faults.push(format!("session {session} ended {late} ms late"));
                    }
                }
            }
        }
        if in_outages == 0 {
            faults.push("no deadline came due while the hub was down".to_owned());
        }
        self.faults.extend(faults);
        self.count("deadlines", due.len());
        self.count("deadlines due while the hub was down", in_outages);
        self.numbers.insert("latest deadline, ms, outages not counted", latest);
        let down: i64 = outages.iter().map(|outage| outage.ready_ms - outage.killed_ms).sum();
        self.numbers.insert("outages", i64::try_from(outages.len()).unwrap_or(i64::MAX));
        self.numbers.insert("outages altogether, ms", down);
    }

    fn messages(&self, class: MessageClass) -> impl Iterator<Item = (&Event, &Message)> {
        self.events.iter().filter_map(move |event| match &event.fact {
            Fact::Message(message) if message.class == class => Some((event, message)),
            _ => None,
        })
    }

    fn count(&mut self, what: &'static str, count: usize) {
        self.numbers.insert(what, i64::try_from(count).unwrap_or(i64::MAX));
    }
}

/// Of the time from `due` to `at`, how much there was a hub that could have fired what was due.
fn late_ms(due: i64, at: i64, outages: &[Outage]) -> i64 {
    let down = |outage: &Outage| (outage.ready_ms.min(at) - outage.killed_ms.max(due)).max(0);
    at - due - outages.iter().map(down).sum::<i64>()
}

fn is_on(message: &Message, line: &str) -> bool {
    let sent: Option<tieline_cim::Message> = serde_json::from_str(message.payload.json()).ok();
    sent.is_some_and(|sent| sent.header.channel_data.service_identifier == line)
}

/// Where two lists part.
fn difference<T: PartialEq + fmt::Debug>(what: &str, expected: &[T], found: &[T]) -> String {
    let at = expected.iter().zip(found).take_while(|(one, other)| one == other).count();
    format!(
        "{what}: {} expected, {} found; at {at} expected {:?}, found {:?}",
        expected.len(),
        found.len(),
        expected.get(at),
        found.get(at)
    )
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, number) in &self.numbers {
            writeln!(f, "{number:>8}  {what}")?;
        }
        write!(f, "{:>8}  faults", self.faults.len())?;
        self.faults.iter().take(FAULTS_SHOWN_MAX).try_for_each(|fault| write!(f, "\n  - {fault}"))
    }
}

#[test]
fn lateness_is_counted_while_there_is_a_hub() {
    let outages = [Outage { killed_ms: 100, ready_ms: 200 }, Outage { killed_ms: 300, ready_ms: 400 }];
    for (due, at, late) in [(10, 30, 20), (90, 210, 20), (150, 190, 0), (150, 220, 20), (90, 410, 120)] {
        assert_eq!(late_ms(due, at, &outages), late, "{due} {at}");
    }
}
