//! When nobody comes: what a request's end means for the customer who waited.

use std::sync::Arc;

use crate::conversation::Conversation;
use crate::deadline::Deadline;
use crate::event::{Emitter, Event, Fact};
use crate::id::{ConversationId, ListId, QueueId, SessionId, TaskId};
use crate::registry::{Channel, NobodyCame};
use crate::request::{Request, Seek};
use crate::task::{CloseReason, Direction, Mode, Stage, Task};
use crate::time::Span;
use crate::turn::Turn;

impl Turn<'_> {
    /// The request has looked long enough.
    pub fn request_expired(&mut self, id: ConversationId, task: TaskId) {
        let Some(mut conversation) = self.take(id) else { return };
        let waiting = conversation.waiting_tasks().find(|candidate| candidate.id == task).cloned();
        if let Some(waiting) = waiting {
            match self.what_follows(&conversation, &waiting) {
                NobodyCame::KeepWaiting => self.wait_on(&mut conversation, &waiting),
                NobodyCame::Queue(queue) => self.try_queue(&mut conversation, &waiting, queue),
                NobodyCame::CallBack(list) => self.note_call_back(&mut conversation, &waiting, list),
                NobodyCame::Message => self.give_up(&mut conversation, &waiting),
            }
        }
        self.put_back(conversation);
    }

    /// Nobody who could serve is logged in, and the channel does not wait for somebody to come.
    pub fn is_pointless(&self, task: &Task) -> bool {
        let only_when_staffed = self
            .state
            .conversation(task.conversation)
            .and_then(|conversation| self.channel_of(conversation, task.session))
            .is_some_and(|channel| channel.routing.patience.only_when_staffed);
        let asks = task.direction == Direction::Inbound && task.mode == Mode::Queue;
        only_when_staffed && asks && task.queue.is_some_and(|queue| !self.state.queues.is_staffed(queue))
    }

    fn what_follows(&self, conversation: &Conversation, task: &Task) -> NobodyCame {
        let channel = self.channel_of(conversation, task.session);
        let then = channel.map(|channel| channel.routing.patience.then).unwrap_or_default();
        match then {
            // Only who waits for himself is put off in these ways; an agent who asked is told.
            _ if task.direction != Direction::Inbound => NobodyCame::Message,
            NobodyCame::Queue(queue) if task.queue == Some(queue) => NobodyCame::Message,
            then => then,
        }
    }

    fn wait_on(&mut self, conversation: &mut Conversation, task: &Task) {
        let secs = self
            .channel_of(conversation, task.session)
            .map_or(0, |channel| channel.routing.request_ttl_secs)
            .max(1);
        let expires_at = self.now + Span::secs(u64::from(secs));
        if let Some(kept) = conversation.tasks.iter_mut().find(|kept| kept.id == task.id) {
            kept.expires_at = expires_at;
        }
        self.state.deadlines.set(Deadline::RequestTtl(conversation.id, task.id), None, Some(expires_at));
        let text = self.text(|texts| &texts.still_waiting);
        self.say(conversation, task.session, &text);
        // Who has gone without a word does not wait for ever: a silence that counts already goes on counting.
        let uncounted: Vec<SessionId> = conversation
            .open_sessions()
            .filter(|session| session.silent_until.is_none())
            .map(|session| session.id)
            .collect();
        for session in uncounted {
            self.restart_silence(conversation, session);
        }
    }

    fn try_queue(&mut self, conversation: &mut Conversation, task: &Task, queue: QueueId) {
        self.end_search(conversation, task, CloseReason::NoAgentAvailable);
        let fact = Fact::NoAgentAvailable { direction: task.direction, mode: task.mode };
        self.record(conversation, Some(task.session), Emitter::System, fact);
        let Some(channel) = self.channel_of(conversation, task.session).cloned() else { return };
        let request = Request {
            priority: task.priority,
            since: task.enqueued_at,
            ..Request::of(&channel, Seek::Queue { queue, first: None }, self.now)
        };
        self.request_agent(conversation, task.session, request);
    }

    /// Ends a request nobody came for, and notes that somebody has to come back to the customer.
    fn note_call_back(&mut self, conversation: &mut Conversation, task: &Task, list: ListId) {
        self.end_search(conversation, task, CloseReason::NoAgentAvailable);
        let fact = Fact::NoAgentAvailable { direction: task.direction, mode: task.mode };
        let event = self.record(conversation, Some(task.session), Emitter::System, fact);
        if conversation.has_primary() || !self.promise_call_back(conversation, task.session, list) {
            self.nobody_came(conversation, task, &event);
        } else {
            self.tell_connector(conversation, task.session, &event);
        }
    }

    /// Ends a request nobody came for.
    pub fn give_up(&mut self, conversation: &mut Conversation, task: &Task) {
        self.end_search(conversation, task, CloseReason::NoAgentAvailable);
        let fact = Fact::NoAgentAvailable { direction: task.direction, mode: task.mode };
        let event = self.record(conversation, Some(task.session), Emitter::System, fact);
        self.nobody_came(conversation, task, &event);
    }

    /// Tells whoever asked: the agent, or the customer unless somebody serves him, and leaves him to the bot.
    pub fn nobody_came(&mut self, conversation: &mut Conversation, task: &Task, event: &Arc<Event>) {
        if self.goes_on_served(conversation, task) {
            return;
        }
        self.tell_connector(conversation, task.session, event);
        if conversation.listing.is_some() {
            // Whoever follows the list may still come.
            self.call_again(conversation);
            let text = self.text(|texts| &texts.still_waiting);
            self.say(conversation, task.session, &text);
            return;
        }
        let text = self.text(|texts| &texts.no_agent);
        self.put_off(conversation, &text);
    }

    /// Tells the agent who asked for somebody, if one did, that nobody comes. True where the customer is served all
    /// the same and need not know; his silence counts again unless he awaits an answer.
    pub fn goes_on_served(&mut self, conversation: &mut Conversation, task: &Task) -> bool {
        self.tell_requester(conversation, task);
        let served = conversation.has_primary();
        if served && conversation.hold.is_none() && conversation.response.is_none() {
            self.restart_all_silence(conversation);
        }
        served
    }

    /// Says `text` to a customer whose request has ended; his silence counts again.
    pub fn put_off(&mut self, conversation: &mut Conversation, text: &str) {
        if let Some(session) = conversation.reply_session().map(|session| session.id) {
            self.say(conversation, session, text);
        }
        // On every channel: a session without a timer would stay open for ever.
        self.restart_all_silence(conversation);
        if let Some(seat) = conversation.bot.as_mut() {
            seat.handed_over = false;
        }
    }

    /// Ends a request that waits in vain for somebody to log in.
    pub fn give_up_unstaffed(&mut self, id: ConversationId, task: TaskId) {
        let Some(mut conversation) = self.take_to_change(id) else { return };
        let waiting = conversation.tasks.iter().find(|candidate| candidate.id == task).cloned();
        if let Some(waiting) = waiting.filter(|waiting| waiting.stage == Stage::Queued) {
            match self.what_follows(&conversation, &waiting) {
                NobodyCame::Queue(queue) => self.try_queue(&mut conversation, &waiting, queue),
                NobodyCame::CallBack(list) => self.note_call_back(&mut conversation, &waiting, list),
                NobodyCame::Message | NobodyCame::KeepWaiting => self.give_up(&mut conversation, &waiting),
            }
        }
        self.put_back(conversation);
    }

    /// The channel a session came in on.
    pub fn channel_of(&self, conversation: &Conversation, session: SessionId) -> Option<&Channel> {
        let channel = conversation.session(session)?.channel;
        self.state.registry.channel(channel).map(|stored| &stored.value)
    }
}
