//! Response times: how long an agent may take to answer, and a customer to be heard of again.
//!
//! The agent's runs once per conversation, for all who serve, and only where the queue sets a time. The customer's
//! runs once per session; when it is over the session ends. On the way each has thresholds at which something
//! is said or shown. Every moment is stored, so none is lost with the process, and none comes twice.

use std::sync::Arc;

use tieline_cim::Why;

use crate::conversation::{Conversation, EndReason, ResponseTimer, Session, State as ConversationState};
use crate::deadline::Deadline;
use crate::departure::Departure;
use crate::event::{Emitter, Fact};
use crate::id::{ConversationId, SessionId, UserId};
use crate::refusal::Refusal;
use crate::registry::Service;
use crate::registry::settings::{AgentThreshold, CustomerThreshold, CustomerThresholdAction};
use crate::report::{Counts, Measure};
use crate::task::Stage;
use crate::time::{At, Span};
use crate::turn::{Outcome, Turn};

impl Turn<'_> {
    // The agent's time.

    /// The customer awaits an answer: the time runs, if it does not already.
    pub fn await_response(&mut self, conversation: &mut Conversation) {
        let waits = conversation.response.is_none()
            && conversation.state == ConversationState::Active
            && conversation.has_primary();
        let secs =
            if waits && !self.is_on_call(conversation) { self.response_secs(conversation) } else { None };
        if let Some(secs) = secs {
            let next_at = self.next_of_response(conversation, self.now, secs, 0);
            conversation.response = Some(Box::new(ResponseTimer {
                since: self.now,
                secs,
                passed_percent: 0,
                shown: None,
                next_at,
            }));
            self.state.deadlines.set(Deadline::Response(conversation.id), None, Some(next_at));
            let fact = Fact::ResponseAwaited { secs, percent: 0, action: None };
            self.record(conversation, None, Emitter::System, fact);
        }
    }

    /// The time starts anew, whether or not it was running.
    pub fn restart_response(&mut self, conversation: &mut Conversation) {
        self.settle_response(conversation);
        self.await_response(conversation);
    }

    /// Nobody awaits an answer any more.
    pub fn settle_response(&mut self, conversation: &mut Conversation) {
        let Some(timer) = conversation.response.take() else { return };
        self.state.deadlines.set(Deadline::Response(conversation.id), Some(timer.next_at), None);
        self.record(conversation, None, Emitter::System, Fact::ResponseSettled);
    }

    /// An agent asks for the whole time again.
    pub fn extend_response(&mut self, agent: UserId, id: ConversationId) -> Outcome<()> {
        if self.require_primary(agent, id)?.response.is_none() {
            return Err(Refusal::conflict(Why::NoAnswerAwaited).into());
        }
        if let Some(mut conversation) = self.take(id) {
            self.restart_response(&mut conversation);
            self.put_back(conversation);
        }
        Ok(())
    }

    /// A part of the time to answer is over, or all of it.
    pub fn response_due(&mut self, id: ConversationId, at: At) {
        let Some(mut conversation) = self.take(id) else { return };
        if let Some(timer) = conversation.response.take_if(|timer| timer.next_at == at) {
            if at >= moment(timer.since, timer.secs, 100) {
                self.response_overdue(&mut conversation, timer.secs);
            } else {
                self.pass_threshold(&mut conversation, *timer, at);
            }
        }
        self.put_back(conversation);
    }

    /// Passes the threshold that is due. Thresholds may have been changed since the timer was set: then none may be.
    fn pass_threshold(&mut self, conversation: &mut Conversation, mut timer: ResponseTimer, at: At) {
        let next = self.agent_threshold_after(conversation, timer.passed_percent);
        let passed = next.filter(|next| moment(timer.since, timer.secs, next.percentage) <= at);
        if let Some(passed) = passed {
            timer.passed_percent = passed.percentage;
            timer.shown = Some(passed.action);
        }
        timer.next_at = self.next_of_response(conversation, timer.since, timer.secs, timer.passed_percent);
        self.state.deadlines.set(Deadline::Response(conversation.id), None, Some(timer.next_at));
        let fact = passed.map(|passed| Fact::ResponseAwaited {
            secs: timer.secs,
            percent: passed.percentage,
            action: Some(passed.action),
        });
        conversation.response = Some(Box::new(timer));
        if let Some(fact) = fact {
            self.record(conversation, None, Emitter::System, fact);
        }
    }

    /// Nobody answered: everybody who serves is taken off, and somebody else is looked for.
    fn response_overdue(&mut self, conversation: &mut Conversation, secs: u32) {
        self.record(conversation, None, Emitter::System, Fact::ResponseOverdue { secs });
        let primaries: Vec<UserId> = conversation.primaries().map(|seat| seat.agent).collect();
        for agent in &primaries {
            if let Some(task) = conversation.task_of(*agent) {
                self.count_work(conversation, task, Some(*agent), &Counts::of([(Measure::Overdue, 1)]));
            }
            self.depart(conversation, *agent, Departure::Unanswered);
        }
        // They had their chance: they are asked again only when nobody else is left.
        for task in conversation.tasks.iter_mut().filter(|task| task.stage == Stage::Queued) {
            task.passed_by.extend(&primaries);
        }
    }

    /// Seconds the queue or pull list gives the agent who has served longest; `None` when it sets no time.
    fn response_secs(&self, conversation: &Conversation) -> Option<u32> {
        self.service_of(conversation)?.agent_sla_secs
    }

    fn service_of(&self, conversation: &Conversation) -> Option<Service<'_>> {
        let task = conversation.primaries().find_map(|seat| conversation.task_of(seat.agent))?;
        self.state.registry.service(conversation.source_behind(task)?)
    }

    fn next_of_response(&self, conversation: &Conversation, since: At, secs: u32, passed: u8) -> At {
        let next = self.agent_threshold_after(conversation, passed);
        moment(since, secs, next.map_or(100, |threshold| threshold.percentage))
    }

    fn agent_threshold_after(&self, conversation: &Conversation, passed: u8) -> Option<AgentThreshold> {
        let own = self.service_of(conversation).and_then(|service| service.agent_thresholds);
        let settings = self.state.registry.settings();
        let thresholds = own.unwrap_or(&settings.value.settings.agent_thresholds);
        let later = thresholds.iter().filter(|threshold| threshold.percentage > passed);
        later.min_by_key(|threshold| threshold.percentage).copied()
    }

    // The customer's time.

    /// Sets when a session's silence runs out, and when it comes to its first threshold.
    pub fn set_silence(&mut self, conversation: &mut Conversation, session: SessionId, until: Option<At>) {
        let id = conversation.id;
        let Some(open) = conversation.session(session) else { return };
        let until = until.filter(|_| open.is_open());
        let threshold_at = until.and_then(|until| self.next_of_silence(open, until, 0));
        if open.silent_until == until && open.threshold_at == threshold_at && open.passed_percent == 0 {
            return;
        }
        let Some(session) = conversation.session_mut(session) else { return };
        self.state.deadlines.set(Deadline::Inactivity(id, session.id), session.silent_until, until);
        self.state.deadlines.set(Deadline::Silence(id, session.id), session.threshold_at, threshold_at);
        session.silent_until = until;
        session.threshold_at = threshold_at;
        session.passed_percent = 0;
    }

    /// The customer has been silent for a part of the time he has.
    pub fn silence_grows(&mut self, id: ConversationId, session: SessionId, at: At) {
        let Some(mut conversation) = self.take(id) else { return };
        let open = conversation.session(session).filter(|open| open.threshold_at == Some(at)).map(Arc::clone);
        if let Some((open, until)) = open.and_then(|open| Some((Arc::clone(&open), open.silent_until?))) {
            // Thresholds may have been changed since the timer was set: then none may be due.
            let passed = self.customer_threshold_after(&open, open.passed_percent, CustomerThreshold::clone);
            let passed = passed.filter(|passed| silence_at(&open, until, passed.percentage) <= at);
            let percent = passed.as_ref().map_or(open.passed_percent, |passed| passed.percentage);
            let next = self.next_of_silence(&open, until, percent);
            self.state.deadlines.set(Deadline::Silence(id, session), None, next);
            if let Some(open) = conversation.session_mut(session) {
                open.threshold_at = next;
                open.passed_percent = percent;
            }
            match passed {
                Some(CustomerThreshold { action: CustomerThresholdAction::NotifyCustomer, text, .. }) => {
                    self.say(&mut conversation, session, &text);
                }
                Some(CustomerThreshold { action: CustomerThresholdAction::EndSession, .. }) => {
                    self.end_session(&mut conversation, session, EndReason::Inactivity);
                }
                None => {}
            }
        }
        self.put_back(conversation);
    }

    fn next_of_silence(&self, session: &Session, until: At, passed: u8) -> Option<At> {
        let percent = self.customer_threshold_after(session, passed, |threshold| threshold.percentage)?;
        Some(silence_at(session, until, percent))
    }

    fn customer_threshold_after<T>(
        &self,
        session: &Session,
        passed: u8,
        of: impl FnOnce(&CustomerThreshold) -> T,
    ) -> Option<T> {
        let channel = self.state.registry.channel(session.channel);
        let own = channel.and_then(|channel| channel.value.customer_thresholds.as_ref());
        let settings = self.state.registry.settings();
        let thresholds = own.unwrap_or(&settings.value.settings.customer_thresholds);
        let later = thresholds.iter().filter(|threshold| threshold.percentage > passed);
        later.min_by_key(|threshold| threshold.percentage).map(of)
    }
}

fn silence_at(session: &Session, until: At, percent: u8) -> At {
    let since = until - Span::secs(u64::from(session.inactivity_secs));
    moment(since, session.inactivity_secs, percent)
}

/// When so many hundredths of a time that began at `since` are over.
fn moment(since: At, secs: u32, percent: u8) -> At {
    since + Span::millis(u64::from(secs) * 10 * u64::from(percent))
}
