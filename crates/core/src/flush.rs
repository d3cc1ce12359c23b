//! Emptying a queue: every request that waits there ends, and whoever asked is told.

use tieline_cim::Why;

use crate::audit::Deed;
use crate::command::Answer;
use crate::event::{Emitter, Fact};
use crate::id::{ConversationId, QueueId, TaskId, UserId};
use crate::refusal::Refusal;
use crate::registry::Kind;
use crate::task::CloseReason;
use crate::turn::{Outcome, Turn};

/// Requests one command takes out. Emptying a long queue takes several, so that others are decided in between.
pub const FLUSHED_MAX: usize = 200;

impl Turn<'_> {
    /// Takes up to [`FLUSHED_MAX`] waiting requests out of one queue, or of all. What rings at an agent rings on.
    pub fn flush_queue(&mut self, queue: Option<QueueId>, by: UserId) -> Outcome<Answer> {
        if let Some(id) = queue
            && self.state.registry.queue(id).is_none()
        {
            return Err(
                Refusal::not_found(Why::NoSuch { kind: Kind::Queue.noun(), id: id.to_string() }).into()
            );
        }
        let queues: Vec<QueueId> = match queue {
            Some(id) => vec![id],
            None => self.state.registry.queues().map(|queue| queue.value.id).collect(),
        };
        let waits = |id: &QueueId| self.state.queues.length(*id);
        let waiting: usize = queues.iter().map(waits).sum();
        let meant: Vec<(ConversationId, TaskId)> = queues
            .iter()
            .flat_map(|queue| self.state.queues.waiting(*queue))
            .take(FLUSHED_MAX)
            .map(|waiting| (waiting.conversation, waiting.task))
            .collect();
        let (flushed, left) = (meant.len(), waiting - meant.len());
        for (conversation, task) in meant {
            self.flush(conversation, task, by);
        }
        self.note(Deed::QueueFlushed { queue, requests: flushed as u64 });
        Ok(Answer::Flushed { requests: flushed, left })
    }

    fn flush(&mut self, id: ConversationId, task: TaskId, by: UserId) {
        let Some(mut conversation) = self.take_to_change(id) else { return };
        let waiting = conversation.tasks.iter().find(|candidate| candidate.id == task).cloned();
        if let Some(waiting) = waiting {
            let fact = Fact::RequestFlushed { task, queue: waiting.queue };
            self.record(&conversation, Some(waiting.session), Emitter::Agent(by), fact);
            self.end_search(&mut conversation, &waiting, CloseReason::ForceClosed);
            // Who is served waits for nobody: only the agent who asked for somebody is told.
            if !self.goes_on_served(&mut conversation, &waiting) {
                let text = self.text(|texts| &texts.flushed);
                self.put_off(&mut conversation, &text);
            }
        }
        self.put_back(conversation);
    }
}
