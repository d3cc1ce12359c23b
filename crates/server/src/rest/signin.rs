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
use tieline_cim::Why;
use tieline_core::audit::{Actor, Deed, Origin};
use tieline_core::permission::{self, Action, Resource};
use tieline_core::registry::{Role, Stored, User};
use tieline_core::second_factor::{Standing, standing};

use super::noun::USERS;
use super::{audit, users};
use crate::app::{App, SharedApp};
use crate::auth::{Enrolling, Person};
use crate::cookie;
use crate::problem::{ApiError, ClientAddress, Json};
use crate::second_factor::{self, Held};
use crate::token::{Issued, Scope, Subject};
use crate::wire::registry as wire;

#[derive(Deserialize)]
pub struct SignIn {
    username: String,
    password: SecretString,
    /// Of the second factor, where the account has one.
    #[serde(default)]
    code: Option<SecretString>,
}

/// For programs: the token is in the answer.
pub async fn sign_in(
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    Json(sign_in): Json<SignIn>,
) -> Result<Answer<Value>, ApiError> {
    let (user, scope) = known(&app, address, "api", sign_in).await?;
    Ok(Answer(with_token(&app, &user.value, scope)))
}

/// A new token in place of one that still works.
pub async fn renew(State(app): State<SharedApp>, Enrolling(person): Enrolling) -> Answer<Value> {
    let user = &person.user.value;
    Answer(with_token(&app, user, renewed(&app, user, person.scope)))
}

/// For browsers: the token is in a cookie that scripts cannot read.
pub async fn open_session(
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    Json(sign_in): Json<SignIn>,
) -> Result<Response, ApiError> {
    let (user, scope) = known(&app, address, "browser", sign_in).await?;
    Ok(in_cookie_with(&app, &user.value, scope, json!({})))
}

pub async fn renew_session(State(app): State<SharedApp>, Enrolling(person): Enrolling) -> Response {
    let user = &person.user.value;
    in_cookie_with(&app, user, renewed(&app, user, person.scope), json!({}))
}

pub async fn close_session(State(app): State<SharedApp>) -> Response {
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::forget(&app))]).into_response()
}

/// Whoever has this name, this password and, where he needs one, this code; and what it lets him do.
async fn known(
    app: &App,
    address: IpAddr,
    door: &str,
    SignIn { username, password, code }: SignIn,
) -> Result<(Arc<Stored<User>>, Scope), ApiError> {
    app.limits.sign_in(address, &username)?;
    let known = app.registry().user_by_name(&username).filter(|user| user.value.enabled).cloned();
    let hash = known.as_ref().and_then(|user| user.value.password_hash.clone());
    let right = app.passwords.verify(password, hash).await.map_err(users::unverifiable)?;
    let by = known.as_ref().map_or(Actor::Stranger, |user| Actor::User(user.value.id));
    let origin = Origin { by, address: Some(address) };
    let note = |deed| audit::note(app, origin, deed);
    let Some(user) = known.filter(|_| right) else {
        note(Deed::SignInRefused { door: door.into() }).await;
        let (why, hint) = (Why::CredentialsWrong, "Check both, then try again.");
        return Err(ApiError::new(StatusCode::UNAUTHORIZED, "wrong_credentials", &why, hint).coded(&why));
    };
    match second_factor::pass(app, address, &user.value, code.as_ref(), Scope::Admin).await {
        Ok(scope) => {
            note(Deed::SignedIn { door: door.into() }).await;
            Ok((user, scope))
        }
        Err(Held::CodeRefused(why)) => {
            note(Deed::SignInRefused { door: door.into() }).await;
            let hint = "Send the code your authenticator shows now, or a recovery code.";
            Err(ApiError::new(StatusCode::UNAUTHORIZED, "second_factor_wrong", &why, hint).coded(&why))
        }
        Err(Held::CodeWanted) => {
            let what = "this account has a second factor";
            let hint =
                "Send the same again with \"code\": what your authenticator shows now, or a recovery code.";
            Err(ApiError::new(StatusCode::UNAUTHORIZED, "second_factor_wanted", what, hint))
        }
        Err(Held::Failed(error)) => Err(error),
    }
}

/// What a session opens when it is renewed: a requirement that came meanwhile is in force from then on.
pub fn renewed(app: &App, user: &User, scope: Scope) -> Scope {
    match standing(&app.registry().settings().value.settings, user) {
        Standing::EnrolmentDue => Scope::Enrolment,
        Standing::Admitted | Standing::CodeWanted => scope,
    }
}

/// The account as it is by now.
pub fn present(app: &App, person: &Person) -> Result<Arc<Stored<User>>, ApiError> {
    let user = app.registry().user(person.id()).cloned();
    user.ok_or_else(|| ApiError::unauthorized("this user no longer exists"))
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

fn session(app: &App, user: &User, scope: Scope, issued: &Issued) -> Value {
    json!({
        "expiresAt": issued.expires_at_seconds.saturating_mul(1000),
        "enrolmentDue": scope == Scope::Enrolment,
        "user": wire::keycloak_user(&app.registry(), user),
    })
}

fn with_token(app: &App, user: &User, scope: Scope) -> Value {
    let issued = issue(app, user, scope);
    let mut session = session(app, user, scope, &issued);
    session["token"] = issued.token.expose_secret().into();
    session
}

/// What somebody with these roles may do, by the names of resources.
pub fn permissions(roles: &[Role]) -> Map<String, Value> {
    let word = |granted| match granted {
        Action::View => "view",
        Action::ManageOwnTeam => "manage_own_team",
        Action::Manage => "manage",
    };
    let granted = |resource| permission::granted(roles, resource);
    Resource::ALL
        .into_iter()
        .filter_map(|resource| Some((resource.name().to_owned(), word(granted(resource)?).into())))
        .collect()
}

/// The cookie of a new session.
pub fn cookie_of(app: &App, user: &User, scope: Scope) -> HeaderValue {
    cookie::keep(app, &issue(app, user, scope))
}

/// A session for a browser, answered with `more` beside it.
pub fn in_cookie_with(app: &App, user: &User, scope: Scope, more: Value) -> Response {
    let issued = issue(app, user, scope);
    let headers = [
        (header::SET_COOKIE, cookie::keep(app, &issued)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let mut session = session(app, user, scope, &issued);
    session["permissions"] = permissions(&user.roles).into();
    if let (Value::Object(session), Value::Object(more)) = (&mut session, more) {
        session.extend(more);
    }
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
    check_own_password(&app, address, &person, current_password, "currentPassword").await?;
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

/// Whether somebody who is signed in knows his password; `field` is where he sent it.
pub async fn check_own_password(
    app: &App,
    address: IpAddr,
    person: &Person,
    password: SecretString,
    field: &'static str,
) -> Result<(), ApiError> {
    app.limits.sign_in(address, &person.user.value.username)?;
    let stored = person.user.value.password_hash.clone();
    if app.passwords.verify(password, stored).await.map_err(users::unverifiable)? {
        return Ok(());
    }
    let hint = "Send the password you sign in with now.";
    Err(ApiError::bad_request(field, Why::PasswordWrong, hint).coded(&Why::PasswordWrong))
}
