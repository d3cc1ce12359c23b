//! THE DOORS of Tieline: HTTP, agents' sockets, outgoing webhooks, files, sign-in, configuration, telemetry.
//!
//! Nothing here decides anything about conversations; it lets requests in and answers out, within bounds.
//! `rest/routes.rs` is the list of everything that can be called; `wire` turns what the core knows into what
//! clients expect to see.

pub mod app;
pub mod auth;
pub mod bot;
pub mod cli;
pub mod config;
pub mod cookie;
pub mod demo;
pub mod desk;
mod ear;
pub mod feed;
pub mod files;
pub mod guard;
pub mod housekeeping;
mod http2;
pub mod listen;
pub mod master_key;
pub mod oidc;
pub mod open_files;
pub mod openapi;
pub mod outlet;
pub mod password;
pub mod problem;
pub mod rest;
pub mod screens;
pub mod second_factor;
pub mod start;
pub mod telemetry;
pub mod token;
pub mod totp;
pub mod web;
pub mod webhook;
pub mod widget;
pub mod wire;

/// How webhooks are signed; connectors verify with the very same code.
pub use tieline_connectors::signature;
