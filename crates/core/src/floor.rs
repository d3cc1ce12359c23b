//! The floor: agents come and go, get ready, take offers, talk and leave.

use std::sync::Arc;

use serde_json::Value;
use tieline_cim::Why;

use crate::agent::{Agent, AgentMrd, Desk, State as AgentState};
use crate::command::AgentStateWish;
use crate::conversation::{Conversation, Participant, Role, State as ConversationState};
use crate::deadline::Deadline;
use crate::departure::Departure;
use crate::effect::{Effect, Push};
use crate::event::{Emitter, Fact};
use crate::id::{ConnectionId, ConversationId, MrdId, TaskId, UserId};
use crate::refusal::Refusal;
use crate::registry::{
    Kind, ReasonCode, ReasonPurpose, Registry, Role as UserRole, User, effective_capacity,
};
use crate::rona::excuse;
use crate::task::{Stage, Task};
use crate::time::At;
use crate::turn::{Outcome, Turn};

/// The domains an agent works in: all of them, each with his own limit.
pub(crate) fn domains_of(user: &User, registry: &Registry, now: At) -> Vec<AgentMrd> {
    registry
        .mrds()
        .map(|mrd| AgentMrd::new(mrd.value.id, effective_capacity(user, &mrd.value), now))
        .collect()
}

impl Turn<'_> {
    /// An agent's desk connects: he is logged in if he was not, and told everything that is his.
    pub fn connect_desk(&mut self, agent: UserId, connection: ConnectionId) -> Outcome<()> {
        let user = self.working_user(agent)?;
        let now = self.now;
        let mut former = None;
        match self.state.agents.get_mut(&agent) {
            Some(record) => match std::mem::replace(&mut record.desk, Desk::Connected { connection }) {
                Desk::Connected { connection: other } if other != connection => former = Some(other),
                Desk::Connected { .. } => {}
                Desk::Away { until } => {
                    self.state.deadlines.set(Deadline::DeskGone(agent), Some(until), None);
                }
            },
            None => {
                let record = Agent {
                    id: agent,
                    state: AgentState::NotReady { reason: None },
                    state_since: now,
                    logged_in_at: now,
                    desk: Desk::Connected { connection },
                    mrds: domains_of(&user, &self.state.registry, now),
                    offer: None,
                    ronas: 0,
                };
                self.state.agents.insert(agent, record);
            }
        }
        if let Some(former) = former {
            self.effect(Effect::Desk { connection: former, push: Push::SessionRemoved });
        }
        self.push(agent, Push::ChannelTypes);
        self.show_presence(agent, true, true, Vec::new());
        self.show_lists(agent);
        self.show_work(agent);
        self.show_hands(agent);
        self.place_agent(agent);
        Ok(())
    }

    /// Everything an agent holds, for a desk that has just connected: what rings, and every conversation.
    fn show_work(&mut self, agent: UserId) {
        let offered = self.state.queues.rings_at(agent).and_then(|(id, task)| {
            let conversation = self.state.conversation(id)?;
            let task = conversation.tasks.iter().find(|candidate| candidate.id == task)?;
            Some((Arc::new(task.clone()), self.scene(conversation, Some(task.session))))
        });
        if let Some((task, scene)) = offered {
            self.push(agent, Push::Offer { task, scene });
        }
        for id in self.state.seats.get(&agent).cloned().unwrap_or_default() {
            self.show_topic(agent, id);
        }
    }

    fn show_topic(&mut self, agent: UserId, id: ConversationId) {
        let Some(conversation) = self.state.conversation(id).cloned() else { return };
        self.push_topic(agent, &conversation);
    }

    pub fn push_topic(&mut self, agent: UserId, conversation: &Conversation) {
        let Some(participant) = conversation.participant(agent).cloned() else { return };
        let Some(customer) = self.customer(conversation.customer) else { return };
        let task = conversation.task_of(agent).map(|task| Arc::new(task.clone()));
        let push = Push::Topic {
            conversation: Arc::new(conversation.clone()),
            customer,
            participant,
            task,
            until: self.state.next_seq.saturating_sub(1),
        };
        self.push(agent, push);
        self.show_wrap_up(conversation, agent);
    }

    /// A desk's socket is gone. What rings at it goes to somebody else; the agent has a grace to come back.
    pub fn disconnect_desk(&mut self, agent: UserId, connection: ConnectionId) {
        let settings = self.state.registry.settings();
        let until = self.now + settings.value.settings.agents.disconnect_grace();
        let Some(record) = self.state.agents.get_mut(&agent) else { return };
        if record.connection() != Some(connection) {
            return;
        }
        record.desk = Desk::Away { until };
        self.state.deadlines.set(Deadline::DeskGone(agent), None, Some(until));
        self.release_offer(agent);
        self.place_agent(agent);
    }

    pub fn release_offer(&mut self, agent: UserId) {
        let Some((id, task)) = self.state.queues.rings_at(agent) else { return };
        if let Some(mut conversation) = self.take_to_change(id) {
            self.pass_on(&mut conversation, task);
            excuse(&mut conversation, agent);
            self.put_back(conversation);
        }
    }

    /// The grace is over: the agent is logged out and his customers go to somebody else.
    pub fn desk_gone(&mut self, agent: UserId) {
        let away = self.state.agents.get(&agent).is_some_and(|record| !record.is_connected());
        if away {
            self.log_out(agent, Departure::LoggedOut, None);
        }
    }

    pub fn set_agent_state(&mut self, agent: UserId, wish: &AgentStateWish) -> Outcome<()> {
        self.require_agent(agent)?;
        let judged = match wish {
            AgentStateWish::Ready => self.working_user(agent).map(|_| None),
            AgentStateWish::NotReady { reason } => self.judge_reason(reason.as_ref(), false),
            AgentStateWish::Logout { reason } => self.judge_reason(reason.as_ref(), true),
        };
        let purpose = match judged {
            Ok(purpose) => purpose,
            Err(refusal) => {
                self.show_presence(agent, false, false, Vec::new());
                return Err(refusal);
            }
        };
        match wish {
            AgentStateWish::Logout { reason } => self.log_out(agent, Departure::LoggedOut, reason.clone()),
            AgentStateWish::Ready => self.enter_agent_state(agent, AgentState::Ready, Vec::new()),
            AgentStateWish::NotReady { reason } => {
                self.enter_agent_state(agent, AgentState::NotReady { reason: reason.clone() }, Vec::new());
                if purpose == Some(ReasonPurpose::Callback) {
                    self.call_back(agent);
                }
            }
        }
        Ok(())
    }

    /// What a reason for stopping is for. One is required when there are some to choose from, unless the settings
    /// say otherwise; what is given must be one of them.
    fn judge_reason(&self, reason: Option<&Value>, leaves: bool) -> Outcome<Option<ReasonPurpose>> {
        let field = "state.reasonCode";
        if reason.is_some_and(|reason| reason.to_string().len() > REASON_BYTES_MAX) {
            return Err(Refusal::invalid(field, Why::BytesAtMost { max: REASON_BYTES_MAX }).into());
        }
        let registry = &self.state.registry;
        let serves = |purpose| leaves == (purpose == ReasonPurpose::Logout);
        let choices: Vec<&ReasonCode> =
            registry.reason_codes().map(|code| &code.value).filter(|code| serves(code.purpose)).collect();
        let named = reason.and_then(|reason| reason.get("id")).and_then(Value::as_str);
        match (reason, choices.iter().find(|code| named == Some(code.id.to_string().as_str()))) {
            (_, Some(code)) => Ok(Some(code.purpose)),
            (Some(_), None) if choices.is_empty() || leaves && named == Some(INACTIVE_TOO_LONG) => Ok(None),
            (None, None) if choices.is_empty() || !registry.settings().value.settings.reason_required => {
                Ok(None)
            }
            (given, None) => {
                let names: Vec<&str> = choices.iter().map(|code| code.name.as_str()).collect();
                let choices = names.join(", ");
                let why = match given {
                    Some(_) => Why::ReasonUnknown { choices },
                    None => Why::ReasonMissing { choices },
                };
                Err(Refusal::invalid(field, why).into())
            }
        }
    }

    /// `mrds_changed` are domains that changed on the way here and have not been shown.
    pub fn enter_agent_state(&mut self, agent: UserId, to: AgentState, mut mrds_changed: Vec<MrdId>) {
        let now = self.now;
        let registry = Arc::clone(&self.state.registry);
        let auto_sync = registry.settings().value.settings.agents.mrd_auto_sync;
        let Some(record) = self.state.agents.get_mut(&agent) else { return };
        let agent_changed = record.state != to;
        if agent_changed {
            record.state_since = now;
        }
        record.state = to;
        let ready = record.state == AgentState::Ready;
        for domain in &mut record.mrds {
            let synced = auto_sync && registry.mrd(domain.mrd).is_some_and(|mrd| mrd.value.auto_sync);
            let changed = match ready {
                true if synced && domain.max_tasks > 0 => domain.switch_on(now),
                true => false,
                false => domain.switch_off(now),
            };
            if changed {
                mrds_changed.push(domain.mrd);
            }
        }
        record.ronas = 0;
        let changed = agent_changed || !mrds_changed.is_empty();
        self.show_presence(agent, changed, agent_changed, mrds_changed);
        self.place_agent(agent);
    }

    pub fn set_mrd_state(&mut self, agent: UserId, mrd: MrdId, on: bool) -> Outcome<()> {
        let record = self.require_agent(agent)?;
        let refusal = if record.mrd(mrd).is_none() {
            Some(Refusal::not_found(Why::NoSuch { kind: Kind::Mrd.noun(), id: mrd.to_string() }))
        } else if on && record.state != AgentState::Ready {
            Some(Refusal::conflict(Why::ReadyFirst))
        } else {
            None
        };
        if let Some(refusal) = refusal {
            self.show_presence(agent, false, false, Vec::new());
            return Err(refusal.into());
        }
        let now = self.now;
        let auto_sync = self.state.registry.settings().value.settings.agents.mrd_auto_sync;
        let Some(record) = self.state.agents.get_mut(&agent) else { return Ok(()) };
        record.ronas = 0;
        let changed = record
            .mrd_mut(mrd)
            .is_some_and(|domain| if on { domain.switch_on(now) } else { domain.switch_off(now) });
        let mrds_changed = if changed { vec![mrd] } else { Vec::new() };
        let all_off = record.mrds.iter().all(|domain| !domain.state.is_on());
        if !on && all_off && auto_sync && record.state == AgentState::Ready {
            self.enter_agent_state(agent, AgentState::NotReady { reason: None }, mrds_changed);
            return Ok(());
        }
        self.show_presence(agent, changed, false, mrds_changed);
        self.place_agent(agent);
        Ok(())
    }

    /// An agent takes what rings at him. Taking it twice shows the conversation again.
    ///
    /// An offer made in good faith is honoured: a lower capacity governs the offers after it, for the customer has
    /// been ringing and nobody else has been looked for. An agent is rung once at a time, so he ends up with no more
    /// than one task over his limit.
    pub fn accept_offer(&mut self, agent: UserId, id: ConversationId, task: Option<TaskId>) -> Outcome<()> {
        self.require_agent(agent)?;
        let conversation =
            self.state.conversation(id).ok_or_else(|| Refusal::conflict(Why::ConversationOver))?;
        if conversation.participant(agent).is_some() {
            self.show_topic(agent, id);
            return Ok(());
        }
        let offered = conversation
            .tasks
            .iter()
            .filter(|candidate| task.is_none_or(|task| candidate.id == task))
            .find(|task| matches!(task.stage, Stage::Offered { agent: to, .. } if to == agent))
            .cloned()
            .ok_or_else(|| Refusal::conflict(Why::NotOffered))?;
        if let Some(conversation) = self.take(id) {
            self.seat(conversation, agent, &offered);
        }
        Ok(())
    }

    fn seat(&mut self, mut conversation: Box<Conversation>, agent: UserId, offered: &Task) {
        self.clear_search_deadlines(offered);
        self.state.queues.stop_ringing(agent);
        if let Some(record) = self.state.agents.get_mut(&agent) {
            record.offer = None;
            record.ronas = 0;
        }
        let changed = self.seat_in(&mut conversation, agent, offered, offered.direction.role());
        self.put_back(conversation);
        if changed {
            self.show_presence(agent, true, false, vec![offered.mrd]);
        }
        self.place_agent(agent);
    }

    /// Gives an agent his seat and the task to serve. Whether his state in the domain changed by it.
    pub fn seat_in(
        &mut self,
        conversation: &mut Conversation,
        agent: UserId,
        offered: &Task,
        role: Role,
    ) -> bool {
        let now = self.now;
        let mut changed = false;
        self.count_begun(conversation, offered, agent);
        if let Some(record) = self.state.agents.get_mut(&agent) {
            changed = record.mrd_mut(offered.mrd).is_some_and(|domain| domain.task_started(now));
        }
        self.busier.insert((agent, offered.mrd));
        let participant = Participant { id: self.state.mint.id(now), agent, role, joined_at: now };
        conversation.agents.push(participant.clone());
        self.state.seats.entry(agent).or_default().insert(conversation.id);
        let mut task = offered.clone();
        task.stage = Stage::Active { agent };
        task.served_by = Some(agent);
        task.answered_at = Some(now);
        task.next_step_at = None;
        if let Some(kept) = conversation.tasks.iter_mut().find(|kept| kept.id == task.id) {
            *kept = task.clone();
        }
        if role == Role::Primary && conversation.hold.is_none() {
            conversation.state = ConversationState::Active;
        }
        // The desk is shown the conversation first and hears of its own arrival after.
        self.push_topic(agent, conversation);
        let session = task.session;
        let fact = Fact::AgentSubscribed { participant };
        let event = self.record(conversation, None, Emitter::Agent(agent), fact);
        if role == Role::Primary {
            self.tell_connectors(conversation, &event);
        }
        let fact = Fact::TaskChanged { task: Box::new(task) };
        self.record(conversation, Some(session), Emitter::System, fact);
        if role == Role::Primary {
            self.remember_last_agent(conversation, agent);
            self.joined(conversation);
        }
        changed
    }

    /// One more agent serves the customer: the bot steps back, and the time to answer starts anew.
    pub fn joined(&mut self, conversation: &mut Conversation) {
        self.stop_all_silence(conversation);
        self.set_bot_role(conversation, Role::Assistant);
        self.restart_response(conversation);
    }

    /// Puts an agent where his state says, and lets him look for work if he has room.
    pub fn place_agent(&mut self, agent: UserId) {
        let Some(record) = self.state.agents.get(&agent) else { return };
        let seen = self.state.attendance.see(record, self.now);
        self.state.batch.tallies.join(&seen.tallies);
        self.state.batch.state_changes.extend(seen.changes);
        self.state.touched.agents.insert(agent);
        self.state.queues.place(record, &self.state.registry);
        self.free.insert(agent);
    }

    pub fn show_presence(
        &mut self,
        agent: UserId,
        changed: bool,
        agent_changed: bool,
        mrds_changed: Vec<MrdId>,
    ) {
        let Some(record) = self.state.agents.get(&agent).filter(|record| record.is_connected()) else {
            return;
        };
        let push = Push::Presence { agent: Arc::new(record.clone()), changed, agent_changed, mrds_changed };
        self.push(agent, push);
    }

    pub fn require_agent(&self, agent: UserId) -> Outcome<&Agent> {
        self.state.agents.get(&agent).ok_or_else(|| Refusal::conflict(Why::LoggedOut).into())
    }

    fn working_user(&self, agent: UserId) -> Outcome<User> {
        let user = self
            .state
            .registry
            .user(agent)
            .map(|user| &user.value)
            .filter(|user| user.enabled)
            .ok_or_else(|| Refusal::forbidden(Why::MayNotSignIn))?;
        let works = user.roles.iter().any(|role| matches!(role, UserRole::Agent | UserRole::Supervisor));
        if !works {
            return Err(Refusal::forbidden(Why::DeskRole).into());
        }
        Ok(user.clone())
    }
}

/// Bytes of a reason code kept with an agent's state.
const REASON_BYTES_MAX: usize = 2_000;
/// The reason desks give by themselves when nobody has touched them for long.
pub(crate) const INACTIVE_TOO_LONG: &str = "12ffc95cf12b6ccf1594d948";
