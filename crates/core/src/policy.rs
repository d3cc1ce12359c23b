//! What the operator of the machine decides: how deliveries are tried. How the contact centre works is in the
//! tenant's [settings](crate::registry::settings).

use crate::delivery::outbox::LinePolicy;
use crate::delivery::schedule::Schedule;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    pub schedule: Schedule,
    pub line: LinePolicy,
}
