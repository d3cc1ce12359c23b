//! Where a recording is played: a state of its own, in which time goes from one happening to the next.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Map;

use super::script::{Occupation, Request as Asked, Script};
use super::{AFTERWARDS, Recording, Setup, TooMuch};
use crate::agent::State as AgentState;
use crate::audit::Origin;
use crate::command::Command;
use crate::conversation::{
    Address, Conversation, EndReason, Role, Session, SessionDirection, SessionState, State as Standing,
};
use crate::delivery::outbox::Outbox;
use crate::departure::Departure;
use crate::effect::{Effect, Push};
use crate::facts::Facts;
use crate::id::{ConversationId, Mint, MrdId, TaskId, UserId};
use crate::policy::Policy;
use crate::registry::{Object, Queue};
use crate::report::{FinishedTask, StateChange, What};
use crate::request::{Request, Seek};
use crate::state::{Remembered, State};
use crate::task::{CloseReason, Stage as TaskStage};
use crate::time::{At, Span};
use crate::turn::Turn;

/// How long an agent who let it ring, and did not in the recording, stays off.
const AWAY: Span = Span::secs(60);

/// Of what happens at the same moment, the first here comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    TalkEnds {
        conversation: ConversationId,
        began: At,
    },
    WrapUpEnds {
        conversation: ConversationId,
        agent: UserId,
    },
    Leaves(usize),
    Vacates(usize),
    Changes(usize),
    ShiftBegins(usize),
    ShiftEnds(usize),
    BackOn {
        agent: UserId,
        mrd: MrdId,
    },
    Occupies(usize),
    Arrives(usize),
    Accepts {
        conversation: ConversationId,
        task: TaskId,
        agent: UserId,
    },
    Declines {
        conversation: ConversationId,
        task: TaskId,
        agent: UserId,
    },
    /// An agent may have been switched off for letting it ring.
    Missed {
        agent: UserId,
        mrd: MrdId,
    },
}

/// A request on the stage.
#[derive(Debug)]
struct Live {
    request: usize,
    rings: usize,
    talk_left: Span,
    /// Who serves, and since when.
    served: Option<(UserId, At)>,
}

pub(super) struct Stage<'a> {
    recording: &'a Recording,
    setup: &'a Setup,
    script: Script,
    state: State,
    mint: Mint,
    now: At,
    to_come: BTreeSet<(At, Happening)>,
    live: HashMap<ConversationId, Live>,
    /// The conversation of each request that has come.
    of_request: HashMap<usize, ConversationId>,
    /// Work that did not come out of a queue and fills a place now.
    occupied: BTreeSet<usize>,
    /// Whether domains are on, as far as the recording has got.
    switched: BTreeMap<(UserId, MrdId), bool>,
    told: BTreeSet<ConversationId>,
    finished: Vec<FinishedTask>,
}

impl<'a> Stage<'a> {
    pub fn new(recording: &'a Recording, setup: &'a Setup, script: Script) -> Self {
        let begins = recording.changes.first().map_or(recording.from, |change| change.at.min(recording.from));
        let objects = setup.registry.objects().map(|(object, version, at)| (quiet(object), version, at));
        let remembered = Remembered { objects: objects.collect(), ..Remembered::default() };
        let state = State::restore(remembered, Policy::default(), Mint::new([0xfe; 5]), begins);
        let mut to_come = BTreeSet::new();
        for (place, change) in recording.changes.iter().enumerate() {
            to_come.insert((change.at, Happening::Changes(place)));
        }
        for (place, request) in script.requests.iter().enumerate() {
            to_come.insert((request.arrives, Happening::Arrives(place)));
        }
        for (place, occupation) in script.occupations.iter().enumerate() {
            to_come.insert((occupation.from, Happening::Occupies(place)));
        }
        for (place, shift) in setup.extra.iter().enumerate() {
            to_come.insert((shift.from, Happening::ShiftBegins(place)));
            to_come.insert((shift.until, Happening::ShiftEnds(place)));
        }
        Self {
            recording,
            setup,
            script,
            state,
            mint: Mint::new([0xfd; 5]),
            now: begins,
            to_come,
            live: HashMap::new(),
            of_request: HashMap::new(),
            occupied: BTreeSet::new(),
            switched: BTreeMap::new(),
            told: BTreeSet::new(),
            finished: Vec::new(),
        }
    }

    /// Lets everything happen; returns the tasks of the requests that are told of.
    pub fn play(mut self, happenings_max: usize) -> Result<Vec<FinishedTask>, TooMuch> {
        let end = self.recording.until + AFTERWARDS;
        for _ in 0..happenings_max {
            let next = self.to_come.first().map(|(at, _)| *at);
            let due = self.state.next_deadline();
            if due.is_none() && (next.is_none() || next > Some(end)) {
                return Ok(self.finished);
            }
            match (due, next) {
                // As in earnest, what is due comes before what is done at the same moment.
                (Some(due), next) if next.is_none_or(|next| due <= next) => {
                    if due > end || (self.live.is_empty() && next.is_none()) {
                        return Ok(self.finished);
                    }
                    self.now = self.now.max(due);
                    self.step(|turn| drop(turn.perform(&Command::Tick)));
                }
                _ => {
                    let Some((at, happening)) = self.to_come.pop_first() else { return Ok(self.finished) };
                    self.now = self.now.max(at);
                    self.happen(happening);
                }
            }
        }
        Err(TooMuch::Happenings)
    }

    /// Changes the state by its own rules, and notes what that leads to.
    fn step<T>(&mut self, change: impl FnOnce(&mut Turn<'_>) -> T) -> T {
        let facts = Facts::default();
        let mut turn = Turn::new(&mut self.state, &facts, self.now, Origin::default());
        let result = change(&mut turn);
        let effects = turn.settle();
        // Nothing leaves a rehearsal.
        self.state.outbox = Outbox::default();
        let batch = self.state.take_batch();
        for effect in effects {
            if let Effect::Desk { push: Push::Offer { task, .. }, .. } = effect
                && let TaskStage::Offered { agent, until } = task.stage
            {
                self.rings(task.conversation, task.id, agent, task.mrd, until);
            }
        }
        for task in batch.finished {
            if self.told.contains(&task.conversation) {
                self.finished.push(task);
            }
        }
        for conversation in batch.conversations.iter().filter(|one| one.state == Standing::Closed) {
            self.live.remove(&conversation.id);
        }
        result
    }

    fn at(&mut self, after: Span, happening: Happening) {
        self.to_come.insert((self.now + after, happening));
    }

    /// An agent is rung, and does what he did, or what agents do.
    fn rings(&mut self, conversation: ConversationId, task: TaskId, agent: UserId, mrd: MrdId, until: At) {
        let Some(live) = self.live.get_mut(&conversation) else { return };
        let ring = self.script.requests[live.request].rings.get(live.rings).copied();
        live.rings += 1;
        let (after, taken) = ring.map_or((self.script.answers_after, true), |ring| (ring.after, ring.taken));
        let rings_for = until.since(self.now);
        if taken {
            self.at(after, Happening::Accepts { conversation, task, agent });
        } else if after < rings_for {
            self.at(after, Happening::Declines { conversation, task, agent });
            self.at(after, Happening::Missed { agent, mrd });
        }
        self.at(rings_for, Happening::Missed { agent, mrd });
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Arrives(place) => self.arrives(place),
            Happening::Leaves(place) => self.leaves(place),
            Happening::Accepts { conversation, task, agent } => {
                let accepted = self.step(|turn| turn.accept_offer(agent, conversation, Some(task)).is_ok());
                if accepted {
                    self.serves(conversation, agent);
                }
            }
            Happening::Declines { conversation, task, agent } => {
                self.step(|turn| drop(turn.decline_offer(agent, conversation, Some(task), None)));
            }
            Happening::Missed { agent, mrd } => self.missed(agent, mrd),
            Happening::BackOn { agent, mrd } => {
                self.step(|turn| drop(turn.set_mrd_state(agent, mrd, true)));
            }
            Happening::TalkEnds { conversation, began } => self.talk_ends(conversation, began),
            Happening::WrapUpEnds { conversation, agent } => {
                self.leave(conversation, agent, Departure::WrappedUp(CloseReason::WrapUpApplied));
            }
            Happening::Occupies(place) => {
                let Occupation { agent, mrd, until, .. } = self.script.occupations[place];
                if self.step(|turn| turn.begin_work(agent, mrd)) {
                    self.occupied.insert(place);
                    self.to_come.insert((until, Happening::Vacates(place)));
                }
            }
            Happening::Vacates(place) => {
                if self.occupied.remove(&place) {
                    let Occupation { agent, mrd, .. } = self.script.occupations[place];
                    self.step(|turn| turn.end_work(agent, mrd));
                }
            }
            Happening::Changes(place) => self.changes(self.recording.changes[place]),
            Happening::ShiftBegins(place) => {
                let agent = self.setup.extra[place].agent;
                self.connects(agent);
                self.step(|turn| turn.enter_agent_state(agent, AgentState::Ready, Vec::new()));
            }
            Happening::ShiftEnds(place) => self.logs_out(self.setup.extra[place].agent),
        }
    }

    fn arrives(&mut self, place: usize) {
        let Asked { channel, queue, priority, talk, told, leaves, arrives, .. } = self.script.requests[place];
        let Some(channel) = self.setup.registry.channel(channel).map(Arc::clone) else { return };
        if self.setup.registry.queue(queue).is_none() {
            return;
        }
        let id: ConversationId = self.mint.id(self.now);
        let session = Session {
            id: self.mint.id(self.now),
            conversation: id,
            channel: channel.value.id,
            direction: SessionDirection::Inbound,
            address: Address {
                customer: place.to_string().into(),
                service: channel.value.service_identifier.as_str().into(),
                first_name: None,
                last_name: None,
                priority: 0,
                attributes: Box::default(),
            },
            started_at: self.now,
            state: SessionState::Started,
            latest_intent: None,
            silent_until: None,
            inactivity_secs: 0,
            suggestions: Box::default(),
            last_entry: 0,
            threshold_at: None,
            passed_percent: 0,
        };
        let asks = session.id;
        let conversation = Conversation {
            id,
            customer: self.mint.id(self.now),
            state: Standing::Created,
            started_at: self.now,
            closed_at: None,
            sessions: vec![Arc::new(session)],
            agents: Vec::new(),
            bot: None,
            tasks: Vec::new(),
            data: Map::new(),
            last_session: Some(asks),
            hold: None,
            response: None,
            hands: Box::default(),
            listing: None,
            links: Box::default(),
            wrap_ups: Box::default(),
        };
        self.live.insert(id, Live { request: place, rings: 0, talk_left: talk, served: None });
        self.of_request.insert(place, id);
        if told {
            self.told.insert(id);
        }
        if let Some(leaves) = leaves {
            self.to_come.insert((arrives + leaves, Happening::Leaves(place)));
        }
        self.state.adopt(conversation);
        self.step(|turn| {
            let Some(mut conversation) = turn.take_to_change(id) else { return };
            let seek = Seek::Queue { queue, first: None };
            let request = Request { priority, ..Request::of(&channel.value, seek, turn.now) };
            turn.request_agent(&mut conversation, asks, request);
            turn.put_back(conversation);
        });
    }

    /// The customer has waited long enough, if nobody serves him.
    fn leaves(&mut self, place: usize) {
        let Some(id) = self.of_request.get(&place).copied() else { return };
        if self.live.get(&id).is_some_and(|live| live.served.is_none()) {
            self.customer_ends(id);
        }
    }

    fn customer_ends(&mut self, id: ConversationId) {
        self.step(|turn| {
            let Some(mut conversation) = turn.take_to_change(id) else { return };
            turn.end_all_sessions(&mut conversation, EndReason::Customer);
            if conversation.agents.is_empty() && conversation.state != Standing::Closed {
                turn.close(&mut conversation);
            }
            turn.put_back(conversation);
        });
    }

    fn serves(&mut self, conversation: ConversationId, agent: UserId) {
        let now = self.now;
        if let Some(live) = self.live.get_mut(&conversation) {
            live.served = Some((agent, now));
            let talk = live.talk_left;
            self.at(talk, Happening::TalkEnds { conversation, began: now });
        }
    }

    fn talk_ends(&mut self, id: ConversationId, began: At) {
        let Some(live) = self.live.get(&id).filter(|live| live.served.is_some_and(|(_, at)| at == began))
        else {
            return;
        };
        let wrap = self.script.requests[live.request].wrap;
        self.customer_ends(id);
        let seats: Vec<(UserId, Role)> = self
            .state
            .conversation(id)
            .map(|seats| seats.agents.iter().map(|seat| (seat.agent, seat.role)).collect())
            .unwrap_or_default();
        for (agent, role) in seats {
            match role {
                Role::WrapUp if wrap > Span::ZERO => {
                    self.at(wrap, Happening::WrapUpEnds { conversation: id, agent });
                }
                Role::WrapUp => {
                    self.leave(id, agent, Departure::WrappedUp(CloseReason::WrapUpNotApplied));
                }
                _ => self.leave(id, agent, Departure::Left),
            }
        }
    }

    fn leave(&mut self, id: ConversationId, agent: UserId, departure: Departure) {
        self.step(|turn| {
            if let Some(mut conversation) = turn.take_to_change(id) {
                turn.depart(&mut conversation, agent, departure);
                turn.put_back(conversation);
            }
        });
    }

    /// An agent who was switched off for letting it ring comes back as in the recording, or soon.
    fn missed(&mut self, agent: UserId, mrd: MrdId) {
        let record = self.state.agents().find(|record| record.id == agent);
        let off = record.filter(|record| record.state == AgentState::Ready);
        let off = off.and_then(|record| record.mrd(mrd)).is_some_and(|domain| !domain.state.is_on());
        if off && !self.script.misses.contains(&(agent, self.now)) {
            self.at(AWAY, Happening::BackOn { agent, mrd });
        }
    }

    fn changes(&mut self, change: StateChange) {
        let StateChange { agent, what, at, .. } = change;
        if self.setup.absent.contains(&agent) {
            return;
        }
        let at_work = self.state.agents().any(|record| record.id == agent);
        if !at_work && what != What::LoggedOut {
            // He has been since before the recording.
            self.connects(agent);
        }
        match what {
            What::LoggedIn | What::DeskBack => self.connects(agent),
            What::LoggedOut => self.logs_out(agent),
            What::Ready => self.step(|turn| turn.enter_agent_state(agent, AgentState::Ready, Vec::new())),
            What::NotReady => {
                let to = AgentState::NotReady { reason: None };
                self.step(|turn| turn.enter_agent_state(agent, to, Vec::new()));
            }
            What::DeskLost => {
                let connection = self.state.agents().find(|record| record.id == agent);
                if let Some(connection) = connection.and_then(crate::agent::Agent::connection) {
                    self.step(|turn| turn.disconnect_desk(agent, connection));
                }
            }
            What::Domain(mrd, state) => {
                let on = state.is_on();
                let former = self.switched.insert((agent, mrd), on);
                // That he was switched off for letting it ring follows by itself, if he does.
                let follows = !on && self.script.misses.contains(&(agent, at));
                if former != Some(on) && !follows {
                    self.step(|turn| drop(turn.set_mrd_state(agent, mrd, on)));
                }
            }
        }
    }

    fn connects(&mut self, agent: UserId) {
        let connection = self.mint.id(self.now);
        self.step(|turn| drop(turn.connect_desk(agent, connection)));
    }

    fn logs_out(&mut self, agent: UserId) {
        let now = self.now;
        for live in self.live.values_mut() {
            if let Some((_, since)) = live.served.take_if(|(served_by, _)| *served_by == agent) {
                let left = live.talk_left.as_millis().saturating_sub(now.since(since).as_millis());
                live.talk_left = Span::millis(left);
            }
        }
        self.occupied.retain(|place| self.script.occupations[*place].agent != agent);
        self.switched.retain(|(of, _), _| *of != agent);
        self.step(|turn| turn.log_out(agent, Departure::LoggedOut, None));
    }
}

/// An object as it plays its part: nobody writes on the stage, so nobody's answer can be late.
fn quiet(object: Object) -> Object {
    match object {
        Object::Queue(queue) => Object::Queue(Queue { agent_sla_secs: None, ..queue }),
        other => other,
    }
}
