//! The crate from outside, against scripted hubs on real sockets.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic like the tests themselves")]

mod contract;
mod hub;
mod load;
mod receiver;
mod script;
mod simulate;
mod web;
