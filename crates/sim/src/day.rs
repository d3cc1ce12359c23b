//! One simulated day: people act, things break, and in the end everything must come to rest.

use std::sync::Arc;
use std::time::Duration;

use tieline_core::command::{AgentStateWish, Command};
use tieline_core::event::Seq;
use tieline_core::facts::EntryFilter;
use tieline_core::id::{ConnectionId, ListingId, Mint};
use tieline_core::state::State;
use tieline_engine::{Clock, Engine, Options, Outlet};
use tieline_store::{Faults, MasterKey, MasterKeys, Store};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::centre::{CHANNELS, Centre, policy};
use crate::clock::SimClock;
use crate::dice::Dice;
use crate::invariants;
use crate::ledger::Ledger;
use crate::outside::{Mood, Outside};
use crate::people;

const CUSTOMERS: usize = 8;
/// Longer than everything that can be under way takes to come to its end.
const REST_MAX: Duration = Duration::from_secs(3600);

pub struct Day {
    pub outside: Arc<Outside>,
    pub store: Store,
    pub centre: Centre,
    faults: Faults,
    dice: Dice,
    mint: Mint,
    engine: Option<JoinHandle<()>>,
    lives: u8,
    messages: u64,
}

fn keys() -> MasterKeys {
    MasterKeys { current: MasterKey::from_bytes([7; 32]), previous: None }
}

impl Day {
    /// A contact centre that has just opened.
    ///
    /// # Panics
    /// When it does not open: nothing has been broken yet.
    pub async fn begin(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let clock = Arc::new(SimClock::start());
        let outside = Arc::new(Outside::new(Arc::clone(&clock), Arc::new(Ledger::default()), dice.fork()));
        let faults = Faults::none();
        let store = Store::memory(keys(), faults.clone()).await.expect("a new store opens");
        let mut mint = Mint::new([200, 0, 0, 0, 0]);
        let centre = Centre::new(&mut mint, clock.now());
        let mut day =
            Self { outside, store, centre, faults, dice, mint, engine: None, lives: 0, messages: 0 };
        day.start().await;
        for object in day.centre.objects.clone() {
            let command = Command::PutObject { object: Box::new(object), expected: None };
            assert!(people::ask(&day.outside, command).await, "the centre can be set up");
        }
        day
    }

    async fn start(&mut self) {
        self.lives = self.lives.wrapping_add(1);
        let options = Options { queue_max: 64, batch_max: 16, id_prefix: [0, 0, 0, 1, self.lives] };
        let clock = Arc::clone(&self.outside.clock);
        let outlet: Arc<dyn Outlet> = self.outside.clone();
        let (handle, engine) = Engine::start(self.store.clone(), policy(), options, clock, outlet)
            .await
            .expect("a store without faults loads");
        self.outside.engine_is_up(handle);
        self.engine = Some(engine);
    }

    /// `kill -9`, some time without, and a start over what is on disk.
    async fn crash(&mut self) {
        self.outside.ledger.count("crashes");
        let gone = self.outside.clock.now();
        self.outside.process_is_gone();
        if let Some(engine) = self.engine.take() {
            engine.abort();
        }
        self.faults.recover();
        self.store = self.store.reopen(keys()).await.expect("a store opens again");
        let down =
            if self.dice.percent(50) { self.dice.millis(1, 500) } else { self.dice.millis(500, 40_000) };
        sleep(down).await;
        self.start().await;
        self.outside.ledger.excuse(gone, self.outside.clock.now());
    }

    /// Lets people and accidents happen, one after the other and at the same time.
    pub async fn pass(&mut self, steps: usize) {
        for _ in 0..steps {
            match self.dice.below(100) {
                0..=39 => self.customer(),
                40..=69 => self.agent(),
                70..=77 => self.connect(),
                78..=80 => self.disconnect(),
                81..=84 => self.change_mood(),
                85..=88 => self.administer(),
                89..=92 => self.trouble_the_store(),
                93 => self.set_clock(),
                94 => self.crash().await,
                _ => sleep(self.dice.millis(1_000, 15_000)).await,
            }
            if self.dice.percent(60) {
                sleep(self.dice.millis(1, 2_000)).await;
            }
            if self.dice.percent(10) {
                self.look().await;
            }
        }
    }

    fn next_id(&mut self, who: &str) -> String {
        self.messages += 1;
        format!("{who}-{}", self.messages)
    }

    fn customer(&mut self) {
        let who = self.dice.below(CUSTOMERS);
        let channel = self.dice.below(CHANNELS.len());
        let burst = if self.dice.percent(10) { 5 } else { 1 };
        for _ in 0..burst {
            let id = self.next_id("message");
            let intent = match self.dice.below(20) {
                0 => Some("START_CHAT"),
                1..=3 => Some("END_CHAT"),
                _ => None,
            };
            let Some(connector) = self.connector_of(channel) else { continue };
            let mut inbound = people::message(&id, connector, channel, who, intent);
            if self.dice.percent(10) {
                inbound.data = people::form_data(self.messages);
            }
            if self.dice.percent(5) {
                let earlier = format!("message-{}", 1 + self.dice.roll() % self.messages);
                inbound = people::read_receipt(inbound, &earlier);
            }
            // Whoever writes in bursts does not wait for answers, so no order is expected of these.
            let author = if burst > 1 { id.clone() } else { format!("customer{who} on {channel}") };
            let command = Command::Receive(Box::new(inbound));
            tokio::spawn(people::insist(Arc::clone(&self.outside), id, author, command, self.dice.fork()));
        }
    }

    /// The connector a channel belongs to now; connectors are told when that changes.
    fn connector_of(&self, channel: usize) -> Option<tieline_core::id::ConnectorId> {
        let registry = self.outside.handle()?.registry();
        registry.channels_at(CHANNELS[channel]).next().map(|channel| channel.value.connector)
    }

    fn agent(&mut self) {
        let agent = *self.dice.pick(&self.centre.agents);
        let Some((_, desk)) = self.outside.desk_of(agent) else { return self.connect() };
        let id = self.next_id("answer");
        let others = self.centre.agents.iter().map(|other| {
            let desk = self.outside.desk_of(*other).map(|(_, desk)| desk);
            (*other, desk)
        });
        let others: Vec<_> = others.collect();
        let Some(command) = people::at_desk(&mut self.dice, &id, &desk, self.centre.list, &others) else {
            return;
        };
        let outside = Arc::clone(&self.outside);
        match command {
            Command::Publish(_) | Command::Contact(_) => {
                tokio::spawn(people::insist(outside, id.clone(), id, command, self.dice.fork()));
            }
            command => drop(tokio::spawn(async move { people::ask(&outside, command).await })),
        }
    }

    fn connect(&mut self) {
        let agent = *self.dice.pick(&self.centre.agents);
        let connection: ConnectionId = self.mint.id(self.outside.clock.now());
        self.outside.connected(connection, agent);
        let outside = Arc::clone(&self.outside);
        let follows = self.dice.percent(50).then_some(self.centre.list);
        tokio::spawn(async move {
            if !people::ask(&outside, people::connect(agent, connection)).await {
                outside.disconnected(connection);
            } else if let Some(list) = follows {
                people::ask(&outside, Command::FollowList { agent, list, follow: true }).await;
            }
        });
    }

    fn disconnect(&mut self) {
        let agent = *self.dice.pick(&self.centre.agents);
        let Some((connection, _)) = self.outside.desk_of(agent) else { return };
        self.outside.disconnected(connection);
        let outside = Arc::clone(&self.outside);
        tokio::spawn(
            async move { people::ask(&outside, Command::DisconnectDesk { agent, connection }).await },
        );
    }

    fn change_mood(&mut self) {
        let mood = *self.dice.pick(&[Mood::Good, Mood::Good, Mood::Flaky, Mood::Slow, Mood::Down]);
        self.outside.set_mood(mood);
    }

    fn administer(&mut self) {
        let Some(handle) = self.outside.handle() else { return };
        let command = people::administer(&mut self.dice, &handle.registry(), &self.centre.connectors);
        let outside = Arc::clone(&self.outside);
        tokio::spawn(async move { people::ask(&outside, command).await });
    }

    fn trouble_the_store(&mut self) {
        self.outside.ledger.count("store faults");
        match self.dice.below(4) {
            0 => self.faults.fail_next(1 + u32::from(self.dice.percent(30))),
            1 => self.faults.lose_acknowledgement_next(),
            2 => self.faults.stall(self.dice.millis(1, 300)),
            _ => {
                self.faults.crash();
                let (faults, ledger) = (self.faults.clone(), Arc::clone(&self.outside.ledger));
                let (clock, wait) = (Arc::clone(&self.outside.clock), self.dice.millis(50, 8_000));
                tokio::spawn(async move {
                    let from = clock.now();
                    sleep(wait).await;
                    faults.recover();
                    // The engine looks again every few seconds.
                    sleep(Duration::from_secs(5)).await;
                    ledger.excuse(from, clock.now());
                });
            }
        }
    }

    fn set_clock(&mut self) {
        self.outside.ledger.count("clock jumps");
        let by_ms = *self.dice.pick(&[-60_000, -3_000, 2_000, 45_000]);
        let before = self.outside.clock.now();
        self.outside.clock.jump(by_ms);
        let after = self.outside.clock.now();
        self.outside.ledger.excuse(before.min(after), before.max(after));
    }

    /// Looks at the live state between two commands.
    async fn look(&self) {
        let Some(handle) = self.outside.handle() else { return };
        let seen = handle.ask(invariants::broken);
        if let Ok(Some(what)) = seen.await {
            self.outside.ledger.broken(format!("routing: {what}"));
        }
    }

    /// Everybody goes home, everything works again, and what is under way comes to its end.
    pub async fn end(&mut self) {
        self.faults.recover();
        self.outside.set_mood(Mood::Good);
        // Those who were turned away come again first.
        sleep(Duration::from_secs(60)).await;
        for agent in self.centre.agents.clone() {
            let to = AgentStateWish::Logout { reason: None };
            people::ask(&self.outside, Command::SetAgentState { agent, to }).await;
        }
        self.come_to_rest().await;
        // What was given up can be sent again, and now nothing is in its way.
        people::ask(&self.outside, Command::Replay(EntryFilter { limit: 10_000, ..EntryFilter::default() }))
            .await;
        self.come_to_rest().await;
    }

    async fn come_to_rest(&mut self) {
        let feed = self.centre.connectors[2];
        let mut waited = Duration::ZERO;
        loop {
            people::ask(&self.outside, Command::AcknowledgeFeed { connector: feed, cursor: Seq::MAX }).await;
            self.look().await;
            self.clear_list().await;
            let Some(handle) = self.outside.handle() else { return };
            let left = handle.ask(|state| (state.conversations().count(), state.pending_entries())).await;
            if left == Ok((0, 0)) {
                return;
            }
            if waited > REST_MAX {
                let text = format!("on time: {left:?} conversations and entries never come to an end");
                return self.outside.ledger.broken(text);
            }
            waited += Duration::from_secs(20);
            sleep(Duration::from_secs(20)).await;
        }
    }
}

// A pull list is not emptied by time: whoever leads goes through what nobody took.
impl Day {
    async fn clear_list(&mut self) {
        let (agent, list) = (self.centre.agents[0], self.centre.list);
        let Some(handle) = self.outside.handle() else { return };
        let on_it = move |state: &State| -> Vec<ListingId> {
            let listed = state.lists().on(list).filter_map(|id| state.conversation(id)?.listing.as_ref());
            listed.map(|listing| listing.id).collect()
        };
        let Ok(listed) = handle.ask(on_it).await else { return };
        if listed.is_empty() {
            return;
        }
        let connection: ConnectionId = self.mint.id(self.outside.clock.now());
        people::ask(&self.outside, people::connect(agent, connection)).await;
        for listing in listed {
            self.outside.ledger.count("listings ended");
            people::ask(&self.outside, Command::EndListed { agent, listing }).await;
        }
        let to = AgentStateWish::Logout { reason: None };
        people::ask(&self.outside, Command::SetAgentState { agent, to }).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tieline_core::command::Answer;

    /// A customer in a conversation ends it and writes again, over and over. After an end the core has to ask the
    /// store who he is, which nobody foresaw; what stands behind such a message must not overtake it.
    #[tokio::test(start_paused = true)]
    async fn commands_are_decided_in_the_order_they_came() {
        let day = Day::begin(1).await;
        let connector = day.connector_of(0).expect("known");
        let first = people::message("message", connector, 0, 0, None);
        assert!(people::ask(&day.outside, Command::Receive(Box::new(first))).await);
        let posts: Vec<_> = (0..12)
            .map(|n| {
                let intent = (n % 2 == 0).then_some("END_CHAT");
                let inbound = people::message(&format!("message-{n}"), connector, 0, 0, intent);
                let handle = day.outside.handle().expect("up");
                tokio::spawn(async move { handle.submit(Command::Receive(Box::new(inbound))).await })
            })
            .collect();
        let mut seqs = Vec::new();
        for post in posts {
            match post.await.expect("answered") {
                Ok(Ok(Answer::Accepted { accepted, .. })) => seqs.push(accepted.seq),
                other => panic!("{other:?}"),
            }
        }
        assert!(seqs.is_sorted() && seqs[0] > 0, "{seqs:?}");
    }
}
