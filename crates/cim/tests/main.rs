//! The wire, checked against what real clients send.

#![allow(clippy::unwrap_used)] // Helpers of tests may panic like the tests themselves.

mod fixtures;
mod leniency;
mod properties;
mod shapes;
mod validation;
mod why;

use serde_json::Value;

/// Every member of `original` must be in `written` with an equal value; more members are fine.
///
/// Returns the first path that was lost. Text that holds JSON is compared as JSON.
fn lost(original: &Value, written: &Value, path: &str) -> Option<String> {
    match (original, written) {
        (Value::Object(original), Value::Object(written)) => original.iter().find_map(|(key, value)| {
            let path = format!("{path}.{key}");
            match written.get(key) {
                Some(written) => lost(value, written, &path),
                None => Some(path),
            }
        }),
        (Value::Array(original), Value::Array(written)) if original.len() == written.len() => original
            .iter()
            .zip(written)
            .enumerate()
            .find_map(|(index, (original, written))| lost(original, written, &format!("{path}[{index}]"))),
        (Value::String(original), Value::String(written)) if original.starts_with('{') => {
            let [original, written] =
                [original, written].map(|text| serde_json::from_str::<Value>(text).ok());
            match (original, written) {
                (Some(original), Some(written)) => lost(&original, &written, path),
                _ => Some(path.to_owned()),
            }
        }
        _ if original == written => None,
        _ => Some(format!("{path}: {original} became {written}")),
    }
}
