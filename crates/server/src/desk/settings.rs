//! What a desk asks for while it starts, where nobody has anything to configure yet: documented shapes, filled in
//! sensibly.

use axum::extract::{Path, Query, State};
use axum::middleware::from_fn;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::handshake::bearer_from_cookie;
use crate::app::SharedApp;
use crate::auth::Person;
use crate::problem::ApiError;

pub fn routes() -> Router<SharedApp> {
    let signed_in = Router::new()
        .route("/unified-admin/locale-setting", get(locales))
        .route("/cim-customer/agentSetting", get(agent_setting))
        .route("/cim-customer/agentSetting/{id}", put(keep_agent_setting))
        .route("/cim-customer/label", get(nothing))
        .route("/team-announcement/announcement", get(nothing))
        .layer(from_fn(bearer_from_cookie));
    // Asked for on the sign-in page.
    Router::new().route("/unified-admin/agent-desk-settings", get(desk_settings)).merge(signed_in)
}

/// As documented: a list of one.
async fn desk_settings(State(app): State<SharedApp>) -> Json<Value> {
    let stored = app.registry().settings();
    let settings = &stored.value.settings;
    let mut shown = json!(settings.desk);
    shown["id"] = json!(stored.value.id);
    shown["isWrapUpEnabled"] = settings.wrap_up.enabled.into();
    shown["wrapUpTime"] = settings.wrap_up.seconds.into();
    Json(json!([shown]))
}

async fn locales(_: Person) -> Json<Value> {
    Json(json!([{
        "id": "66e0c0a1d4e5f60718200102",
        "supportedLanguages": [{"code": "en", "name": "English", "flag": "us"}],
        "defaultLanguage": {"code": "en", "name": "English", "flag": "us"},
    }]))
}

#[derive(Deserialize)]
struct WhoseSetting {
    #[serde(rename = "user_Id", default)]
    user: String,
}

async fn agent_setting(person: Person, Query(whose): Query<WhoseSetting>) -> Result<Json<Value>, ApiError> {
    own(&person, &whose.user)?;
    let id = person.id().to_string();
    Ok(Json(json!({"_id": id, "user_Id": id, "theme": "light", "language": "en"})))
}

/// Settings live as long as the page: desks want back what they sent.
async fn keep_agent_setting(
    person: Person,
    Path(id): Path<String>,
    Json(mut sent): Json<Value>,
) -> Result<Json<Value>, ApiError> {
    own(&person, &id)?;
    let Some(members) = sent.as_object_mut() else {
        return Err(ApiError::malformed("a setting is an object", "Send {\"theme\", \"language\"}."));
    };
    members.insert("_id".into(), id.as_str().into());
    members.insert("user_Id".into(), id.into());
    Ok(Json(sent))
}

fn own(person: &Person, id: &str) -> Result<(), ApiError> {
    match id.is_empty() || id == person.id().to_string() {
        true => Ok(()),
        false => Err(ApiError::forbidden("everybody has settings of his own only")),
    }
}

async fn nothing(_: Person) -> Json<Value> {
    Json(json!([]))
}
