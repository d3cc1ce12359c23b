//! How a simulation goes, while it goes.

use std::net::SocketAddr;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

const REDRAW_INTERVAL: Duration = Duration::from_millis(100);

/// What a simulation is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    pub customers: u32,
    /// Where webhooks are awaited; `None` with the feed.
    pub listening: Option<SocketAddr>,
    pub extent: Extent,
}

/// When the end is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    Messages(u64),
    Time(Duration),
    /// When every customer has played the script.
    Open,
}

/// How far a simulation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub elapsed: Duration,
    /// Customers that are not done.
    pub playing: usize,
    pub accepted: u64,
    /// Posts of customers' messages as an agent sees them.
    pub said: u64,
    pub replies: u64,
    pub received: u64,
    /// Lost, late, badly signed or not taken, so far.
    pub faults: u64,
}

/// Watches a simulation. Called about ten times a second.
pub trait Progress: Send {
    fn begin(&mut self, plan: &Plan);
    fn update(&mut self, standing: &Standing);
    fn finish(&mut self);
}

/// Watches nothing.
impl Progress for () {
    fn begin(&mut self, _: &Plan) {}
    fn update(&mut self, _: &Standing) {}
    fn finish(&mut self) {}
}

/// A bar on standard error, or nothing if that is no terminal.
pub struct Bar {
    bar: ProgressBar,
    extent: Extent,
}

impl Bar {
    pub fn new() -> Self {
        Self { bar: ProgressBar::hidden(), extent: Extent::Open }
    }
}

impl Default for Bar {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress for Bar {
    fn begin(&mut self, plan: &Plan) {
        self.extent = plan.extent;
        let (bar, template) = match plan.extent {
            Extent::Messages(messages) => {
                (ProgressBar::new(messages), "{bar:30.cyan/dim} {pos}/{len} messages  {msg}  {eta} left")
            }
            Extent::Time(duration) => {
                (ProgressBar::new(ms(duration)), "{bar:30.cyan/dim} {elapsed}  {msg}  {eta} left")
            }
            Extent::Open => (ProgressBar::new_spinner(), "{spinner} {elapsed}  {msg}"),
        };
        let style = ProgressStyle::with_template(template).expect("the templates are valid constants");
        self.bar = bar.with_style(style);
        self.bar.enable_steady_tick(REDRAW_INTERVAL);
        if let Some(address) = plan.listening {
            self.bar.println(format!("Waiting for webhooks on http://{address}"));
        }
    }

    fn update(&mut self, standing: &Standing) {
        match self.extent {
            Extent::Messages(_) => self.bar.set_position(standing.said),
            Extent::Time(duration) => self.bar.set_position(ms(standing.elapsed.min(duration))),
            Extent::Open => {}
        }
        let Standing { playing, accepted, replies, received, faults, .. } = standing;
        self.bar.set_message(format!(
            "{playing} customers, {accepted} accepted, {received} received, {replies} replies, {faults} faults"
        ));
    }

    fn finish(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
