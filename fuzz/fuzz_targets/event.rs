//! Any bytes as an event, live and past: no panic, and what is written reads back equal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tieline_cim::{CimEvent, PastEvent, parse, parse_inbound};

fuzz_target!(|bytes: &[u8]| {
    let Ok(event) = parse_inbound::<CimEvent>(bytes) else { return };
    let written = serde_json::to_vec(&event).expect("an event that was read can be written");
    let again: CimEvent = parse(&written).expect("what was written can be read");
    assert_eq!(event, again);
    let past = serde_json::to_vec(&PastEvent(&event)).expect("an event that was read can be written as past");
    assert!(parse::<PastEvent>(&past).is_ok());
});
