//! The outside: channels, written against the same public contract that other people's connectors use.
//!
//! Promises: a connector here knows the hub by its HTTP API alone, so whatever works here works for everybody.
//! [`contract`] and [`signature`] are the client side of that contract, for any connector in Rust to use.
//!
//! Two channels are here. [`web`] is the one customers reach from web pages. The simulated one: [`simulate`] plays customers against a running hub, [`receiver`]
//! takes the hub's webhooks, [`ledger`] checks their order, and the [`report`] says which promise was broken.
//! [`load`] is the same traffic without the checks, as cheap as it can be made.
//!
//! Leaves to others: routing, permissions, storage, the command line.

mod clock;
pub mod contract;
pub mod customer;
pub mod latency;
pub mod ledger;
pub mod load;
mod player;
pub mod progress;
mod random;
pub mod receiver;
pub mod report;
pub mod script;
pub mod signature;
pub mod simulate;
pub mod web;

pub use contract::{Accepted, Credentials, Failure, Hub, Retry};
pub use load::{LoadOptions, LoadReport, post_load};
pub use progress::{Bar, Progress};
pub use receiver::{Behaviour, Fault, Receiver};
pub use report::Report;
pub use script::Script;
pub use signature::SigningSecret;
pub use simulate::{Options, Simulation, run};
