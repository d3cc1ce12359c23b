//! One suite that every backend passes, and what is particular to each.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[macro_use]
mod backends;

mod audit;
mod commits;
mod erasure;
mod fixture;
mod home;
mod keys;
mod memory;
mod merges;
mod outbox;
mod purge;
mod readers;
mod reports;
mod sqlite;
