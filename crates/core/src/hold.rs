//! Pauses: an agent puts a conversation aside for a while he chooses from a list.
//!
//! Nobody's answer is awaited meanwhile. It ends by itself, when he says so, as soon as he writes to the customer,
//! and whenever the conversation passes to somebody else.

use tieline_cim::Why;

use crate::conversation::{Conversation, Hold, Role, State as ConversationState};
use crate::deadline::Deadline;
use crate::event::{Emitter, Fact};
use crate::id::{ConversationId, MrdId, UserId};
use crate::refusal::Refusal;
use crate::time::{At, Span};
use crate::turn::{Outcome, Turn};

/// How long a conversation waits for an agent whose other work came first.
const INTERRUPTED_SECS_MAX: u32 = 4 * 3600;

impl Turn<'_> {
    pub fn pause(&mut self, agent: UserId, id: ConversationId, secs: u32) -> Outcome<()> {
        let conversation = self.require_primary(agent, id)?;
        let choices = &self.state.registry.settings().value.settings.pauses;
        let refusal = if !conversation.customer_is_here() {
            Some(Refusal::conflict(Why::NothingToPause))
        } else if conversation.hold.is_some() {
            Some(Refusal::conflict(Why::PausedAlready))
        } else if !choices.contains(&secs) {
            let choices: Vec<String> = choices.iter().map(ToString::to_string).collect();
            let why = match choices.is_empty() {
                true => Why::NoPauses,
                false => Why::PauseUnknown { choices: choices.join(", ") },
            };
            Some(Refusal::invalid("duration", why))
        } else {
            None
        };
        if let Some(refusal) = refusal {
            return Err(refusal.into());
        }
        let Some(mut conversation) = self.take(id) else { return Ok(()) };
        self.hold(&mut conversation, agent, secs, false);
        self.put_back(conversation);
        Ok(())
    }

    fn hold(&mut self, conversation: &mut Conversation, agent: UserId, secs: u32, interrupted: bool) {
        let until = self.now + Span::secs(u64::from(secs));
        self.settle_response(conversation);
        self.stop_all_silence(conversation);
        conversation.hold = Some(Box::new(Hold { since: self.now, until, by: agent, interrupted }));
        conversation.state = ConversationState::OnHold;
        self.state.deadlines.set(Deadline::Hold(conversation.id), None, Some(until));
        self.record(conversation, None, Emitter::Agent(agent), Fact::Paused { by: agent, secs });
        let text = self.text(|texts| &texts.paused);
        self.say_to_customer(conversation, &text);
    }

    /// Other work of the agent's comes first: what he serves alone waits for him.
    pub fn hold_interrupted(&mut self, conversation: &mut Conversation, agent: UserId) {
        let alone = conversation.primaries().all(|seat| seat.agent == agent);
        if alone && conversation.hold.is_none() && conversation.customer_is_here() {
            self.hold(conversation, agent, INTERRUPTED_SECS_MAX, true);
        }
    }

    /// That work is over: what waited for him in these domains goes on.
    pub fn resume_interrupted(&mut self, agent: UserId, domains: &[MrdId]) {
        let seats = self.state.seats.get(&agent).into_iter().flatten().copied();
        let waits = |id: &ConversationId| {
            let conversation = self.state.conversation(*id)?;
            let hold = conversation.hold.as_ref()?;
            let task = conversation.task_of(agent)?;
            (hold.interrupted && hold.by == agent && domains.contains(&task.mrd)).then_some(())
        };
        for id in seats.filter(|id| waits(id).is_some()).collect::<Vec<_>>() {
            if let Some(mut conversation) = self.take(id) {
                self.resume_service(&mut conversation);
                self.put_back(conversation);
            }
        }
    }

    pub fn resume(&mut self, agent: UserId, id: ConversationId) -> Outcome<()> {
        if self.require_primary(agent, id)?.hold.is_none() {
            return Err(Refusal::conflict(Why::NotPaused).into());
        }
        if let Some(mut conversation) = self.take(id) {
            self.resume_service(&mut conversation);
            self.put_back(conversation);
        }
        Ok(())
    }

    /// The pause has lasted as long as it was to.
    pub fn hold_over(&mut self, id: ConversationId, at: At) {
        let Some(mut conversation) = self.take(id) else { return };
        if conversation.hold.as_ref().is_some_and(|hold| hold.until == at) {
            self.resume_service(&mut conversation);
        }
        self.put_back(conversation);
    }

    /// An agent serves no more. What he paused goes on with those who still do: they know of nothing to wait for.
    pub fn end_pause_of(&mut self, conversation: &mut Conversation, agent: UserId) {
        let his = conversation.hold.as_ref().is_some_and(|hold| hold.by == agent);
        if his && conversation.has_primary() && conversation.customer_is_here() {
            self.resume_service(conversation);
        }
    }

    fn resume_service(&mut self, conversation: &mut Conversation) {
        self.lift_hold(conversation);
        let text = self.text(|texts| &texts.resumed);
        self.say_to_customer(conversation, &text);
        self.restart_response(conversation);
        self.restart_all_silence(conversation);
    }

    /// Ends a pause, if there is one. Which answers are awaited from now on is the caller's to say.
    pub fn lift_hold(&mut self, conversation: &mut Conversation) {
        let Some(hold) = conversation.hold.take() else { return };
        self.state.deadlines.set(Deadline::Hold(conversation.id), Some(hold.until), None);
        let held = self.now.since(hold.since);
        for task in conversation.tasks.iter_mut().filter(|task| task.worker() == Some(hold.by)) {
            task.moments.held = task.moments.held + held;
        }
        if conversation.state == ConversationState::OnHold {
            conversation.state = ConversationState::Active;
        }
        self.record(conversation, None, Emitter::System, Fact::Resumed);
    }

    /// A conversation in which this agent serves the customer.
    pub fn require_primary(&self, agent: UserId, id: ConversationId) -> Outcome<&Conversation> {
        let seat = self.state.conversation(id).and_then(|found| Some((found, found.participant(agent)?)));
        match seat {
            None => Err(Refusal::forbidden(Why::NotInConversation).into()),
            Some((_, seat)) if seat.role != Role::Primary => Err(Refusal::forbidden(Why::ServesOnly).into()),
            Some((found, _)) => Ok(found),
        }
    }

    fn say_to_customer(&mut self, conversation: &mut Conversation, text: &str) {
        if let Some(session) = conversation.reply_session().map(|session| session.id) {
            self.say(conversation, session, text);
        }
    }
}
