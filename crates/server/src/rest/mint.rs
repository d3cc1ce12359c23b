//! Ids of objects made through the API.

use aws_lc_rs::rand;
use tieline_core::id::Id;
use tieline_core::time::At;

/// An id for something made now: the second, then 64 random bits, so that nobody else makes the same.
pub fn new_id(now: At) -> Id {
    let mut bytes = [0; 12];
    rand::fill(&mut bytes[4..]).expect("the operating system provides random bytes");
    let seconds = u32::try_from(now.millis() / 1000).unwrap_or(u32::MAX);
    bytes[..4].copy_from_slice(&seconds.to_be_bytes());
    Id(bytes)
}
