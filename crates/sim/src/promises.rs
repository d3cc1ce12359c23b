//! The promises, held against everything that is on disk and everything the outside world saw.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tieline_core::bot::intent;
use tieline_core::conversation::State as ConversationState;
use tieline_core::delivery::{Attempt, Entry, EntryStatus, Receiver, Subject, Via};
use tieline_core::event::{Event, Fact, Seq};
use tieline_core::id::{ConversationId, TaskId};
use tieline_core::registry::TIMEOUT_MS_DEFAULT;
use tieline_core::task::{CloseReason, Stage};
use tieline_core::time::{At, Span};
use tieline_store::{ConversationFilter, Error, Store};

use crate::centre::Centre;
use crate::ledger::Pages;

const ALL: usize = 1_000_000;
/// How late something may fire.
const LATE_MAX: Span = Span::secs(1);
const BOT_TIMEOUT: Span = Span::millis(TIMEOUT_MS_DEFAULT as u64);

/// What is on disk at the end of a day.
pub struct Disk {
    events: Vec<Arc<Event>>,
    entries: BTreeMap<Seq, Entry>,
    /// What the bot that lives elsewhere was asked.
    questions: BTreeMap<Seq, Entry>,
    attempts: BTreeMap<Seq, Vec<Attempt>>,
    open: usize,
}

impl Disk {
    /// # Errors
    /// The store's.
    pub async fn read(store: &Store, centre: &Centre) -> Result<Self, Error> {
        let conversations = store.conversations(ConversationFilter::default(), ALL).await?;
        let mut events = Vec::new();
        for conversation in &conversations {
            events.extend(store.events(conversation.id, 0, None, ALL).await?);
        }
        events.sort_by_key(|event| event.seq);
        let mut entries = BTreeMap::new();
        for connector in &centre.connectors {
            let feed = store.feed(*connector, 0, ALL).await?;
            entries.extend(feed.into_iter().map(|entry| (entry.seq, entry)));
        }
        let questions = questions(store, &events).await?;
        let mut attempts: BTreeMap<Seq, Vec<Attempt>> = BTreeMap::new();
        let seqs: Vec<Seq> = entries.keys().chain(questions.keys()).copied().collect();
        for attempt in store.attempts(&seqs).await? {
            attempts.entry(attempt.entry).or_default().push(attempt);
        }
        let open = conversations.iter().filter(|c| c.state != ConversationState::Closed).count();
        Ok(Self { events, entries, questions, attempts, open })
    }

    /// Every promise that does not hold, in words.
    #[must_use]
    pub fn broken(&self, pages: &Pages) -> Vec<String> {
        let mut broken = pages.broken.clone();
        self.accepted_is_kept_once(pages, &mut broken);
        self.in_order(pages, &mut broken);
        self.announced_is_on_disk(pages, &mut broken);
        self.explained(&mut broken);
        self.on_time(pages, &mut broken);
        self.nobody_waits_for_a_bot(pages, &mut broken);
        if self.open > 0 {
            broken.push(format!("{} conversations stayed open", self.open));
        }
        broken
    }

    fn accepted_is_kept_once(&self, pages: &Pages, broken: &mut Vec<String>) {
        let mut kept: BTreeMap<&str, Vec<Seq>> = BTreeMap::new();
        for event in &self.events {
            if let Fact::Message(message) = &event.fact {
                kept.entry(&message.id).or_default().push(event.seq);
            }
        }
        for (id, post) in &pages.posts {
            let seqs = kept.get(id.as_str()).map_or(&[][..], Vec::as_slice);
            if seqs.len() > 1 {
                broken.push(format!("once: {id} stands {} times in the log", seqs.len()));
            }
            let Some((_, accepted)) = &post.answered else { continue };
            let seq = accepted.map_or(0, |accepted| accepted.seq);
            let told = self.event(seq).map(|event| &event.fact);
            // Whoever is answered without a number posted an intent, or published from a desk.
            let fits = match (told, seqs) {
                (Some(Fact::Message(message)), [kept]) => *message.id == **id && *kept == seq,
                (Some(Fact::Receipt { .. } | Fact::SessionEnded { .. }), []) => true,
                (None, []) => seq == 0 && post.wordless,
                (None, [_]) => accepted.is_none(),
                _ => false,
            };
            if !fits {
                broken.push(format!("accepted: {id} was answered {seq} and stands at {seqs:?}"));
            }
        }
    }

    fn event(&self, seq: Seq) -> Option<&Event> {
        let found = self.events.binary_search_by_key(&seq, |event| event.seq).ok()?;
        Some(&self.events[found])
    }

    fn in_order(&self, pages: &Pages, broken: &mut Vec<String>) {
        let mut by_author: BTreeMap<&str, Vec<(u64, u64, Seq)>> = BTreeMap::new();
        for post in pages.posts.values() {
            if let Some((answered, Some(accepted))) = post.answered
                && accepted.seq > 0
            {
                by_author.entry(&post.author).or_default().push((post.first_posted, answered, accepted.seq));
            }
        }
        for (author, posts) in by_author {
            for (_, answered, seq) in &posts {
                let after = posts.iter().find(|(posted, _, other)| posted > answered && other < seq);
                if let Some((_, _, other)) = after {
                    broken.push(format!("in order: {author} wrote {other} after {seq} was answered"));
                }
            }
        }
        for (lane, received) in &pages.received {
            // What was given up may still arrive late; what was read from a feed was not waited for.
            let got_through = |seq: &&Seq| {
                self.entries.get(seq).is_some_and(|entry| {
                    matches!(
                        entry.status,
                        EntryStatus::Delivered { how: Via::Webhook, .. } | EntryStatus::Pending { .. }
                    )
                })
            };
            let got: Vec<Seq> = received.iter().filter(got_through).copied().collect();
            if !got.is_sorted() {
                broken.push(format!("in order: {lane:?} received {got:?}"));
            }
        }
        self.chained(broken);
    }

    /// Receivers can tell from an entry which one came before it.
    fn chained(&self, broken: &mut Vec<String>) {
        for entry in self.entries.values().filter(|entry| entry.previous > 0) {
            if let Some(before) = self.entries.get(&entry.previous)
                && (before.lane != entry.lane || before.seq >= entry.seq)
            {
                broken.push(format!("in order: {} goes on from {} of another lane", entry.seq, before.seq));
            }
        }
        let mut followed = BTreeSet::new();
        for entry in self.entries.values().filter(|entry| self.is_first_sent(entry)) {
            if !followed.insert((entry.lane, entry.previous)) {
                broken.push(format!("in order: two entries go on from {}", entry.previous));
            }
        }
    }

    /// Not sent again after it was given up. A closed conversation takes no note of what is.
    fn is_first_sent(&self, entry: &Entry) -> bool {
        let Subject::Event { event, .. } = entry.subject else { return false };
        self.event(event).is_some_and(|event| event.at == entry.created_at)
    }

    fn announced_is_on_disk(&self, pages: &Pages, broken: &mut Vec<String>) {
        let on_disk: BTreeSet<Seq> = self.events.iter().map(|event| event.seq).collect();
        if let Some(seq) = pages.announced.difference(&on_disk).next() {
            broken.push(format!("kept: {seq} was announced and is not on disk"));
        }
    }

    fn explained(&self, broken: &mut Vec<String>) {
        for entry in self.entries.values().chain(self.questions.values()) {
            let attempts = self.attempts.get(&entry.seq).map_or(&[][..], Vec::as_slice);
            let numbered = attempts.iter().zip(1..).all(|(attempt, number)| attempt.number == number);
            let last = attempts.last();
            let fits = match &entry.status {
                EntryStatus::Pending { .. } => false,
                EntryStatus::Delivered { how: Via::Webhook, .. } => {
                    last.is_some_and(|last| last.error.is_none())
                }
                EntryStatus::Delivered { how: Via::Feed, .. } => true,
                EntryStatus::Dead { .. } => false,
                EntryStatus::Superseded { .. } | EntryStatus::Resolved { .. } => true,
            };
            if !numbered || attempts.len() != entry.attempts as usize || !fits {
                broken.push(format!("explained: {entry:?} with {} attempts", attempts.len()));
            }
        }
    }

    /// A customer's message is answered, or given up, within the bot's time from its turn on.
    fn nobody_waits_for_a_bot(&self, pages: &Pages, broken: &mut Vec<String>) {
        for entry in self.questions.values() {
            let Subject::Event { event, .. } = entry.subject else { continue };
            if !self.event(event).is_some_and(|event| matches!(event.fact, Fact::Message(_))) {
                continue;
            }
            let turn = self.questions.get(&entry.previous).and_then(settled_at).unwrap_or_default();
            let due = turn.max(entry.created_at) + BOT_TIMEOUT;
            match settled_at(entry) {
                None => broken.push(format!("on time: question {} is still open", entry.seq)),
                Some(at) if late(pages, due, at) > LATE_MAX => {
                    let late = late(pages, due, at);
                    broken.push(format!("on time: question {} was given up {late:?} late", entry.seq));
                }
                Some(_) => {}
            }
        }
    }

    fn on_time(&self, pages: &Pages, broken: &mut Vec<String>) {
        let mut rings: BTreeMap<TaskId, At> = BTreeMap::new();
        let mut wrap_ups: BTreeMap<TaskId, At> = BTreeMap::new();
        // Pauses and awaited answers, of which a conversation has one at a time.
        let mut pauses: BTreeMap<ConversationId, At> = BTreeMap::new();
        let mut answers: BTreeMap<ConversationId, At> = BTreeMap::new();
        for event in &self.events {
            match &event.fact {
                Fact::AgentReserved { task, .. } => {
                    if let Stage::Offered { until, .. } = task.stage {
                        rings.insert(task.id, until);
                    }
                }
                Fact::Paused { secs, .. } => {
                    pauses.insert(event.conversation, event.at + Span::secs((*secs).into()));
                }
                Fact::Resumed => {
                    let due = pauses.remove(&event.conversation);
                    if due.is_some_and(|due| late(pages, due, event.at) > LATE_MAX) {
                        broken.push(format!("on time: {} was paused for too long", event.conversation));
                    }
                }
                Fact::ResponseAwaited { secs, percent: 0, .. } => {
                    answers.insert(event.conversation, event.at + Span::secs((*secs).into()));
                }
                Fact::ResponseSettled | Fact::ResponseOverdue { .. } => {
                    let due = answers.remove(&event.conversation);
                    if due.is_some_and(|due| late(pages, due, event.at) > LATE_MAX) {
                        broken.push(format!(
                            "on time: an answer in {} was awaited too long",
                            event.conversation
                        ));
                    }
                }
                Fact::TaskChanged { task } => {
                    if let Stage::WrapUp { until, .. } = task.stage {
                        wrap_ups.insert(task.id, until);
                    }
                    let due = match task.stage {
                        Stage::Closed { reason: CloseReason::WrapUpExpired, .. } => {
                            wrap_ups.get(&task.id).copied()
                        }
                        Stage::Closed { reason: CloseReason::Rona, .. } => rings.get(&task.id).copied(),
                        Stage::Closed { reason: CloseReason::NoAgentAvailable, .. } => Some(task.expires_at),
                        _ => None,
                    };
                    if let Some(due) = due.filter(|due| late(pages, *due, event.at) > LATE_MAX) {
                        let late = late(pages, due, event.at);
                        broken.push(format!("on time: task {} was {late:?} late, due {due:?}", task.id));
                    }
                }
                _ => {}
            }
        }
    }
}

async fn questions(store: &Store, events: &[Arc<Event>]) -> Result<BTreeMap<Seq, Entry>, Error> {
    let mut questions = BTreeMap::new();
    let told =
        events.iter().filter(|event| matches!(event.fact, Fact::Message(_)) || intent(&event.fact).is_some());
    for event in told {
        let entries = store.entries_of_event(event.seq).await?.into_iter();
        let to_bots = entries.filter(|entry| matches!(entry.to, Receiver::Bot(_)));
        questions.extend(to_bots.map(|entry| (entry.seq, entry)));
    }
    Ok(questions)
}

const fn settled_at(entry: &Entry) -> Option<At> {
    match entry.status {
        EntryStatus::Pending { .. } => None,
        EntryStatus::Delivered { at, .. }
        | EntryStatus::Dead { at, .. }
        | EntryStatus::Resolved { at, .. }
        | EntryStatus::Superseded { at } => Some(at),
    }
}

/// How late something was, not counting what nobody can be blamed for.
fn late(pages: &Pages, due: At, fired: At) -> Span {
    let mut due = due;
    while let Some((_, until)) =
        pages.excused.iter().find(|(from, until)| *from <= due + LATE_MAX && *until > due && *from <= fired)
    {
        due = *until;
    }
    fired.since(due)
}
