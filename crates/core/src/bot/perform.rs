//! What bots ask for, done: agents found, assigned and removed, sessions closed, roles changed, data kept.
//!
//! An action is asked first and then done, and written down with why it was not.

use super::action::{Action, QueueRef, Which};
use crate::assistance::check_people;
use crate::command::{Wish, WishTarget};
use crate::conversation::{
    About, BotSeat, Conversation, DATA_BYTES_MAX, EndReason, Participant, Role, State as ConversationState,
};
use crate::departure::Departure;
use crate::event::{Emitter, Fact, Payload};
use crate::id::{BotId, Id, MrdId, QueueId, SessionId, TaskId, UserId};
use crate::registry::Mode;
use crate::report::Measure;
use crate::request::{home_of, pushed_to};
use crate::seating::Taking;
use crate::task::{CloseReason, Direction, Source};
use crate::turn::Turn;

/// Why an action was not done.
type Done = Result<(), String>;

impl Turn<'_> {
    /// Does what a bot asks for and writes it down. The event says what is asked before it says what comes of it.
    pub(super) fn act(
        &mut self,
        conversation: &mut Conversation,
        bot: BotId,
        about: &About,
        name: &str,
        data: &Payload,
        action: &Action,
    ) -> Done {
        let allowed = self.may_act(conversation, about, action);
        let note = match &allowed {
            Ok(note) => note.clone(),
            Err(reason) => Some(reason.clone()),
        };
        self.note_action(conversation, bot, about, name, data, note.map(Into::into));
        allowed.map(|_| self.carry_out(conversation, bot, about, action))
    }

    /// Whether an action can be done; with a note when it is done otherwise than asked.
    fn may_act(
        &self,
        conversation: &Conversation,
        about: &About,
        action: &Action,
    ) -> Result<Option<String>, String> {
        match action {
            Action::FindAgent { queue, .. } => {
                let (_, channel) =
                    self.reply_channel(conversation, about.session).ok_or("the customer has left")?;
                if channel.mode == Mode::Bot {
                    return Err("the channel has no agents: its mode is BOT".to_owned());
                }
                let Some(queue) = queue else { return Ok(None) };
                let asked = self.queue_meant(queue).map(|id| self.sought(&channel, &WishTarget::Queue(id)));
                Ok(match asked {
                    Some(Ok(_)) => None,
                    Some(Err(refusal)) => Some(format!("{refusal}; the channel's queue was asked")),
                    None => Some("there is no such queue; the channel's was asked".to_owned()),
                })
            }
            Action::AssignAgent { agent, .. } => {
                let present = self.state.agents.get(agent).is_some_and(|agent| agent.is_connected());
                if !present {
                    return Err("this agent is not at work".to_owned());
                }
                if conversation.participant(*agent).is_some() {
                    return Err("this agent is in the conversation already".to_owned());
                }
                check_people(conversation).map_err(|refusal| refusal.to_string())?;
                self.reply_channel(conversation, about.session).ok_or("the customer has left")?;
                self.domain_of(conversation, about).map(|_| None)
            }
            Action::AssignBot { bot, .. } => match self.state.registry.bot(*bot) {
                Some(_) => Ok(None),
                None => Err("there is no such bot".to_owned()),
            },
            Action::RevokeBot { bot: Some(bot) } => match &conversation.bot {
                Some(seat) if seat.bot == *bot => Ok(None),
                _ => Err("this bot is not in the conversation".to_owned()),
            },
            Action::ChangeRole { whom, role } => may_change_role(conversation, *whom, *role).map(|()| None),
            Action::MergeData(pairs) => match conversation.has_room_for(pairs) {
                true => Ok(None),
                false => Err(format!("conversation data is limited to {DATA_BYTES_MAX} bytes")),
            },
            Action::RemoveAllAgents { .. } if conversation.agents.is_empty() => {
                Err("no agent is in the conversation".to_owned())
            }
            Action::RemoveSessions { which, .. }
                if self.sessions_meant(conversation, about, which).is_empty() =>
            {
                Err("no open session is meant".to_owned())
            }
            Action::CancelRequests { task, ringing_at }
                if requests_meant(conversation, *task, *ringing_at).is_empty() =>
            {
                Err("no such request is looking for an agent".to_owned())
            }
            Action::RevokeBot { bot: None }
            | Action::RemoveAllAgents { .. }
            | Action::RemoveSessions { .. }
            | Action::CancelRequests { .. }
            | Action::EndConversation => Ok(None),
        }
    }

    fn carry_out(&mut self, conversation: &mut Conversation, bot: BotId, about: &About, action: &Action) {
        match action {
            Action::FindAgent { queue, priority, last_agent } => {
                if let Some((session, channel)) = self.reply_channel(conversation, about.session) {
                    let queue = queue.as_ref().and_then(|queue| self.queue_meant(queue));
                    let allowed = queue.filter(|id| self.sought(&channel, &WishTarget::Queue(*id)).is_ok());
                    let wish = Wish {
                        target: allowed.map_or(WishTarget::ChannelQueue, WishTarget::Queue),
                        direction: Direction::Inbound,
                        priority: *priority,
                        last_agent: *last_agent,
                    };
                    self.hand_over(conversation, session, &channel, Some(&wish));
                }
            }
            Action::AssignAgent { agent, role } => self.assign_agent(conversation, *agent, *role, about),
            Action::AssignBot { bot, role } => self.assign_bot(conversation, *bot, *role),
            Action::RevokeBot { .. } => self.revoke_bot(conversation),
            Action::ChangeRole { whom, role } => self.change_role(conversation, bot, *whom, *role),
            Action::MergeData(pairs) => self.merge_into(conversation, pairs),
            Action::RemoveAllAgents { departure } => self.remove_all_agents(conversation, *departure),
            Action::RemoveSessions { which, reason } => {
                for session in self.sessions_meant(conversation, about, which) {
                    self.end_session(conversation, session, *reason);
                }
            }
            Action::CancelRequests { task, ringing_at } => {
                for task in requests_meant(conversation, *task, *ringing_at) {
                    self.cancel_request(conversation, task, CloseReason::Cancelled);
                }
                self.back_with_bot(conversation);
            }
            Action::EndConversation => self.end_everything(conversation, EndReason::ForceClosed),
        }
        if matches!(action, Action::FindAgent { .. } | Action::AssignAgent { .. })
            && let Some(seat) = conversation.bot.as_mut()
        {
            seat.owes = false;
        }
    }

    /// Nobody is looked for any more: the bot talks on, and silence counts again.
    pub fn back_with_bot(&mut self, conversation: &mut Conversation) {
        if conversation.has_primary() || conversation.awaits_agent() {
            return;
        }
        if let Some(seat) = conversation.bot.as_mut() {
            seat.handed_over = false;
        }
        self.restart_all_silence(conversation);
    }

    /// Ends every session; agents who are in stay until they leave.
    pub(super) fn end_everything(&mut self, conversation: &mut Conversation, reason: EndReason) {
        let open: Vec<SessionId> = conversation.open_sessions().map(|session| session.id).collect();
        for session in open {
            self.end_session(conversation, session, reason);
        }
    }

    fn queue_meant(&self, queue: &QueueRef) -> Option<QueueId> {
        let registry = &self.state.registry;
        match queue {
            QueueRef::Id(id) => {
                let id: QueueId = id.trim().parse().ok()?;
                registry.queue(id).map(|queue| queue.value.id)
            }
            QueueRef::Name(name) => registry
                .queues()
                .find(|queue| queue.value.name.trim().eq_ignore_ascii_case(name.trim()))
                .map(|queue| queue.value.id),
        }
    }

    fn sessions_meant(&self, conversation: &Conversation, about: &About, which: &Which) -> Vec<SessionId> {
        let of_question = || self.reply_channel(conversation, about.session).map(|(session, _)| session);
        let last_used = || conversation.reply_session().map(|session| session.id);
        let all = conversation.open_sessions();
        match which {
            Which::OfQuestion => of_question().into_iter().collect(),
            Which::LastUsed => last_used().into_iter().collect(),
            Which::All => all.map(|session| session.id).collect(),
            Which::One(id) => all.map(|session| session.id).filter(|open| open == id).collect(),
            Which::OfType(name) => {
                let registry = &self.state.registry;
                let is_of_type = |channel| {
                    registry
                        .channel(channel)
                        .and_then(|channel| registry.channel_type(channel.value.channel_type))
                        .is_some_and(|of| of.value.name.eq_ignore_ascii_case(name))
                };
                all.filter(|session| is_of_type(session.channel)).map(|session| session.id).collect()
            }
        }
    }

    /// The domain an agent who is assigned works in, and whose terms hold for him: those of the channel.
    fn domain_of(
        &self,
        conversation: &Conversation,
        about: &About,
    ) -> Result<(MrdId, Option<Source>), String> {
        let registry = &self.state.registry;
        let channel = self.reply_channel(conversation, about.session).map(|(_, channel)| channel);
        let channel = channel.ok_or("the customer has left")?;
        let queue = pushed_to(&channel).and_then(|queue| registry.queue(queue));
        let of_type = registry.channel_type(channel.channel_type).and_then(|of| of.value.mrd);
        let mrd = queue.map(|queue| queue.value.mrd).or(of_type);
        let mrd = mrd.ok_or("the channel belongs to no media routing domain")?;
        Ok((mrd, home_of(&channel)))
    }

    fn assign_agent(&mut self, conversation: &mut Conversation, agent: UserId, role: Role, about: &About) {
        let Some((session, channel)) = self.reply_channel(conversation, about.session) else { return };
        let Ok((mrd, source)) = self.domain_of(conversation, about) else { return };
        if role == Role::Primary {
            self.cancel_requests(conversation, CloseReason::Cancelled);
        }
        self.count_escalated(conversation);
        let direction = Direction::Inbound;
        let taking = Taking { agent, role, direction, session, mrd, source };
        self.seat_unasked(conversation, &channel, taking);
    }

    fn assign_bot(&mut self, conversation: &mut Conversation, bot: BotId, role: Role) {
        let role = if conversation.has_primary() { Role::Assistant } else { role };
        if conversation.bot.as_ref().is_some_and(|seat| seat.bot == bot) {
            self.set_bot_role(conversation, role);
            return;
        }
        // Whichever bot it is: the conversation counts once.
        let escalated = conversation.bot.as_ref().map(|seat| seat.escalated);
        if let (None, Some(first)) = (escalated, conversation.sessions.first()) {
            self.count_channel(first.channel, Measure::BotAssigned);
        }
        self.revoke_bot(conversation);
        let escalated = escalated.unwrap_or(false);
        conversation.bot = Some(BotSeat { escalated, ..BotSeat::new(bot, role, self.now) });
        self.record(conversation, None, Emitter::System, Fact::BotSubscribed { bot, role });
    }

    fn revoke_bot(&mut self, conversation: &mut Conversation) {
        self.drop_questions(conversation);
        if let Some(seat) = conversation.bot.take() {
            self.record(conversation, None, Emitter::System, Fact::BotUnsubscribed { bot: seat.bot });
        }
    }

    /// While an agent is PRIMARY the bot assists, and without one it leads.
    fn change_role(&mut self, conversation: &mut Conversation, bot: BotId, whom: Id, role: Role) {
        if conversation.bot.as_ref().is_some_and(|seat| Id::from(seat.bot) == whom) {
            self.set_bot_role(conversation, role);
            return;
        }
        let held = conversation.agents.iter().find(|seat| is_meant(seat, whom)).map(|seat| seat.role);
        if held.is_none_or(|held| held == role) {
            return;
        }
        if role == Role::Primary && !conversation.has_primary() {
            self.cancel_requests(conversation, CloseReason::Cancelled);
            conversation.state = ConversationState::Active;
        }
        let Some(seat) = conversation.agents.iter_mut().find(|seat| is_meant(seat, whom)) else { return };
        seat.role = role;
        let participant = seat.clone();
        let agent = participant.agent;
        self.record(conversation, None, Emitter::Bot(bot), Fact::AgentRoleChanged { participant });
        if role == Role::Primary {
            self.joined(conversation);
        } else if conversation.has_primary() {
            self.end_pause_of(conversation, agent);
        } else {
            self.lift_hold(conversation);
            self.settle_response(conversation);
            self.leave_to_bot(conversation);
        }
    }

    fn remove_all_agents(&mut self, conversation: &mut Conversation, departure: Departure) {
        for agent in conversation.agents.iter().map(|seat| seat.agent).collect::<Vec<_>>() {
            self.depart(conversation, agent, departure);
        }
    }
}

fn is_meant(seat: &Participant, whom: Id) -> bool {
    Id::from(seat.agent) == whom || Id::from(seat.id) == whom
}

fn may_change_role(conversation: &Conversation, whom: Id, role: Role) -> Done {
    if conversation.bot.as_ref().is_some_and(|seat| Id::from(seat.bot) == whom) {
        return match role {
            Role::Primary if conversation.has_primary() => {
                Err("while an agent is PRIMARY the bot assists".to_owned())
            }
            Role::Primary | Role::Assistant => Ok(()),
            _ => Err("a bot is PRIMARY or ASSISTANT".to_owned()),
        };
    }
    match conversation.agents.iter().find(|seat| is_meant(seat, whom)) {
        None => Err("nobody of this id is in the conversation".to_owned()),
        Some(seat) if seat.role == Role::WrapUp => Err("this agent has left and wraps up".to_owned()),
        Some(_) if !conversation.customer_is_here() => Err("the customer has left".to_owned()),
        Some(_) => Ok(()),
    }
}

fn requests_meant(
    conversation: &Conversation,
    task: Option<TaskId>,
    ringing_at: Option<UserId>,
) -> Vec<TaskId> {
    conversation
        .waiting_tasks()
        .filter(|waiting| task.is_none_or(|task| waiting.id == task))
        .filter(|waiting| ringing_at.is_none_or(|agent| waiting.agent() == Some(agent)))
        .map(|waiting| waiting.id)
        .collect()
}
