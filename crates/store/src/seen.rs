//! Which requests may have been seen before, in memory: so that a new one need not be looked for on disk.
//!
//! Almost every request is new. A Bloom filter over the keys in the store answers "surely not there" or "ask", and
//! never the former of a key that is there: a key is noted before its row is written, and let go of after its row was
//! purged. What it answers "ask" to is answered by the rows, so nothing but time depends on it.
//!
//! Keys are hashes already and are used as they come. They are kept in generations, each of which goes as a whole when
//! its newest key has been purged. A store that is opened has its keys read into it in the background; until that is
//! done, every key is asked for.

use std::sync::{Mutex, MutexGuard, PoisonError, Weak};

use tieline_core::facts::RequestKey;
use tieline_core::time::At;

use crate::error::Result;
use crate::rows::Rows;
use crate::{Inner, Store};

/// Of 64 bytes, one cache line: all bits of a key are in one.
const BLOCKS: usize = 1 << 15;
const BLOCK_WORDS: usize = 8;
/// Keys of a generation: 16 bits for each, with which one in a thousand new keys is asked for in vain.
const KEYS_MAX: usize = 1 << 20;
/// 64 MiB in all. Beyond 33 million keys in the window more and more is asked for, as it would be without a filter.
const GENERATIONS_MAX: usize = 32;
const BITS_PER_KEY: u32 = 6;
/// Keys read at once while a store's are learnt.
const LEARNT_ROWS: usize = 10_000;

type Block = [u64; BLOCK_WORDS];

#[derive(Default)]
pub(crate) struct Seen {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// Every key in the store is noted.
    is_complete: bool,
    generations: Vec<Generation>,
}

struct Generation {
    blocks: Box<[Block]>,
    keys: usize,
    newest: At,
}

impl Seen {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the store has to be asked for this key.
    pub(crate) fn may_hold(&self, key: &RequestKey) -> bool {
        let known = self.known();
        !known.is_complete || known.generations.iter().any(|generation| generation.may_hold(key))
    }

    /// Keys that are about to be in the store.
    pub(crate) fn note(&self, keys: impl IntoIterator<Item = (RequestKey, At)>) {
        let mut known = self.known();
        for (key, at) in keys {
            known.note(&key, at);
        }
    }

    /// Every key older than this has been purged.
    pub(crate) fn forget(&self, before: At) {
        self.known().generations.retain(|generation| generation.newest >= before);
    }

    /// Notes some of the keys that are in the store; where to go on, until all are noted.
    pub(crate) fn learn(&self, rows: &dyn Rows, after: u64) -> Result<Option<u64>> {
        let requests = rows.requests_after(after, LEARNT_ROWS)?;
        let last = requests.last().map(|(position, ..)| *position).filter(|_| requests.len() == LEARNT_ROWS);
        self.note(requests.into_iter().map(|(_, key, at)| (key, at)));
        self.known().is_complete = last.is_none();
        Ok(last)
    }
}

/// Notes the rest of the keys that are in the store. Ends with it, or when it cannot be read; then every key goes on
/// being asked for.
pub(crate) async fn learn_on(store: Weak<Inner>, mut after: u64) {
    while let Some(inner) = store.upgrade() {
        match (Store { inner }).read(move |inner, rows| inner.seen.learn(rows, after)).await {
            Ok(Some(next)) => after = next,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "the requests seen before could not be learnt; each will be looked for");
                return;
            }
        }
    }
}

impl Known {
    fn note(&mut self, key: &RequestKey, at: At) {
        let is_full = self.generations.last().is_none_or(|last| last.keys >= KEYS_MAX);
        if is_full && self.generations.len() < GENERATIONS_MAX {
            self.generations.push(Generation::new(at));
        }
        if let Some(last) = self.generations.last_mut() {
            last.note(key, at);
        }
    }
}

impl Generation {
    fn new(at: At) -> Self {
        Self { blocks: vec![[0; BLOCK_WORDS]; BLOCKS].into_boxed_slice(), keys: 0, newest: at }
    }

    fn note(&mut self, key: &RequestKey, at: At) {
        let (block, bits) = place(key);
        for bit in bits {
            self.blocks[block][bit / 64] |= 1 << (bit % 64);
        }
        self.keys += 1;
        self.newest = self.newest.max(at);
    }

    fn may_hold(&self, key: &RequestKey) -> bool {
        let (block, mut bits) = place(key);
        bits.all(|bit| self.blocks[block][bit / 64] & 1 << (bit % 64) != 0)
    }
}

/// Where a key is noted: the block from its first half, the bits from nine bits each of its second.
fn place(key: &RequestKey) -> (usize, impl Iterator<Item = usize>) {
    let half = |at: usize| key[at..at + 8].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    let (first, second) = (half(0), half(8));
    #[expect(clippy::cast_possible_truncation, reason = "the low bits are what is wanted")]
    let low = |number: u64, of: usize| number as usize % of;
    let bits = (0..BITS_PER_KEY).map(move |n| low(second >> (9 * n), BLOCK_WORDS * 64));
    (low(first, BLOCKS), bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spread as hashes are.
    fn key(n: u64) -> RequestKey {
        let mixed = |n: u64| {
            let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            n ^ (n >> 31)
        };
        let mut key = [0; 16];
        key[..8].copy_from_slice(&mixed(n.wrapping_add(0x9e37_79b9_7f4a_7c15)).to_be_bytes());
        key[8..].copy_from_slice(&mixed(!n).to_be_bytes());
        key
    }

    fn at(millis: i64) -> At {
        At::from_millis(millis)
    }

    #[test]
    fn what_was_noted_is_asked_for_and_little_else() {
        let seen = Seen::default();
        assert!(seen.may_hold(&key(1)), "before everything is known, everything is asked for");
        seen.known().is_complete = true;
        assert!(!seen.may_hold(&key(1)));
        let many = KEYS_MAX as u64 + 1_000;
        seen.note((0..many).map(|n| (key(n), at(1))));
        assert!((0..many).all(|n| seen.may_hold(&key(n))));
        let in_vain = (many..many + 100_000).filter(|n| seen.may_hold(&key(*n))).count();
        assert!(in_vain < 400, "{in_vain} of 100000");
    }

    #[test]
    fn a_generation_goes_when_its_newest_key_has_been_purged() {
        let seen = Seen::default();
        seen.known().is_complete = true;
        seen.note([(key(1), at(10)), (key(2), at(20))]);
        seen.forget(at(20));
        assert!(seen.may_hold(&key(1)) && seen.may_hold(&key(2)));
        seen.forget(at(21));
        assert!(!seen.may_hold(&key(1)) && !seen.may_hold(&key(2)));
    }

    #[test]
    fn memory_is_bounded_and_nothing_is_lost_by_it() {
        let mut known = Known { is_complete: true, generations: Vec::new() };
        for n in 0..(GENERATIONS_MAX + 2) as u64 {
            // As if each generation had been filled.
            known.note(&key(n), at(1));
            known.generations.iter_mut().for_each(|one| one.keys = KEYS_MAX);
        }
        assert_eq!(known.generations.len(), GENERATIONS_MAX);
        let seen = Seen { known: Mutex::new(known) };
        assert!((0..(GENERATIONS_MAX + 2) as u64).all(|n| seen.may_hold(&key(n))));
    }
}
