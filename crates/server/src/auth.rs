//! Who is calling: a person who signed in, a connector with its credentials, or a connector that was explicitly
//! opened to the caller's address.
//!
//! Promises: what a person may do is read from the registry at every call, so a change of roles, a new password or
//! a disabled account is in force at once; wrong credentials are refused even from an open address, and calls
//! without any are limited in number.
//!
//! Left to others: what may be asked for once it is known who asks ([`Person::may`] at each route).

use std::fmt::Display;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use ipnet::IpNet;
use tieline_core::audit::Origin;
use tieline_core::command::Caller;
use tieline_core::id::{ConnectorId, UserId};
use tieline_core::permission::{self, Action, Resource};
use tieline_core::registry::{Bot, Connector, Registry, Stored, User};

use crate::app::{App, SharedApp};
use crate::problem::{ApiError, ClientAddress, unreadable};
use crate::rest::audit::PermissionRefused;
use crate::signature::{self, SigningSecret};
use crate::token::{self, Scope};

/// Says which connector signed a request.
pub const CONNECTOR_HEADER: &str = "tieline-connector";
const BEARER: &str = "bearer ";
/// Start of every connector's token.
const CONNECTOR_TOKEN_PREFIX: &str = "tl_";

/// Somebody who signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub user: Arc<Stored<User>>,
    /// What the sign-in was for.
    pub scope: Scope,
    /// Where the call comes from, when it is known.
    pub address: Option<IpAddr>,
}

impl Person {
    pub fn id(&self) -> UserId {
        self.user.value.id
    }

    /// As the audit trail names him.
    pub fn origin(&self) -> Origin {
        Origin::user(self.id(), self.address)
    }

    /// Whether any of the person's roles allows this.
    pub fn is_allowed(&self, resource: Resource, action: Action) -> bool {
        permission::allows(&self.user.value.roles, resource, action)
    }

    /// # Errors
    /// 403, when none of the person's roles allows this, or when somebody signed in to a desk would administer.
    pub fn may(&self, resource: Resource, action: Action) -> Result<(), ApiError> {
        if !self.is_allowed(resource, action) {
            let verb = verb(action);
            let what = format_args!("\"{}\" may not {verb} {}", self.user.value.username, name(resource));
            return Err(self.refused(resource, action, what));
        }
        // What the pages of a desk change.
        let desk_work = matches!(
            resource,
            Resource::Customers
                | Resource::CustomerLabels
                | Resource::CustomerSchema
                | Resource::Conversations
        );
        if self.scope == Scope::Desk && action > Action::View && !desk_work {
            return Err(ApiError::forbidden("a desk's sign-in does not administer; sign in at /auth/login"));
        }
        Ok(())
    }

    /// 403, noted in the audit trail: by the table of roles, or by a rule beyond it.
    pub fn refused(&self, resource: Resource, action: Action, what: impl Display) -> ApiError {
        let (origin, resource) = (self.origin(), resource.name());
        ApiError::forbidden_to(PermissionRefused { origin, resource, action: verb(action) }, what)
    }

    /// Whether personal data of any customer is shown in clear.
    pub fn sees_personal_data(&self) -> bool {
        permission::sees_personal_data(&self.user.value.roles)
    }
}

fn verb(action: Action) -> &'static str {
    if action == Action::View { "see" } else { "change" }
}

/// The resource as people say it.
const fn name(resource: Resource) -> &'static str {
    match resource {
        Resource::ChannelManager => "channels and their connectors",
        Resource::BotSettings => "bots",
        Resource::WebWidget => "web widgets",
        Resource::Mrd => "media routing domains",
        Resource::RoutingAttribute => "routing attributes",
        Resource::Queue => "queues",
        Resource::PullModeList => "pull lists",
        Resource::SubscribedList => "requests on pull lists",
        Resource::AgentAttributes => "agents' attributes",
        Resource::AgentMrd => "agents' capacities",
        Resource::Teams => "teams",
        Resource::Users => "users",
        Resource::Forms => "forms",
        Resource::ReasonCode => "reason codes",
        Resource::AgentDeskSetting => "desk settings",
        Resource::GeneralSettings => "general settings",
        Resource::BusinessCalendar => "business calendars",
        Resource::CustomerSchema => "the customer schema",
        Resource::Customers => "customers",
        Resource::CustomerLabels => "customer labels",
        Resource::Conversations => "conversations",
        Resource::Deliveries => "deliveries",
        Resource::Reports => "reports",
        Resource::Audit => "the audit log",
    }
}

impl FromRequestParts<SharedApp> for Person {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, ApiError> {
        match bearer(&parts.headers) {
            Some(token) if token.starts_with(CONNECTOR_TOKEN_PREFIX) => {
                Err(ApiError::forbidden("this is for people who signed in, not for connectors"))
            }
            Some(token) => {
                let person = person(app, token)?;
                let address = ClientAddress::from_request_parts(parts, app).await.ok();
                Ok(Self { address: address.map(|address| address.0), ..person })
            }
            None => Err(nobody()),
        }
    }
}

/// Somebody who signed in, be it only to set up a second factor.
pub struct Enrolling(pub Person);

impl FromRequestParts<SharedApp> for Enrolling {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers).ok_or_else(nobody)?;
        let person = account(app, token)?;
        let address = ClientAddress::from_request_parts(parts, app).await.ok();
        Ok(Self(Person { address: address.map(|address| address.0), ..person }))
    }
}

fn nobody() -> ApiError {
    ApiError::unauthorized("who is asking? The request carries no bearer token")
}

/// Whoever may call: persons and connectors.
#[derive(Debug, Clone)]
pub enum Visitor {
    Person(Person),
    Connector(Arc<Stored<Connector>>),
    /// Without credentials, from an address these connectors are open to; at least one.
    Open(Vec<ConnectorId>),
}

impl Visitor {
    /// The connectors the call speaks for; none for a person.
    pub fn connectors(&self) -> &[ConnectorId] {
        match self {
            Self::Person(_) => &[],
            Self::Connector(connector) => std::slice::from_ref(&connector.value.id),
            Self::Open(connectors) => connectors,
        }
    }

    pub fn caller(&self) -> Caller {
        match self {
            Self::Person(person) => Caller::User(person.id()),
            Self::Connector(connector) => Caller::Connector(connector.value.id),
            Self::Open(connectors) => Caller::Open(connectors.clone()),
        }
    }

    /// # Errors
    /// 403 for a person who may not do this, or when the call does not speak for this connector.
    pub fn may_see_connector(&self, connector: ConnectorId, resource: Resource) -> Result<(), ApiError> {
        match self {
            Self::Person(person) => person.may(resource, Action::View),
            visitor if visitor.connectors().contains(&connector) => Ok(()),
            _ => Err(ApiError::forbidden("a connector sees only what is its own")),
        }
    }
}

impl FromRequestParts<SharedApp> for Visitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, ApiError> {
        let address = parts_address(parts, app).await;
        authenticate(app, &parts.headers, address, &[])
    }
}

/// A bot that calls by itself, with its token.
pub struct CallingBot(pub Arc<Stored<Bot>>);

impl FromRequestParts<SharedApp> for CallingBot {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers).ok_or_else(|| {
            ApiError::unauthorized("which bot is asking? The request carries no bearer token")
        })?;
        let found = app.registry().bot_by_token(&hex::encode(token::bearer_hash(token))).cloned();
        found.map(Self).ok_or_else(|| {
            ApiError::unauthorized("no bot has this token; an administrator can make a new one for it")
        })
    }
}

/// A request with a body, and who sent it. A signature is checked over the body as it came.
pub struct Call {
    pub by: Visitor,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl FromRequest<SharedApp> for Call {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &SharedApp) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let address = parts_address(&mut parts, app).await;
        let headers = parts.headers.clone();
        // Whoever is known by a header alone is known before his body is read.
        let known = match headers.contains_key(signature::SIGNATURE_HEADER) {
            true => None,
            false => Some(authenticate(app, &headers, address, &[])?),
        };
        let body = Bytes::from_request(Request::from_parts(parts, body), app).await.map_err(unreadable)?;
        let by = match known {
            Some(by) => by,
            None => authenticate(app, &headers, address, &body)?,
        };
        Ok(Self { by, headers, body })
    }
}

/// Where the call comes from, when it carries no credentials and it matters.
async fn parts_address(parts: &mut Parts, app: &SharedApp) -> Option<IpAddr> {
    if parts.headers.contains_key(header::AUTHORIZATION) {
        return None;
    }
    ClientAddress::from_request_parts(parts, app).await.ok().map(|address| address.0)
}

fn authenticate(
    app: &App,
    headers: &HeaderMap,
    address: Option<IpAddr>,
    body: &[u8],
) -> Result<Visitor, ApiError> {
    if let Some(token) = bearer(headers) {
        return if token.starts_with(CONNECTOR_TOKEN_PREFIX) {
            connector_by_token(&app.registry(), token).map(Visitor::Connector)
        } else {
            person(app, token).map(Visitor::Person)
        };
    }
    if headers.contains_key(header::AUTHORIZATION) {
        return Err(ApiError::unauthorized("the Authorization header is not \"Bearer <token>\""));
    }
    if headers.contains_key(signature::SIGNATURE_HEADER) {
        return signed(app, headers, body).map(Visitor::Connector);
    }
    let unknown = || {
        ApiError::unauthorized(
            "who is asking? The request carries no bearer token and no signature, and no connector is open to its address",
        )
    };
    let address = address.ok_or_else(unknown)?;
    let open = open_connectors(&app.registry(), address);
    if open.is_empty() {
        return Err(unknown());
    }
    app.limits.open(address)?;
    Ok(Visitor::Open(open))
}

/// The token a request carries.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let sent = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let scheme = sent.get(..BEARER.len())?;
    scheme.eq_ignore_ascii_case(BEARER).then(|| sent[BEARER.len()..].trim())
}

fn person(app: &App, token: &str) -> Result<Person, ApiError> {
    let person = account(app, token)?;
    if person.scope == Scope::Enrolment {
        return Err(ApiError::enrolment_due());
    }
    Ok(person)
}

/// Whose token it is, whatever it opens.
fn account(app: &App, token: &str) -> Result<Person, ApiError> {
    let claims = app.tokens.verify(token, app.now_seconds()).map_err(ApiError::unauthorized)?;
    let user = claims.sub.parse().ok().and_then(|id: UserId| app.registry().user(id).cloned());
    let user = user.ok_or_else(|| ApiError::unauthorized("this user no longer exists"))?;
    if !user.value.enabled {
        return Err(ApiError::unauthorized("this account is disabled"));
    }
    if user.value.token_version != claims.ver {
        return Err(ApiError::unauthorized("this session was ended; log in again"));
    }
    Ok(Person { user, scope: claims.scope, address: None })
}

fn connector_by_token(registry: &Registry, token: &str) -> Result<Arc<Stored<Connector>>, ApiError> {
    let found = registry.connector_by_token(&hex::encode(token::bearer_hash(token)));
    found.cloned().ok_or_else(|| {
        ApiError::unauthorized("no connector has this token; an administrator can make a new one for it")
    })
}

fn signed(app: &App, headers: &HeaderMap, body: &[u8]) -> Result<Arc<Stored<Connector>>, ApiError> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let missing =
        |name: &str| ApiError::unauthorized(format_args!("a signed request needs the header {name}"));
    let id = text(CONNECTOR_HEADER).ok_or_else(|| missing(CONNECTOR_HEADER))?;
    let message = text(signature::ID_HEADER).ok_or_else(|| missing(signature::ID_HEADER))?;
    let timestamp = text(signature::TIMESTAMP_HEADER).ok_or_else(|| missing(signature::TIMESTAMP_HEADER))?;
    let signatures = text(signature::SIGNATURE_HEADER).unwrap_or_default();
    let connector = id.parse().ok().and_then(|id: ConnectorId| app.registry().connector(id).cloned());
    // One text for an unknown connector and a wrong signature: ids are not for strangers to find out.
    let refused = || ApiError::unauthorized("the signature is not one of this connector's");
    let connector = connector.ok_or_else(refused)?;
    let secrets = SigningSecret::all(&connector.value.credentials.signing_secrets);
    match signature::verify(&secrets, message, timestamp, signatures, body, app.now_seconds()) {
        Ok(()) => Ok(connector),
        Err(signature::Unverified::NoMatch) => Err(refused()),
        Err(unverified) => Err(ApiError::unauthorized(unverified)),
    }
}

fn open_connectors(registry: &Registry, address: IpAddr) -> Vec<ConnectorId> {
    let covers = |range: &String| match range.parse::<IpNet>() {
        Ok(network) => network.contains(&address),
        Err(_) => range.parse::<IpAddr>().is_ok_and(|one| one == address),
    };
    registry
        .connectors()
        .filter(|stored| stored.value.open_to.iter().any(covers))
        .map(|stored| stored.value.id)
        .collect()
}
