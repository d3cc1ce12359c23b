//! Agents who write first: a conversation begins with them, and the customer's answer lands in it; or one message is all
//! there is.

use tieline_cim::Why;

use crate::command::{Answer, Caller, Contact, Proactive};
use crate::conversation::{Conversation, EndReason, Role, SessionDirection};
use crate::event::{Emitter, Fact, Message, MessageClass};
use crate::facts::Accepted;
use crate::id::{ConversationId, CustomerId, MrdId, UserId};
use crate::refusal::Refusal;
use crate::registry::Channel;
use crate::seating::Taking;
use crate::task::{Direction, Stage, Task};
use crate::turn::{Outcome, Turn};

/// The intent desks ask for it by.
pub const AGENT_OUTBOUND: &str = "AGENT_OUTBOUND";

impl Turn<'_> {
    /// Opens a session to a customer, known or new, for an agent who serves him from then on; in his open
    /// conversation when there is one that nobody else looks after.
    ///
    /// The agent needs a place for it, but need not be READY. Refused when somebody else serves the customer or is
    /// looked for, and on a channel that is off or belongs to no media routing domain.
    pub fn contact(&mut self, contact: &Contact) -> Outcome<Answer> {
        if let Some(answer) = self.answered_before(&contact.request)? {
            return Ok(answer);
        }
        let agent = contact.agent;
        self.require_agent(agent)?;
        let channel = self.channel_for(
            &Caller::User(agent),
            &contact.address.service,
            contact.channel_type.as_deref(),
        )?;
        let channel = &channel.value;
        let mrd = self.domain_to_contact_on(channel)?;
        let live = self.session_at(channel.id, &contact.address.customer);
        let of = match live {
            Some(session) => self.state.by_session.get(&session).copied(),
            None => self
                .customer_meant(channel.channel_type, &contact.address.customer, contact.customer)?
                .and_then(|customer| self.conversation_with(customer)),
        };
        self.check_may_contact(agent, mrd, of)?;
        let spoken = live.and_then(|session| Some((self.take(of?)?, session)));
        let (mut conversation, session) = match spoken {
            Some(spoken) => spoken,
            None => self.start_session(
                channel,
                &contact.address,
                contact.customer,
                SessionDirection::Outbound,
                Some(AGENT_OUTBOUND),
            )?,
        };
        let serves = |task: &Task| task.stage == Stage::Active { agent };
        if conversation.participant(agent).is_some() {
            if !conversation.task_of(agent).is_some_and(serves) {
                self.serve_once_more(&mut conversation, agent, session);
            }
        } else {
            let (role, direction) = (Role::Primary, Direction::Outbound);
            let taking = Taking { agent, role, direction, session, mrd, source: None };
            self.seat_unasked(&mut conversation, channel, taking);
        }
        let mut seq = 0;
        if let Some(payload) = &contact.payload {
            let (id, payload) = (contact.message_id.clone(), payload.clone());
            let fact = Fact::Message(Message { class: MessageClass::Agent, id, payload });
            let event = self.record(&conversation, Some(session), Emitter::Agent(agent), fact);
            self.reach_customer(&mut conversation, session, &event);
            seq = event.seq;
        }
        let accepted = Accepted {
            seq,
            conversation: Some(conversation.id),
            session: Some(session),
            customer: Some(conversation.customer),
            channel: channel.id,
        };
        self.put_back(conversation);
        self.answer(contact.request, accepted)
    }

    /// `/message/send`: to a customer, whether or not a conversation is open with him. An open one shows it.
    pub fn send(&mut self, proactive: &Proactive) -> Outcome<Answer> {
        if let Some(answer) = self.answered_before(&proactive.request)? {
            return Ok(answer);
        }
        let caller = Caller::User(proactive.sender);
        let channel =
            self.channel_for(&caller, &proactive.address.service, proactive.channel_type.as_deref())?;
        let channel = &channel.value;
        if proactive.edits {
            self.check_may_edit(channel.id)?;
            if self.session_at(channel.id, &proactive.address.customer).is_none() {
                return Err(Refusal::conflict(Why::EditTooLate).into());
            }
        }
        let (mut conversation, session, opened) = self.live_or_new_session(
            channel,
            &proactive.address,
            proactive.customer,
            SessionDirection::Outbound,
            None,
        )?;
        let fact = Fact::Message(Message {
            class: MessageClass::Agent,
            id: proactive.message_id.clone(),
            payload: proactive.payload.clone(),
        });
        let event = self.record(&conversation, Some(session), Emitter::Agent(proactive.sender), fact);
        self.tell_connector(&mut conversation, session, &event);
        let accepted = Accepted {
            seq: event.seq,
            conversation: Some(conversation.id),
            session: Some(session),
            customer: Some(conversation.customer),
            channel: channel.id,
        };
        if opened {
            // Nobody waits for an answer: the customer's reply opens a conversation of its own.
            self.end_session(&mut conversation, session, EndReason::Agent);
        }
        self.put_back(conversation);
        self.answer(proactive.request, accepted)
    }

    fn domain_to_contact_on(&self, channel: &Channel) -> Outcome<MrdId> {
        check_enabled(channel)?;
        let mrd = self.state.registry.channel_type(channel.channel_type).and_then(|known| known.value.mrd);
        mrd.ok_or_else(|| Refusal::conflict(Why::ChannelNotRouted { channel: channel.name.clone() }).into())
    }

    fn conversation_with(&self, customer: CustomerId) -> Option<ConversationId> {
        self.state.by_customer.get(&customer).copied()
    }

    /// A customer is served by one agent's will at a time.
    fn check_may_contact(&self, agent: UserId, mrd: MrdId, of: Option<ConversationId>) -> Outcome<()> {
        let open = of.and_then(|of| self.state.conversation(of));
        let serves = |open: &Conversation| {
            let task = open.task_of(agent).is_some_and(|task| task.stage == Stage::Active { agent });
            task && open.participant(agent).is_some_and(|seat| seat.role == Role::Primary)
        };
        if let Some(open) = open {
            if serves(open) {
                return Ok(());
            }
            if let Some(other) = open.agents.iter().find(|seat| seat.agent != agent) {
                let user = self.state.registry.user(other.agent);
                let colleague = user.map_or_else(|| other.agent.to_string(), |user| user.value.called());
                return Err(Refusal::conflict(Why::ServedByColleague { agent: colleague }).into());
            }
            if open.waiting_tasks().next().is_some() {
                return Err(Refusal::conflict(Why::CustomerWaits).into());
            }
            if open.participant(agent).is_some() {
                return self.check_may_serve_again(open, agent);
            }
        }
        self.check_room_for(agent, mrd)
    }
}

/// Nobody begins anything on a channel that is off.
pub fn check_enabled(channel: &Channel) -> Result<(), Refusal> {
    match channel.enabled {
        true => Ok(()),
        false => Err(Refusal::conflict(Why::ChannelOff { channel: channel.name.clone() })),
    }
}
