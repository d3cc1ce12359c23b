//! Measures Tieline on this machine, generator included, each figure beside the limit of what it is made of.
//!
//! The hub is the real binary, a child process with a folder of its own. A limit is the same work without Tieline
//! in it (rows without rules, parsing without keeping), measured in the same run, so that results of different
//! machines can be compared.

mod centre;
mod customers;
mod desk_client;
mod engine;
mod floor;
mod http;
#[allow(dead_code, reason = "tests share it and ask for more")]
mod hub;
mod ingest;
mod latency;
mod machine;
mod memory;
mod offers;
mod parse_server;
mod replies;
mod results;
mod rows;
mod sink;
mod storm;
#[allow(dead_code, reason = "tests share it and ask for more")]
mod tenant;
mod timed;
mod trunk;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};

use results::Results;

/// Measures Tieline on this machine and prints a table.
#[derive(Debug, Parser)]
#[command(name = "tieline-bench", max_term_width = 100)]
struct Cli {
    /// What to measure; everything when nothing is named.
    #[arg(value_enum)]
    scenarios: Vec<Scenario>,
    /// A few seconds each, to see that everything works; the figures mean little.
    #[arg(long)]
    quick: bool,
    /// Agents of the centres to run, one after the other.
    #[arg(long, value_delimiter = ',', default_values_t = centre::SIZES)]
    agents: Vec<u64>,
    /// The hub to measure. Default: the `tieline` built beside this program.
    #[arg(long)]
    hub: Option<PathBuf>,
    /// Where results are written as JSON.
    #[arg(long)]
    out: Option<PathBuf>,
    /// A text whose table of results, between two comments, is replaced.
    #[arg(long)]
    readme: Option<PathBuf>,
    /// Serve as the limit of ingest: parse and answer.
    #[arg(long, hide = true)]
    parse_server: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Scenario {
    /// Engine and store without any door.
    Engine,
    /// Customers' messages in: from the POST to the durable answer.
    Ingest,
    /// From a customer's POST to an agent's socket, at a thousand a second.
    Latency,
    /// Agents' replies out: from the socket to the webhook.
    Replies,
    /// Memory of live conversations, and starting with them after a kill.
    Memory,
    /// Contact centres of 300 to 30,000 agents. Takes most of an hour, so only when it is named.
    Centre,
    /// Agents who get free while 50,000 customers wait in 500 queues. Only when it is named.
    Offers,
    /// Two thousand desks that reconnect at once. Only when it is named.
    Storm,
}

/// How much of everything.
pub struct Setting {
    pub hub: PathBuf,
    pub quick: bool,
    /// Of each centre.
    pub agents: Vec<u64>,
}

impl Setting {
    /// A number for the full measurement, another for the quick one.
    pub fn pick<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }

    /// How long a rate is measured.
    pub fn duration(&self) -> Duration {
        self.pick(Duration::from_secs(8), Duration::from_secs(1))
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    if cli.parse_server {
        return parse_server::serve().await;
    }
    let beside = || Ok(std::env::current_exe()?.with_file_name("tieline"));
    let hub = cli.hub.clone().map_or_else(beside, Ok::<_, std::io::Error>)?;
    let hub = hub.canonicalize().with_context(|| format!("there is no hub at {}", hub.display()))?;
    let setting = Setting { hub, quick: cli.quick, agents: cli.agents.clone() };
    let named = |scenario| cli.scenarios.contains(&scenario);
    let wanted = |scenario| cli.scenarios.is_empty() || named(scenario);
    let mut results = Results::new(machine::Machine::here()?, cli.quick);
    if wanted(Scenario::Engine) {
        engine::measure(&setting, &mut results).await?;
    }
    if wanted(Scenario::Ingest) {
        ingest::measure(&setting, &mut results).await?;
    }
    if wanted(Scenario::Latency) {
        latency::measure(&setting, &mut results).await?;
    }
    if wanted(Scenario::Replies) {
        replies::measure(&setting, &mut results).await?;
    }
    if wanted(Scenario::Memory) {
        memory::measure(&setting, &mut results).await?;
    }
    if named(Scenario::Offers) {
        offers::measure(&setting, &mut results).await?;
    }
    if named(Scenario::Storm) {
        storm::measure(&setting, &mut results).await?;
    }
    if named(Scenario::Centre) {
        centre::measure(&setting, &mut results).await?;
    }
    println!("\n{}", results.table());
    if let Some(path) = &cli.out {
        std::fs::write(path, results.json()?).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if let Some(path) = &cli.readme {
        results.put_into(path)?;
    }
    Ok(())
}
