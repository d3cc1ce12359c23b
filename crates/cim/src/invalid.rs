//! Reading bytes, and saying which member is at fault when that fails.
//!
//! serde_json knows the line and column of an error; the path is found by walking the text up to that point,
//! on the failing path only. Members read from a buffer (message bodies, event data, participants) report the
//! rest of their path in the error text as "in `a.b`: ...", which is joined here.

use serde::de::DeserializeOwned;
use std::fmt;

/// Why a document was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The member, e.g. `header.channelData.serviceIdentifier` or `body.buttons[2].title`; `""` is the document.
    pub path: String,
    /// What is wrong with it, for a person.
    pub reason: String,
}

/// Levels of nesting a document from outside may have. The hub puts such documents inside its own (a message in
/// an event in a conversation) and must be able to read those again, where 128 levels are the limit.
pub const INBOUND_DEPTH_MAX: usize = 64;

/// Reads a document from outside: [`parse`] with the nesting bounded by [`INBOUND_DEPTH_MAX`].
///
/// # Errors
/// As [`parse`], and when the nesting is too deep.
pub fn parse_inbound<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Invalid> {
    // No text nests deeper than it has opening brackets; almost every message is done with counting those.
    if openings(bytes) > INBOUND_DEPTH_MAX && depth(bytes) > INBOUND_DEPTH_MAX {
        return Err(Invalid::at("", format!("is nested deeper than {INBOUND_DEPTH_MAX} levels")));
    }
    parse(bytes)
}

/// Opening brackets. Counted in single bytes, as many at a time as one can count, so that processors do many at once.
fn openings(bytes: &[u8]) -> usize {
    let in_part = |part: &[u8]| part.iter().map(|byte| u8::from(matches!(byte, b'{' | b'['))).sum::<u8>();
    bytes.chunks(usize::from(u8::MAX)).map(|part| usize::from(in_part(part))).sum()
}

/// Reads a document of at most 128 nested levels.
///
/// # Errors
/// [`Invalid`] when the bytes are no JSON or a member has the wrong type, with the member's path.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Invalid> {
    serde_json::from_slice(bytes).map_err(|error| located(bytes, &error))
}

impl Invalid {
    /// A refusal of the member at `path`.
    pub fn at(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into() }
    }

    /// The error text of a buffered member, understood by [`parse`].
    pub(crate) fn nested(&self, at: &str) -> String {
        let path = join(at, &self.path);
        if path.is_empty() { self.reason.clone() } else { format!("in `{path}`: {}", self.reason) }
    }

    /// Drops the position, which is meaningless once the text was written anew.
    pub(crate) fn without_position(mut self) -> Self {
        if let Some(end) = self.reason.rfind(" at line ") {
            self.reason.truncate(end);
        }
        self
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            out.write_str(&self.reason)
        } else {
            write!(out, "{}: {}", self.path, self.reason)
        }
    }
}

impl std::error::Error for Invalid {}

/// Places a serde_json error in the text it came from.
pub(crate) fn located(text: &[u8], error: &serde_json::Error) -> Invalid {
    let mut path = path_at(text, error.line(), error.column());
    let mut reason = error.to_string();
    while let Some((inner, rest)) = reason.strip_prefix("in `").and_then(|rest| rest.split_once("`: ")) {
        path = join(&path, inner);
        reason = rest.to_owned();
    }
    let missing = reason.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
    if let Some((member, rest)) = missing {
        path = join(&path, member);
        reason = format!("is missing{rest}");
    }
    Invalid { path, reason }
}

fn join(outer: &str, inner: &str) -> String {
    match (outer.is_empty(), inner.is_empty()) {
        (true, _) => inner.to_owned(),
        (_, true) => outer.to_owned(),
        _ if inner.starts_with('[') => format!("{outer}{inner}"),
        _ => format!("{outer}.{inner}"),
    }
}

fn depth(text: &[u8]) -> usize {
    let (mut at, mut open, mut deepest) = (0, 0_usize, 0);
    while at < text.len() {
        match text[at] {
            b'"' => at = string_end(text, at + 1, text.len()) - 1,
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
        at += 1;
    }
    deepest
}

enum Level {
    /// Inside an object; the key of the member being read, once known.
    Object(Option<String>),
    /// Inside an array; how many elements have begun.
    Array(usize),
}

/// The path of the value that begins, continues or has just ended at a position (lines and columns from 1).
fn path_at(text: &[u8], line: usize, column: usize) -> String {
    let end = offset(text, line, column);
    let mut levels: Vec<Level> = Vec::new();
    let mut at = 0;
    while at < end {
        let byte = text[at];
        let start = at;
        at += 1;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b':' => {}
            b',' => {
                if let Some(Level::Object(key)) = levels.last_mut() {
                    *key = None;
                }
            }
            b'}' | b']' => {
                levels.pop();
            }
            _ => {
                let in_string = byte == b'"';
                if in_string {
                    at = string_end(text, at, end);
                }
                match levels.last_mut() {
                    Some(Level::Object(key)) if key.is_none() && in_string => {
                        *key = serde_json::from_slice(&text[start..at]).ok();
                    }
                    Some(Level::Array(begun)) if in_string || starts_value(text, start) => *begun += 1,
                    _ => {}
                }
                match byte {
                    b'{' => levels.push(Level::Object(None)),
                    b'[' => levels.push(Level::Array(0)),
                    _ => {}
                }
            }
        }
    }
    render(&levels)
}

fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let Some(lines_before) = line.checked_sub(1) else { return 0 };
    let start = match lines_before.checked_sub(1) {
        None => 0,
        Some(nth) => text
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'\n')
            .nth(nth)
            .map_or(text.len(), |(newline, _)| newline + 1),
    };
    start.saturating_add(column).min(text.len())
}

/// The end of a string whose first byte after the quote is at `at`, not beyond `end`.
fn string_end(text: &[u8], mut at: usize, end: usize) -> usize {
    while at < end {
        match text[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    end
}

/// A number or literal is counted at its first byte only.
fn starts_value(text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| text[before]);
    matches!(text[at], b'{' | b'[')
        || matches!(before, None | Some(b'[' | b',' | b' ' | b'\t' | b'\r' | b'\n'))
}

fn render(levels: &[Level]) -> String {
    let mut path = String::new();
    for level in levels {
        match level {
            Level::Object(Some(key)) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
            }
            Level::Array(begun) if *begun > 0 => path.push_str(&format!("[{}]", begun - 1)),
            _ => {}
        }
    }
    path
}
