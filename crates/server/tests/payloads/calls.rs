//! Every documented call of installed clients, as they make it, and the shape they need back.
//!
//! `$words` are ids of the [`super::tenant`]. What a row makes may be named for the rows after it.

mod desk;
mod outside;
mod registry;

use reqwest::Method;
use serde_json::Value;

/// One call.
pub struct Call {
    pub by: &'static str,
    pub method: Method,
    pub path: String,
    pub body: Option<Value>,
    pub status: u16,
    pub expects: Expects,
    /// `$word` and the place in the answer it is to stand for.
    pub keeps: Option<(&'static str, &'static str)>,
    /// A list in the answer, the member its rows are ordered by, and how.
    pub order: Option<(&'static str, &'static str, Order)>,
}

pub enum Expects {
    /// A shape of `shapes.json`.
    Shape(&'static str),
    /// Everything a captured answer has.
    Captured(&'static str),
    Nothing,
    /// A file.
    Content,
}

#[derive(Clone, Copy)]
pub enum Order {
    Rising,
    /// Newest first.
    Falling,
}

fn call(by: &'static str, method: Method, path: &str, body: Option<Value>, shape: &'static str) -> Call {
    let expects = match shape {
        "" => Expects::Nothing,
        shape => Expects::Shape(shape),
    };
    let status = if shape.is_empty() { 204 } else { 200 };
    Call { by, method, path: path.to_owned(), body, status, expects, keeps: None, order: None }
}

fn get(by: &'static str, path: &str, shape: &'static str) -> Call {
    call(by, Method::GET, path, None, shape)
}

fn post(by: &'static str, path: &str, body: Value, shape: &'static str) -> Call {
    call(by, Method::POST, path, Some(body), shape)
}

fn put(by: &'static str, path: &str, body: Value, shape: &'static str) -> Call {
    call(by, Method::PUT, path, Some(body), shape)
}

fn delete(by: &'static str, path: &str) -> Call {
    call(by, Method::DELETE, path, None, "")
}

impl Call {
    fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    fn captured(self, fixture: &'static str) -> Self {
        Self { expects: Expects::Captured(fixture), status: 200, ..self }
    }

    fn content(self) -> Self {
        Self { expects: Expects::Content, status: 200, ..self }
    }

    fn keeps(self, name: &'static str, at: &'static str) -> Self {
        Self { keeps: Some((name, at)), ..self }
    }

    fn ordered(self, list: &'static str, member: &'static str, order: Order) -> Self {
        Self { order: Some((list, member, order)), ..self }
    }
}

pub fn all() -> Vec<Call> {
    [desk::calls(), outside::calls(), registry::calls()].into_iter().flatten().collect()
}
