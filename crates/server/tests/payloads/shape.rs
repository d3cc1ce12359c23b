//! Shapes of payloads as `shapes.json` writes them, and what an answer lacks of one.
//!
//! A shape is a kind (`text`, `number`, `flag`, `object`, `null`, `any`, `id`, `ms`, `time`), words that may stand there
//! (`=READY|BUSY`), another shape (`@Channel`), a list of one (`["@Channel"]`: at least one, `["@Channel", "*"]`:
//! perhaps none), or an object. A member is there and may be null; one marked `!` is read unguarded and is never null,
//! one marked `?` may be left out. Members beyond the shape are ours.

use std::sync::OnceLock;

use serde_json::{Value, json};

/// A shape by its name, a list of one as `[Name]`.
pub fn named(expression: &str) -> Value {
    match expression.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) => json!([format!("@{inner}")]),
        None => json!(format!("@{expression}")),
    }
}

/// Every place where the answer is not of the shape, and what stands there.
pub fn amiss(at: &str, shape: &Value, answer: &Value) -> Vec<String> {
    match shape {
        Value::Object(members) => {
            let Value::Object(answer) = answer else { return vec![format!("{at}: no object, {answer}")] };
            members.iter().flat_map(|(marked, shape)| member(at, marked, shape, answer)).collect()
        }
        Value::Array(list) => {
            let Value::Array(items) = answer else { return vec![format!("{at}: no list, {answer}")] };
            if items.is_empty() && list.len() == 1 {
                return vec![format!("{at}: an empty list")];
            }
            let each = items.iter().enumerate();
            each.flat_map(|(i, item)| amiss(&format!("{at}[{i}]"), &list[0], item)).collect()
        }
        Value::String(word) => match word.strip_prefix('@') {
            Some(name) => amiss(at, shape_called(name), answer),
            None if is_of(word, answer) => Vec::new(),
            None => vec![format!("{at}: {answer} is no {word}")],
        },
        other => panic!("{other} is no shape"),
    }
}

fn member(at: &str, marked: &str, shape: &Value, answer: &serde_json::Map<String, Value>) -> Vec<String> {
    let name = marked.trim_end_matches(['!', '?']);
    let at = format!("{at}.{name}");
    match answer.get(name) {
        None if marked.ends_with('?') => Vec::new(),
        None => vec![format!("{at}: not there")],
        Some(Value::Null) if marked.ends_with('!') => vec![format!("{at}: null")],
        Some(Value::Null) => Vec::new(),
        Some(value) => amiss(&at, shape, value),
    }
}

fn is_of(word: &str, answer: &Value) -> bool {
    let text = answer.as_str();
    match word {
        "any" => true,
        "text" => text.is_some(),
        "number" => answer.is_number(),
        "flag" => answer.is_boolean(),
        "object" => answer.is_object(),
        "null" => answer.is_null(),
        "id" => text.is_some_and(|text| text.len() == 24 && text.chars().all(|c| c.is_ascii_hexdigit())),
        "ms" => answer.as_i64().is_some_and(|ms| ms > 1_000_000_000_000),
        // As past events and participants have it: 2024-01-26T12:59:26.100+00:00
        "time" => text.is_some_and(|text| text.len() == 29 && text.ends_with("+00:00")),
        words => {
            let allowed = words.strip_prefix('=').unwrap_or_else(|| panic!("{words} is no kind"));
            text.is_some_and(|text| allowed.split('|').any(|word| word == text))
        }
    }
}

fn shape_called(name: &str) -> &'static Value {
    static SHAPES: OnceLock<Value> = OnceLock::new();
    let shapes = SHAPES.get_or_init(|| serde_json::from_str(include_str!("shapes.json")).unwrap());
    shapes.get(name).unwrap_or_else(|| panic!("there is no shape {name}"))
}

#[test]
fn what_an_answer_lacks_is_found() {
    let shape = json!({"a!": "text", "b": "number", "c?": "flag", "d": [{"e!": "=X|Y"}]});
    let at = |answer: Value| amiss("", &shape, &answer).join("; ");
    for (answer, expected) in [
        (json!({"a": "", "b": null, "d": [{"e": "Y"}], "more": 1}), ""),
        (json!({"a": null, "b": 1, "d": [{"e": "X"}]}), ".a: null"),
        (
            json!({"a": "", "b": "1", "c": 0, "d": []}),
            ".b: \"1\" is no number; .c: 0 is no flag; .d: an empty list",
        ),
        (json!({"a": "", "d": [{"e": "Z"}]}), ".b: not there; .d[0].e: \"Z\" is no =X|Y"),
        (json!([]), ": no object, []"),
    ] {
        assert_eq!(at(answer), expected);
    }
}
