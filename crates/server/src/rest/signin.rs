//! Signing in and staying signed in.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_core::registry::User;

use super::noun::USERS;
use super::users;
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::problem::{ApiError, ClientAddress, Json};
use crate::token::{Scope, Subject};
use crate::wire::registry as wire;

#[derive(Deserialize)]
pub struct SignIn {
    username: String,
    password: SecretString,
}

pub async fn sign_in(
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    Json(SignIn { username, password }): Json<SignIn>,
) -> Result<Answer<Value>, ApiError> {
    app.limits.sign_in(address, &username)?;
    let known = app.registry().user_by_name(&username).filter(|user| user.value.enabled).cloned();
    let hash = known.as_ref().and_then(|user| user.value.password_hash.clone());
    let right = app.passwords.verify(password, hash).await.map_err(users::unverifiable)?;
    match known.filter(|_| right) {
        Some(user) => Ok(Answer(session(&app, &user.value, Scope::Admin))),
        None => Err(ApiError::unauthorized("the user name or the password is wrong")),
    }
}

/// A new token in place of one that still works.
pub async fn renew(State(app): State<SharedApp>, person: Person) -> Answer<Value> {
    Answer(session(&app, &person.user.value, person.scope))
}

pub async fn me(State(app): State<SharedApp>, person: Person) -> Answer<Value> {
    Answer(json!(wire::keycloak_user(&app.registry(), &person.user.value)))
}

fn session(app: &App, user: &User, scope: Scope) -> Value {
    let subject = Subject {
        user: user.id.to_string(),
        name: user.username.clone(),
        roles: user.roles.iter().map(|role| wire::role(*role).to_owned()).collect(),
        version: user.token_version,
    };
    let issued = app.tokens.issue(subject, scope, app.now_seconds());
    json!({
        "token": issued.token.expose_secret(),
        "expiresAt": issued.expires_at_seconds.saturating_mul(1000),
        "user": wire::keycloak_user(&app.registry(), user),
    })
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
        .change(&app, person.id().into(), None, |_, old| {
            let mut object = old.clone();
            users::set_password(&mut object, Some(&hash));
            Ok(object)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
