//! The tenant's response thresholds at their documented address. They are part of the settings.
//!
//! A list replaces the one before it, and an empty list clears it. The start and the end of an agent's time are
//! listed too, and may be sent back: they are always there.

use axum::Json as Answer;
use axum::extract::State;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tieline_core::command::Command;
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::Object;
use tieline_core::registry::settings::Settings;

use super::refused;
use crate::app::SharedApp;
use crate::auth::Person;
use crate::problem::{ApiError, Json};

const START: &str = "START_TIMER";
const END: &str = "REMOVE_ALL_AGENTS";

pub async fn of_agents(State(app): State<SharedApp>, person: Person) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::GeneralSettings, Action::View)?;
    Ok(Answer(agents_shown(&settings(&app))))
}

pub async fn replace_agents(
    State(app): State<SharedApp>,
    person: Person,
    Json(mut sent): Json<Vec<Value>>,
) -> Result<Answer<Value>, ApiError> {
    sent.retain(|threshold| !matches!(threshold["action"].as_str(), Some(START | END)));
    let thresholds = read(sent)?;
    change(&app, &person, |settings| settings.agent_thresholds = thresholds).await?;
    Ok(Answer(agents_shown(&settings(&app))))
}

pub async fn of_customers(State(app): State<SharedApp>, person: Person) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::GeneralSettings, Action::View)?;
    Ok(Answer(json!(settings(&app).customer_thresholds)))
}

pub async fn replace_customers(
    State(app): State<SharedApp>,
    person: Person,
    Json(sent): Json<Vec<Value>>,
) -> Result<Answer<Value>, ApiError> {
    let thresholds = read(sent)?;
    change(&app, &person, |settings| settings.customer_thresholds = thresholds).await?;
    Ok(Answer(json!(settings(&app).customer_thresholds)))
}

fn settings(app: &SharedApp) -> Settings {
    app.registry().settings().value.settings.clone()
}

fn agents_shown(settings: &Settings) -> Value {
    let preset = |percentage: u8, action: &str| json!({"percentage": percentage, "action": action});
    let own = settings.agent_thresholds.iter().map(|threshold| json!(threshold));
    std::iter::once(preset(0, START)).chain(own).chain(std::iter::once(preset(100, END))).collect()
}

fn read<T: DeserializeOwned>(sent: Vec<Value>) -> Result<Vec<T>, ApiError> {
    let each = sent.into_iter().enumerate().map(|(i, threshold)| {
        serde_json::from_value(threshold).map_err(|error| {
            ApiError::malformed(format_args!("[{i}]: {error}"), "Send [{\"percentage\", \"action\"}].")
        })
    });
    each.collect()
}

async fn change(
    app: &SharedApp,
    person: &Person,
    change: impl FnOnce(&mut Settings),
) -> Result<(), ApiError> {
    person.may(Resource::GeneralSettings, Action::Manage)?;
    let stored = app.registry().settings();
    let mut value = stored.value.clone();
    change(&mut value.settings);
    let expected = (stored.version > 0).then_some(stored.version);
    let object = Box::new(Object::TenantSettings(value));
    refused::submit_by(app, person, Command::PutObject { object, expected }).await?;
    Ok(())
}
