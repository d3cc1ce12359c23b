//! One suite that every backend passes, and what is particular to each.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod conformance;
mod fixture;
mod home;
mod memory;
mod reports;
mod sqlite;
