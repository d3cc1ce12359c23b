//! THE RULES of Tieline: what a hub between customers and agents decides, as pure functions over values.
//!
//! Nothing here does I/O, reads a clock, draws a random number or waits. [`State`](state::State) is a tenant's live
//! state; [`State::step`](state::State::step) applies one [`Command`](command::Command) at a given moment and
//! yields the answer for the caller and the [`Effect`](effect::Effect)s to release once what it wrote, collected
//! in a [`Batch`](batch::Batch), is on disk. A refused command changes nothing.

mod administration;
pub mod agent;
pub mod announcement;
pub mod assistance;
pub mod audit;
pub mod batch;
pub mod bot;
pub mod calendar;
pub mod command;
pub mod conversation;
pub mod customer;
pub mod dead_letter;
pub mod deadline;
pub mod delivery;
pub mod departure;
mod dispatch;
pub mod effect;
pub mod estimate;
pub mod event;
mod exchange;
pub mod explain;
pub mod facts;
mod floor;
mod flush;
pub mod form;
mod gather;
mod hold;
mod hours;
pub mod id;
mod interruption;
mod link;
pub mod listing;
pub mod merge;
pub mod outbound;
mod patience;
pub mod permission;
pub mod policy;
mod pull;
pub mod queue;
pub mod refusal;
pub mod registry;
pub mod rehearsal;
pub mod report;
pub mod request;
mod response;
mod rona;
mod routing;
pub mod schema;
mod seating;
pub mod second_factor;
mod session;
mod speech;
pub mod state;
pub mod supervision;
pub mod task;
pub mod time;
mod turn;
mod voice;
mod wrapup;
