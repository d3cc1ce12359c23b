//! One's own second factor: set up, looked at, and taken away again; an administrator takes away another's.
//!
//! A secret is shown while it is set up and never after. Until the first code of it is sent back, it is kept nowhere: who
//! sets it up holds it, signed. Setting up and taking away ends every session of the account; whoever set it up is given
//! a new one, for he has just shown both factors.

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tieline_cim::Why;
use tieline_core::id::UserId;
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::{Object, User};
use tieline_core::second_factor::{SecondFactor, Standing, standing};

use super::noun::USERS;
use super::signin;
use crate::app::{App, SharedApp};
use crate::auth::{Enrolling, Person};
use crate::problem::{ApiError, ClientAddress, Json};
use crate::second_factor::{Held, prove};
use crate::token::{Scope, Slip};
use crate::totp;

/// What authenticators show beside the user's name, before the tenant's.
const ISSUER: &str = "Tieline";

pub async fn status(State(app): State<SharedApp>, Enrolling(person): Enrolling) -> Answer<Value> {
    let user = &person.user.value;
    let mut without = user.clone();
    let factor = without.second_factor.take();
    let settings = app.registry().settings();
    Answer(json!({
        "available": user.password_hash.is_some(),
        "enabled": factor.is_some(),
        "required": standing(&settings.value.settings, &without) == Standing::EnrolmentDue,
        "recoveryCodesLeft": factor.map_or(0, |factor| factor.recovery.len()),
    }))
}

#[derive(Deserialize)]
pub struct Begin {
    password: SecretString,
}

/// A secret on its way to an authenticator and back.
#[derive(Serialize, Deserialize)]
struct Offered {
    user: String,
    secret: String,
}

pub async fn begin(
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    Enrolling(person): Enrolling,
    Json(Begin { password }): Json<Begin>,
) -> Result<Response, ApiError> {
    signin::check_own_password(&app, address, &person, password, "password").await?;
    let user = &person.user.value;
    check_has_none(user)?;
    let secret = totp::new_secret();
    let issuer = format!("{ISSUER} {}", app.config.tenant.name);
    let offered = Offered { user: user.id.to_string(), secret: secret.expose_secret().to_owned() };
    let slip = app.tokens.write_slip(Slip::Enrolment, &offered, app.now_seconds());
    Ok(unstored(json!({
        "secret": secret.expose_secret(),
        "address": totp::address(&secret, &issuer, &user.username).expose_secret(),
        "enrolment": slip.expose_secret(),
    })))
}

#[derive(Deserialize)]
pub struct Confirm {
    enrolment: SecretString,
    code: SecretString,
}

pub async fn confirm(
    State(app): State<SharedApp>,
    Enrolling(person): Enrolling,
    Json(Confirm { enrolment, code }): Json<Confirm>,
) -> Result<Response, ApiError> {
    app.limits.code(person.id())?;
    let offered: Option<Offered> =
        app.tokens.read_slip(Slip::Enrolment, enrolment.expose_secret(), app.now_seconds());
    let offered = offered.filter(|offered| offered.user == person.id().to_string()).ok_or_else(|| {
        ApiError::bad_request("enrolment", "the secret was offered too long ago", "Begin again.")
    })?;
    let typed: String = code.expose_secret().chars().filter(char::is_ascii_digit).collect();
    let step = totp::step(&offered.secret, &typed, app.now()).ok_or_else(|| {
        let hint = "Wait for the next code; if that is wrong too, the clock of the device is.";
        ApiError::bad_request("code", Why::CodeWrong, hint).coded(&Why::CodeWrong)
    })?;
    let codes = totp::new_recovery_codes();
    let recovery = codes.iter().map(|code| totp::recovery_hash(code.expose_secret())).collect();
    let factor = SecondFactor { secret: offered.secret, recovery, last_step: step };
    change(&app, &person, person.id(), |user| {
        check_has_none(user)?;
        user.second_factor = Some(factor.clone());
        Ok(())
    })
    .await?;
    let scope = if person.scope == Scope::Desk { Scope::Desk } else { Scope::Admin };
    let user = signin::present(&app, &person)?;
    let shown: Vec<&str> = codes.iter().map(ExposeSecret::expose_secret).collect();
    Ok(signin::in_cookie_with(&app, &user.value, scope, json!({"recoveryCodes": shown})))
}

#[derive(Deserialize)]
pub struct Remove {
    password: SecretString,
    code: SecretString,
}

pub async fn remove(
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    person: Person,
    Json(Remove { password, code }): Json<Remove>,
) -> Result<Response, ApiError> {
    signin::check_own_password(&app, address, &person, password, "password").await?;
    let user = &person.user.value;
    if user.second_factor.is_none() {
        return Err(ApiError::not_found("this account has no second factor"));
    }
    prove(&app, address, user, &code).await.map_err(|held| match held {
        Held::CodeWanted => ApiError::bad_request("code", "is missing", "Send a code."),
        Held::CodeRefused(why) => {
            let hint = "Send the code your authenticator shows now.";
            ApiError::bad_request("code", &why, hint).coded(&why)
        }
        Held::Failed(error) => error,
    })?;
    change(&app, &person, person.id(), |user| {
        user.second_factor = None;
        Ok(())
    })
    .await?;
    let user = signin::present(&app, &person)?;
    Ok(signin::in_cookie_with(&app, &user.value, signin::renewed(&app, &user.value, person.scope), json!({})))
}

/// Of somebody who has lost his authenticator and his recovery codes.
pub async fn remove_anothers(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    person.may(Resource::Users, Action::Manage)?;
    let other: UserId = USERS.id(&id)?.into();
    if other == person.id() {
        return Err(ApiError::forbidden(
            "one's own second factor is switched off with the password and a code",
        ));
    }
    let registry = app.registry();
    let user = registry.user(other).ok_or_else(|| USERS.missing(&id))?;
    if user.value.second_factor.is_none() {
        return Err(ApiError::not_found("this account has no second factor"));
    }
    change(&app, &person, other, |user| {
        user.second_factor = None;
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes an account's second factor; whoever is signed in with it is signed out.
async fn change(
    app: &App,
    by: &Person,
    of: UserId,
    make: impl Fn(&mut User) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    let changed = USERS.change(app, by, of.into(), None, |_, old| {
        let mut object = old.clone();
        if let Object::User(user) = &mut object {
            make(user)?;
            user.token_version += 1;
        }
        Ok(object)
    });
    changed.await.map(drop)
}

fn check_has_none(user: &User) -> Result<(), ApiError> {
    match user.second_factor {
        None => Ok(()),
        Some(_) => {
            let hint = "Switch the present one off first.";
            Err(ApiError::new(StatusCode::CONFLICT, "conflict", "this account has a second factor", hint))
        }
    }
}

/// An answer that is kept by nobody on its way.
fn unstored(body: Value) -> Response {
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Answer(body)).into_response()
}
