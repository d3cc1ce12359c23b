//! Signing in and staying signed in.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tieline_core::audit::{Actor, Deed, Origin};
use tieline_core::permission::{self, Action, Resource};
use tieline_core::registry::{Stored, User};

use super::noun::USERS;
use super::{audit, users};
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::cookie;
use crate::problem::{ApiError, ClientAddress, Json};
use crate::token::{Issued, Scope, Subject};
use crate::wire::registry as wire;

#[derive(Deserialize)]
pub struct SignIn {
    username: String,
    password: SecretString,
}

/// For programs: the token is in the answer.
pub async fn sign_in(
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    Json(sign_in): Json<SignIn>,
) -> Result<Answer<Value>, ApiError> {
    let user = known(&app, address, "api", sign_in).await?;
    Ok(Answer(with_token(&app, &user.value, &issue(&app, &user.value, Scope::Admin))))
}

/// A new token in place of one that still works.
pub async fn renew(State(app): State<SharedApp>, person: Person) -> Answer<Value> {
    let user = &person.user.value;
    Answer(with_token(&app, user, &issue(&app, user, person.scope)))
}

/// For browsers: the token is in a cookie that scripts cannot read.
pub async fn open_session(
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    Json(sign_in): Json<SignIn>,
) -> Result<Response, ApiError> {
    let user = known(&app, address, "browser", sign_in).await?;
    Ok(in_cookie(&app, &user.value, Scope::Admin))
}

pub async fn renew_session(State(app): State<SharedApp>, person: Person) -> Response {
    in_cookie(&app, &person.user.value, person.scope)
}

pub async fn close_session(State(app): State<SharedApp>) -> Response {
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::forget(&app))]).into_response()
}

/// Whoever has this name and this password.
async fn known(
    app: &App,
    address: IpAddr,
    door: &str,
    SignIn { username, password }: SignIn,
) -> Result<Arc<Stored<User>>, ApiError> {
    app.limits.sign_in(address, &username)?;
    let known = app.registry().user_by_name(&username).filter(|user| user.value.enabled).cloned();
    let hash = known.as_ref().and_then(|user| user.value.password_hash.clone());
    let right = app.passwords.verify(password, hash).await.map_err(users::unverifiable)?;
    let by = known.as_ref().map_or(Actor::Stranger, |user| Actor::User(user.value.id));
    let origin = Origin { by, address: Some(address) };
    let door = door.into();
    let deed = if right { Deed::SignedIn { door } } else { Deed::SignInRefused { door } };
    audit::note(app, origin, deed).await;
    known.filter(|_| right).ok_or_else(|| {
        let (what, hint) = ("the user name or the password is wrong", "Check both, then try again.");
        ApiError::new(StatusCode::UNAUTHORIZED, "wrong_credentials", what, hint)
    })
}

pub async fn me(State(app): State<SharedApp>, person: Person) -> Answer<Value> {
    Answer(json!(wire::keycloak_user(&app.registry(), &person.user.value)))
}

fn issue(app: &App, user: &User, scope: Scope) -> Issued {
    let subject = Subject {
        user: user.id.to_string(),
        name: user.username.clone(),
        roles: user.roles.iter().map(|role| wire::role(*role).to_owned()).collect(),
        version: user.token_version,
    };
    app.tokens.issue(subject, scope, app.now_seconds())
}

fn session(app: &App, user: &User, issued: &Issued) -> Value {
    json!({
        "expiresAt": issued.expires_at_seconds.saturating_mul(1000),
        "user": wire::keycloak_user(&app.registry(), user),
    })
}

fn with_token(app: &App, user: &User, issued: &Issued) -> Value {
    let mut session = session(app, user, issued);
    session["token"] = issued.token.expose_secret().into();
    session
}

/// What somebody may do, by the names of resources.
fn permissions(user: &User) -> Map<String, Value> {
    let word = |granted| match granted {
        Action::View => "view",
        Action::ManageOwnTeam => "manage_own_team",
        Action::Manage => "manage",
    };
    let granted = |resource| permission::granted(&user.roles, resource);
    Resource::ALL
        .into_iter()
        .filter_map(|resource| Some((resource.name().to_owned(), word(granted(resource)?).into())))
        .collect()
}

fn in_cookie(app: &App, user: &User, scope: Scope) -> Response {
    let issued = issue(app, user, scope);
    let headers = [
        (header::SET_COOKIE, cookie::keep(app, &issued)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let mut session = session(app, user, &issued);
    session["permissions"] = permissions(user).into();
    (headers, Answer(session)).into_response()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewPassword {
    current_password: SecretString,
    new_password: SecretString,
}

/// Changes one's own password; every session of the account ends with it.
pub async fn change_password(
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    person: Person,
    Json(NewPassword { current_password, new_password }): Json<NewPassword>,
) -> Result<StatusCode, ApiError> {
    app.limits.sign_in(address, &person.user.value.username)?;
    let stored = person.user.value.password_hash.clone();
    if !app.passwords.verify(current_password, stored).await.map_err(users::unverifiable)? {
        let hint = "Send the password you sign in with now.";
        return Err(ApiError::bad_request("currentPassword", "the current password is wrong", hint));
    }
    let hash = users::hash(&app, new_password).await?;
    USERS
        .change(&app, &person, person.id().into(), None, |_, old| {
            let mut object = old.clone();
            users::set_password(&mut object, Some(&hash));
            Ok(object)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
