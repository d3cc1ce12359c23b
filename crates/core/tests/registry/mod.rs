//! The registry: its rules row by row, and what must hold whatever is put into it and taken out.

mod calendar;
mod customer_schema;
mod form;
mod lookup;
mod membership;
mod permission;
mod person;
mod properties;
mod registration;
mod routing;
mod secret;
mod seed;
mod settings;
mod value;
mod widget;
mod world;
