//! When a failed delivery is tried again.

use crate::event::Seq;
use crate::time::{At, Span};

/// Waits between attempts: the listed ones first, then `then` over and over until `give_up_after` the entry's
/// creation. Each wait is shortened or lengthened by up to `jitter_percent`, so that a recovered endpoint is not
/// hit by everything at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub waits: Vec<Span>,
    pub then: Span,
    pub give_up_after: Span,
    /// 0 to 50.
    pub jitter_percent: u8,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            waits: [1, 2, 5, 10, 30, 60, 300, 900].map(Span::secs).to_vec(),
            then: Span::secs(3600),
            give_up_after: Span::secs(24 * 3600),
            jitter_percent: 20,
        }
    }
}

impl Schedule {
    /// The moment of the next attempt after `attempts` failed ones, or `None` when it is time to give up.
    /// `not_before` is the endpoint's own wish (`Retry-After`); it can delay an attempt, not prevent giving up.
    #[must_use]
    pub fn next(
        &self,
        entry: Seq,
        attempts: u32,
        created_at: At,
        now: At,
        not_before: Option<At>,
    ) -> Option<At> {
        let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        let wait = self.waits.get(index).copied().unwrap_or(self.then);
        let due = now + self.jittered(wait, entry, attempts);
        let due = not_before.map_or(due, |wish| due.max(wish));
        (due <= created_at + self.give_up_after).then_some(due)
    }

    /// Spread by the entry's own number, so that a run can be repeated.
    fn jittered(&self, wait: Span, entry: Seq, attempts: u32) -> Span {
        let spread = wait.as_millis() * u64::from(self.jitter_percent) / 100;
        if spread == 0 {
            return wait;
        }
        let mixed = mix(entry ^ (u64::from(attempts) << 48));
        Span::millis(wait.as_millis() - spread + mixed % (2 * spread + 1))
    }
}

/// `SplitMix64`: spreads consecutive numbers evenly.
const fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: At = At::from_millis(0);

    #[test]
    fn waits_grow_then_repeat_until_a_day_is_over() {
        let schedule = Schedule { jitter_percent: 0, ..Schedule::default() };
        let mut now = START;
        let mut waits = Vec::new();
        for attempts in 1.. {
            let Some(due) = schedule.next(7, attempts, START, now, None) else { break };
            waits.push(due.since(now).as_secs());
            now = due;
        }
        assert_eq!(waits[..10], [1, 2, 5, 10, 30, 60, 300, 900, 3600, 3600]);
        assert!(now <= START + Span::secs(24 * 3600));
        assert!(now > START + Span::secs(23 * 3600));
    }

    #[test]
    fn jitter_stays_within_its_percentage_and_differs_between_entries() {
        let schedule = Schedule::default();
        let dues: Vec<u64> = (0..1000)
            .map(|entry| schedule.next(entry, 4, START, START, None).unwrap().since(START).as_millis())
            .collect();
        assert!(dues.iter().all(|due| (8_000..=12_000).contains(due)));
        assert!(dues.iter().min() < Some(&8_500) && dues.iter().max() > Some(&11_500));
    }

    #[test]
    fn an_endpoint_may_ask_for_patience_but_not_for_ever() {
        let schedule = Schedule::default();
        let wish = START + Span::secs(120);
        assert_eq!(schedule.next(1, 1, START, START, Some(wish)), Some(wish));
        assert_eq!(schedule.next(1, 1, START, START, Some(START + Span::secs(90_000))), None);
    }
}
