//! Signing in at a provider of OpenID Connect: to it, back from it, and who one is here then.
//!
//! Whoever signs in so is in a browser, so every outcome is a page: the one he wanted, or the sign-in with a word that the
//! screens say in his language. What went wrong in detail is in the log.

use std::net::IpAddr;
use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_core::audit::{Actor, Deed, Origin};
use tieline_core::command::Command;
use tieline_core::refusal::Refusal;
use tieline_core::registry::{Object, Stored, User};
use tracing::{info, warn};

use super::mint::new_id;
use super::query::Query;
use super::{audit, signin};
use crate::app::{App, SharedApp};
use crate::cookie::{self, Carried};
use crate::oidc::claims::{self, Lacking, Vouched};
use crate::oidc::{Begun, Provider, Unusable};
use crate::problem::{ApiError, ClientAddress};
use crate::token::{Scope, Slip};

const DOOR: &str = "openid";

/// Why somebody comes back to the sign-in, as the screens know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turned {
    /// He came back too late, in another browser, or from nowhere.
    Lost,
    /// He went back on it at the provider.
    Cancelled,
    /// Too many sign-ins from where he is.
    TooMany,
    ProviderUnreachable,
    ProviderRefused,
    ProviderUnbelievable,
    NoName,
    NoRole,
    /// Another account has his name.
    NameTaken,
    Disabled,
    /// The change of his roles cannot be made.
    RolesRefused,
    Unavailable,
}

impl Turned {
    const fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Cancelled => "cancelled",
            Self::TooMany => "too_many",
            Self::ProviderUnreachable => "provider_unreachable",
            Self::ProviderRefused => "provider_refused",
            Self::ProviderUnbelievable => "provider_unbelievable",
            Self::NoName => "no_name",
            Self::NoRole => "no_role",
            Self::NameTaken => "name_taken",
            Self::Disabled => "disabled",
            Self::RolesRefused => "roles_refused",
            Self::Unavailable => "unavailable",
        }
    }

    /// The sign-in, which says why.
    fn page(self) -> String {
        format!("{}?refused={}", claims::START, self.word())
    }
}

impl From<Unusable> for Turned {
    fn from(unusable: Unusable) -> Self {
        warn!(error = %unusable, "somebody could not sign in at the provider");
        match unusable {
            Unusable::Unreachable(_) => Self::ProviderUnreachable,
            Unusable::Refused(_) => Self::ProviderRefused,
            Unusable::Unbelievable(_) => Self::ProviderUnbelievable,
        }
    }
}

pub async fn ways(State(app): State<SharedApp>) -> Answer<Value> {
    let provider = app.oidc.as_ref().map(|provider| json!({"label": provider.config.label}));
    Answer(json!({"password": true, "openId": provider}))
}

#[derive(Deserialize)]
pub struct Wanted {
    to: Option<String>,
}

pub async fn start(
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    Query(Wanted { to }): Query<Wanted>,
) -> Result<Response, ApiError> {
    let provider = provider(&app)?;
    if app.limits.foreign_sign_in(address).is_err() {
        return Ok(lead(&Turned::TooMany.page(), None));
    }
    Ok(match provider.begin(claims::page(to.as_deref()), app.now()).await {
        Ok((url, begun)) => {
            let slip = app.tokens.write_slip(Slip::OpenId, &begun, app.now_seconds());
            lead(url.as_str(), Some(cookie::carry(&app, Carried::OpenId, slip.expose_secret())))
        }
        Err(unusable) => lead(&Turned::from(unusable).page(), None),
    })
}

#[derive(Deserialize)]
pub struct Returned {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

pub async fn callback(
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Query(returned): Query<Returned>,
) -> Result<Response, ApiError> {
    let provider = provider(&app)?;
    let done = Some(cookie::drop_carried(&app, Carried::OpenId));
    if app.limits.public(address).is_err() {
        return Ok(lead(&Turned::TooMany.page(), None));
    }
    let outcome = match begun(&app, provider, &headers, &returned) {
        Ok(begun) => finish(&app, address, provider, begun, returned).await,
        Err(turned) => Err(turned),
    };
    Ok(match outcome {
        Ok((user, to)) => {
            let mut response = lead(&to, done);
            response
                .headers_mut()
                .append(header::SET_COOKIE, signin::cookie_of(&app, &user.value, Scope::Admin));
            response
        }
        Err(turned) => lead(&turned.page(), done),
    })
}

/// The sign-in somebody comes back from, if it began in this browser and the provider sent him.
fn begun(app: &App, provider: &Provider, headers: &HeaderMap, returned: &Returned) -> Result<Begun, Turned> {
    let slip = cookie::carried(app, Carried::OpenId, headers).ok_or(Turned::Lost)?;
    let begun: Begun = app.tokens.read_slip(Slip::OpenId, slip, app.now_seconds()).ok_or(Turned::Lost)?;
    let state = returned.state.as_deref().unwrap_or_default();
    verify_slices_are_equal(begun.state.as_bytes(), state.as_bytes()).map_err(|_| Turned::Lost)?;
    let from_elsewhere = returned.iss.as_deref().is_some_and(|named| !provider.is_issuer(named));
    if from_elsewhere { Err(Turned::Lost) } else { Ok(begun) }
}

/// Who came back, and the page he wants.
async fn finish(
    app: &App,
    address: IpAddr,
    provider: &Provider,
    begun: Begun,
    returned: Returned,
) -> Result<(Arc<Stored<User>>, String), Turned> {
    let to = begun.to.clone();
    match (returned.code, returned.error.as_deref()) {
        (_, Some("access_denied")) => Err(Turned::Cancelled),
        (Some(code), None) => {
            let told = provider.claims(begun, code, app.now()).await?;
            let admitted = match claims::read(&provider.config, &told) {
                Ok(vouched) => admit(app, address, vouched).await,
                Err(lacking) => {
                    let claim = match lacking {
                        Lacking::Name => &provider.config.username_claim,
                        Lacking::Role => &provider.config.roles_claim,
                    };
                    info!(claim, "somebody whom the provider knows was not let in for what a claim says");
                    Err(if lacking == Lacking::Name { Turned::NoName } else { Turned::NoRole })
                }
            };
            note(app, address, &admitted).await;
            Ok((admitted?, to))
        }
        (_, error) => {
            let error: String = error.unwrap_or("neither code nor error").chars().take(100).collect();
            Err(Unusable::Refused(error.escape_default().to_string()).into())
        }
    }
}

async fn note(app: &App, address: IpAddr, outcome: &Result<Arc<Stored<User>>, Turned>) {
    let (by, deed) = match outcome {
        Ok(user) => (Actor::User(user.value.id), Deed::SignedIn { door: DOOR.into() }),
        Err(Turned::Unavailable) => return,
        Err(_) => (Actor::Stranger, Deed::SignInRefused { door: DOOR.into() }),
    };
    audit::note(app, Origin { by, address: Some(address) }, deed).await;
}

/// The account of whoever the provider vouches for: found by issuer and subject, or made. His roles are those the
/// provider says. An account that merely has his name is not his.
async fn admit(app: &App, address: IpAddr, vouched: Vouched) -> Result<Arc<Stored<User>>, Turned> {
    let registry = app.registry();
    let present = registry.user_by_identity(&vouched.identity);
    let (user, expected) = match present {
        Some(present) if !present.value.enabled => return Err(Turned::Disabled),
        Some(present) if has_roles(&present.value, &vouched) => return Ok(Arc::clone(present)),
        Some(present) => (User { roles: vouched.roles, ..present.value.clone() }, Some(present.version)),
        None if registry.user_by_name(&vouched.username).is_some() => return Err(Turned::NameTaken),
        None => (new_user(app, vouched), None),
    };
    let id = user.id;
    let origin = Origin { by: Actor::System, address: Some(address) };
    let command = Command::PutObject { object: Box::new(Object::User(user)), expected };
    match app.engine.submit_as(origin, command).await {
        Ok(Ok(_)) => app.registry().user(id).cloned().ok_or(Turned::Unavailable),
        Ok(Err(Refusal::Taken { .. })) => Err(Turned::NameTaken),
        Ok(Err(Refusal::Stale { .. })) | Err(_) => Err(Turned::Unavailable),
        Ok(Err(refusal)) => {
            info!(%refusal, "what the provider says of somebody cannot be taken over");
            Err(Turned::RolesRefused)
        }
    }
}

fn has_roles(user: &User, vouched: &Vouched) -> bool {
    let mut roles = user.roles.clone();
    roles.sort_unstable();
    roles == vouched.roles
}

fn new_user(app: &App, vouched: Vouched) -> User {
    let Vouched { identity, username, first_name, last_name, roles } = vouched;
    let person = User::new(new_id(app.now()).into(), &username, &first_name, &last_name, roles);
    User { identity: Some(identity), ..person }
}

fn provider(app: &App) -> Result<&Provider, ApiError> {
    app.oidc.as_ref().ok_or_else(|| ApiError::not_found("no provider to sign in with is configured"))
}

/// Leads a browser on. Nothing of it is kept by anybody on the way.
fn lead(to: &str, cookie: Option<HeaderValue>) -> Response {
    let Ok(location) = HeaderValue::try_from(to) else {
        return ApiError::internal("an address to lead to is no header").into_response();
    };
    let headers =
        [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
