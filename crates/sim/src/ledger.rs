//! What Tieline was told, what it answered, and what the outside world saw: the evidence promises are held against.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tieline_core::delivery::Lane;
use tieline_core::event::Seq;
use tieline_core::facts::Accepted;
use tieline_core::id::ConnectionId;
use tieline_core::time::At;

#[derive(Default)]
pub struct Ledger {
    pages: Mutex<Pages>,
}

#[derive(Default)]
pub struct Pages {
    /// Posted messages by their id.
    pub posts: BTreeMap<String, Post>,
    /// Counts posts and answers, to tell which came first.
    pub moment: u64,
    /// What each lane's receiver got, in the order of the first receipt.
    pub received: BTreeMap<Lane, Vec<Seq>>,
    /// The newest event each desk was told of.
    pub told: BTreeMap<ConnectionId, Seq>,
    /// Everything any desk was told of.
    pub announced: BTreeSet<Seq>,
    /// Times in which nobody can be expected to be punctual.
    pub excused: Vec<(At, At)>,
    /// Promises seen broken on the way.
    pub broken: Vec<String>,
    /// Things that happened, for the report.
    pub counts: BTreeMap<&'static str, u64>,
}

/// One message, however often it was posted.
#[derive(Debug, Clone)]
pub struct Post {
    /// Whoever posts one after the other expects them in that order.
    pub author: String,
    /// An intent, with nothing to keep.
    pub wordless: bool,
    pub first_posted: u64,
    pub answered: Option<(u64, Option<Accepted>)>,
}

impl Ledger {
    pub fn open(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn count(&self, what: &'static str) {
        *self.open().counts.entry(what).or_default() += 1;
    }

    pub fn broken(&self, what: String) {
        self.open().broken.push(what);
    }

    pub fn posted(&self, id: &str, author: &str, wordless: bool) {
        let mut pages = self.open();
        pages.moment += 1;
        let first_posted = pages.moment;
        let post = Post { author: author.to_owned(), wordless, first_posted, answered: None };
        pages.posts.entry(id.to_owned()).or_insert(post);
    }

    /// The answer to a post; a repeat must be answered the same.
    pub fn answered(&self, id: &str, accepted: Option<Accepted>) {
        let mut pages = self.open();
        pages.moment += 1;
        let moment = pages.moment;
        let Some(post) = pages.posts.get_mut(id) else { return };
        match post.answered {
            None => post.answered = Some((moment, accepted)),
            Some((_, before)) if before == accepted => {}
            Some((_, before)) => {
                let text = format!("once: {id} was answered {before:?}, and {accepted:?} when repeated");
                pages.broken.push(text);
            }
        }
    }

    pub fn excuse(&self, from: At, to: At) {
        self.open().excused.push((from, to));
    }
}
