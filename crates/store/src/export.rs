//! Everything readable, in clear, for a tenant who wants to take it along.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use tieline_core::conversation::Conversation;
use tieline_core::customer::Customer;
use tieline_core::delivery::{Attempt, Entry};
use tieline_core::event::{Event, Seq};
use tieline_core::id::{Id, ProviderId};
use tieline_core::registry::{Kind, Object, SECRET_MASK};
use tieline_core::report::{Counts, FinishedTask, Interval, StateChange, Subject as Counted, SubjectKind};
use tieline_core::time::{At, Span};

use crate::codec::kind_code;
use crate::error::Result;
use crate::read::{ConversationFilter, PAGE_ROWS};
use crate::report::LogFilter;
use crate::{AuditLine, ObjectVersion, Store};

/// Whether an export shows passwords, tokens and keys of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    Masked,
    Shown,
}

/// One line of an export; as JSON, an object with one member that says what it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportLine {
    Object { version: u64, changed_at: At, object: Box<Object> },
    Customer(Arc<Customer>),
    Conversation(Arc<Conversation>),
    Event(Arc<Event>),
    Entry(Entry),
    Attempt(Attempt),
    Tally { interval: Interval, subject: Counted, counts: Counts },
    StateChange(StateChange),
    FinishedTask(FinishedTask),
    Audit(AuditLine),
}

/// Versions of a provider that are asked which fields were secret.
const PROVIDER_VERSIONS_MAX: usize = 1_000;

impl ExportLine {
    /// Without a line break.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("our values have a JSON form")
    }
}

impl Store {
    /// Hands out every readable object, customer, conversation, event, entry and attempt, then what reports are made
    /// of, then the audit trail, in this order and each kind by age (conversations newest first), a page at a time. What is
    /// written meanwhile may or may not be among them.
    pub async fn export(
        &self,
        secrets: Secrets,
        mut out: impl FnMut(ExportLine) -> std::io::Result<()>,
    ) -> Result<()> {
        self.export_objects(secrets, &mut out).await?;
        self.export_customers(&mut out).await?;
        self.export_conversations(&mut out).await?;
        self.export_events(&mut out).await?;
        self.export_entries(&mut out).await?;
        self.export_reports(&mut out).await?;
        self.export_audit(&mut out).await
    }

    /// Hands out the audit trail alone, oldest first.
    pub async fn export_audit(&self, out: &mut impl FnMut(ExportLine) -> std::io::Result<()>) -> Result<()> {
        let mut after: Seq = 0;
        loop {
            let page = self
                .read(move |inner, rows| {
                    let page = rows.audit_after(after, PAGE_ROWS)?;
                    page.into_iter().map(|row| inner.opening(rows).audit(row)).collect::<Result<Vec<_>>>()
                })
                .await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.seq;
            for line in page {
                out(ExportLine::Audit(line))?;
            }
        }
    }

    async fn export_objects(
        &self,
        secrets: Secrets,
        out: &mut impl FnMut(ExportLine) -> std::io::Result<()>,
    ) -> Result<()> {
        let objects = self
            .read(|inner, rows| {
                let mut found = Vec::new();
                for row in rows.objects()? {
                    let (version, at) = (row.version, row.at);
                    found.extend(inner.opening(rows).object(row)?.map(|object| (object, version, at)));
                }
                Ok(found)
            })
            .await?;
        let secret_fields = secret_fields(objects.iter().map(|(object, ..)| object));
        for (mut object, version, changed_at) in objects {
            if secrets == Secrets::Masked {
                mask(&mut object, &secret_fields);
            }
            out(ExportLine::Object { version, changed_at, object: Box::new(object) })?;
        }
        Ok(())
    }

    async fn export_customers(&self, out: &mut impl FnMut(ExportLine) -> std::io::Result<()>) -> Result<()> {
        let mut after = None;
        loop {
            let (customers, last) = self
                .read(move |inner, rows| {
                    let page = rows.customers(after, PAGE_ROWS)?;
                    let last = page.last().map(|row| row.id);
                    let mut customers = Vec::with_capacity(page.len());
                    for row in page {
                        customers.extend(inner.opening(rows).customer(row)?);
                    }
                    Ok((customers, last))
                })
                .await?;
            for customer in customers {
                out(ExportLine::Customer(customer))?;
            }
            match last {
                Some(last) => after = Some(last),
                None => return Ok(()),
            }
        }
    }

    async fn export_conversations(
        &self,
        out: &mut impl FnMut(ExportLine) -> std::io::Result<()>,
    ) -> Result<()> {
        let mut filter = ConversationFilter::default();
        loop {
            let page = self.conversations(filter, PAGE_ROWS).await?;
            let Some(last) = page.last() else { return Ok(()) };
            filter.before = Some(last.id);
            for conversation in page {
                out(ExportLine::Conversation(conversation))?;
            }
        }
    }

    async fn export_events(&self, out: &mut impl FnMut(ExportLine) -> std::io::Result<()>) -> Result<()> {
        let mut after: Seq = 0;
        loop {
            let (events, last) = self
                .read(move |inner, rows| {
                    let page = rows.events_after(after, PAGE_ROWS)?;
                    let last = page.last().map(|row| row.seq);
                    let mut events = Vec::with_capacity(page.len());
                    for row in page {
                        events.extend(inner.opening(rows).event(row)?);
                    }
                    Ok((events, last))
                })
                .await?;
            for event in events {
                out(ExportLine::Event(event))?;
            }
            match last {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    async fn export_entries(&self, out: &mut impl FnMut(ExportLine) -> std::io::Result<()>) -> Result<()> {
        let mut after: Seq = 0;
        loop {
            let entries = self
                .read(move |inner, rows| {
                    let page = rows.entries_after(after, PAGE_ROWS)?;
                    page.into_iter().map(|row| inner.opening(rows).entry(row)).collect::<Result<Vec<_>>>()
                })
                .await?;
            let Some(last) = entries.last() else { return Ok(()) };
            after = last.seq;
            let seqs: Vec<Seq> = entries.iter().map(|entry| entry.seq).collect();
            for entry in entries {
                out(ExportLine::Entry(entry))?;
            }
            for attempt in self.attempts(&seqs).await? {
                out(ExportLine::Attempt(attempt))?;
            }
        }
    }
}

/// All of time.
const EVER: LogFilter =
    LogFilter { from: At::from_millis(i64::MIN), until: At::from_millis(i64::MAX), after: None, agent: None };

/// Sums read at a time: those of a day.
const SUMS_OF: Span = Span::secs(86_400);

impl Store {
    async fn export_reports(&self, out: &mut impl FnMut(ExportLine) -> std::io::Result<()>) -> Result<()> {
        for kind in SubjectKind::ALL {
            let mut next = self.read(move |_, rows| rows.first_interval(kind.code(), EVER.from)).await?;
            while let Some(from) = next {
                let until = from + SUMS_OF;
                let sums = self.tallies(vec![kind], from, until, usize::MAX).await?.unwrap_or_default();
                for (interval, subject, counts) in sums.iter() {
                    out(ExportLine::Tally { interval, subject, counts: counts.clone() })?;
                }
                next = self.read(move |_, rows| rows.first_interval(kind.code(), until)).await?;
            }
        }
        let mut filter = EVER;
        loop {
            let page = self.state_changes(filter, PAGE_ROWS).await?;
            let Some((last, _)) = page.last() else { break };
            filter.after = Some(*last);
            for (_, change) in page {
                out(ExportLine::StateChange(change))?;
            }
        }
        filter = EVER;
        loop {
            let page = self.finished_tasks(filter, PAGE_ROWS).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            filter.after = Some(*last);
            for (_, task) in page {
                out(ExportLine::FinishedTask(task))?;
            }
        }
    }
}

impl Store {
    /// What an object was, newest first, without its secrets; deletions count as versions.
    pub async fn masked_versions(&self, kind: Kind, id: Id, limit: usize) -> Result<Vec<ObjectVersion>> {
        self.read(move |inner, rows| {
            let versions = |kind, id, limit| -> Result<Vec<ObjectVersion>> {
                let found = rows.object_versions(kind_code(kind), id, limit)?;
                found.into_iter().map(|row| inner.opening(rows).object_version(row)).collect()
            };
            let mut found = versions(kind, id, limit)?;
            let mut providers = BTreeSet::new();
            for version in &found {
                if let Some(Object::Connector(connector)) = &version.object {
                    providers.insert(connector.provider);
                }
            }
            // What was a secret once stays one.
            let mut schemas = Vec::new();
            for provider in providers {
                schemas.extend(versions(Kind::Provider, provider.into(), PROVIDER_VERSIONS_MAX)?);
            }
            let secret_fields = secret_fields(schemas.iter().filter_map(|version| version.object.as_ref()));
            for object in found.iter_mut().filter_map(|version| version.object.as_mut()) {
                mask(object, &secret_fields);
            }
            Ok(found)
        })
        .await
    }
}

/// The fields of each provider's connectors that hold secrets.
fn secret_fields<'a>(objects: impl Iterator<Item = &'a Object>) -> HashSet<(ProviderId, String)> {
    let mut found = HashSet::new();
    for object in objects {
        if let Object::Provider(provider) = object {
            let secret = provider.schema.iter().filter(|field| field.secret());
            found.extend(secret.map(|field| (provider.id, field.key.clone())));
        }
    }
    found
}

fn mask(object: &mut Object, secret_fields: &HashSet<(ProviderId, String)>) {
    match object {
        Object::Connector(connector) => {
            let provider = connector.provider;
            for field in &mut connector.values {
                if secret_fields.contains(&(provider, field.key.clone())) {
                    field.value = Value::from(SECRET_MASK);
                }
            }
            let credentials = &mut connector.credentials;
            for secret in credentials.token_hashes.iter_mut().chain(&mut credentials.signing_secrets) {
                *secret = SECRET_MASK.into();
            }
        }
        Object::Bot(bot) => {
            let credentials = &mut bot.settings.credentials;
            for secret in credentials.token_hashes.iter_mut().chain(&mut credentials.signing_secrets) {
                *secret = SECRET_MASK.into();
            }
            if let Some(model) = bot.settings.model.as_mut().filter(|model| !model.api_key.is_empty()) {
                model.api_key = SECRET_MASK.into();
            }
        }
        Object::User(user) => {
            if let Some(hash) = &mut user.password_hash {
                *hash = SECRET_MASK.into();
            }
            if let Some(factor) = &mut user.second_factor {
                for secret in factor.recovery.iter_mut().chain([&mut factor.secret]) {
                    *secret = SECRET_MASK.into();
                }
            }
        }
        _ => {}
    }
}
