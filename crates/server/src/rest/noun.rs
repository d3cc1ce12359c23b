//! Everything an administrator registers, served by one set of handlers.
//!
//! A [`Noun`] says where a kind of object is served, who may touch it and how it is written on the wire; listing,
//! reading, creating, replacing, deleting, what it was and what names it are the same for all. Lists are plain arrays, as documented; with
//! `limit` they come in pages, and the `Link` header names the next one.

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post, put};
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_cim::Invalid;
use tieline_core::command::{self, Command};
use tieline_core::id::{ConnectorId, Id};
use tieline_core::permission::{Action, Resource};
use tieline_core::refusal::Named;
use tieline_core::registry::{Kind, Object, Registry, User};

use super::mint::new_id;
use super::query::{Query, rows};
use super::refused;
use super::version::{IfMatch, etag};
use crate::app::{App, SharedApp};
use crate::auth::{Person, Visitor};
use crate::files::percent_encoded;
use crate::problem::{ApiError, Json};
use crate::wire::registry as wire;
use crate::wire::registry::read::{self, Draft};

/// Times a change is made anew because somebody else changed the object meanwhile.
const ATTEMPTS_MAX: usize = 4;

/// One kind of registered object, as the API serves it.
pub struct Noun {
    pub kind: Kind,
    /// Its name in the OpenAPI document.
    pub schema: &'static str,
    pub path: &'static str,
    /// Where one of them is served.
    pub one_path: &'static str,
    pub versions_path: &'static str,
    pub references_path: &'static str,
    /// The member that holds the id.
    pub id_member: &'static str,
    pub resource: Resource,
    /// Version and wire form; `None` when there is no such object.
    show: fn(&Registry, Id) -> Option<(u64, Value)>,
    /// The wire form of an object as it is or was, if it is of this kind.
    draw: fn(&Registry, &Object) -> Option<Value>,
    ids: fn(&Registry) -> Vec<Id>,
    read: fn(&mut Draft<'_>) -> Result<Object, Invalid>,
}

/// The entries differ in types only: `registry getter, registry list, how it is shown, how it is read`.
macro_rules! noun {
    ($kind:ident as $schema:literal at $path:literal, id $id:literal, $resource:ident:
     $one:ident, $all:ident $(where $fits:expr)?, $show:expr, $read:path) => {
        Noun {
            kind: Kind::$kind,
            schema: $schema,
            path: $path,
            one_path: concat!($path, "/{id}"),
            versions_path: concat!($path, "/{id}/versions"),
            references_path: concat!($path, "/{id}/references"),
            id_member: $id,
            resource: Resource::$resource,
            show: |registry, id| {
                let stored = registry.$one(id.into())?;
                let show: fn(&Registry, &_) -> Value = $show;
                Some((stored.version, show(registry, &stored.value)))
            },
            draw: |registry, object| match object {
                Object::$kind(value) => {
                    let show: fn(&Registry, &_) -> Value = $show;
                    Some(show(registry, value))
                }
                _ => None,
            },
            ids: |registry| {
                registry.$all()$(.filter(|stored| ($fits)(&stored.value)))?.map(|stored| stored.value.id.into()).collect()
            },
            read: |draft| {
                let registry = draft.registry;
                let old = registry.$one(draft.id.into()).map(|stored| &stored.value);
                $read(draft, old).map(Object::$kind)
            },
        }
    };
}

pub static MRDS: Noun = noun!(Mrd as "MediaRoutingDomain" at "/routing-engine/media-routing-domains", id "id", Mrd:
    mrd, mrds, |_, mrd| json!(wire::mrd(mrd)), read::mrd);
pub static CHANNEL_TYPES: Noun = noun!(ChannelType as "ChannelType" at "/ccm/channel-types", id "id", ChannelManager:
    channel_type, channel_types, |_, channel_type| json!(wire::channel_type(channel_type)), read::channel_type);
pub static PROVIDERS: Noun = noun!(Provider as "ChannelProvider" at "/ccm/channel-provider-interfaces", id "id", ChannelManager:
    provider, providers, |registry, provider| json!(wire::provider(registry, provider)), read::provider);
pub static CONNECTORS: Noun = noun!(Connector as "ChannelConnector" at "/ccm/channel-connectors", id "id", ChannelManager:
    connector, connectors, |registry, connector| json!(wire::connector(registry, connector)), read::connector);
pub static CHANNELS: Noun = noun!(Channel as "Channel" at "/ccm/channels", id "id", ChannelManager:
    channel, channels, |registry, channel| json!(wire::channel(registry, channel)), read::channel);
pub static ATTRIBUTES: Noun = noun!(RoutingAttribute as "RoutingAttribute" at "/routing-engine/routing-attributes", id "id", RoutingAttribute:
    attribute, attributes, |_, attribute| json!(wire::routing_attribute(attribute)), read::routing_attribute);
pub static QUEUES: Noun = noun!(Queue as "PrecisionQueue" at "/routing-engine/precision-queues", id "id", Queue:
    queue, queues, |registry, queue| json!(wire::queue(registry, queue)), read::queue);
pub static LISTS: Noun = noun!(List as "PullModeList" at "/unified-admin/pull-mode-list", id "id", PullModeList:
    list, lists, |_, list| json!(wire::list(list)), read::list);
pub static BOTS: Noun = noun!(Bot as "BotConnector" at "/bot-framework/bot-connectors", id "botId", BotSettings:
    bot, bots, |_, bot| json!(wire::bot(bot)), read::bot);
pub static TEAMS: Noun = noun!(Team as "Team" at "/unified-admin/team", id "teamId", Teams:
    team, teams, |registry, team| wire::whole_team(registry, team), read::team);
pub static USERS: Noun = noun!(User as "User" at "/unified-admin/users", id "id", Users:
    user, users, |registry, user| json!(wire::account(registry, user)), read::account);
pub static AGENTS: Noun = noun!(User as "Agent" at "/routing-engine/agents", id "id", AgentAttributes:
    user, users where User::works_at_a_desk,
    |registry, user| json!(wire::ccuser(registry, user)), read::agent);
pub static SETTINGS: Noun = noun!(TenantSettings as "Settings" at "/unified-admin/general-settings", id "id", GeneralSettings:
    tenant_settings, all_tenant_settings, |_, settings| wire::settings(settings), read::settings);
pub static REASONS: Noun = noun!(ReasonCode as "ReasonCode" at "/unified-admin/reasons", id "id", ReasonCode:
    reason_code, reason_codes, |registry, reason| json!(wire::reason_code(registry, reason)), read::reason_code);
pub static LABELS: Noun = noun!(Label as "Label" at "/cim-customer/label", id "_id", CustomerLabels:
    label, labels, |_, label| json!(wire::label(label)), read::label);
pub static CANNED_MESSAGES: Noun = noun!(CannedMessage as "CannedMessage" at "/unified-admin/canned-messages", id "id", AgentDeskSetting:
    canned_message, canned_messages, |_, message| wire::canned_message(message), read::canned_message);
pub static SCHEMA: Noun = noun!(SchemaAttribute as "CustomerSchemaAttribute" at "/cim-customer/customerSchema", id "_id", CustomerSchema:
    schema_attribute, schema_attributes,
    |registry, attribute| json!(wire::schema_attribute(registry, attribute)), read::schema_attribute);

pub static WIDGETS: Noun = noun!(Widget as "WidgetConfig" at "/ccm/widget-configs", id "id", WebWidget:
    widget, widgets, |_, widget| wire::widget(widget), read::widget);
pub static FORMS: Noun = noun!(Form as "Form" at "/unified-admin/forms", id "id", Forms:
    form, forms, |_, form| json!(wire::form(form)), read::form);
pub static CALENDARS: Noun = noun!(Calendar as "BusinessCalendar" at "/business-calendar/calendars", id "id", BusinessCalendar:
    calendar, calendars, |_, calendar| wire::calendar(calendar), read::calendar);

impl Noun {
    pub fn listing(&'static self) -> MethodRouter<SharedApp> {
        get(move |app, visitor, page| list(self, app, visitor, page))
    }

    pub fn reading(&'static self) -> MethodRouter<SharedApp> {
        get(move |app, visitor, id| one(self, app, visitor, id))
    }

    pub fn creating(&'static self) -> MethodRouter<SharedApp> {
        post(move |app, person, body| create(self, app, person, body))
    }

    pub fn replacing(&'static self) -> MethodRouter<SharedApp> {
        put(move |app, person, id, expected, body| replace(self, app, person, id, expected, body))
    }

    pub fn remembering(&'static self) -> MethodRouter<SharedApp> {
        get(move |app, person, id, page| versions(self, app, person, id, page))
    }

    pub fn referring(&'static self) -> MethodRouter<SharedApp> {
        get(move |app, person, id| references(self, app, person, id))
    }

    pub fn removing(&'static self) -> MethodRouter<SharedApp> {
        delete(move |app, person, id, expected| remove(self, app, person, id, expected))
    }

    /// Whether connectors may read what is theirs.
    pub fn connectors_see_theirs(&self) -> bool {
        matches!(self.kind, Kind::ChannelType | Kind::Channel | Kind::Connector)
    }

    fn may_see(&self, visitor: &Visitor) -> Result<(), ApiError> {
        match visitor {
            Visitor::Person(person) => person.may(self.resource, Action::View),
            _ if self.connectors_see_theirs() => Ok(()),
            _ => Err(ApiError::forbidden("this is for people who signed in, not for connectors")),
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct Page {
    limit: Option<usize>,
    after: Option<String>,
    q: Option<String>,
}

/// Where an object stands in the list of its kind: people by what colleagues call them, attributes of customers as they
/// were put in order, everything else by age. A page goes on after the place of the one before, whoever has since gone.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    name: String,
    order: i64,
    id: Id,
}

async fn list(
    noun: &'static Noun,
    State(app): State<SharedApp>,
    visitor: Visitor,
    Query(page): Query<Page>,
) -> Result<Response, ApiError> {
    let registry = app.registry();
    noun.may_see(&visitor)?;
    let mut ids = (noun.ids)(&registry);
    ids.retain(|id| noun.is_shown(&registry, &visitor, *id));
    if let Some(part) = &page.q {
        ids.retain(|id| registry.is_called(noun.kind, *id, part));
    }
    let mut places: Vec<Place> = ids.into_iter().map(|id| noun.place(&registry, id)).collect();
    places.sort_unstable();
    let mut next = None;
    if let Some(after) = &page.after {
        let after = noun.read_place(&registry, after)?;
        places.drain(..places.partition_point(|place| *place <= after));
    }
    if page.limit.is_some() {
        let limit = rows(page.limit)?;
        if places.len() > limit {
            places.truncate(limit);
            next = places.last().map(|last| noun.page_after(last, limit, page.q.as_deref()));
        }
    }
    let shown: Vec<Value> =
        places.iter().filter_map(|place| (noun.show)(&registry, place.id)).map(|(_, shown)| shown).collect();
    let mut response = Answer(shown).into_response();
    if let Some(link) = next.and_then(|link| HeaderValue::from_str(&link).ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

async fn one(
    noun: &'static Noun,
    State(app): State<SharedApp>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    noun.may_see(&visitor)?;
    let registry = app.registry();
    let id = noun.id(&id)?;
    if !noun.is_shown(&registry, &visitor, id) {
        return Err(noun.missing(&id.to_string()));
    }
    noun.shown(&registry, id)
}

/// What an object was, newest first. Its references are shown as they are now.
async fn versions(
    noun: &'static Noun,
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    Query(page): Query<Page>,
) -> Result<Answer<Vec<Value>>, ApiError> {
    person.may(noun.resource, Action::View)?;
    let id = noun.id(&id)?;
    let registry = app.registry();
    let found = app.store.object_versions(noun.kind, id, rows(page.limit)?).await?;
    if found.is_empty() {
        return Err(noun.missing(&id.to_string()));
    }
    let shown = found.into_iter().map(|one| {
        let object = one.object.and_then(|object| (noun.draw)(&registry, &object));
        json!({"version": one.version, "changedAt": one.at, "object": object})
    });
    Ok(Answer(shown.collect()))
}

/// The objects that name this one, and so keep it from being deleted.
async fn references(
    noun: &'static Noun,
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Answer<Vec<Value>>, ApiError> {
    person.may(noun.resource, Action::View)?;
    let id = noun.id(&id)?;
    let registry = app.registry();
    if registry.named(noun.kind, id).is_none() {
        return Err(noun.missing(&id.to_string()));
    }
    let named = |by: Named| json!({"kind": by.kind.noun(), "id": by.id, "name": by.name});
    Ok(Answer(registry.referrers(noun.kind, id).map(named).collect()))
}

async fn create(
    noun: &'static Noun,
    State(app): State<SharedApp>,
    person: Person,
    Json(body): Json<Value>,
) -> Result<Response, ApiError> {
    noun.may_create(&person)?;
    let id = noun.put_new(&app, &person, body, |_| {}).await?;
    noun.created(&app.registry(), id)
}

async fn replace(
    noun: &'static Noun,
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    IfMatch(expected): IfMatch,
    Json(body): Json<Value>,
) -> Result<Response, ApiError> {
    let id = noun.id(&id)?;
    noun.may_change(&app.registry(), &person, id)?;
    noun.put(&app, &person, id, &body, expected, |new, old| noun.check_change(&person, new, old)).await?;
    noun.shown(&app.registry(), id)
}

async fn remove(
    noun: &'static Noun,
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, ApiError> {
    let id = noun.id(&id)?;
    noun.may_change(&app.registry(), &person, id)?;
    refused::submit_by(&app, &person, Command::DeleteObject { kind: noun.kind, id, expected }).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Noun {
    fn place(&self, registry: &Registry, id: Id) -> Place {
        let (name, order) = match self.kind {
            Kind::User => {
                let user = registry.user(id.into());
                (user.map_or_else(String::new, |user| user.value.called().to_lowercase()), 0)
            }
            Kind::SchemaAttribute => {
                let attribute = registry.schema_attribute(id.into());
                (String::new(), attribute.map_or(0, |attribute| attribute.value.order.into()))
            }
            _ => (String::new(), 0),
        };
        Place { name, order, id }
    }

    /// The place a page ended at: an id, and of people the name it had then.
    fn read_place(&self, registry: &Registry, text: &str) -> Result<Place, ApiError> {
        let (id, name) = text.split_once(':').map_or((text, None), |(id, name)| (id, Some(name)));
        let id = id.parse().map_err(|_| {
            let hint = "Send what the page before gives as next, or its last id.";
            ApiError::bad_request("after", format_args!("{text:?} is no place in this list"), hint)
        })?;
        let place = self.place(registry, id);
        Ok(match name {
            Some(name) => Place { name: name.to_owned(), ..place },
            None => place,
        })
    }

    /// A `Link` to the page after the one that ends with `last`.
    fn page_after(&self, last: &Place, limit: usize, part: Option<&str>) -> String {
        let name = (self.kind == Kind::User).then(|| format!(":{}", percent_encoded(&last.name)));
        let part = part.map(|part| format!("&q={}", percent_encoded(part)));
        let (path, id) = (self.path, last.id);
        let (name, part) = (name.unwrap_or_default(), part.unwrap_or_default());
        format!("<{path}?limit={limit}&after={id}{name}{part}>; rel=\"next\"")
    }

    pub fn id(&self, text: &str) -> Result<Id, ApiError> {
        text.trim().parse().map_err(|_| self.missing(text))
    }

    pub fn missing(&self, id: &str) -> ApiError {
        ApiError::not_found(format_args!("there is no {} with the id {id:?}", self.kind))
    }

    /// The object with its version as `ETag`.
    pub fn shown(&self, registry: &Registry, id: Id) -> Result<Response, ApiError> {
        let (version, shown) = (self.show)(registry, id).ok_or_else(|| self.missing(&id.to_string()))?;
        Ok(([(header::ETAG, etag(version))], Answer(shown)).into_response())
    }

    pub fn created(&self, registry: &Registry, id: Id) -> Result<Response, ApiError> {
        self.created_with(registry, id, |_| {})
    }

    /// As [`Noun::created`], with something added to what is shown.
    pub fn created_with(
        &self,
        registry: &Registry,
        id: Id,
        add: impl FnOnce(&mut Value),
    ) -> Result<Response, ApiError> {
        let (version, mut shown) = (self.show)(registry, id).ok_or_else(|| self.missing(&id.to_string()))?;
        add(&mut shown);
        let location = HeaderValue::from_str(&format!("{}/{id}", self.path)).map_err(ApiError::internal)?;
        let headers = [(header::ETAG, etag(version)), (header::LOCATION, location)];
        Ok((StatusCode::CREATED, headers, Answer(shown)).into_response())
    }

    /// Reads a new object, lets `finish` add what is not read, and has it stored. Returns its id.
    pub async fn put_new(
        &self,
        app: &App,
        person: &Person,
        body: Value,
        finish: impl Fn(&mut Object),
    ) -> Result<Id, ApiError> {
        let registry = app.registry();
        let id = match body.get(self.id_member).and_then(Value::as_str).map(str::trim) {
            None | Some("") => new_id(app.now()),
            Some(text) => text.parse().map_err(|not_an_id| {
                let what = format!("{text:?} is no id: {not_an_id}");
                ApiError::bad_request(self.id_member, what, "Leave it out to be given one.")
            })?,
        };
        if let Some(present) = registry.named(self.kind, id) {
            return Err(refused::exists(&present));
        }
        let mut object = self.draft(app, &registry, id, &body)?;
        finish(&mut object);
        let command = Command::PutObject { object: Box::new(object), expected: None };
        refused::submit_by(app, person, command).await?;
        Ok(id)
    }

    /// Replaces an object. Without an expected version the last change wins, made to what is there by then.
    pub async fn put(
        &self,
        app: &App,
        person: &Person,
        id: Id,
        body: &Value,
        expected: Option<u64>,
        finish: impl Fn(&mut Object, &Object) -> Result<(), ApiError>,
    ) -> Result<u64, ApiError> {
        self.change(app, person, id, expected, |registry, old| {
            let mut object = self.draft(app, registry, id, body)?;
            finish(&mut object, old)?;
            Ok(object)
        })
        .await
    }

    /// Changes an object from what it is. `make` is asked again when somebody else was faster.
    pub async fn change(
        &self,
        app: &App,
        person: &Person,
        id: Id,
        expected: Option<u64>,
        make: impl Fn(&Registry, &Object) -> Result<Object, ApiError>,
    ) -> Result<u64, ApiError> {
        let mut attempt = 1;
        loop {
            let registry = app.registry();
            let old = registry.object(self.kind, id).ok_or_else(|| self.missing(&id.to_string()))?;
            let object = Box::new(make(&registry, &old.value)?);
            let command = Command::PutObject { object, expected: Some(expected.unwrap_or(old.version)) };
            match app.engine.submit_as(person.origin(), command).await? {
                Ok(command::Answer::Stored { version }) => return Ok(version),
                Ok(_) => return Err(ApiError::internal("a stored object was answered with something else")),
                Err(tieline_core::refusal::Refusal::Stale { .. })
                    if expected.is_none() && attempt < ATTEMPTS_MAX =>
                {
                    attempt += 1;
                }
                Err(refusal) => return Err(refusal.into()),
            }
        }
    }

    /// Puts an object into a registry of the caller's own, judged as if it were put in earnest.
    pub fn suppose(&self, app: &App, registry: &mut Registry, body: &Value) -> Result<(), ApiError> {
        let text = body.get(self.id_member).and_then(Value::as_str).unwrap_or_default();
        let object = self.draft(app, registry, self.id(text)?, body)?;
        registry.check_put(&object, registry.version(self.kind, object.id()))?;
        registry.put(object, app.now());
        Ok(())
    }

    /// An object as sent, kept nowhere.
    pub fn draft(&self, app: &App, registry: &Registry, id: Id, body: &Value) -> Result<Object, ApiError> {
        if !body.is_object() {
            return Err(ApiError::malformed("the body is not a JSON object", "Send one object."));
        }
        let mut mint = || new_id(app.now());
        let mut draft = Draft { registry, id, body: body.clone(), mint: &mut mint };
        Ok((self.read)(&mut draft)?)
    }

    /// Connectors see the channel types and what is their own.
    fn is_shown(&self, registry: &Registry, visitor: &Visitor, id: Id) -> bool {
        if let Visitor::Person(_) = visitor {
            return true;
        }
        let own = |connector: ConnectorId| visitor.connectors().contains(&connector);
        match self.kind {
            Kind::ChannelType => true,
            Kind::Channel => registry.channel(id.into()).is_some_and(|channel| own(channel.value.connector)),
            Kind::Connector => own(id.into()),
            _ => false,
        }
    }

    pub fn may_create(&self, person: &Person) -> Result<(), ApiError> {
        person.may(self.resource, Action::Manage)
    }

    /// Somebody who supervises may change what belongs to his teams.
    fn may_change(&self, registry: &Registry, person: &Person, id: Id) -> Result<(), ApiError> {
        if person.is_allowed(self.resource, Action::Manage)
            || !person.is_allowed(self.resource, Action::ManageOwnTeam)
        {
            return person.may(self.resource, Action::Manage);
        }
        person.may(self.resource, Action::ManageOwnTeam)?;
        let team = match self.kind {
            Kind::Team => Some(id),
            Kind::User => registry.user(id.into()).and_then(|user| user.value.team),
            _ => None,
        };
        if team.is_some_and(|team| person.user.value.supervises.contains(&team)) {
            return Ok(());
        }
        let username = &person.user.value.username;
        let what = format_args!("\"{username}\" may change this for the teams he supervises only");
        Err(person.refused(self.resource, Action::ManageOwnTeam, what))
    }

    /// Skills and capacities of an agent have permissions of their own.
    fn check_change(&self, person: &Person, new: &Object, old: &Object) -> Result<(), ApiError> {
        match (new, old) {
            (Object::User(new), Object::User(old))
                if self.resource == Resource::AgentAttributes && new.capacities != old.capacities =>
            {
                person.may(Resource::AgentMrd, Action::ManageOwnTeam)
            }
            _ => Ok(()),
        }
    }
}
