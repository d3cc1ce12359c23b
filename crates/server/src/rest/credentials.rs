//! Tokens and signing secrets of connectors and bots: made here, shown once, kept as little as possible.

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, post};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tieline_core::permission::Action;
use tieline_core::registry::{CREDENTIALS_MAX, Credentials};

use super::noun::Noun;
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::problem::{ApiError, Json};
use crate::token;

/// A new token and signing secret; what is kept of the token is its hash.
struct Fresh {
    token: String,
    token_hash: String,
    signing_secret: String,
}

impl Fresh {
    fn make() -> Self {
        let token = token::new_bearer();
        let token_hash = hex::encode(token::bearer_hash(token.expose_secret()));
        let signing_secret = token::new_signing_secret().written().expose_secret().to_owned();
        Self { token: token.expose_secret().to_owned(), token_hash, signing_secret }
    }

    /// As it is shown, this once.
    fn shown(&self) -> Value {
        json!({"token": self.token, "signingSecret": self.signing_secret})
    }

    fn add_to(&self, credentials: &mut Credentials) {
        credentials.token_hashes.push(self.token_hash.clone());
        credentials.signing_secrets.push(self.signing_secret.clone());
        credentials.keep_newest(CREDENTIALS_MAX);
    }
}

/// Registering what may call by itself: whoever does is given what it takes.
pub fn creating(noun: &'static Noun) -> MethodRouter<SharedApp> {
    post(move |app, person, body| create(noun, app, person, body))
}

/// Makes new credentials. Those before them go on working; older ones do not.
pub fn rotating(noun: &'static Noun) -> MethodRouter<SharedApp> {
    post(move |app, person, id| rotate(noun, app, person, id))
}

/// Ends the time in which old and new credentials both work.
pub fn ending_overlap(noun: &'static Noun) -> MethodRouter<SharedApp> {
    delete(move |app, person, id| end_overlap(noun, app, person, id))
}

async fn create(
    noun: &'static Noun,
    State(app): State<SharedApp>,
    person: Person,
    Json(body): Json<Value>,
) -> Result<Response, ApiError> {
    noun.may_create(&person)?;
    let fresh = Fresh::make();
    let id = noun
        .put_new(&app, &person, body, |object| {
            if object.is_caller()
                && let Some(credentials) = object.credentials_mut()
            {
                fresh.add_to(credentials);
            }
        })
        .await?;
    let registry = app.registry();
    let is_caller = registry.object(noun.kind, id).is_some_and(|stored| stored.value.is_caller());
    let response = noun.created_with(&registry, id, |shown| {
        if is_caller {
            shown["credentials"] = fresh.shown();
        }
    })?;
    Ok(not_kept(response))
}

async fn rotate(
    noun: &'static Noun,
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let fresh = Fresh::make();
    change(noun, &app, &person, &id, |credentials| fresh.add_to(credentials)).await?;
    Ok(not_kept((StatusCode::CREATED, Answer(fresh.shown())).into_response()))
}

async fn end_overlap(
    noun: &'static Noun,
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    change(noun, &app, &person, &id, |credentials| credentials.keep_newest(1)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn change(
    noun: &Noun,
    app: &App,
    person: &Person,
    id: &str,
    change: impl Fn(&mut Credentials),
) -> Result<(), ApiError> {
    person.may(noun.resource, Action::Manage)?;
    let id = noun.id(id)?;
    noun.change(app, person, id, None, |_, old| {
        let mut object = old.clone();
        object.credentials_mut().map(&change);
        Ok(object)
    })
    .await?;
    Ok(())
}

pub fn not_kept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
