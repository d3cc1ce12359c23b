//! What a desk asks for while it starts and no other client does.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::app::SharedApp;
use crate::auth::Person;

/// As documented: a list of one. Asked for on the sign-in page.
pub async fn desk_settings(State(app): State<SharedApp>) -> Json<Value> {
    let stored = app.registry().settings();
    let settings = &stored.value.settings;
    let mut shown = json!(settings.desk);
    shown["id"] = json!(stored.value.id);
    shown["isWrapUpEnabled"] = settings.wrap_up.enabled.into();
    shown["wrapUpTime"] = settings.wrap_up.seconds.into();
    shown["pauses"] = json!(settings.pauses);
    Json(json!([shown]))
}

pub async fn locales(_: Person) -> Json<Value> {
    Json(json!([{
        "id": "66e0c0a1d4e5f60718200102",
        "supportedLanguages": [{"code": "en", "name": "English", "flag": "us"}],
        "defaultLanguage": {"code": "en", "name": "English", "flag": "us"},
    }]))
}
