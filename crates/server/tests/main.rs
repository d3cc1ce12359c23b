//! Tests that need a server or a folder.

// Clippy allows unwrap in test functions, but not in the helpers beside them.
#![allow(clippy::unwrap_used)]

mod bots;
mod command_line;
mod crash;
mod desk;
mod desk_scene;
mod desk_socket;
mod desk_story;
mod drain;
mod files;
mod hook;
mod hub;
mod listen;
mod open_files;
mod payloads;
mod problem;
mod real_bot;
mod rest_access;
mod rest_audit;
mod rest_customers;
mod rest_delivery;
mod rest_desk;
mod rest_edge;
mod rest_exchange;
mod rest_linking;
mod rest_openid;
mod rest_past;
mod rest_permissions;
mod rest_registry;
mod rest_reports;
mod rest_retention;
mod rest_second_factor;
mod rest_tasks;
mod screens;
mod shared_connection;
mod web_chat;
mod webhook;
