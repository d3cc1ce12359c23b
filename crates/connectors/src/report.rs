//! What a simulation found out.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::latency::Summary;
use crate::ledger::Tally;

/// The result of a simulation. Prints as a table, serializes as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Makes the same customers again.
    pub seed: u64,
    pub customers: u32,
    /// Until the last customer was done.
    pub duration_ms: u64,
    pub posts: Posts,
    /// From sending the accepted attempt to its answer.
    pub post_latency: Summary,
    pub replies: Replies,
    /// From a customer's first unanswered message to the reply.
    pub reply_latency: Summary,
    /// Messages from the hub, by webhook or feed.
    pub received: Tally,
    /// Channel sessions posted to.
    pub sessions: u64,
    /// By kind; at most 50 kinds.
    pub errors: BTreeMap<String, u64>,
    /// Promises the hub did not keep, each as a sentence.
    pub broken: Vec<String>,
}

/// Posts to the hub.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Posts {
    /// Messages; retries and deliberate repeats are not counted.
    pub sent: u64,
    /// Of these, how many an agent sees; the others are receipts, typing, beginnings and ends.
    pub said: u64,
    pub accepted: u64,
    /// Attempts after the first.
    pub retries: u64,
    /// Accepted messages sent again on purpose.
    pub repeated: u64,
    /// Repeats whose answer named another customer, conversation or session.
    pub repeats_answered_differently: u64,
    pub refused: u64,
    /// Given up after retries.
    pub failed: u64,
}

/// What agents and bots wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Replies {
    pub received: u64,
    /// Messages without the expected reply in time.
    pub unanswered: u64,
    /// Replies a script waited for in vain.
    pub not_as_scripted: u64,
}

impl Report {
    /// Whether the hub did all it promises.
    pub fn is_kept(&self) -> bool {
        self.broken.is_empty()
    }

    /// 0 if all promises were kept, otherwise 1.
    pub fn exit_code(&self) -> u8 {
        u8::from(!self.is_kept())
    }

    /// Indented.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a report has only string keys and numbers")
    }

    /// Fills in `broken` from the numbers.
    pub(crate) fn judge(&mut self) {
        let Self { posts, replies, received, .. } = self;
        let findings = [
            (posts.refused + posts.failed, "messages were not taken by the hub"),
            (posts.repeats_answered_differently, "repeated posts were answered differently"),
            (received.lost, "messages to customers were lost, as later ones show"),
            (received.out_of_order, "messages to customers arrived out of order"),
            (received.bad_signatures, "messages to customers had no good signature"),
            (received.stale_timestamps, "messages to customers were signed too long ago"),
            (received.unreadable, "messages to customers could not be read"),
            (replies.unanswered, "messages were not answered in time"),
            (replies.not_as_scripted, "replies did not come as scripted"),
        ];
        self.broken = findings
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
    }

    fn rows(&self) -> Vec<(&'static str, String)> {
        let Self { posts, replies, received, .. } = self;
        let duration_ms = self.duration_ms.max(1);
        #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
        let per_second = posts.accepted as f64 * 1000.0 / duration_ms as f64;
        let mut rows = vec![
            ("customers", format!("{} (seed {})", self.customers, self.seed)),
            ("duration", format!("{}.{} s", duration_ms / 1000, duration_ms % 1000 / 100)),
            ("posts", counts(&[(posts.sent, "sent"), (posts.accepted, "accepted")])),
            ("", format!("{per_second:.1} accepted per second, {} retries", posts.retries)),
            ("post latency", self.post_latency.to_string()),
            (
                "repeats",
                counts(&[(posts.repeated, "sent"), (posts.repeats_answered_differently, "differing")]),
            ),
            ("not taken", counts(&[(posts.refused, "refused"), (posts.failed, "failed")])),
            ("replies", format!("{} received, {} missing", replies.received, replies.unanswered)),
            ("reply latency", self.reply_latency.to_string()),
            (
                "received",
                counts(&[(received.received, "messages"), (received.verified, "signatures verified")]),
            ),
            (
                "order",
                counts(&[
                    (received.gaps, "gaps"),
                    (received.lost, "lost"),
                    (received.out_of_order, "late"),
                    (received.duplicates, "duplicates"),
                ]),
            ),
            ("signatures", counts(&[(received.bad_signatures, "bad"), (received.stale_timestamps, "stale")])),
            (
                "sessions",
                counts(&[
                    (self.sessions, "posted to"),
                    (received.sessions_started, "started"),
                    (received.sessions_ended, "ended"),
                ]),
            ),
        ];
        if received.unnumbered > 0 {
            rows.push(("unchecked", format!("{} without sequence numbers", received.unnumbered)));
        }
        if received.strangers > 0 {
            rows.push(("others", format!("{} for customers of somebody else", received.strangers)));
        }
        if received.faults > 0 {
            rows.push(("faults", format!("{} of our own, on purpose", received.faults)));
        }
        if received.overruns > 0 {
            rows.push(("overruns", format!("{} put off by us for lack of room", received.overruns)));
        }
        if received.configurations > 0 {
            rows.push(("settings", format!("{} pushed", received.configurations)));
        }
        rows.extend(self.errors.iter().map(|(kind, count)| ("error", format!("{count} {kind}"))));
        rows
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in self.rows() {
            writeln!(f, "{name:<14} {value}")?;
        }
        if self.is_kept() {
            return write!(f, "\nEvery promise was kept.");
        }
        write!(f, "\nBroken promises:")?;
        self.broken.iter().try_for_each(|broken| write!(f, "\n  {broken}"))
    }
}

fn counts(counts: &[(u64, &str)]) -> String {
    counts.iter().map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}
