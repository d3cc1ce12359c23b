//! What a desk asks for while it starts and no other client does.

use axum::extract::State;
use axum::middleware::from_fn;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::handshake::bearer_from_cookie;
use crate::app::SharedApp;
use crate::auth::Person;

pub fn routes() -> Router<SharedApp> {
    let signed_in =
        Router::new().route("/unified-admin/locale-setting", get(locales)).layer(from_fn(bearer_from_cookie));
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
