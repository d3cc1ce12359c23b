//! The loop.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tieline_core::audit::Origin;
use tieline_core::command::{Command, Reply};
use tieline_core::effect::Effect;
use tieline_core::facts::{Facts, Wants};
use tieline_core::id::Mint;
use tieline_core::policy::Policy;
use tieline_core::report::SubjectKind;
use tieline_core::state::{State, Stepped};
use tieline_core::time::{At, Span};
use tieline_store::Store;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::handle::{Handle, Job, Unavailable};

/// Where effects go. Called in the order of commits, from one task at a time; must not block.
pub trait Outlet: Send + Sync + 'static {
    fn release(&self, effects: Vec<Effect>);

    /// The live state was rebuilt: whoever was told anything that is not on disk must be told the present state.
    fn restarted(&self);
}

#[derive(Debug, Clone)]
pub struct Options {
    /// Commands waiting at most; more are turned away.
    pub queue_max: usize,
    /// Commands decided at most in one transaction.
    pub batch_max: usize,
    /// Five bytes no other process of this second shares, for ids.
    pub id_prefix: [u8; 5],
}

/// The clock is looked at again at least this often, so that a wall clock that was set does not delay a deadline.
const SLEEP_MAX: Duration = Duration::from_millis(500);
/// A wall clock set back by less than this stands still instead.
const SET_BACK_HELD: Span = Span::secs(5);
/// How far back the state learns, as it starts, how long requests take: as far as the sums of work of that time are
/// few enough.
const RECALLED: [Span; 3] = [Span::secs(86_400), Span::secs(3_600), Span::secs(900)];
/// Sums of work read for it at a time.
const RECALLED_ROWS: usize = 20_000;
/// Waits between attempts to rebuild the state while the store is unavailable.
const RELOAD_WAITS: [Duration; 4] =
    [Duration::from_millis(50), Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(3)];

pub struct Engine {
    store: Store,
    state: State,
    policy: Policy,
    options: Options,
    clock: Arc<dyn Clock>,
    outlet: Arc<dyn Outlet>,
    registry: Arc<ArcSwap<tieline_core::registry::Registry>>,
    jobs: mpsc::Receiver<Job>,
    /// Commands to step with facts gathered anew, before any other.
    starved: VecDeque<Job>,
    /// What was decided and waits for the commit under way to land.
    made: Made,
    committing: Option<JoinHandle<bool>>,
    last_now: At,
    /// Counts restarts, so that ids of two lives in the same second differ.
    lives: u8,
}

/// What the loop does next.
enum Next {
    /// An empty batch means that a deadline is due, or that a commit has landed.
    Decide(Vec<Job>),
    /// The batch being committed is lost.
    Restart,
    /// Nobody is left to ask for anything.
    Stop,
}

/// A batch in the making: how many commands it holds, and what is told once it is on disk.
#[derive(Default)]
struct Made {
    commands: usize,
    replies: Vec<(oneshot::Sender<Result<Reply, Unavailable>>, Reply)>,
    answers: Vec<Box<dyn FnOnce() + Send>>,
    effects: Vec<Effect>,
}

impl Engine {
    /// Loads a tenant's live state and starts its loop, which runs until every [`Handle`] is dropped.
    ///
    /// # Errors
    /// The store's, when the state cannot be loaded.
    pub async fn start(
        store: Store,
        policy: Policy,
        options: Options,
        clock: Arc<dyn Clock>,
        outlet: Arc<dyn Outlet>,
    ) -> Result<(Handle, JoinHandle<()>), tieline_store::Error> {
        let now = clock.now();
        let state = load(&store, &policy, options.id_prefix, now).await?;
        let registry = Arc::new(ArcSwap::from(Arc::clone(state.registry())));
        let (sender, jobs) = mpsc::channel(options.queue_max);
        let engine = Self {
            store,
            state,
            policy,
            options,
            clock,
            outlet,
            registry: Arc::clone(&registry),
            jobs,
            starved: VecDeque::new(),
            made: Made::default(),
            committing: None,
            last_now: now,
            lives: 0,
        };
        let handle = Handle { jobs: sender, registry };
        Ok((handle, tokio::spawn(engine.run())))
    }

    async fn run(mut self) {
        loop {
            let is_kept = match self.next().await {
                Next::Decide(jobs) => self.decide(jobs).await.is_ok() && self.commit().await,
                Next::Restart => false,
                Next::Stop => break,
            };
            if !is_kept {
                self.restart().await;
            }
        }
        let mut is_kept = self.landed().await;
        if is_kept {
            self.hand_over();
            is_kept = self.landed().await;
        }
        if !is_kept {
            error!("the last decisions could not be written; their callers were told so");
        }
    }

    /// Waits for something to do.
    async fn next(&mut self) -> Next {
        let room = self.options.batch_max - self.made.commands;
        let mut jobs: Vec<Job> = self.starved.drain(..room.min(self.starved.len())).collect();
        if jobs.is_empty() {
            let wait = self.wait();
            if wait > Duration::ZERO {
                tokio::select! {
                    biased;
                    landed = landing(&mut self.committing) => match landed {
                        false => return Next::Restart,
                        // The disk waits for what was decided meanwhile; whoever has come since can wait a moment.
                        true if self.made.commands > 0 => return Next::Decide(jobs),
                        true => {}
                    },
                    job = self.jobs.recv() => match job {
                        Some(job) => jobs.push(job),
                        None => return Next::Stop,
                    },
                    () = tokio::time::sleep_until(Instant::now() + wait) => {}
                }
            }
        }
        while jobs.len() < room {
            match self.jobs.try_recv() {
                Ok(job) => jobs.push(job),
                Err(_) => break,
            }
        }
        Next::Decide(jobs)
    }

    fn wait(&mut self) -> Duration {
        let now = self.now();
        match self.state.next_deadline() {
            Some(due) if due <= now => Duration::ZERO,
            Some(due) => Duration::from_millis(due.since(now).as_millis()).min(SLEEP_MAX),
            None => SLEEP_MAX,
        }
    }

    /// The wall clock, not running backwards over small corrections.
    fn now(&mut self) -> At {
        let wall = self.clock.now();
        if wall < self.last_now {
            if self.last_now.since(wall) < SET_BACK_HELD {
                return self.last_now;
            }
            warn!(back_ms = self.last_now.since(wall).as_millis(), "the machine's clock was set back");
        }
        self.last_now = wall;
        wall
    }

    /// Gathers and steps what waits, into the batch in the making. `Err` when the store could not be asked.
    async fn decide(&mut self, jobs: Vec<Job>) -> Result<(), ()> {
        let mut wants = Wants::default();
        for job in &jobs {
            if let Job::Command { command, .. } | Job::Report(command) = job {
                self.state.gather(command, &mut wants);
            }
        }
        let facts = if wants.is_empty() {
            Facts::default()
        } else {
            match self.store.look_up(wants.clone()).await {
                Ok(facts) => facts.answering(&wants),
                Err(err) => {
                    error!(error = %err, "the store cannot be asked");
                    turn_away(jobs);
                    return Err(());
                }
            }
        };
        let now = self.now();
        if self.state.next_deadline().is_some_and(|due| due <= now) {
            let late_ms = self.state.next_deadline().map_or(0, |due| now.since(due).as_millis());
            metrics::histogram!("tieline_engine_deadline_late_seconds").record(late_ms as f64 / 1000.0);
            if let Stepped::Replied { effects, .. } = self.state.step(now, &Command::Tick, &facts) {
                self.made.effects.extend(effects);
            }
        }
        let mut jobs = jobs.into_iter();
        while self.starved.is_empty()
            && let Some(job) = jobs.next()
        {
            self.step(job, now, &facts);
        }
        // Whoever stands behind a starved command waits with it: nobody overtakes.
        self.starved.extend(jobs);
        Ok(())
    }

    fn step(&mut self, job: Job, now: At, facts: &Facts) {
        let (command, origin) = match &job {
            Job::Command { command, origin, .. } => (command, *origin),
            Job::Report(command) => (command, Origin::default()),
            Job::Question(_) => {
                if let Job::Question(question) = job {
                    self.made.commands += 1;
                    self.made.answers.push(question(&self.state));
                }
                return;
            }
        };
        match self.state.step_as(origin, now, command, facts) {
            Stepped::Starved => self.starved.push_back(job),
            Stepped::Replied { reply, effects } => {
                self.made.commands += 1;
                self.made.effects.extend(effects);
                if let Job::Command { reply: caller, .. } = job {
                    self.made.replies.push((caller, reply));
                }
            }
        }
    }

    /// Hands over what was decided, unless a commit is under way and the batch has room for more. False when the
    /// commit under way was lost.
    async fn commit(&mut self) -> bool {
        let is_full = self.made.commands >= self.options.batch_max;
        let is_free = self.committing.as_ref().is_none_or(JoinHandle::is_finished);
        if !is_full && !is_free {
            return true;
        }
        let is_kept = self.landed().await;
        if is_kept {
            self.hand_over();
        }
        is_kept
    }

    /// Starts to commit what was decided. The commit before must have landed.
    fn hand_over(&mut self) {
        let (batch, made) = (self.state.take_batch(), std::mem::take(&mut self.made));
        if batch.is_empty() && made.is_empty() {
            return;
        }
        metrics::histogram!("tieline_engine_batch_commands").record(made.commands as f64);
        let store = self.store.clone();
        let outlet = Arc::clone(&self.outlet);
        let registry = Arc::clone(&self.registry);
        self.committing = Some(tokio::spawn(async move {
            if !batch.is_empty() {
                let started = Instant::now();
                if let Err(err) = store.commit(batch).await {
                    error!(error = %err, "a batch of decisions could not be written");
                    made.turn_away();
                    return false;
                }
                metrics::histogram!("tieline_engine_commit_seconds").record(started.elapsed().as_secs_f64());
            }
            made.release(outlet.as_ref(), &registry);
            true
        }));
    }

    /// Waits for the commit under way, if any. False when it was lost.
    async fn landed(&mut self) -> bool {
        self.committing.is_none() || landing(&mut self.committing).await
    }

    /// Throws the live state away and rebuilds it from the store, however long that takes.
    async fn restart(&mut self) {
        self.landed().await;
        std::mem::take(&mut self.made).turn_away();
        turn_away(self.starved.drain(..));
        for attempt in 0.. {
            self.lives = self.lives.wrapping_add(1);
            let mut prefix = self.options.id_prefix;
            prefix[0] = prefix[0].wrapping_add(self.lives);
            let now = self.now();
            match load(&self.store, &self.policy, prefix, now).await {
                Ok(state) => {
                    self.state = state;
                    self.registry.store(Arc::clone(self.state.registry()));
                    self.outlet.restarted();
                    info!("the live state was rebuilt from the store");
                    return;
                }
                Err(err) => {
                    error!(error = %err, "the live state cannot be rebuilt yet");
                    let wait = RELOAD_WAITS[attempt.min(RELOAD_WAITS.len() - 1)];
                    self.turn_away_for(wait).await;
                }
            }
        }
    }

    /// Tells everybody who asks meanwhile to come back later.
    async fn turn_away_for(&mut self, wait: Duration) {
        let until = Instant::now() + wait;
        loop {
            tokio::select! {
                biased;
                () = tokio::time::sleep_until(until) => return,
                job = self.jobs.recv() => match job {
                    Some(job) => turn_away([job]),
                    None => return tokio::time::sleep_until(until).await,
                },
            }
        }
    }
}

/// Waits until a commit has landed, for ever when none is under way. False when it was lost.
async fn landing(committing: &mut Option<JoinHandle<bool>>) -> bool {
    let Some(commit) = committing else { return std::future::pending().await };
    let is_kept = commit.await.unwrap_or(false);
    *committing = None;
    is_kept
}

impl Made {
    fn is_empty(&self) -> bool {
        self.replies.is_empty() && self.answers.is_empty() && self.effects.is_empty()
    }

    fn release(self, outlet: &dyn Outlet, registry: &ArcSwap<tieline_core::registry::Registry>) {
        for effect in &self.effects {
            if let Effect::Registry(changed) = effect {
                registry.store(Arc::clone(changed));
            }
        }
        // Effects go first, so that a caller who has his answer finds what it led to under way.
        if !self.effects.is_empty() {
            outlet.release(self.effects);
        }
        for (caller, reply) in self.replies {
            // A caller who has gone away no longer wants to know.
            let _ = caller.send(Ok(reply));
        }
        for answer in self.answers {
            answer();
        }
    }

    fn turn_away(self) {
        for (caller, _) in self.replies {
            let _ = caller.send(Err(Unavailable::NotKept));
        }
    }
}

fn turn_away(jobs: impl IntoIterator<Item = Job>) {
    for job in jobs {
        if let Job::Command { reply, .. } = job {
            let _ = reply.send(Err(Unavailable::NotKept));
        }
    }
}

async fn load(
    store: &Store,
    policy: &Policy,
    id_prefix: [u8; 5],
    now: At,
) -> Result<State, tieline_store::Error> {
    let mut state = State::restore(store.load().await?, policy.clone(), Mint::new(id_prefix), now);
    for recent in RECALLED {
        if let Some(sums) = store.tallies(vec![SubjectKind::Work], now - recent, now, RECALLED_ROWS).await? {
            state.recall_handling(&sums);
            break;
        }
    }
    Ok(state)
}
