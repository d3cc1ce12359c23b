//! What the core knows, as clients expect to see it, and back again.
//!
//! The wire nests where the core refers, and has names of its own; both meet here and nowhere else.

pub mod customer;
pub mod registry;
pub mod scene;
