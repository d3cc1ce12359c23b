//! The desk's sign-in, in the shape installed desks know.
//!
//! The answer carries a short-lived token twice: as a member of the user, which desks send back in their handshake,
//! and as a cookie for desks that share the hub's origin. Refusals have the one shape whose reason desks show.

use std::borrow::Cow;
use std::net::IpAddr;

use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tieline_cim::agent::LoginRequest;
use tieline_core::audit::{Actor, Deed, Origin};
use tieline_core::registry::User;
use tracing::warn;

use super::handshake::SESSION_MEMBER;
use super::latin;
use crate::app::{App, SharedApp};
use crate::cookie;
use crate::password::PasswordError;
use crate::problem::{ClientAddress, for_desks};
use crate::rest::audit;
use crate::second_factor::{self, Held};
use crate::token::{Scope, Subject};
use crate::wire::registry as objects;

/// Characters of a name that are looked at; no account has a longer one.
const USERNAME_CHARS_MAX: usize = 256;

pub async fn login(
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(unreadable) => {
            let message = "BAD_REQUEST";
            return refused(unreadable.status(), message, "The request could not be read, or is too large.");
        }
    };
    let request: LoginRequest = match tieline_cim::parse_inbound(&body) {
        Ok(request) => request,
        Err(invalid) => return refused(StatusCode::BAD_REQUEST, "BAD_REQUEST", &invalid.to_string()),
    };
    let username: String = request.username.chars().take(USERNAME_CHARS_MAX).collect();
    if let Err(too_many) = app.limits.sign_in(address, &username) {
        return refused(
            too_many.status(),
            "TOO_MANY_REQUESTS",
            "Too many attempts. Wait a minute, then try again.",
        );
    }
    let code = request.otp.map(SecretString::from);
    let outcome = agent(&app, address, &username, request.password.into(), code).await;
    note(&app, address, &username, &outcome).await;
    match outcome {
        Ok(user) => admitted(&app, &user),
        Err(Refused { status, message, reason }) => refused(status, message, &reason),
    }
}

/// What the audit trail tells of an attempt to sign in: who it was, and no name nobody has.
async fn note(app: &App, address: IpAddr, username: &str, outcome: &Result<User, Refused>) {
    let deed = match outcome {
        Ok(_) => Deed::SignedIn { door: "desk".into() },
        Err(refused) if refused.status.is_client_error() => Deed::SignInRefused { door: "desk".into() },
        Err(_) => return,
    };
    let known = app.registry().user_by_name(username).map(|user| Actor::User(user.value.id));
    let origin = Origin { by: known.unwrap_or(Actor::Stranger), address: Some(address) };
    audit::note(app, origin, deed).await;
}

struct Refused {
    status: StatusCode,
    message: &'static str,
    reason: Cow<'static, str>,
}

impl Refused {
    fn new(status: StatusCode, message: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message, reason: reason.into() }
    }
}

/// The agent or supervisor behind a name, a password and, where he has one, a second factor.
async fn agent(
    app: &App,
    address: IpAddr,
    username: &str,
    password: SecretString,
    code: Option<SecretString>,
) -> Result<User, Refused> {
    let known = app.registry().user_by_name(username).filter(|user| user.value.enabled).cloned();
    let hash = known.as_ref().and_then(|user| user.value.password_hash.clone());
    let right = app.passwords.verify(password, hash).await.map_err(|err| match err {
        PasswordError::Busy => Refused::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "SERVICE_UNAVAILABLE",
            "Too many people are signing in. Try again in a moment.",
        ),
        err => {
            warn!(error = %err, "a password could not be checked");
            Refused::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "INTERNAL_SERVER_ERROR",
                "The password could not be checked. The server's log says why.",
            )
        }
    })?;
    let wrong = || {
        let reason = "The user name or the password is wrong.";
        Refused::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", reason)
    };
    let user = known.filter(|_| right).ok_or_else(wrong)?;
    if !user.value.works_at_a_desk() {
        let reason = "This account has no desk. Ask an administrator for the role agent or supervisor.";
        return Err(Refused::new(StatusCode::FORBIDDEN, "FORBIDDEN", reason));
    }
    match second_factor::pass(app, address, &user.value, code.as_ref(), Scope::Desk).await {
        Ok(Scope::Enrolment) => {
            let reason = "This account needs a second factor. Sign in at /app on this server to set it up.";
            Err(Refused::new(StatusCode::FORBIDDEN, "ENROLMENT_DUE", reason))
        }
        Ok(_) => Ok(user.value.clone()),
        Err(held) => Err(held_back(held)),
    }
}

/// Desks made before second factors cannot send a code; their agents are told where they can work.
fn held_back(held: Held) -> Refused {
    match held {
        Held::CodeWanted => Refused::new(
            StatusCode::UNAUTHORIZED,
            "SECOND_FACTOR_WANTED",
            "This account has a second factor, which this desk did not send. Work at /app on this server instead.",
        ),
        Held::CodeRefused(why) => {
            let reason = format!("The second factor was not accepted: {why}.");
            Refused::new(StatusCode::UNAUTHORIZED, "SECOND_FACTOR_WRONG", reason)
        }
        Held::Failed(error) if error.status() == StatusCode::TOO_MANY_REQUESTS => Refused::new(
            StatusCode::TOO_MANY_REQUESTS,
            "TOO_MANY_REQUESTS",
            "Too many codes were tried. Wait some minutes, then try again.",
        ),
        Held::Failed(error) => Refused::new(
            error.status(),
            "SERVICE_UNAVAILABLE",
            "The second factor could not be checked. Try again in a moment.",
        ),
    }
}

fn admitted(app: &App, user: &User) -> Response {
    let subject = Subject {
        user: user.id.to_string(),
        name: user.username.clone(),
        roles: user.roles.iter().map(|role| objects::role(*role).to_owned()).collect(),
        version: user.token_version,
    };
    let issued = app.tokens.issue(subject, Scope::Desk, app.now_seconds());
    let mut answer = json!(objects::keycloak_user(&app.registry(), user));
    answer["realm"] = app.config.tenant.name.as_str().into();
    // Desks store this object in a way that takes Latin-1 only; one other character and nobody gets in.
    latin::transliterate(&mut answer, &latin::text(&user.username));
    answer[SESSION_MEMBER] = issued.token.expose_secret().into();
    let mut response = axum::Json(json!({"data": {"keycloak_User": answer}})).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::SET_COOKIE, cookie::keep(app, &issued));
    response
}

fn refused(status: StatusCode, message: &str, reason: &str) -> Response {
    (status, axum::Json(json!({"error": for_desks(message, reason)}))).into_response()
}
