//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// A hub between customers and the people who serve them.
///
/// Connectors post customers' messages to it and receive the answers; agents work in their desks. Start with
/// `tieline demo`, or with `tieline serve` and a configuration file.
#[derive(Debug, Parser)]
#[command(name = "tieline", version, max_term_width = 100)]
pub struct Cli {
    /// Configuration file. Without it the defaults hold; every option can also be set in the environment, e.g.
    /// TIELINE_STORE__PATH for store.path. `tieline.example.toml` lists them all.
    #[arg(long, short, global = true, env = "TIELINE_CONFIG")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the hub.
    Serve,
    /// Run the hub with a small demo tenant, and say what to try.
    ///
    /// Everything is kept in the folder given, so a second start goes on where the first ended. Listens on this
    /// machine only.
    Demo {
        /// Where the demo keeps its database, key and files.
        #[arg(long, default_value = "data/demo")]
        folder: PathBuf,
        /// Port to listen on.
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Read the configuration, say what is wrong with it, and stop.
    CheckConfig,
    /// Create or change a user who can sign in, reading the password from standard input.
    ///
    /// The way to the first administrator of a new store: no user exists until one is made here.
    User(UserArgs),
    /// Keys that seal secrets and personal data.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Write everything in the store to standard output, one JSON object a line.
    Export {
        /// Include connectors' secrets, which are masked otherwise.
        #[arg(long)]
        with_secrets: bool,
    },
    /// Write the audit trail to standard output, oldest first, one JSON object a line.
    Audit,
    /// Tools for those who build connectors.
    #[command(subcommand)]
    Connector(ConnectorCommand),
}

#[derive(Debug, Args)]
pub struct UserArgs {
    /// Name to sign in with.
    pub username: String,
    /// May be given several times: agent, supervisor, evaluator, quality_manager, routing_manager, admin.
    #[arg(long = "role", required = true)]
    pub roles: Vec<String>,
    #[arg(long, default_value = "")]
    pub first_name: String,
    #[arg(long, default_value = "")]
    pub last_name: String,
    /// Switch off the second factor of somebody who has lost it.
    #[arg(long)]
    pub without_second_factor: bool,
}

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a new master key file.
    New {
        /// The file to write; it must not exist.
        path: PathBuf,
    },
    /// Put everything under a new data key and remove the former one, while the hub runs; or finish doing so.
    ///
    /// Safe while the hub runs. To replace the master key itself, configure the new one as keys.master_key(_file) and
    /// the old one as keys.previous_master_key(_file), restart, and remove the old one afterwards.
    Rotate,
}

#[derive(Debug, Subcommand)]
pub enum ConnectorCommand {
    /// Play a channel: customers write, answers are received and checked, and a report says how it went.
    Simulate(Box<SimulateArgs>),
}

/// The demo writes these as environment variables to `demo.env` in its folder.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// The hub's address.
    #[arg(long, env = "TIELINE_HUB", default_value = "http://127.0.0.1:8080")]
    pub hub: String,
    /// The connector's id.
    #[arg(long, env = "TIELINE_CONNECTOR")]
    pub connector: Option<String>,
    /// The connector's bearer token.
    #[arg(long, env = "TIELINE_CONNECTOR_TOKEN", hide_env_values = true)]
    pub token: String,
    /// The connector's signing secret (`whsec_…`); webhooks are not verified without it.
    #[arg(long, env = "TIELINE_SIGNING_SECRET", hide_env_values = true)]
    pub signing_secret: Option<String>,
    /// The channel customers write to.
    #[arg(long, env = "TIELINE_SERVICE_IDENTIFIER")]
    pub service_identifier: String,
    /// Where webhooks are received; the provider's webhook must point here.
    #[arg(long, env = "TIELINE_LISTEN", default_value = "127.0.0.1:8090")]
    pub listen: std::net::SocketAddr,
    /// Read the event feed instead of receiving webhooks; needs --connector.
    #[arg(long)]
    pub feed: bool,
    /// How many customers write.
    #[arg(long, default_value_t = 1)]
    pub customers: u32,
    /// Messages each customer writes.
    #[arg(long, default_value_t = 5)]
    pub messages: u32,
    /// Go on for so many seconds instead, one conversation after the other.
    #[arg(long, conflicts_with = "messages")]
    pub seconds: Option<u64>,
    /// Messages a second over all customers.
    #[arg(long, default_value_t = 1.0)]
    pub rate: f64,
    /// Wait for an agent's or bot's answer before a customer writes again.
    #[arg(long)]
    pub expect_replies: bool,
    /// Seconds to wait for an answer.
    #[arg(long, default_value_t = 60)]
    pub reply_timeout: u64,
    /// A script to play instead of small talk: `> says`, `< waits for`, `wait 2s`, `end`.
    #[arg(long)]
    pub script: Option<PathBuf>,
    /// Fraction of messages posted twice, to see that they count once.
    #[arg(long, default_value_t = 0.0)]
    pub duplicates: f64,
    /// The same seed makes the same customers; without one, every run has customers of its own.
    #[arg(long)]
    pub seed: Option<u64>,
    /// The customers of this seed may have chats open from an earlier run.
    #[arg(long, requires = "seed")]
    pub returning: bool,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
}
