//! Agents help each other: transfer, conference, and consulting an advisor.
//!
//! A direct transfer or conference, and a consultation, begin with a request like any other; `routing` finds
//! somebody. What is asked is checked first, so that whoever is refused still has his conversation. An advisor is in
//! the conversation without the customer knowing, until he is made one of those who serve.

use std::sync::Arc;

use tieline_cim::Why;

use crate::command::{Assistance, AssistanceTarget, AssistanceWish};
use crate::conversation::{Conversation, Participant, Role};
use crate::departure::Departure;
use crate::effect::Push;
use crate::event::{Emitter, Fact};
use crate::id::{MrdId, TaskId, UserId};
use crate::refusal::Refusal;
use crate::registry::Channel;
use crate::request::{Request, Seek, pushed_to};
use crate::task::{
    AskedBy, CloseReason, Direction, Mode, Moments, PRIORITY_DEFAULT, PRIORITY_MAX, Stage, Task,
};
use crate::turn::{Outcome, Turn};

/// People in a conversation beside the customer, those asked to come included.
pub const PEOPLE_MAX: usize = 4;
/// Characters of a note to whoever is asked.
pub const NOTE_CHARS_MAX: usize = 1000;

impl Assistance {
    #[must_use]
    pub const fn direction(self) -> Direction {
        match self {
            Self::DirectTransfer => Direction::DirectTransfer,
            Self::DirectConference => Direction::DirectConference,
            Self::Consult => Direction::Consult,
            Self::ConsultTransfer => Direction::ConsultTransfer,
            Self::ConsultConference => Direction::ConsultConference,
        }
    }

    /// What an agent asked for whose request had this direction.
    #[must_use]
    pub const fn of(direction: Direction) -> Option<Self> {
        match direction {
            Direction::DirectTransfer => Some(Self::DirectTransfer),
            Direction::DirectConference => Some(Self::DirectConference),
            Direction::Consult => Some(Self::Consult),
            Direction::ConsultTransfer => Some(Self::ConsultTransfer),
            Direction::ConsultConference => Some(Self::ConsultConference),
            Direction::Inbound | Direction::Outbound | Direction::SilentMonitor | Direction::BargeIn => None,
        }
    }
}

impl Turn<'_> {
    pub fn assist(&mut self, wish: &AssistanceWish) -> Outcome<()> {
        if wish.note.as_ref().is_some_and(|note| note.chars().count() > NOTE_CHARS_MAX) {
            return Err(Refusal::invalid("note", Why::NoteTooLong { max: NOTE_CHARS_MAX }).into());
        }
        let conversation = self.require_primary(wish.agent, wish.conversation)?;
        if !conversation.customer_is_here() {
            return Err(Refusal::conflict(Why::CustomerLeft).into());
        }
        match wish.kind {
            Assistance::ConsultTransfer | Assistance::ConsultConference => self.promote_advisor(wish),
            Assistance::DirectTransfer | Assistance::DirectConference | Assistance::Consult => {
                self.call_for(wish)
            }
        }
    }

    fn call_for(&mut self, wish: &AssistanceWish) -> Outcome<()> {
        let (agent, kind) = (wish.agent, wish.kind);
        let conversation = self.require_primary(agent, wish.conversation)?;
        check_room(conversation, kind)?;
        let session = conversation.reply_session().map(|session| (session.id, session.channel));
        let (session, channel) = session.ok_or_else(|| Refusal::conflict(Why::CustomerLeft))?;
        let channel = self.state.registry.channel(channel).map(Arc::clone);
        let channel = channel.ok_or_else(|| Refusal::conflict(Why::ChannelGone))?;
        let seek = self.sought_help(conversation, &channel.value, wish)?;
        // Nothing below can refuse.
        let Some(mut conversation) = self.take(wish.conversation) else { return Ok(()) };
        let served = conversation.task_of(agent).map_or(PRIORITY_DEFAULT, |task| task.priority);
        let request = Request {
            direction: kind.direction(),
            // Who helps a colleague keeps a customer waiting; both come before those who have only just asked.
            priority: if kind == Assistance::DirectTransfer { served } else { PRIORITY_MAX },
            asked_by: Some(AskedBy { agent, note: wish.note.clone() }),
            ..Request::of(&channel.value, seek, self.now)
        };
        let task = self.request_agent(&mut conversation, session, request);
        self.tell_placed(&conversation, agent, kind, task);
        if kind == Assistance::DirectTransfer {
            self.lift_hold(&mut conversation);
            self.depart(&mut conversation, agent, Departure::Transferred);
        }
        self.put_back(conversation);
        Ok(())
    }

    /// Who a wish for somebody else means, if he can be asked at all.
    fn sought_help(
        &self,
        conversation: &Conversation,
        channel: &Channel,
        wish: &AssistanceWish,
    ) -> Outcome<Seek> {
        let registry = &self.state.registry;
        let mrd = registry.channel_type(channel.channel_type).and_then(|known| known.value.mrd);
        let mrd = mrd.ok_or_else(|| Refusal::conflict(Why::NotRouted))?;
        match &wish.target {
            AssistanceTarget::QueueNamed(name) => {
                let queue = registry.queues().find(|queue| *queue.value.name == **name);
                let queue =
                    queue.ok_or_else(|| Refusal::not_found(Why::NoQueueCalled { name: name.to_string() }))?;
                if queue.value.mrd != mrd {
                    let why = Why::QueueOfOtherDomain { queue: name.to_string() };
                    return Err(Refusal::invalid("queueName", why).into());
                }
                Ok(Seek::Queue { queue: queue.value.id, first: None })
            }
            AssistanceTarget::Agent(agent) => {
                self.check_can_be_asked(conversation, *agent, mrd)?;
                let fallback = pushed_to(channel).filter(|_| wish.kind == Assistance::DirectTransfer);
                Ok(Seek::Agent { agent: *agent, mrd, fallback })
            }
            AssistanceTarget::Advisor => Err(Refusal::invalid("requestedAgentId", Why::HelperUnnamed).into()),
        }
    }

    fn check_can_be_asked(&self, conversation: &Conversation, agent: UserId, mrd: MrdId) -> Outcome<()> {
        let user = self.state.registry.user(agent).filter(|user| user.value.enabled);
        let user = user.ok_or_else(|| Refusal::not_found(Why::NoAgent { id: agent.to_string() }))?;
        let record = self.state.agents.get(&agent);
        let domain = record.and_then(|record| record.mrd(mrd));
        let agent_name = user.value.called();
        let why = match (record, domain) {
            _ if conversation.participant(agent).is_some() => Why::ColleagueHere { agent: agent_name },
            (None, _) => Why::ColleagueOut { agent: agent_name },
            (Some(record), _) if record.is_available(mrd) => return Ok(()),
            (Some(record), _) if !record.is_connected() => Why::ColleagueAway { agent: agent_name },
            (Some(record), _) if record.offer.is_some() => Why::ColleagueRung { agent: agent_name },
            (Some(_), Some(domain)) if domain.state.is_on() && domain.active >= domain.max_tasks => {
                Why::ColleagueFull { agent: agent_name }
            }
            _ => Why::ColleagueNotReady { agent: agent_name },
        };
        Err(Refusal::conflict(why).into())
    }

    fn tell_placed(&mut self, conversation: &Conversation, agent: UserId, of: Assistance, task: TaskId) {
        let Some(task) = conversation.tasks.iter().find(|placed| placed.id == task) else { return };
        let push = match task.mode {
            Mode::Queue => Push::AssistancePlaced { of },
            Mode::Agent => Push::AssistanceAssigned {
                of,
                task: Arc::new(task.clone()),
                scene: self.scene(conversation, Some(task.session)),
            },
        };
        self.push(agent, push);
    }

    /// The advisor serves the customer from now on: in the agent's place, or beside him.
    fn promote_advisor(&mut self, wish: &AssistanceWish) -> Outcome<()> {
        let conversation = self.require_primary(wish.agent, wish.conversation)?;
        let advisor = conversation.agents.iter().find(|seat| seat.role == Role::Assistant);
        let meant = |seat: &&Participant| match &wish.target {
            AssistanceTarget::Agent(agent) => seat.agent == *agent,
            AssistanceTarget::Advisor => true,
            AssistanceTarget::QueueNamed(_) => false,
        };
        let advisor = advisor.filter(meant).map(|seat| seat.agent);
        let advisor = advisor.ok_or_else(|| Refusal::conflict(Why::ConsultFirst))?;
        let Some(mut conversation) = self.take(wish.conversation) else { return Ok(()) };
        let task = self.exchange_task(&mut conversation, wish, advisor);
        self.set_role(&mut conversation, advisor, Role::Primary);
        if let (Some(task), Assistance::ConsultTransfer) = (task, wish.kind) {
            let task = Arc::new(task);
            for agent in [wish.agent, advisor] {
                let scene = self.scene(&conversation, Some(task.session));
                let push = Push::ConsultTransferred { task: Arc::clone(&task), agent: advisor, scene };
                self.push(agent, push);
            }
            self.lift_hold(&mut conversation);
            self.depart(&mut conversation, wish.agent, Departure::ConsultTransferred);
        }
        self.remember_last_agent(&conversation, advisor);
        self.joined(&mut conversation);
        self.put_back(conversation);
        Ok(())
    }

    /// The advisor's task ends and one of the customer's takes its place; he is as busy as before.
    fn exchange_task(
        &mut self,
        conversation: &mut Conversation,
        wish: &AssistanceWish,
        advisor: UserId,
    ) -> Option<Task> {
        let (id, media) = (self.state.mint.id(self.now), self.state.mint.id(self.now));
        let now = self.now;
        let former = conversation.tasks.iter_mut().find(|task| task.worker() == Some(advisor))?;
        let task = Task {
            id,
            media,
            direction: wish.kind.direction(),
            mode: Mode::Agent,
            enqueued_at: now,
            answered_at: Some(now),
            asked_by: Some(Box::new(AskedBy { agent: wish.agent, note: wish.note.clone() })),
            moments: Moments::default(),
            ..former.clone()
        };
        let stage =
            std::mem::replace(&mut former.stage, Stage::Closed { reason: CloseReason::Done, at: now });
        let (former, session) = (former.clone(), former.session);
        self.count_closed(conversation, &former, stage, CloseReason::Done);
        self.state.queues.end(&former, former.answered_at.map(|answered| now.since(answered)));
        let fact = Fact::TaskChanged { task: Box::new(former) };
        self.record(conversation, Some(session), Emitter::System, fact);
        self.begin_task(conversation, task.clone());
        Some(task)
    }

    /// Ends what an agent asked for and nobody needs without him.
    pub fn cancel_requests_of(&mut self, conversation: &mut Conversation, agent: UserId) {
        let his = |task: &&Task| {
            !task.direction.is_for_customer()
                && task.asked_by.as_ref().is_some_and(|asked| asked.agent == agent)
        };
        for task in conversation.waiting_tasks().filter(his).cloned().collect::<Vec<_>>() {
            self.end_search(conversation, &task, CloseReason::Cancelled);
        }
    }

    /// Tells an agent that nobody came whom he asked for.
    pub fn tell_requester(&mut self, conversation: &Conversation, task: &Task) {
        let (Some(asked), Some(of)) = (&task.asked_by, Assistance::of(task.direction)) else { return };
        if conversation.participant(asked.agent).is_some() {
            let reason = self.text(|texts| &texts.nobody_to_help);
            self.push(asked.agent, Push::AssistanceFailed { of, reason });
        }
    }
}

/// Whether one more may come.
pub(crate) fn check_people(conversation: &Conversation) -> Result<(), Refusal> {
    let seated = conversation.agents.iter().filter(|seat| seat.role != Role::WrapUp).count();
    match seated + conversation.waiting_tasks().count() < PEOPLE_MAX {
        true => Ok(()),
        false => Err(Refusal::limit(Why::PeopleMax { max: PEOPLE_MAX })),
    }
}

fn check_room(conversation: &Conversation, kind: Assistance) -> Result<(), Refusal> {
    if conversation.waiting_tasks().next().is_some() {
        return Err(Refusal::conflict(Why::HelpSoughtAlready));
    }
    let advised = conversation.agents.iter().any(|seat| seat.role == Role::Assistant);
    match kind {
        Assistance::Consult if advised => Err(Refusal::conflict(Why::ConsultingAlready)),
        Assistance::DirectTransfer => Ok(()),
        _ => check_people(conversation),
    }
}
