//! One operation of the API: how it is served, and what is to be known about it.

use axum::routing::MethodRouter;

use crate::app::SharedApp;

/// HTTP methods we use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// People who signed in, as far as their roles allow.
    Person,
    /// People, and connectors: with a token, a signature or from an open address.
    Visitor,
    /// Callers on this machine, and whoever has the token of the metrics.
    Watcher,
    /// Bots, with their token.
    Bot,
}

/// What a body holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// JSON of a named schema.
    Json(&'static str),
    /// A JSON array of a named schema.
    List(&'static str),
    /// One or a JSON array, by who asks.
    OneOrList(&'static str),
    /// A form with a file.
    Form,
    /// A file.
    File,
    /// Lines of JSON, or of comma-separated values.
    Lines,
    Text,
    /// A page to read.
    Page,
    Nothing,
}

pub struct Route {
    pub verb: Verb,
    pub path: &'static str,
    pub service: MethodRouter<SharedApp>,
    pub tag: &'static str,
    pub summary: String,
    pub access: Access,
    /// Query parameters with their meaning.
    pub query: &'static [(&'static str, &'static str)],
    pub takes: Content,
    pub gives: Content,
    pub status: u16,
    /// Answers carry an `ETag`.
    pub versioned: bool,
    /// Heeds `If-Match`.
    pub conditional: bool,
    /// Heeds `Idempotency-Key`.
    pub idempotent: bool,
    /// Calls are limited per address.
    pub limited: bool,
    /// Refusals that are not to be seen from its shape: statuses.
    pub also: &'static [u16],
    /// The schema of refusals where it is not that of every error.
    pub refuses: &'static str,
}

impl Route {
    pub fn new(
        verb: Verb,
        path: &'static str,
        service: MethodRouter<SharedApp>,
        summary: impl Into<String>,
    ) -> Self {
        Self {
            verb,
            path,
            service,
            tag: "",
            summary: summary.into(),
            access: Access::Person,
            query: &[],
            takes: Content::Nothing,
            gives: Content::Json("Object"),
            status: 200,
            versioned: false,
            conditional: false,
            idempotent: false,
            limited: false,
            also: &[],
            refuses: "Error",
        }
    }

    pub fn by(self, access: Access) -> Self {
        Self { access, limited: self.limited || access == Access::Visitor, ..self }
    }

    pub fn query(self, query: &'static [(&'static str, &'static str)]) -> Self {
        Self { query, ..self }
    }

    pub fn takes(self, takes: Content) -> Self {
        Self { takes, ..self }
    }

    pub fn gives(self, gives: Content) -> Self {
        let status = if gives == Content::Nothing { 204 } else { self.status };
        Self { gives, status, ..self }
    }

    pub fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub fn versioned(self) -> Self {
        Self { versioned: true, ..self }
    }

    pub fn conditional(self) -> Self {
        Self { conditional: true, ..self }
    }

    pub fn idempotent(self) -> Self {
        Self { idempotent: true, ..self }
    }

    pub fn limited(self) -> Self {
        Self { limited: true, ..self }
    }

    pub fn also(self, also: &'static [u16]) -> Self {
        Self { also, ..self }
    }

    pub fn refuses(self, refuses: &'static str) -> Self {
        Self { refuses, ..self }
    }

    /// Every path it answers at: services were reachable both behind the gateway's prefix and without it.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = vec![self.path.to_owned()];
        if let Some(rest) = self.path.strip_prefix("/ccm/") {
            paths.push(format!("/{rest}"));
        }
        if let Some(rest) = self.path.strip_prefix("/cim-customer/") {
            paths.push(format!("/cim/{rest}"));
        }
        paths
    }
}
