//! Accounts: made and changed with a password that is never given out again; and the roles they may have.

use axum::extract::{Path, State};
use axum::response::Response;
use secrecy::SecretString;
use serde_json::{Value, json};
use tieline_core::permission::{Action, Resource, sees_personal_data};
use tieline_core::registry::{Object, Role, User};

use super::noun::USERS;
use super::signin::permissions;
use super::version::IfMatch;
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::password::PasswordError;
use crate::problem::{ApiError, Json};

/// What each role may do, and how many people have it.
pub async fn roles(State(app): State<SharedApp>, person: Person) -> Result<axum::Json<Vec<Value>>, ApiError> {
    person.may(Resource::Users, Action::View)?;
    let registry = app.registry();
    let people = |role: &Role| registry.users().filter(|user| user.value.roles.contains(role)).count();
    let shown = Role::ALL.iter().map(|role| {
        json!({
            "role": role,
            "permissions": permissions(&[*role]),
            "seesPersonalData": sees_personal_data(&[*role]),
            "people": people(role),
        })
    });
    Ok(axum::Json(shown.collect()))
}

pub async fn create(
    State(app): State<SharedApp>,
    person: Person,
    Json(mut body): Json<Value>,
) -> Result<Response, ApiError> {
    USERS.may_create(&person)?;
    let hash = new_password(&app, &mut body).await?;
    let id = USERS.put_new(&app, &person, body, |object| set_password(object, hash.as_ref())).await?;
    USERS.created(&app.registry(), id)
}

pub async fn replace(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    IfMatch(expected): IfMatch,
    Json(mut body): Json<Value>,
) -> Result<Response, ApiError> {
    USERS.may_create(&person)?;
    let id = USERS.id(&id)?;
    let hash = new_password(&app, &mut body).await?;
    USERS
        .put(&app, &person, id, &body, expected, |new, _| {
            set_password(new, hash.as_ref());
            Ok(())
        })
        .await?;
    USERS.shown(&app.registry(), id)
}

/// Takes the password out of the body and hashes it.
async fn new_password(app: &App, body: &mut Value) -> Result<Option<String>, ApiError> {
    let sent = body.as_object_mut().and_then(|members| members.remove("password"));
    let password = match sent {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(password)) if password.is_empty() => return Ok(None),
        Some(Value::String(password)) => SecretString::from(password),
        Some(_) => return Err(ApiError::bad_request("password", "a password is a text", "Send a text.")),
    };
    hash(app, password).await.map(Some)
}

pub async fn hash(app: &App, password: SecretString) -> Result<String, ApiError> {
    app.passwords.hash(password).await.map_err(|error| match error {
        PasswordError::Policy(violation) => {
            ApiError::bad_request("password", violation, "Choose a password of 8 to 256 characters.")
        }
        error => unverifiable(error),
    })
}

/// Why a password could not be hashed or checked, when that is our fault.
pub fn unverifiable(error: PasswordError) -> ApiError {
    match error {
        PasswordError::Busy => ApiError::unavailable(std::time::Duration::from_secs(1)),
        error => ApiError::internal(error),
    }
}

/// Whoever signed in with the former password is signed out.
pub fn set_password(object: &mut Object, hash: Option<&String>) {
    if let (Object::User(User { password_hash, token_version, .. }), Some(hash)) = (object, hash) {
        *password_hash = Some(hash.clone());
        *token_version += 1;
    }
}
