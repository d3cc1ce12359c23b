//! Deliveries: reports on attempts come in, further attempts go out.

use std::sync::Arc;

use crate::command::Attempted;
use crate::deadline::Deadline;
use crate::delivery::outbox::Party;
use crate::delivery::{Attempt, Entry, EntryStatus, Lane, Outcome as Landing, Receiver, Subject, Via};
use crate::effect::Effect;
use crate::event::{Emitter, Fact, ReceiptStatus, Seq};
use crate::id::{ChannelId, ConnectorId};
use crate::turn::Turn;

impl Turn<'_> {
    /// Hands out what a connector or bot may be sent now and sets the moment to look again.
    pub fn pump_line(&mut self, to: Receiver) {
        let now = self.now;
        let due = match to {
            Receiver::Connector(connector) if !self.has_webhook(connector) => self.give_up_unread(connector),
            Receiver::Connector(_) | Receiver::Bot(_) => {
                for dispatch in self.state.outbox.pump(to, now, &self.state.policy.line) {
                    let effect = match to {
                        Receiver::Connector(_) => Effect::Deliver(Box::new(dispatch)),
                        Receiver::Bot(bot) => self.question(bot, dispatch),
                    };
                    self.effect(effect);
                }
                self.state.outbox.next_due(to, &self.state.policy.line)
            }
        };
        let former = self.state.line_due.remove(&to);
        self.state.deadlines.set(Deadline::Line(to), former, due);
        if let Some(due) = due {
            self.state.line_due.insert(to, due);
        }
    }

    /// A connector that reads its feed has the same time to do so that a webhook has to recover.
    fn give_up_unread(&mut self, connector: ConnectorId) -> Option<crate::time::At> {
        let patience = self.state.policy.schedule.give_up_after;
        while let Some(seq) = self
            .state
            .outbox
            .oldest(Receiver::Connector(connector))
            .filter(|oldest| oldest.created_at + patience <= self.now)
            .map(|oldest| oldest.seq)
        {
            let reason = "not read from the feed in time".into();
            self.settle_entry(seq, 0, EntryStatus::Dead { at: self.now, reason });
        }
        let oldest = self.state.outbox.oldest(Receiver::Connector(connector))?;
        Some(oldest.created_at + patience)
    }

    /// Whether what is for somebody is sent to him, rather than read by him.
    pub fn is_pushed_to(&self, to: Receiver) -> bool {
        to.connector().is_none_or(|connector| self.has_webhook(connector))
    }

    pub fn has_webhook(&self, connector: ConnectorId) -> bool {
        let registry = &self.state.registry;
        registry
            .connector(connector)
            .and_then(|connector| registry.provider(connector.value.provider))
            .is_some_and(|provider| provider.value.webhook.is_some())
    }

    pub fn attempted(&mut self, report: &Attempted) {
        let now = self.now;
        let Some(entry) = self.state.outbox.entry(report.entry).cloned() else { return };
        // An endpoint that says it is gone is not one that is down.
        let healthy = !matches!(report.outcome, Landing::Failed { .. });
        self.state.outbox.landed(report.entry, healthy, now, &self.state.policy.line);
        self.state.outbox.count(entry.to, now, report.status, report.duration_ms, &report.outcome);
        let attempts = entry.attempts + 1;
        let error = match &report.outcome {
            Landing::Delivered => None,
            Landing::Final { reason } | Landing::Failed { reason, .. } => Some(reason.clone()),
        };
        self.state.batch.attempts.push(Attempt {
            entry: entry.seq,
            number: attempts,
            at: report.at,
            duration_ms: report.duration_ms,
            status: report.status,
            error: error.clone(),
        });
        let failed_before = entry.attempts > 0;
        match &report.outcome {
            Landing::Delivered => {
                self.settle_entry(entry.seq, attempts, EntryStatus::Delivered { at: now, how: Via::Webhook });
                if failed_before {
                    self.tell_desks(&entry, report, ReceiptStatus::Delivered, None);
                }
            }
            Landing::Final { reason } => {
                let dead = EntryStatus::Dead { at: now, reason: reason.clone() };
                self.settle_entry(entry.seq, attempts, dead);
                self.tell_desks(&entry, report, ReceiptStatus::Failed, error);
            }
            Landing::Failed { reason, not_before } => {
                let next =
                    self.state.policy.schedule.next(entry.seq, attempts, entry.created_at, now, *not_before);
                match next {
                    Some(due) => {
                        if let Some(entry) = self.state.outbox.postpone(entry.seq, attempts, due) {
                            self.state.batch.entries.push(entry);
                        }
                    }
                    None => {
                        let dead = EntryStatus::Dead { at: now, reason: reason.clone() };
                        self.settle_entry(entry.seq, attempts, dead);
                    }
                }
                if !failed_before || next.is_none() {
                    self.tell_desks(&entry, report, ReceiptStatus::Failed, error);
                }
            }
        }
        self.lines.insert(entry.to);
    }

    pub fn settle_entry(&mut self, seq: Seq, attempts: u32, status: EntryStatus) {
        if let Some(entry) = self.state.outbox.settle(seq, attempts, status) {
            self.lines.insert(entry.to);
            let next = self.state.outbox.lane(entry.lane).next().and_then(|seq| self.state.outbox.entry(seq));
            self.lines.extend(next.map(|next| next.to));
            self.state.batch.entries.push(entry);
        }
    }

    /// An agent's message failed, or got through after all: he is told.
    fn tell_desks(
        &mut self,
        entry: &Entry,
        report: &Attempted,
        status: ReceiptStatus,
        reason: Option<Box<str>>,
    ) {
        let (Some(message), Subject::Event { conversation, customer, .. }, Lane::Session(session)) =
            (&report.message, entry.subject, entry.lane)
        else {
            return;
        };
        let fact = Fact::Receipt { message: message.clone(), status, reason };
        match self.take(conversation) {
            Some(conversation) => {
                self.record(&conversation, Some(session), Emitter::System, fact);
                self.put_back(conversation);
            }
            None => {
                self.write_event(conversation, customer, Some(session), Emitter::System, fact);
            }
        }
    }

    /// Everything up to the cursor counts as delivered, whatever the webhook did so far.
    pub fn acknowledge_feed(&mut self, connector: ConnectorId, cursor: Seq) {
        for seq in self.state.outbox.up_to(Receiver::Connector(connector), cursor) {
            let attempts = self.state.outbox.entry(seq).map_or(0, |entry| entry.attempts);
            self.settle_entry(seq, attempts, EntryStatus::Delivered { at: self.now, how: Via::Feed });
        }
    }

    pub(crate) fn party_of(&self, entry: &Entry) -> Option<Party> {
        let (Lane::Session(session), Subject::Event { conversation, customer, .. }) =
            (entry.lane, entry.subject)
        else {
            return None;
        };
        let session = match self.state.conversation(conversation) {
            Some(live) => live.session(session).cloned(),
            None => self.state.recent.conversation(self.facts, conversation)?.session(session).cloned(),
        };
        Some(Party { session: session?, customer: self.customer(customer)? })
    }

    /// Tells every channel of a connector that its configuration changed. A push that has not left yet is replaced.
    pub fn push_configuration(&mut self, connector: ConnectorId) {
        if !self.has_webhook(connector) {
            return;
        }
        let registry = Arc::clone(&self.state.registry);
        let Some(version) = registry.connector(connector).map(|connector| connector.version) else { return };
        for channel in registry.channels_of(connector) {
            self.push_channel_configuration(connector, channel.value.id, version);
        }
    }

    pub fn push_channel_configuration(&mut self, connector: ConnectorId, channel: ChannelId, version: u64) {
        let lane = Lane::Configuration(channel);
        let waiting: Vec<Seq> =
            self.state.outbox.lane(lane).filter(|seq| !self.state.outbox.is_in_flight(*seq)).collect();
        for seq in waiting {
            let attempts = self.state.outbox.entry(seq).map_or(0, |entry| entry.attempts);
            self.settle_entry(seq, attempts, EntryStatus::Superseded { at: self.now });
        }
        let entry = Entry {
            seq: self.state.take_seq(),
            to: Receiver::Connector(connector),
            lane,
            subject: Subject::Configuration { version },
            previous: 0,
            created_at: self.now,
            attempts: 0,
            status: EntryStatus::Pending { due: self.now },
        };
        self.enqueue_entry(entry, None, None);
    }
}
