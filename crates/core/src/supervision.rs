//! Supervisors look after the agents of their teams: they watch, whisper and barge in, answer raised hands, and change
//! agents' states.
//!
//! Watching fills no place of the supervisor's and is not counted as his work. Who barges in serves the customer
//! like any agent, and keeps him when the agent goes.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tieline_cim::Why;

use crate::agent::State as AgentState;
use crate::assistance::check_people;
use crate::audit::Deed;
use crate::command::{AgentStateWish, Joining};
use crate::conversation::{Conversation, Participant, RaisedHand, Role};
use crate::deadline::Deadline;
use crate::departure::Departure;
use crate::effect::Push;
use crate::event::{Emitter, Fact};
use crate::floor::INACTIVE_TOO_LONG;
use crate::id::{ConversationId, Id, UserId};
use crate::refusal::Refusal;
use crate::registry::{Registry, Role as UserRole};
use crate::task::{Direction, Mode, Moments, PRIORITY_DEFAULT, Stage, Task};
use crate::time::Span;
use crate::turn::{Outcome, Turn};

/// How long a raised hand stays up.
pub const HAND_UP: Span = Span::secs(30);

/// Whether somebody leads the team an agent is in. Administrators lead all.
#[must_use]
pub fn supervises(registry: &Registry, supervisor: UserId, agent: UserId) -> bool {
    let (Some(supervisor), Some(agent)) = (registry.user(supervisor), registry.user(agent)) else {
        return false;
    };
    let (supervisor, agent) = (&supervisor.value, &agent.value);
    supervisor.roles.contains(&UserRole::Admin)
        || supervisor.roles.contains(&UserRole::Supervisor)
            && agent.team.is_some_and(|team| supervisor.supervises.contains(&team))
}

/// The reason a desk knows a forced logout by.
const FORCED_LOGOUT: (&str, &str) = ("62ffc95cf12b6ccf1594d934", "FORCED_LOGOUT_BY_SUPERVISOR");

/// The name of a reason that nobody registers: those given by supervisors and by desks themselves.
#[must_use]
pub fn well_known_reason(id: Id) -> Option<&'static str> {
    let known = [FORCED_LOGOUT, (INACTIVE_TOO_LONG, "INACTIVE_TOO_LONG")];
    known.into_iter().find(|(known, _)| known.parse() == Ok(id)).map(|(_, name)| name)
}

fn forced_logout() -> Value {
    let (id, name) = FORCED_LOGOUT;
    json!({
        "id": id,
        "name": name,
        "description": "Logged out by a supervisor",
        "type": "LOGOUT",
        "code": 9,
    })
}

impl Turn<'_> {
    /// A supervisor sets an agent of his ready, or logs him out.
    pub fn supervise(&mut self, supervisor: UserId, agent: UserId, to: &AgentStateWish) -> Outcome<()> {
        if supervisor == agent {
            return self.set_agent_state(agent, to);
        }
        if !supervises(&self.state.registry, supervisor, agent) {
            return Err(Refusal::forbidden(Why::OwnTeamsOnly).into());
        }
        let record = self.state.agents.get(&agent);
        let record = record.ok_or_else(|| Refusal::conflict(Why::AgentOut))?;
        match to {
            AgentStateWish::Ready if record.state == AgentState::Ready => {
                Err(Refusal::conflict(Why::AgentReady).into())
            }
            AgentStateWish::Ready => {
                self.set_agent_state(agent, to)?;
                self.note(Deed::AgentSupervised { agent, state: "READY".into() });
                Ok(())
            }
            AgentStateWish::NotReady { .. } => Err(Refusal::forbidden(Why::SupervisorSetsReady).into()),
            AgentStateWish::Logout { .. } => {
                self.log_out(agent, Departure::ForcedOut, Some(forced_logout()));
                self.note(Deed::AgentSupervised { agent, state: "LOGOUT".into() });
                Ok(())
            }
        }
    }

    /// A supervisor takes part in a conversation of his teams, or changes how he does.
    pub fn join(&mut self, supervisor: UserId, id: ConversationId, how: Joining) -> Outcome<()> {
        self.require_agent(supervisor)?;
        let conversation =
            self.state.conversation(id).ok_or_else(|| Refusal::conflict(Why::ConversationOver))?;
        let role = conversation.participant(supervisor).map(|seat| seat.role);
        if !conversation.customer_is_here() {
            return Err(Refusal::conflict(Why::CustomerLeft).into());
        }
        match (role, how) {
            (None, Joining::BargeIn) => {
                return Err(Refusal::conflict(Why::WatchFirst).into());
            }
            (None, _) => {
                self.check_may_watch(supervisor, conversation)?;
                check_people(conversation)?;
            }
            (Some(Role::SilentMonitor | Role::Whisper), _) => {}
            (Some(_), _) => {
                return Err(Refusal::conflict(Why::InConversationAlready).into());
            }
        }
        if role.is_none() && self.state.queues.rings_at(supervisor).is_some_and(|(ringing, _)| ringing == id)
        {
            // Who watches does not come to help: somebody else is asked.
            self.release_offer(supervisor);
        }
        let Some(mut conversation) = self.take(id) else { return Ok(()) };
        if role != Some(role_of(how)) {
            self.note(Deed::ConversationJoined { conversation: id, role: role_of(how).wire().into() });
        }
        match (role, how) {
            (None, _) => self.seat_watcher(&mut conversation, supervisor, role_of(how)),
            (Some(_), Joining::BargeIn) => self.barge_in(&mut conversation, supervisor),
            (Some(present), _) if present == role_of(how) => self.push_topic(supervisor, &conversation),
            (Some(_), _) => self.set_role(&mut conversation, supervisor, role_of(how)),
        }
        self.lower_hands_for(&mut conversation, supervisor);
        self.put_back(conversation);
        Ok(())
    }

    fn check_may_watch(&self, supervisor: UserId, conversation: &Conversation) -> Outcome<()> {
        let registry = &self.state.registry;
        if conversation.primaries().any(|seat| supervises(registry, supervisor, seat.agent)) {
            return Ok(());
        }
        Err(match conversation.has_primary() {
            true => Refusal::forbidden(Why::ServedByOtherTeams),
            false => Refusal::conflict(Why::NobodyServes),
        }
        .into())
    }

    /// Whom somebody leads, or who leads him, has changed: watchers who may not watch any longer are taken out of the
    /// conversations he is in. Who has barged in serves the customer, and stays.
    pub fn remove_strangers(&mut self, user: UserId) {
        for id in self.state.seats.get(&user).cloned().unwrap_or_default() {
            let Some(conversation) = self.state.conversation(id) else { continue };
            let watches = |seat: &&Participant| {
                matches!(seat.role, Role::SilentMonitor | Role::Whisper)
                    && conversation.task_of(seat.agent).is_some_and(|task| task.direction.is_supervision())
            };
            let watchers = conversation.agents.iter().filter(watches).map(|seat| seat.agent);
            let stranger = |watcher: &UserId| self.check_may_watch(*watcher, conversation).is_err();
            for watcher in watchers.filter(stranger).collect::<Vec<_>>() {
                if let Some(mut conversation) = self.take(id) {
                    self.depart(&mut conversation, watcher, Departure::Removed);
                    self.put_back(conversation);
                }
            }
        }
    }

    fn seat_watcher(&mut self, conversation: &mut Conversation, supervisor: UserId, role: Role) {
        let now = self.now;
        let served = conversation.primaries().find_map(|seat| conversation.task_of(seat.agent)).cloned();
        let participant =
            Participant { id: self.state.mint.id(now), agent: supervisor, role, joined_at: now };
        conversation.agents.push(participant.clone());
        self.state.seats.entry(supervisor).or_default().insert(conversation.id);
        if let Some(served) = served {
            let task = Task {
                id: self.state.mint.id(now),
                media: self.state.mint.id(now),
                direction: Direction::SilentMonitor,
                mode: Mode::Agent,
                priority: PRIORITY_DEFAULT,
                enqueued_at: now,
                answered_at: Some(now),
                served_by: Some(supervisor),
                stage: Stage::Active { agent: supervisor },
                passed_by: Vec::new(),
                wanted: None,
                told: None,
                asked_by: None,
                moments: Moments::default(),
                ..served
            };
            self.state.queues.begin(&task);
            conversation.tasks.push(task);
        }
        // The desk is shown the conversation first and hears of its own arrival after.
        self.push_topic(supervisor, conversation);
        let fact = Fact::AgentSubscribed { participant };
        self.record(conversation, None, Emitter::Agent(supervisor), fact);
        if let Some(task) = conversation.task_of(supervisor).cloned() {
            let session = Some(task.session);
            self.record(conversation, session, Emitter::System, Fact::TaskChanged { task: Box::new(task) });
        }
    }

    fn barge_in(&mut self, conversation: &mut Conversation, supervisor: UserId) {
        self.set_role(conversation, supervisor, Role::Primary);
        if let Some(task) = conversation.tasks.iter_mut().find(|task| task.worker() == Some(supervisor)) {
            task.direction = Direction::BargeIn;
            let (task, session) = (task.clone(), task.session);
            let fact = Fact::TaskChanged { task: Box::new(task) };
            self.record(conversation, Some(session), Emitter::System, fact);
        }
        self.joined(conversation);
    }

    /// An agent asks the supervisors of his team for help, or no longer does.
    pub fn raise_hand(&mut self, agent: UserId, id: ConversationId, up: bool) -> Outcome<()> {
        let seat = self.state.conversation(id).and_then(|seats| seats.participant(agent));
        if !seat.is_some_and(|seat| matches!(seat.role, Role::Primary | Role::Assistant)) {
            return Err(Refusal::forbidden(Why::NotServing).into());
        }
        let Some(mut conversation) = self.take(id) else { return Ok(()) };
        if !up {
            self.lower_hand(&mut conversation, agent);
        } else if conversation.hands.iter().all(|hand| hand.agent != agent) {
            let until = self.now + HAND_UP;
            let hands = std::mem::take(&mut conversation.hands);
            conversation.hands = hands.into_iter().chain([RaisedHand { agent, until }]).collect();
            self.state.hands.insert((id, agent));
            self.state.deadlines.set(Deadline::Hand(id, agent), None, Some(until));
            self.record(&conversation, None, Emitter::Agent(agent), Fact::HandRaised { agent });
            self.tell_supervisors(&conversation, agent, true);
        }
        self.put_back(conversation);
        Ok(())
    }

    pub fn lower_hand(&mut self, conversation: &mut Conversation, agent: UserId) {
        let (own, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut conversation.hands).into_iter().partition(|hand| hand.agent == agent);
        conversation.hands = others.into();
        let Some(hand) = own.first() else { return };
        self.state.hands.remove(&(conversation.id, agent));
        self.state.deadlines.set(Deadline::Hand(conversation.id, agent), Some(hand.until), None);
        self.record(conversation, None, Emitter::Agent(agent), Fact::HandLowered { agent });
        self.tell_supervisors(conversation, agent, false);
    }

    /// Nobody came for as long as a hand stays up.
    pub fn hand_tires(&mut self, id: ConversationId, agent: UserId) {
        if let Some(mut conversation) = self.take(id) {
            self.lower_hand(&mut conversation, agent);
            self.put_back(conversation);
        }
    }

    fn lower_hands_for(&mut self, conversation: &mut Conversation, supervisor: UserId) {
        for hand in conversation.hands.clone() {
            if supervises(&self.state.registry, supervisor, hand.agent) {
                self.lower_hand(conversation, hand.agent);
            }
        }
    }

    /// Supervisors learn of a hand wherever they are; those in the conversation see the event.
    fn tell_supervisors(&mut self, conversation: &Conversation, agent: UserId, up: bool) {
        let team = self.state.registry.user(agent).and_then(|user| user.value.team);
        let leaders = self.state.registry.leaders_of(team).map(|leader| leader.value.id);
        let outside = |leader: &UserId| conversation.participant(*leader).is_none();
        for supervisor in leaders.filter(outside).collect::<BTreeSet<_>>() {
            let push = self.hand(conversation, agent, up);
            self.push(supervisor, push);
        }
    }

    fn hand(&self, conversation: &Conversation, agent: UserId, up: bool) -> Push {
        let scene = self.scene(conversation, conversation.reply_session().map(|session| session.id));
        Push::Hand { conversation: conversation.id, agent, up, scene }
    }

    /// The hands that are up in a supervisor's teams, for a desk that has just connected.
    pub fn show_hands(&mut self, supervisor: UserId) {
        let led =
            |(_, agent): &&(ConversationId, UserId)| supervises(&self.state.registry, supervisor, *agent);
        let raised = self.state.hands.iter().filter(led).filter_map(|(id, agent)| {
            let conversation = self.state.conversation(*id)?;
            conversation.participant(supervisor).is_none().then(|| self.hand(conversation, *agent, true))
        });
        for push in raised.collect::<Vec<_>>() {
            self.push(supervisor, push);
        }
    }
}

const fn role_of(how: Joining) -> Role {
    match how {
        Joining::Monitor => Role::SilentMonitor,
        Joining::Whisper => Role::Whisper,
        Joining::BargeIn => Role::Primary,
    }
}
