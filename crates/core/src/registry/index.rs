//! What the registry is asked many times a second, answered without a scan.
//!
//! Indexes are derived: they hold the same `Arc`s as the tables, entries of one key stand in the order of ids, and
//! a key without entries is not there. So an index kept up to date equals one built afresh.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::calendar::Calendar;
use crate::form::Form;
use crate::id::{ChannelTypeId, ConnectorId, Id};

use super::bot::Bot;
use super::entry::Entry;
use super::widget::Widget;
use super::{
    Announcement, CannedMessage, Channel, ChannelType, Connector, ForeignIdentity, Label, List, Mrd,
    Preferences, Provider, Queue, ReasonCode, Role, RoutingAttribute, SchemaAttribute, Stored, Team,
    TenantSettings, User,
};

type Index<K, T> = Arc<BTreeMap<K, Vec<Arc<Stored<T>>>>>;

#[derive(Clone, Default, PartialEq)]
pub(super) struct Indexes {
    channels_by_identifier: Index<String, Channel>,
    channels_by_connector: Index<ConnectorId, Channel>,
    identifiers_by_type: Index<ChannelTypeId, SchemaAttribute>,
    connectors_by_token: Index<String, Connector>,
    bots_by_token: Index<String, Bot>,
    users_by_name: Index<String, User>,
    users_by_identity: Index<ForeignIdentity, User>,
    supervisors_by_team: Index<Id, User>,
    administrators: Index<(), User>,
}

impl Indexes {
    pub(super) fn channels_at(&self, service_identifier: &str) -> &[Arc<Stored<Channel>>] {
        entries(&self.channels_by_identifier, service_identifier.trim())
    }

    pub(super) fn channels_of(&self, connector: ConnectorId) -> &[Arc<Stored<Channel>>] {
        entries(&self.channels_by_connector, &connector)
    }

    pub(super) fn identifier_attributes(
        &self,
        channel_type: ChannelTypeId,
    ) -> &[Arc<Stored<SchemaAttribute>>] {
        entries(&self.identifiers_by_type, &channel_type)
    }

    pub(super) fn connector_by_token(&self, hash: &str) -> Option<&Arc<Stored<Connector>>> {
        entries(&self.connectors_by_token, hash).first()
    }

    pub(super) fn bot_by_token(&self, hash: &str) -> Option<&Arc<Stored<Bot>>> {
        entries(&self.bots_by_token, hash).first()
    }

    pub(super) fn user_by_name(&self, username: &str) -> Option<&Arc<Stored<User>>> {
        entries(&self.users_by_name, user_key(username).as_str()).first()
    }

    pub(super) fn user_by_identity(&self, identity: &ForeignIdentity) -> Option<&Arc<Stored<User>>> {
        entries(&self.users_by_identity, identity).first()
    }

    pub(super) fn supervisors_of(&self, team: Id) -> &[Arc<Stored<User>>] {
        entries(&self.supervisors_by_team, &team)
    }

    pub(super) fn administrators(&self) -> &[Arc<Stored<User>>] {
        entries(&self.administrators, &())
    }
}

/// Which indexes a kind of object stands in. Most stand in none.
pub(super) trait Indexed: Sized {
    fn enter(_stored: &Arc<Stored<Self>>, _indexes: &mut Indexes) {}
    fn leave(_stored: &Arc<Stored<Self>>, _indexes: &mut Indexes) {}
}

macro_rules! indexed {
    ($($kind:ident: $($index:ident by |$this:ident| $keys:expr),*;)*) => {$(
        impl Indexed for $kind {
            fn enter(_stored: &Arc<Stored<Self>>, _indexes: &mut Indexes) {
                $(for key in { let $this = &_stored.value; $keys } {
                    enter(&mut _indexes.$index, key, _stored);
                })*
            }

            fn leave(_stored: &Arc<Stored<Self>>, _indexes: &mut Indexes) {
                $(for key in { let $this = &_stored.value; $keys } {
                    leave(&mut _indexes.$index, &key, _stored);
                })*
            }
        }
    )*};
}

indexed! {
    Channel:
        channels_by_identifier by |channel| [channel.service_identifier.trim().to_owned()],
        channels_by_connector by |channel| [channel.connector];
    SchemaAttribute: identifiers_by_type by |attribute| attribute.identifies.clone();
    Connector: connectors_by_token by |connector| connector.credentials.token_hashes.clone();
    User:
        users_by_name by |user| [user_key(&user.username)],
        users_by_identity by |user| user.identity.iter().cloned(),
        supervisors_by_team by |user| teams_led(user),
        administrators by |user| user.roles.iter().filter(|role| **role == Role::Admin).map(|_| ());
    Mrd: ;
    TenantSettings: ;
    ReasonCode: ;
    Label: ;
    CannedMessage: ;
    Announcement: ;
    Preferences: ;
    ChannelType: ;
    Provider: ;
    RoutingAttribute: ;
    Queue: ;
    List: ;
    Bot: bots_by_token by |bot| bot.settings.credentials.token_hashes.clone();
    Team: ;
    Widget: ;
    Form: ;
    Calendar: ;
}

fn user_key(username: &str) -> String {
    username.trim().to_lowercase()
}

fn teams_led(user: &User) -> Vec<Id> {
    match user.roles.contains(&Role::Supervisor) {
        true => user.supervises.clone(),
        false => Vec::new(),
    }
}

fn entries<'a, K, Q, T>(index: &'a Index<K, T>, key: &Q) -> &'a [Arc<Stored<T>>]
where
    K: Ord + Borrow<Q>,
    Q: Ord + ?Sized,
{
    index.get(key).map_or(&[], Vec::as_slice)
}

fn enter<K: Ord + Clone, T: Entry>(index: &mut Index<K, T>, key: K, stored: &Arc<Stored<T>>) {
    let list = Arc::make_mut(index).entry(key).or_default();
    match list.binary_search_by_key(&stored.value.id(), |other| other.value.id()) {
        Ok(place) => list[place] = Arc::clone(stored),
        Err(place) => list.insert(place, Arc::clone(stored)),
    }
}

fn leave<K: Ord + Clone, T: Entry>(index: &mut Index<K, T>, key: &K, stored: &Arc<Stored<T>>) {
    let index = Arc::make_mut(index);
    let Some(list) = index.get_mut(key) else { return };
    list.retain(|other| other.value.id() != stored.value.id());
    if list.is_empty() {
        index.remove(key);
    }
}
