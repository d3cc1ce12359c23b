//! What may enter the registry, change in it and leave it.
//!
//! A put is judged in this order, and the first thing wrong is the answer: is the version the present one; is the
//! name good and free; does everything it names exist; do its own rules hold; does everything that depends on it
//! still hold. Fields in refusals are paths as they stand on the wire.

mod bot;
mod customer_schema;
mod desk;
mod person;
mod registration;
mod routing;
mod settings;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use tieline_cim::Why;

use crate::id::Id;
use crate::refusal::Refusal;

use super::credentials::check_credentials;
use super::entry::{Entry, same_name};
use super::{Kind, Object, Stored};
use super::{Registry, seed};

pub use customer_schema::FIRST_NAME_KEY;

/// Characters of a name whose kind has no tighter rule.
pub const NAME_CHARS_MAX: usize = 100;
/// Characters of a description whose kind has no tighter rule.
pub const DESCRIPTION_CHARS_MAX: usize = 500;
const FILE_NAME_CHARS_MAX: usize = 255;
/// Seconds of any configured duration: the wire's integers have 32 bits and a sign.
pub const CONFIGURED_SECS_MAX: u32 = i32::MAX as u32;

impl Registry {
    /// Whether the object may be created, when its id is unknown, or take the place of the one with its id.
    ///
    /// `expected` is the version the caller changed; without it, whichever is present may be replaced.
    pub fn check_put(&self, object: &Object, expected: Option<u64>) -> Result<(), Refusal> {
        let (kind, id) = (object.kind(), object.id());
        match (self.version(kind, id), expected) {
            (Some(present), Some(expected)) => check_version(expected, present)?,
            (None, Some(_)) => return Err(no_such(kind, id)),
            (_, None) => {}
        }
        self.check_name(object)?;
        self.check_references(object)?;
        check_credentials(self, object)?;
        match object {
            Object::Mrd(new) => routing::check_mrd(new),
            Object::RoutingAttribute(new) => {
                routing::check_attribute(self, new, before(self.attribute(new.id)))
            }
            Object::Queue(new) => routing::check_queue(self, new),
            Object::List(new) => routing::check_list(new),
            Object::Team(new) => ensure_chars("description", &new.description, DESCRIPTION_CHARS_MAX),
            Object::Bot(new) => bot::check_bot(new),
            Object::ChannelType(new) => registration::check_channel_type(self, new),
            Object::Provider(new) => registration::check_provider(self, new, before(self.provider(new.id))),
            Object::Connector(new) => registration::check_connector(self, new),
            Object::Channel(new) => registration::check_channel(self, new),
            Object::Widget(new) => super::widget::check_widget(new),
            Object::Form(new) => crate::form::check_form(new),
            Object::Calendar(new) => crate::calendar::check_calendar(new),
            Object::User(new) => person::check_user(self, new, before(self.user(new.id))),
            Object::SchemaAttribute(new) => {
                customer_schema::check_attribute(self, new, before(self.schema_attribute(new.id)))
            }
            Object::TenantSettings(new) => settings::check_settings(new),
            Object::ReasonCode(new) => settings::check_reason(new),
            Object::Label(new) => desk::check_label(new),
            Object::CannedMessage(new) => desk::check_canned_message(new),
            Object::Announcement(new) => desk::check_announcement(new, before(self.announcement(new.id))),
            Object::Preferences(new) => desk::check_preferences(new),
        }
    }

    /// Whether the object may go: it is there, in the version expected, nothing names it, and it is not one that
    /// has to stay.
    pub fn check_delete(&self, kind: Kind, id: Id, expected: Option<u64>) -> Result<(), Refusal> {
        let present = self.version(kind, id).ok_or_else(|| no_such(kind, id))?;
        if let Some(expected) = expected {
            check_version(expected, present)?;
        }
        if let Some(by) = self.referrers(kind, id).next() {
            return Err(Refusal::InUse { by });
        }
        match kind {
            Kind::User => person::check_admin_remains(self, id.into()),
            Kind::SchemaAttribute => customer_schema::check_delete(self, id.into()),
            Kind::TenantSettings => Err(Refusal::conflict(Why::SettingsStay)),
            Kind::Form if id == seed::WRAP_UP_FORM.0 => Err(Refusal::conflict(Why::FormStays)),
            _ => Ok(()),
        }
    }

    fn check_name(&self, object: &Object) -> Result<(), Refusal> {
        let (kind, name) = (object.kind(), object.name());
        let Some(rule) = NameRule::of(kind) else { return Ok(()) };
        let chars = name.trim().chars().count();
        if chars < rule.chars_min || chars > rule.chars_max || name.chars().any(char::is_control) {
            let (min, max) = (rule.chars_min, rule.chars_max);
            return Err(Refusal::invalid(rule.field, Why::CharsWithin { min, max }));
        }
        let same = |other: &&dyn Entry| match kind {
            Kind::Mrd | Kind::Label | Kind::Widget => other.name().trim() == name.trim(),
            _ => same_name(other.name(), name),
        };
        let taken = match object {
            // Users come in thousands, so theirs is looked up.
            Object::User(user) => self
                .user_by_name(name)
                .filter(|other| other.value.id != user.id)
                .map(|other| other.value.named()),
            _ => self.entries_of(kind).filter(|other| other.id() != object.id()).find(same).map(Entry::named),
        };
        taken.map_or(Ok(()), |by| Err(Refusal::Taken { field: rule.field.into(), by }))
    }

    fn check_references(&self, object: &Object) -> Result<(), Refusal> {
        let mut missing = None;
        object.references(&mut |kind, id, field| {
            if missing.is_none() && self.version(kind, id).is_none() {
                let why = Why::NoSuch { kind: kind.noun(), id: id.to_string() };
                missing = Some(Refusal::invalid(field.to_string(), why));
            }
        });
        missing.map_or(Ok(()), Err)
    }
}

/// How objects of a kind are called. Names are unique within a kind, and letter case matters for domains,
/// labels and widgets only.
struct NameRule {
    field: &'static str,
    chars_min: usize,
    chars_max: usize,
}

impl NameRule {
    /// `None` for what people do not call by a name.
    const fn of(kind: Kind) -> Option<Self> {
        let (field, chars_min, chars_max) = match kind {
            Kind::Mrd | Kind::RoutingAttribute => ("name", 3, 110),
            Kind::Queue => ("name", 3, 50),
            Kind::SchemaAttribute => ("label", 1, 50),
            Kind::Bot => ("botName", 1, NAME_CHARS_MAX),
            Kind::Team => ("teamName", 1, NAME_CHARS_MAX),
            Kind::User => ("username", 1, NAME_CHARS_MAX),
            Kind::Widget => ("widgetIdentifier", 1, super::widget::IDENTIFIER_CHARS_MAX),
            Kind::Form => ("formTitle", 1, crate::form::TITLE_CHARS_MAX),
            Kind::ChannelType
            | Kind::Provider
            | Kind::Connector
            | Kind::Channel
            | Kind::List
            | Kind::TenantSettings
            | Kind::ReasonCode
            | Kind::Label
            | Kind::CannedMessage
            | Kind::Calendar => ("name", 1, NAME_CHARS_MAX),
            Kind::Announcement | Kind::Preferences => return None,
        };
        Some(Self { field, chars_min, chars_max })
    }
}

fn before<T>(stored: Option<&std::sync::Arc<Stored<T>>>) -> Option<&T> {
    stored.map(|stored| &stored.value)
}

/// What a checked reference leads to. The references of an object are checked before its rules, so the refusal
/// here is for a registry restored from something older than this rule.
fn found<T>(stored: Option<&std::sync::Arc<Stored<T>>>, kind: Kind) -> Result<&T, Refusal> {
    before(stored).ok_or_else(|| Refusal::not_found(Why::NoLongerThere { kind: kind.noun() }))
}

fn check_version(expected: u64, present: u64) -> Result<(), Refusal> {
    if expected == present { Ok(()) } else { Err(Refusal::Stale { expected, present }) }
}

fn no_such(kind: Kind, id: Id) -> Refusal {
    Refusal::not_found(Why::NoSuch { kind: kind.noun(), id: id.to_string() })
}

/// Refuses `field` unless the rule holds.
pub(super) fn ensure(holds: bool, field: impl Into<String>, why: Why) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(Refusal::invalid(field, why)) }
}

fn ensure_chars(field: impl Into<String>, text: &str, max: usize) -> Result<(), Refusal> {
    ensure(text.chars().count() <= max, field, Why::CharsAtMost { max })
}

/// The name of a file in the file store.
pub(super) fn check_file_name(field: &str, name: Option<&str>) -> Result<(), Refusal> {
    let name = name.unwrap_or_default();
    ensure_chars(field, name, FILE_NAME_CHARS_MAX)?;
    ensure(!name.contains(['/', '\\']), field, Why::MustBeFileName)
}

fn ensure_secs(field: &str, secs: u32, min: u32) -> Result<(), Refusal> {
    let range = min..=CONFIGURED_SECS_MAX;
    ensure(range.contains(&secs), field, Why::SecondsWithin { min, max: CONFIGURED_SECS_MAX })
}

fn ensure_within<T: PartialOrd + Copy + Into<i64>>(
    field: &str,
    value: T,
    range: RangeInclusive<T>,
) -> Result<(), Refusal> {
    let must_be = Why::MustBeWithin { min: (*range.start()).into(), max: (*range.end()).into() };
    ensure(range.contains(&value), field, must_be)
}

/// Where something stands that stands earlier too.
fn repeated<T: Ord>(items: impl IntoIterator<Item = T>) -> Option<usize> {
    let mut seen = BTreeSet::new();
    items.into_iter().position(|item| !seen.insert(item))
}
