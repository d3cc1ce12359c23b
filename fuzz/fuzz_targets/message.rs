//! Any bytes as a message: no panic, and what is written reads back equal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tieline_cim::{Message, parse, parse_inbound};

fuzz_target!(|bytes: &[u8]| {
    let Ok(message) = parse_inbound::<Message>(bytes) else { return };
    let _ = message.check_inbound();
    let _ = message.check_activity();
    let written = serde_json::to_vec(&message).expect("a message that was read can be written");
    let again: Message = parse(&written).expect("what was written can be read");
    assert_eq!(message, again);
});
