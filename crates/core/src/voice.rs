//! Calls beside chats: while a customer is on the phone, nobody waits for what is written.
//!
//! A call that begins ends the search for somebody to chat with; its own search goes on. Until it is over, agents owe no
//! written answer in a time, and only the line itself can fall silent.

use crate::conversation::{Conversation, Session};
use crate::id::{MrdId, SessionId, TaskId};
use crate::task::{CloseReason, Task};
use crate::turn::Turn;

impl Turn<'_> {
    /// Whether the customer is on the phone.
    pub fn is_on_call(&self, conversation: &Conversation) -> bool {
        conversation.open_sessions().any(|session| self.is_call(session))
    }

    /// Whether the silence of a session counts for nothing because a call runs beside it.
    pub fn yields_to_call(&self, conversation: &Conversation, session: SessionId) -> bool {
        // Almost every conversation has one session.
        conversation.sessions.len() > 1
            && conversation.session(session).is_some_and(|session| !self.is_call(session))
            && self.is_on_call(conversation)
    }

    /// What a session that has just begun means for the others, if it is a call.
    pub fn call_begins(&mut self, conversation: &mut Conversation, session: SessionId) {
        if conversation.session(session).is_none_or(|session| !self.is_call(session)) {
            return;
        }
        let chats = conversation.waiting_tasks().filter(|task| !self.is_spoken(task.mrd));
        let sought: Vec<TaskId> =
            chats.filter(|task| task.direction.is_for_customer()).map(|task| task.id).collect();
        for task in sought {
            self.cancel_request(conversation, task, CloseReason::Cancelled);
        }
        self.settle_response(conversation);
        self.stop_all_silence(conversation);
    }

    /// What the end of a session means for those that are left, if it was the last call.
    pub fn call_ends(&mut self, conversation: &mut Conversation, session: SessionId) {
        let was_call = conversation.session(session).is_some_and(|session| self.is_call(session));
        let awaited = conversation.awaits_agent() || conversation.hold.is_some();
        if was_call && !awaited && !self.is_on_call(conversation) {
            self.restart_all_silence(conversation);
        }
    }

    /// Whether what was asked for in one session can be had in another: who asked for a call does not get it in a chat.
    pub fn can_go_on(&self, conversation: &Conversation, task: &Task, elsewhere: SessionId) -> bool {
        !self.is_spoken(task.mrd)
            || conversation.session(elsewhere).is_some_and(|session| self.is_call(session))
    }

    fn is_call(&self, session: &Session) -> bool {
        let registry = &self.state.registry;
        let channel = registry.channel(session.channel);
        let of_type = channel.and_then(|channel| registry.channel_type(channel.value.channel_type));
        of_type.and_then(|of_type| of_type.value.mrd).is_some_and(|mrd| self.is_spoken(mrd))
    }

    fn is_spoken(&self, mrd: MrdId) -> bool {
        self.state.registry.mrd(mrd).is_some_and(|mrd| mrd.value.media.is_spoken())
    }
}
