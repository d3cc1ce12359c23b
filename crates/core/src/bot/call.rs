//! Questions to bots that live elsewhere.
//!
//! A question is an entry of the outbox, in a lane of its conversation: none is lost, their order is kept, and a
//! slow bot holds up nobody else. The head of the lane has the bot's timeout to be answered, counted from its
//! turn; the moment is a field of the bot's seat, so it stands across a restart. A failed attempt is made again
//! within that time, under the same key. Whatever happens, the customer hears from somebody.

use std::sync::Arc;

use crate::command::{BotAnswered, BotOutcome};
use crate::conversation::{About, Asked, Conversation};
use crate::deadline::Deadline;
use crate::delivery::outbox::{Dispatch, Party};
use crate::delivery::{Attempt, Entry, EntryStatus, Lane, Receiver, Subject, Via};
use crate::effect::Effect;
use crate::event::{BotSilence, Event, Fact, Seq};
use crate::id::{BotId, ConversationId};
use crate::registry::Bot;
use crate::time::{At, Span};
use crate::turn::Turn;

/// Questions of one conversation that wait for their turn; a customer who writes more is not put to the bot.
const WAITING_MAX: usize = 32;
/// Waits before further attempts. A customer waits for the answer, so there are few.
const RETRY_WAITS: [Span; 2] = [Span::millis(250), Span::secs(1)];

impl Turn<'_> {
    /// Puts an event to the bot: a customer's message, or what happened.
    pub(super) fn call_bot(&mut self, conversation: &mut Conversation, bot: &Bot, event: &Arc<Event>) {
        let (lane, to) = (Lane::Bot(conversation.id), Receiver::Bot(bot.id));
        let full = self.state.outbox.lane(lane).count() >= WAITING_MAX;
        if full || self.state.outbox.is_spared(to, self.now) {
            let reason =
                if full { "too many questions wait for it" } else { "it failed too often and is spared" };
            self.bot_is_silent(conversation, event.session, BotSilence::NotAvailable, reason);
            return;
        }
        let seq = self.state.take_seq();
        let customer = conversation.customer;
        let entry = Entry {
            seq,
            to,
            lane,
            subject: Subject::Event { event: event.seq, conversation: conversation.id, customer },
            previous: conversation.bot.as_mut().map_or(0, |seat| std::mem::replace(&mut seat.last_call, seq)),
            created_at: self.now,
            attempts: 0,
            status: EntryStatus::Pending { due: self.now },
        };
        let session = event.session.and_then(|id| conversation.session(id)).cloned();
        let party =
            session.zip(self.customer(customer)).map(|(session, customer)| Party { session, customer });
        self.enqueue_entry(entry, Some(Arc::clone(event)), party);
        self.await_head(conversation);
    }

    /// The head of the bot's lane has its time from now on, unless it has already.
    fn await_head(&mut self, conversation: &mut Conversation) {
        let id = conversation.id;
        let Some(seat) = conversation.bot.as_mut() else { return };
        let head = self.state.outbox.lane(Lane::Bot(id)).next();
        if seat.asked.as_ref().map(|asked| asked.entry) == head {
            return;
        }
        let timeout = self.state.registry.bot(seat.bot).map_or(Span::ZERO, |bot| bot.value.timeout());
        let next = head.map(|entry| Asked { entry, until: self.now + timeout, taken: None, spoken: false });
        let former = std::mem::replace(&mut seat.asked, next);
        let until = seat.asked.as_ref().map(|asked| asked.until);
        self.state.deadlines.set(Deadline::BotAnswer(id), former.map(|asked| asked.until), until);
    }

    /// A question that may be put now, with the moment until which its answer is worth something.
    pub fn question(&self, bot: BotId, dispatch: Dispatch) -> Effect {
        let conversation = match dispatch.entry.subject {
            Subject::Event { conversation, .. } => self.state.conversation(conversation),
            Subject::Configuration { .. } => None,
        };
        let asked = conversation.and_then(|live| live.bot.as_ref()?.asked.as_ref());
        let until = asked.filter(|asked| asked.entry == dispatch.entry.seq).map(|asked| asked.until);
        let timeout = self.state.registry.bot(bot).map_or(Span::ZERO, |bot| bot.value.timeout());
        Effect::AskBot { bot, until: until.unwrap_or(self.now + timeout), dispatch: Box::new(dispatch) }
    }

    /// An attempt to ask has ended. One that nobody waits for any more changes nothing.
    pub fn bot_answered(&mut self, report: &BotAnswered) {
        let Some(entry) = self.state.outbox.entry(report.entry).cloned() else { return };
        let (Receiver::Bot(bot), Subject::Event { conversation: id, .. }) = (entry.to, entry.subject) else {
            return;
        };
        let reached = matches!(report.outcome, BotOutcome::Answered(_) | BotOutcome::Later);
        // Around a crash an attempt can be made twice. The bot that took the question the other time has it.
        if !reached && self.has_taken(id, entry.seq) {
            return;
        }
        // One that refuses a question is not down.
        let healthy = !matches!(report.outcome, BotOutcome::Failed { .. });
        self.state.outbox.landed(entry.seq, healthy, self.now, &self.state.policy.line);
        self.lines.insert(entry.to);
        let attempts = entry.attempts + 1;
        let error = match &report.outcome {
            BotOutcome::Failed { reason, .. } | BotOutcome::Refused { reason } => Some(reason.clone()),
            BotOutcome::Answered(_) | BotOutcome::Later => None,
        };
        self.note_attempt(&entry, report.at, report.duration_ms, report.status, error);
        let Some(mut conversation) = self.take(id) else {
            let at = self.now;
            let delivered = EntryStatus::Delivered { at, how: Via::Webhook };
            let status = if reached { delivered } else { EntryStatus::Superseded { at } };
            self.settle_entry(entry.seq, attempts, status);
            return;
        };
        match &report.outcome {
            BotOutcome::Answered(replies) => {
                let delivered = EntryStatus::Delivered { at: self.now, how: Via::Webhook };
                self.settle_entry(entry.seq, attempts, delivered);
                self.await_head(&mut conversation);
                let heard = self.hear(&mut conversation, bot, &report.about, replies);
                if !heard && report.about.message.is_some() {
                    self.nothing_said(&mut conversation, &report.about);
                }
            }
            BotOutcome::Later => self.wait_for_answer(&mut conversation, &entry, attempts, &report.about),
            BotOutcome::Failed { silence, reason } => {
                self.try_again(&mut conversation, &entry, attempts, *silence, reason, &report.about);
            }
            BotOutcome::Refused { reason } => {
                let silence = BotSilence::NotAvailable;
                self.go_on_without(&mut conversation, &entry, attempts, silence, reason, &report.about);
            }
        }
        self.put_back(conversation);
    }

    fn has_taken(&self, conversation: ConversationId, entry: Seq) -> bool {
        let live = self.state.conversation(conversation);
        let asked = live.and_then(|live| live.bot.as_ref()?.asked.as_ref());
        asked.is_some_and(|asked| asked.entry == entry && asked.taken.is_some())
    }

    /// The bot has the question: it is not put again, and the lane waits for the answer or for the end of its time. Not when
    /// there is nothing to wait for: a bot that was told of an event need not say anything, and one may speak before it
    /// says that it has the question.
    fn wait_for_answer(
        &mut self,
        conversation: &mut Conversation,
        entry: &Entry,
        attempts: u32,
        about: &About,
    ) {
        let seat = conversation.bot.as_mut();
        let asked = seat.and_then(|seat| seat.asked.as_mut()).filter(|asked| asked.entry == entry.seq);
        let Some(asked) = asked.filter(|asked| about.message.is_some() && !asked.spoken) else {
            let delivered = EntryStatus::Delivered { at: self.now, how: Via::Webhook };
            self.settle_entry(entry.seq, attempts, delivered);
            self.await_head(conversation);
            return;
        };
        asked.taken = Some(about.clone());
        let until = asked.until;
        if let Some(entry) = self.state.outbox.postpone(entry.seq, attempts, until) {
            self.state.batch.entries.push(entry);
        }
    }

    fn try_again(
        &mut self,
        conversation: &mut Conversation,
        entry: &Entry,
        attempts: u32,
        silence: BotSilence,
        reason: &str,
        about: &About,
    ) {
        let asked = conversation.bot.as_ref().and_then(|seat| seat.asked.as_ref());
        let until = asked.filter(|asked| asked.entry == entry.seq).map(|asked| asked.until);
        let wait = usize::try_from(entry.attempts).ok().and_then(|made| RETRY_WAITS.get(made));
        let due = wait.map(|wait| self.now + *wait).filter(|due| until.is_some_and(|until| *due < until));
        if let Some(due) = due {
            if let Some(entry) = self.state.outbox.postpone(entry.seq, attempts, due) {
                self.state.batch.entries.push(entry);
            }
            return;
        }
        self.go_on_without(conversation, entry, attempts, silence, reason, about);
    }

    /// The question is not put again.
    fn go_on_without(
        &mut self,
        conversation: &mut Conversation,
        entry: &Entry,
        attempts: u32,
        silence: BotSilence,
        reason: &str,
        about: &About,
    ) {
        self.settle_entry(entry.seq, attempts, EntryStatus::Superseded { at: self.now });
        self.await_head(conversation);
        let is_asked_on = conversation.bot.as_ref().is_some_and(|seat| seat.asked.is_some());
        if about.message.is_none() && is_asked_on {
            // Who cannot be told of an event may still answer the customer.
            self.note_silence(conversation, about.session, silence, reason);
        } else {
            self.bot_is_silent(conversation, about.session, silence, reason);
        }
    }

    /// The question the bot has taken is answered now. What it was about, if there is one.
    pub(super) fn answer_to_taken(&mut self, conversation: &mut Conversation) -> Option<About> {
        let asked = conversation.bot.as_mut()?.asked.as_mut()?;
        let about = asked.taken.take()?;
        let entry = asked.entry;
        let attempts = self.state.outbox.entry(entry).map_or(0, |entry| entry.attempts);
        self.settle_entry(entry, attempts, EntryStatus::Delivered { at: self.now, how: Via::Webhook });
        self.await_head(conversation);
        Some(about)
    }

    /// The bot has had its time.
    pub fn bot_overdue(&mut self, id: ConversationId, at: At) {
        let Some(mut conversation) = self.take(id) else { return };
        let asked = conversation.bot.as_ref().and_then(|seat| seat.asked.clone());
        if let Some(asked) = asked.filter(|asked| asked.until == at) {
            let silence = self.give_up_question(&asked);
            self.await_head(&mut conversation);
            let session = asked.taken.and_then(|about| about.session);
            self.bot_is_silent(&mut conversation, session, silence, "no answer in time");
        }
        self.put_back(conversation);
    }

    fn give_up_question(&mut self, asked: &Asked) -> BotSilence {
        let under_way = self.state.outbox.is_in_flight(asked.entry);
        let Some(entry) = self.state.outbox.entry(asked.entry).cloned() else { return BotSilence::Timeout };
        let mut attempts = entry.attempts;
        if under_way {
            attempts += 1;
            self.state.outbox.landed(entry.seq, false, self.now, &self.state.policy.line);
            self.note_attempt(&entry, self.now, 0, None, Some("no answer in time".into()));
        }
        self.settle_entry(entry.seq, attempts, EntryStatus::Superseded { at: self.now });
        if under_way || asked.taken.is_some() { BotSilence::Timeout } else { BotSilence::NotAvailable }
    }

    fn note_attempt(
        &mut self,
        entry: &Entry,
        at: At,
        duration_ms: u32,
        status: Option<u16>,
        error: Option<Box<str>>,
    ) {
        let number = entry.attempts + 1;
        self.state.batch.attempts.push(Attempt { entry: entry.seq, number, at, duration_ms, status, error });
    }

    /// The bot leaves the conversation: what it was still to be asked is pointless.
    pub fn drop_questions(&mut self, conversation: &mut Conversation) {
        let waiting: Vec<Seq> = self.state.outbox.lane(Lane::Bot(conversation.id)).collect();
        for seq in waiting {
            let attempts = self.state.outbox.entry(seq).map_or(0, |entry| entry.attempts);
            self.settle_entry(seq, attempts, EntryStatus::Superseded { at: self.now });
        }
        self.await_head(conversation);
    }

    /// Remembers an event for the bot of its conversation, if it is one that bots are told and this one listens.
    pub fn note_for_bot(&mut self, bot: Option<BotId>, event: &Arc<Event>) {
        let Some(bot) = bot.filter(|_| intent(&event.fact).is_some()) else { return };
        if self
            .state
            .registry
            .bot(bot)
            .is_some_and(|bot| bot.value.is_called() && bot.value.settings.hears_events)
        {
            self.for_bots.push((bot, Arc::clone(event)));
        }
    }

    /// Puts what was noted to the bot.
    pub fn tell_bot(&mut self, conversation: &mut Conversation) {
        let id = conversation.id;
        let (told, rest) =
            std::mem::take(&mut self.for_bots).into_iter().partition(|(_, event)| event.conversation == id);
        self.for_bots = rest;
        for (bot, event) in told {
            if let Some(bot) = self.state.registry.bot(bot).map(Arc::clone) {
                self.call_bot(conversation, &bot.value, &event);
            }
        }
    }
}

/// The name under which bots are told of an event; `None` for those they are not told of.
#[must_use]
pub const fn intent(fact: &Fact) -> Option<&'static str> {
    match fact {
        Fact::SessionStarted => Some("CHANNEL_SESSION_STARTED"),
        Fact::SessionEnded { .. } => Some("CHANNEL_SESSION_ENDED"),
        Fact::ConversationClosed => Some("END_CONVERSATION"),
        Fact::AgentReserved { .. } => Some("AGENT_RESERVED"),
        Fact::AgentSubscribed { .. } => Some("AGENT_SUBSCRIBED"),
        Fact::AgentUnsubscribed { .. } => Some("AGENT_UNSUBSCRIBED"),
        _ => None,
    }
}
