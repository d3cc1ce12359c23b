//! The audit trail: noted where a door decides, read by those who may, and taken along.

use std::fmt::Write as _;

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_core::audit::{Actor, Deed, Origin};
use tieline_core::command::Command;
use tieline_core::id::Id;
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::{Kind, Registry};
use tieline_store::{AuditFilter, AuditLine, ObjectVersion};
use tracing::{error, warn};

use super::query::{PAGE_ROWS_MAX, Query, moment, rows};
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::problem::ApiError;

/// Records read at a time, for an export or to find those of one kind of object.
const PAGE_ROWS: usize = 500;
/// Pages read at most to fill one with records of one kind of object.
const PAGES_MAX: usize = 20;
const CSV_HEADER: &str = "sequence,at,deed,user,username,address,subject,details\r\n";

/// Notes what was done at a door. What cannot be noted is logged; nobody is turned away for it.
pub async fn note(app: &App, origin: Origin, deed: Deed) {
    let name = deed.name();
    if let Err(unavailable) = app.engine.submit_as(origin, Command::Note(deed)).await {
        error!(deed = name, error = %unavailable, "something is missing in the audit trail");
    }
}

/// What a person was refused, on its way from where it was decided to where it is noted.
#[derive(Debug, Clone)]
pub struct PermissionRefused {
    pub origin: Origin,
    pub resource: &'static str,
    pub action: &'static str,
}

/// Notes an answer that refuses for want of a permission.
pub async fn note_refusal(app: &App, refused: Option<PermissionRefused>) {
    if let Some(PermissionRefused { origin, resource, action }) = refused {
        let deed = Deed::PermissionRefused { resource: resource.into(), action: action.into() };
        note(app, origin, deed).await;
    }
}

#[derive(Debug, Deserialize)]
pub struct Asked {
    user: Option<String>,
    deed: Option<String>,
    kind: Option<Kind>,
    subject: Option<String>,
    from: Option<String>,
    until: Option<String>,
    before: Option<u64>,
    limit: Option<usize>,
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    Ndjson,
    Csv,
}

impl Asked {
    fn filter(&self) -> Result<AuditFilter, ApiError> {
        let id = |field: &'static str, text: &Option<String>| -> Result<Option<Id>, ApiError> {
            let read = |text: &String| {
                text.trim().parse().map_err(|_| {
                    ApiError::bad_request(field, format_args!("{text:?} is no id"), "Send an id.")
                })
            };
            text.as_ref().map(read).transpose()
        };
        let deed = match &self.deed {
            None => None,
            Some(name) => Some(Deed::NAMES.iter().find(|(known, _)| known == name).ok_or_else(|| {
                let known: Vec<&str> = Deed::NAMES.iter().map(|(name, _)| *name).collect();
                ApiError::bad_request("deed", format_args!("there is no deed {name:?}"), known.join(", "))
            })?),
        };
        Ok(AuditFilter {
            user: id("user", &self.user)?.map(Into::into),
            subject: id("subject", &self.subject)?,
            deed: deed.map(|(_, code)| *code),
            from: moment("from", self.from.as_deref())?,
            until: moment("until", self.until.as_deref())?,
            before: self.before,
        })
    }

    /// Whether it is about the kind of object that was asked for. Records are sealed, so no database can tell.
    fn means(&self, line: &AuditLine) -> bool {
        let Some(wanted) = self.kind else { return true };
        let about = match line.deed {
            Some(Deed::ObjectPut { kind, .. } | Deed::ObjectDeleted { kind, .. }) => Some(kind),
            _ => None,
        };
        about == Some(wanted)
    }
}

/// Newest first.
pub async fn list(
    State(app): State<SharedApp>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Audit, Action::View)?;
    let (lines, next) = page(&app, &asked).await?;
    let registry = app.registry();
    let records: Vec<Value> = lines.iter().map(|line| shown(&registry, line)).collect();
    Ok(Answer(json!({"records": records, "next": next})))
}

/// The next records that are meant, and after which one to read on, unless there are no more.
async fn page(app: &App, asked: &Asked) -> Result<(Vec<AuditLine>, Option<u64>), ApiError> {
    let limit = rows(asked.limit)?;
    let at_a_time = if asked.kind.is_some() { limit.max(PAGE_ROWS) } else { limit };
    let mut filter = asked.filter()?;
    let mut lines = Vec::new();
    for _ in 0..PAGES_MAX {
        let page = app.store.audit(filter, at_a_time).await?;
        let is_last = page.len() < at_a_time;
        for line in page {
            filter.before = Some(line.seq);
            if asked.means(&line) {
                lines.push(line);
            }
            if lines.len() == limit {
                return Ok((lines, filter.before));
            }
        }
        if is_last {
            return Ok((lines, None));
        }
    }
    Ok((lines, filter.before))
}

/// One record, and what it changed: the object of the registry before and after, without secrets. Of the whole history of an
/// object its own path tells.
pub async fn record(
    State(app): State<SharedApp>,
    person: Person,
    Path(sequence): Path<String>,
) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Audit, Action::View)?;
    let missing = || ApiError::not_found(format_args!("there is no record with the sequence {sequence:?}"));
    let wanted: u64 = sequence.parse().map_err(|_| missing())?;
    let filter = AuditFilter { before: Some(wanted.saturating_add(1)), ..AuditFilter::default() };
    let line = app.store.audit(filter, 1).await?.pop().filter(|line| line.seq == wanted);
    let line = line.ok_or_else(missing)?;
    let change = change(&app, &line).await?;
    Ok(Answer(json!({"record": shown(&app.registry(), &line), "change": change})))
}

/// The version a record tells of and the one before; `None` when it tells of no object, or of one that lies too far back.
async fn change(app: &App, line: &AuditLine) -> Result<Option<Value>, ApiError> {
    let (kind, id, number) = match line.deed {
        Some(Deed::ObjectPut { kind, id, version }) => (kind, id, Some(version)),
        Some(Deed::ObjectDeleted { kind, id }) => (kind, id, None),
        _ => return Ok(None),
    };
    let versions = app.store.masked_versions(kind, id, PAGE_ROWS_MAX).await?;
    // An id may come back, and its numbers with it.
    let is_told = |version: &ObjectVersion| {
        let same = number.map_or(version.object.is_none(), |number| number == version.version);
        same && version.at == line.at
    };
    let Some(place) = versions.iter().position(is_told) else { return Ok(None) };
    // Beside its kind, which the record names.
    let shown = |at: usize| versions.get(at).map(|version| json!(version.object)["value"].take());
    Ok(Some(json!({"before": shown(place + 1), "after": shown(place)})))
}

/// Everything that fits the filter, newest first, as lines of JSON or of comma-separated values.
pub async fn export(
    State(app): State<SharedApp>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    person.may(Resource::Audit, Action::View)?;
    let filter = asked.filter()?;
    let format = asked.format.unwrap_or(Format::Ndjson);
    note(&app, person.origin(), Deed::Exported { what: "audit".into() }).await;
    let first = Export { app, asked, filter: Some(filter), format, begun: false };
    let pages = stream::unfold(first, |export| async { export.page().await });
    let (kind, name) = match format {
        Format::Ndjson => ("application/x-ndjson", "attachment; filename=\"audit.ndjson\""),
        Format::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"audit.csv\""),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(pages)).into_response())
}

/// An export under way; it goes on as fast as it is read.
struct Export {
    app: SharedApp,
    asked: Asked,
    /// What is still to be read; `None` at the end.
    filter: Option<AuditFilter>,
    format: Format,
    begun: bool,
}

impl Export {
    async fn page(mut self) -> Option<(Result<String, tieline_store::Error>, Self)> {
        let mut filter = self.filter.take()?;
        let lines = match self.app.store.audit(filter, PAGE_ROWS).await {
            Ok(lines) => lines,
            Err(err) => {
                warn!(error = %err, "an export of the audit trail was cut off");
                return Some((Err(err), self));
            }
        };
        let registry = self.app.registry();
        let is_csv = self.format == Format::Csv;
        let mut text = if is_csv && !self.begun { CSV_HEADER.to_owned() } else { String::new() };
        for line in lines.iter().filter(|line| self.asked.means(line)) {
            match self.format {
                Format::Ndjson => text += &format!("{}\n", shown(&registry, line)),
                Format::Csv => write_csv(&mut text, &shown(&registry, line)),
            }
        }
        self.begun = true;
        if lines.len() == PAGE_ROWS {
            filter.before = lines.last().map(|last| last.seq);
            self.filter = Some(filter);
        }
        Some((Ok(text), self))
    }
}

fn shown(registry: &Registry, line: &AuditLine) -> Value {
    let deed = Deed::NAMES.iter().find(|(_, code)| *code == line.code).map(|(name, _)| *name);
    let user = line.by.user();
    let username = user.and_then(|id| registry.user(id)).map(|user| &user.value.username);
    // As it is kept: an object of one member, whose name `deed` tells already.
    let details = line.deed.as_ref().and_then(|deed| match json!(deed) {
        Value::Object(one) => one.into_iter().next().map(|(_, details)| details),
        _ => None,
    });
    json!({
        "sequence": line.seq,
        "at": line.at,
        "deed": deed,
        "by": match line.by {
            Actor::System => "system",
            Actor::User(_) => "user",
            Actor::Stranger => "stranger",
        },
        "user": user,
        "username": username,
        "address": line.address,
        "subject": line.subject,
        "details": details,
    })
}

fn write_csv(out: &mut String, shown: &Value) {
    for (i, member) in ["sequence", "at", "deed", "user", "username", "address", "subject", "details"]
        .into_iter()
        .enumerate()
    {
        let text = match &shown[member] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        // What begins like this would be a formula to programs that open such files.
        let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text };
        let comma = if i == 0 { "" } else { "," };
        let _ = match text.contains(['"', ',', '\r', '\n']) {
            true => write!(out, "{comma}\"{}\"", text.replace('"', "\"\"")),
            false => write!(out, "{comma}{text}"),
        };
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_values() {
        let mut out = String::new();
        write_csv(
            &mut out,
            &json!({"sequence": 7, "at": 1, "deed": "object.put", "user": null, "username": "=cmd",
            "address": "::1", "subject": "a,b", "details": {"x": "y\"z"}}),
        );
        assert_eq!(out, "7,1,object.put,,'=cmd,::1,\"a,b\",\"{\"\"x\"\":\"\"y\\\"\"z\"\"}\"\r\n");
    }
}
