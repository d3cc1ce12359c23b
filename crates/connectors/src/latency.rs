//! How long things took: a histogram, and what of it people read.

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// Longer durations count as this.
pub const LATENCY_US_MAX: u64 = 10 * 60 * 1_000_000;
/// Decimal digits that are kept.
const DIGITS: u8 = 3;

/// Durations of one kind.
pub struct Latencies(Histogram<u64>);

/// Microseconds; all 0 without samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub count: u64,
    pub min_us: u64,
    pub p50_us: u64,
    pub p90_us: u64,
    pub p99_us: u64,
    pub p999_us: u64,
    pub max_us: u64,
}

impl Latencies {
    pub fn record(&mut self, duration: Duration) {
        self.0.saturating_record(u64::try_from(duration.as_micros()).unwrap_or(LATENCY_US_MAX));
    }

    pub fn summary(&self) -> Summary {
        if self.0.is_empty() {
            return Summary::default();
        }
        Summary {
            count: self.0.len(),
            min_us: self.0.min(),
            p50_us: self.0.value_at_quantile(0.5),
            p90_us: self.0.value_at_quantile(0.9),
            p99_us: self.0.value_at_quantile(0.99),
            p999_us: self.0.value_at_quantile(0.999),
            max_us: self.0.max(),
        }
    }
}

impl Default for Latencies {
    fn default() -> Self {
        Self(Histogram::new_with_bounds(1, LATENCY_US_MAX, DIGITS).expect("the bounds are valid constants"))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count == 0 {
            return f.write_str("no samples");
        }
        let Self { p50_us, p90_us, p99_us, p999_us, max_us, .. } = *self;
        let [p50, p90, p99, p999, max] = [p50_us, p90_us, p99_us, p999_us, max_us].map(readable);
        write!(f, "p50 {p50}, p90 {p90}, p99 {p99}, p99.9 {p999}, max {max}")
    }
}

fn readable(us: u64) -> String {
    let (ms, seconds) = (us / 1_000, us / 1_000_000);
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..100_000 => format!("{ms}.{} ms", us % 1_000 / 100),
        100_000..1_000_000 => format!("{ms} ms"),
        _ => format!("{seconds}.{} s", us % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_read_in_the_unit_that_fits() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.summary().to_string(), "no samples");
        for us in [400, 2_500, 2_500, 150_000, 3_200_000] {
            latencies.record(Duration::from_micros(us));
        }
        let summary = latencies.summary();
        assert_eq!((summary.count, summary.min_us), (5, 400));
        assert!(summary.to_string().starts_with("p50 2.5 ms, "), "{summary}");
        for (us, expected) in [(999, "999 µs"), (1_000, "1.0 ms"), (150_000, "150 ms"), (3_200_000, "3.2 s")]
        {
            assert_eq!(readable(us), expected);
        }
    }
}
