//! The registry: everything an administrator registers, as one immutable-friendly value.
//!
//! A clone shares every table, so the engine keeps the present registry behind an `Arc`, changes a clone and
//! publishes it; readers never wait. Two promises hold between any two calls, given that every
//! [`Registry::put`] and [`Registry::delete`] was first asked for with [`Registry::check_put`] and
//! [`Registry::check_delete`]: no object names another that is not there, and every index says what a scan of
//! the tables would.
//!
//! What only live work can tell (open sessions of a channel, requests waiting in a queue) is asked elsewhere.

mod bot;
mod credentials;
mod customer_schema;
mod desk;
mod editing;
mod entry;
mod index;
mod membership;
mod object;
mod person;
mod registration;
mod routing;
mod rules;
mod secret;
pub mod seed;
pub mod settings;
pub mod widget;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub use bot::{
    Bot, BotKind, BotSettings, Choice, ChoiceDoes, HISTORY_DEFAULT, Menu, Model, TIMEOUT_MS_DEFAULT,
};
pub use credentials::{CREDENTIALS_MAX, Credentials};
pub use customer_schema::{CustomerValueType, SchemaAttribute};
pub use desk::{Announcement, CannedMessage, Label, ReasonCode, ReasonPurpose};
pub use editing::EDIT_SUPPORT;
pub use entry::Entry;
pub use membership::{effective_capacity, expressions_hold, skill_for};
pub use object::{Kind, Object, Stored};
pub use person::{Capacity, ForeignIdentity, Preferences, Role, Skill, Team, User};
pub use registration::{
    Category, Channel, ChannelType, Connector, CustomField, FieldValue, Mode, NobodyCame, Options,
    OutOfHours, Patience, Provider, Routing, Target,
};
pub use routing::{
    Expression, Join, List, Media, Mrd, Operator, Queue, RoutingAttribute, Scale, Selection, Service, Step,
    Term,
};
pub use secret::{SECRET_MASK, is_masked};
pub use settings::TenantSettings;
pub use widget::Widget;

use crate::calendar::Calendar;
use crate::form::Form;
use crate::id::{
    AttributeId, BotId, CalendarId, ChannelId, ChannelTypeId, ConnectorId, FormId, Id, ListId, MrdId,
    ProviderId, QueueId, SchemaAttributeId, UserId, WidgetId,
};
use crate::refusal::Named;
use crate::task::Source;
use crate::time::At;
use index::{Indexed, Indexes};

/// Shared until somebody writes, so that publishing a change copies one table and not all.
type Table<K, T> = Arc<BTreeMap<K, Arc<Stored<T>>>>;

/// One table per noun. The macro writes what is the same for all of them: the table, its two getters, and the
/// dispatch from a [`Kind`] or an [`Object`] to it.
macro_rules! tables {
    ($($kind:ident, $key:ty: $one:ident, $all:ident;)*) => {
        #[derive(Clone, Default, PartialEq)]
        pub struct Registry {
            $($all: Table<$key, $kind>,)*
            indexes: Indexes,
        }

        impl Registry {
            $(
                #[must_use]
                pub fn $one(&self, id: $key) -> Option<&Arc<Stored<$kind>>> {
                    self.$all.get(&id)
                }

                /// In the order of ids, which is the order of creation.
                pub fn $all(&self) -> impl Iterator<Item = &Arc<Stored<$kind>>> {
                    self.$all.values()
                }
            )*

            #[must_use]
            pub fn object(&self, kind: Kind, id: Id) -> Option<Stored<Object>> {
                match kind {
                    $(Kind::$kind => self.$one(id.into()).map(|stored| Stored {
                        version: stored.version,
                        changed_at: stored.changed_at,
                        value: Object::$kind(stored.value.clone()),
                    }),)*
                }
            }

            /// Everything, in the form [`Registry::restore`] takes.
            pub fn objects(&self) -> impl Iterator<Item = (Object, u64, At)> {
                let none = std::iter::empty();
                $(let none = none.chain(self.$all().map(|stored| {
                    (Object::$kind(stored.value.clone()), stored.version, stored.changed_at)
                }));)*
                none
            }

            /// The entry and its version.
            fn entry(&self, kind: Kind, id: Id) -> Option<(&dyn Entry, u64)> {
                match kind {
                    $(Kind::$kind => self.$one(id.into()).map(|s| (&s.value as &dyn Entry, s.version)),)*
                }
            }

            fn entries_of(&self, kind: Kind) -> Box<dyn Iterator<Item = &dyn Entry> + '_> {
                match kind {
                    $(Kind::$kind => Box::new(self.$all().map(|stored| &stored.value as &dyn Entry)),)*
                }
            }

            fn insert(&mut self, object: Object, version: u64, changed_at: At) {
                match object {
                    $(Object::$kind(value) => {
                        let stored = Arc::new(Stored { version, changed_at, value });
                        let table = Arc::make_mut(&mut self.$all);
                        if let Some(old) = table.insert(stored.value.id, Arc::clone(&stored)) {
                            Indexed::leave(&old, &mut self.indexes);
                        }
                        Indexed::enter(&stored, &mut self.indexes);
                    })*
                }
            }

            /// Takes an object out. One that is not there stays not there.
            pub fn delete(&mut self, kind: Kind, id: Id) {
                match kind {
                    $(Kind::$kind => {
                        if let Some(old) = Arc::make_mut(&mut self.$all).remove(&id.into()) {
                            Indexed::leave(&old, &mut self.indexes);
                        }
                    })*
                }
            }
        }

        impl Object {
            fn entry(&self) -> &dyn Entry {
                match self {
                    $(Self::$kind(value) => value,)*
                }
            }
        }
    };
}

tables! {
    Mrd, MrdId: mrd, mrds;
    ChannelType, ChannelTypeId: channel_type, channel_types;
    Provider, ProviderId: provider, providers;
    Connector, ConnectorId: connector, connectors;
    Channel, ChannelId: channel, channels;
    RoutingAttribute, AttributeId: attribute, attributes;
    Queue, QueueId: queue, queues;
    List, ListId: list, lists;
    Bot, BotId: bot, bots;
    Team, Id: team, teams;
    User, UserId: user, users;
    SchemaAttribute, SchemaAttributeId: schema_attribute, schema_attributes;
    TenantSettings, Id: tenant_settings, all_tenant_settings;
    ReasonCode, Id: reason_code, reason_codes;
    Label, Id: label, labels;
    CannedMessage, Id: canned_message, canned_messages;
    Announcement, Id: announcement, announcements;
    Preferences, UserId: preferences, all_preferences;
    Widget, WidgetId: widget, widgets;
    Form, FormId: form, forms;
    Calendar, CalendarId: calendar, calendars;
}

impl Registry {
    /// Rebuilds a registry from stored objects, trusting them: they were judged when they were put.
    #[must_use]
    pub fn restore(objects: impl IntoIterator<Item = (Object, u64, At)>) -> Self {
        let mut registry = Self::default();
        for (object, version, changed_at) in objects {
            registry.insert(object, version, changed_at);
        }
        registry
    }

    /// Creates or replaces, and returns the new version. Judges nothing: ask [`Registry::check_put`] first.
    pub fn put(&mut self, object: Object, now: At) -> u64 {
        let version = self.version(object.kind(), object.id()).map_or(1, |present| present + 1);
        self.insert(object, version, now);
        version
    }

    /// Puts an object in its own place, as the same version. One that is not there stays not there.
    pub(crate) fn amend(&mut self, object: Object) {
        if let Some(Stored { version, changed_at, .. }) = self.object(object.kind(), object.id()) {
            self.insert(object, version, changed_at);
        }
    }

    #[must_use]
    pub fn version(&self, kind: Kind, id: Id) -> Option<u64> {
        self.entry(kind, id).map(|(_, version)| version)
    }

    #[must_use]
    pub fn named(&self, kind: Kind, id: Id) -> Option<Named> {
        self.entry(kind, id).map(|(entry, _)| entry.named())
    }

    /// Whether an object shows this file of the file store.
    #[must_use]
    pub fn shows_file(&self, name: &str) -> bool {
        self.channel_types().any(|kind| kind.value.logo.as_deref() == Some(name))
            || self.widgets().any(|widget| widget.value.appearance.logo.as_deref() == Some(name))
    }

    /// Whether an object's name contains `part`, or that of the person it stands for; letter case does not matter.
    #[must_use]
    pub fn is_called(&self, kind: Kind, id: Id, part: &str) -> bool {
        let part = part.trim().to_lowercase();
        let contains = |name: &str| name.to_lowercase().contains(&part);
        let person = (kind == Kind::User).then(|| self.user(id.into())).flatten();
        person.is_some_and(|user| contains(&user.value.full_name()))
            || self.entry(kind, id).is_some_and(|(entry, _)| contains(entry.name()))
    }

    /// Every object that names this one, in the order of kinds and ids.
    pub fn referrers(&self, kind: Kind, id: Id) -> impl Iterator<Item = Named> {
        self.entries().filter(move |entry| entry.refers_to(kind, id)).map(Entry::named)
    }

    /// Channels, of any type, whose customers write to this service identifier.
    pub fn channels_at(&self, service_identifier: &str) -> impl Iterator<Item = &Arc<Stored<Channel>>> {
        self.indexes.channels_at(service_identifier).iter()
    }

    pub fn channels_of(&self, connector: ConnectorId) -> impl Iterator<Item = &Arc<Stored<Channel>>> {
        self.indexes.channels_of(connector).iter()
    }

    /// The connector that holds a bearer token with this SHA-256, in hex.
    #[must_use]
    pub fn connector_by_token(&self, hash: &str) -> Option<&Arc<Stored<Connector>>> {
        self.indexes.connector_by_token(hash)
    }

    /// The bot that holds a bearer token with this SHA-256, in hex.
    #[must_use]
    pub fn bot_by_token(&self, hash: &str) -> Option<&Arc<Stored<Bot>>> {
        self.indexes.bot_by_token(hash)
    }

    /// Letter case and surrounding blanks do not matter.
    #[must_use]
    pub fn user_by_name(&self, username: &str) -> Option<&Arc<Stored<User>>> {
        self.indexes.user_by_name(username)
    }

    /// Who leads a team: its supervisors, and the administrators, who lead all. Somebody may be both.
    pub fn leaders_of(&self, team: Option<Id>) -> impl Iterator<Item = &Arc<Stored<User>>> {
        let supervisors = team.map_or(&[][..], |team| self.indexes.supervisors_of(team));
        supervisors.iter().chain(self.indexes.administrators())
    }

    /// Whom a provider vouches for.
    #[must_use]
    pub fn user_by_identity(&self, identity: &ForeignIdentity) -> Option<&Arc<Stored<User>>> {
        self.indexes.user_by_identity(identity)
    }

    /// The customer attributes that recognise customers of this channel type; the rules allow one.
    #[must_use]
    pub fn identifier_attributes(&self, channel_type: ChannelTypeId) -> &[Arc<Stored<SchemaAttribute>>] {
        self.indexes.identifier_attributes(channel_type)
    }

    /// The channel on which agents start contacts of this type.
    #[must_use]
    pub fn default_outbound(&self, channel_type: ChannelTypeId) -> Option<&Arc<Stored<Channel>>> {
        self.channels().find(|c| c.value.default_outbound && c.value.channel_type == channel_type)
    }

    /// The widget pages name by this identifier.
    #[must_use]
    pub fn widget_called(&self, identifier: &str) -> Option<&Arc<Stored<Widget>>> {
        self.widgets().find(|widget| widget.value.identifier == identifier)
    }

    /// Where work goes that names no queue: the queue called "Default", or the oldest when it was renamed.
    #[must_use]
    pub fn default_queue(&self) -> Option<&Arc<Stored<Queue>>> {
        let called_default =
            |queue: &&Arc<Stored<Queue>>| entry::same_name(&queue.value.name, seed::DEFAULT_QUEUE);
        self.queues().find(called_default).or_else(|| self.queues().next())
    }

    /// What a queue or a pull list expects of those who serve from it; `None` when it is gone.
    #[must_use]
    pub fn service(&self, source: Source) -> Option<Service<'_>> {
        Some(match source {
            Source::Queue(queue) => {
                let Queue { agent_sla_secs, agent_thresholds, wrap_up, .. } = &self.queue(queue)?.value;
                Service {
                    agent_sla_secs: *agent_sla_secs,
                    agent_thresholds: agent_thresholds.as_ref(),
                    wrap_up: *wrap_up,
                }
            }
            Source::List(list) => {
                let List { agent_sla_secs, agent_thresholds, wrap_up, .. } = &self.list(list)?.value;
                Service {
                    agent_sla_secs: *agent_sla_secs,
                    agent_thresholds: agent_thresholds.as_ref(),
                    wrap_up: *wrap_up,
                }
            }
        })
    }

    /// What holds for the whole tenant; the defaults until somebody changed them.
    #[must_use]
    pub fn settings(&self) -> Arc<Stored<TenantSettings>> {
        self.tenant_settings(settings::SETTINGS_ID).map_or_else(|| Arc::new(seed::settings()), Arc::clone)
    }

    pub fn users_with(&self, role: Role) -> impl Iterator<Item = &Arc<Stored<User>>> {
        self.users().filter(move |user| user.value.roles.contains(&role))
    }

    fn entries(&self) -> impl Iterator<Item = &dyn Entry> {
        Kind::ALL.into_iter().flat_map(|kind| self.entries_of(kind))
    }
}

/// Counts only: usernames, identifiers and token hashes have no place in a log line.
impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(Kind::ALL.map(|kind| (kind.noun(), self.entries_of(kind).count()))).finish()
    }
}
