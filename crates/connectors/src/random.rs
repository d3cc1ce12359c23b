//! Repeatable choices: the same seed makes the same customers say the same things.

use aws_lc_rs::rand;

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// SplitMix64; for variety, never for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN_GAMMA);
        mix(self.0)
    }

    /// 0 up to, not including, 1.
    pub(crate) fn unit(&mut self) -> f64 {
        unit(self.next())
    }

    /// True with a probability of `share`.
    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// One of the items; there must be at least one.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let count = u64::try_from(items.len()).unwrap_or(u64::MAX);
        let index = usize::try_from(self.next() % count).unwrap_or_default();
        &items[index]
    }
}

/// Spreads the bits of a number evenly.
pub(crate) fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// A number as a fraction of 1.
pub(crate) fn unit(number: u64) -> f64 {
    const FRACTION_BITS: u32 = 53;
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double")]
    let fraction = (number >> (u64::BITS - FRACTION_BITS)) as f64;
    fraction / (1_u64 << FRACTION_BITS) as f64
}

/// A number nobody had before, from the operating system.
pub(crate) fn fresh() -> u64 {
    let mut bytes = [0; 8];
    // Without entropy the clock still tells two runs apart.
    match rand::fill(&mut bytes) {
        Ok(()) => u64::from_le_bytes(bytes),
        Err(_) => mix(crate::clock::now_ms().unsigned_abs()),
    }
}
