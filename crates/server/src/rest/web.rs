//! What pages with a chat widget ask for without credentials, and what administrators set up for them.
//!
//! Public is what a widget must read and nothing else: its own configuration, the forms a widget names, the hours of
//! a web channel. Everything public is counted per address.

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tieline_core::calendar;
use tieline_core::calendar::Calendar;
use tieline_core::command::Command;
use tieline_core::id::{CalendarId, FormId};
use tieline_core::permission::{Action, Resource};
use tieline_core::registry::{Channel, Kind, Registry, Stored};
use tieline_core::time::At;

use super::noun::{CALENDARS, FORMS, WIDGETS};
use super::query::Query;
use super::refused::submit_by;
use super::stranger::Anybody;
use super::version::IfMatch;
use crate::app::SharedApp;
use crate::auth::Person;
use crate::problem::{ApiError, ClientAddress, Json};
use crate::wire::registry as wire;

/// Longest range of a calendar that is answered at once.
const RANGE_MS_MAX: i64 = 366 * 24 * 60 * 60 * 1000;

/// For people the list; for pages, which ask here without a name, one widget: the one called `default`, or the first.
pub async fn widgets(State(app): State<SharedApp>, caller: Anybody<Person>) -> Result<Response, ApiError> {
    let registry = app.registry();
    if let Anybody::Known(person) = caller {
        person.may(Resource::WebWidget, Action::View)?;
        let all: Vec<Value> = registry.widgets().map(|widget| wire::widget(&widget.value)).collect();
        return Ok(Answer(all).into_response());
    }
    let one = registry.widget_called("default").or_else(|| registry.widgets().next());
    let one = one.ok_or_else(|| ApiError::not_found("there is no widget"))?;
    let mut shown = wire::widget(&one.value);
    shown["webhook_url"] = shown["webhook"]["webhookUrl"].clone();
    shown["webRTC"] = first_generation(&shown["webRtc"]);
    Ok(Answer(shown).into_response())
}

/// Members as the first SDK reads them.
fn first_generation(rtc: &Value) -> Value {
    let mut shown = rtc.clone();
    for (old, new) in [
        ("dialling_uri", "diallingUri"),
        ("sip_extension", "sipExtension"),
        ("extension_password", "extensionPassword"),
        ("wss_server_ip", "wssFs"),
    ] {
        shown[old] = rtc[new].clone();
    }
    shown["wss_server_port"] = "".into();
    shown
}

/// By the name pages give, or by id for people.
pub async fn widget(
    State(app): State<SharedApp>,
    caller: Anybody<Person>,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    let registry = app.registry();
    match caller {
        Anybody::Known(person) => {
            person.may(Resource::WebWidget, Action::View)?;
            let by_id = name.parse().ok().filter(|id| registry.version(Kind::Widget, *id).is_some());
            let by_name = || registry.widget_called(&name).map(|one| one.value.id.into());
            let id = by_id.or_else(by_name).ok_or_else(|| no_widget(&name))?;
            WIDGETS.shown(&registry, id)
        }
        Anybody::Page { .. } => {
            let one = registry.widget_called(&name).ok_or_else(|| no_widget(&name))?;
            let mut shown = wire::widget(&one.value);
            let files = &app.config.files;
            shown["fileTransfer"] = json!({"bytesMax": files.bytes_max, "extensions": files.extensions});
            Ok(Answer(shown).into_response())
        }
    }
}

fn no_widget(name: &str) -> ApiError {
    ApiError::not_found(format_args!("there is no widget called {name:?}; letter case matters"))
}

/// `GET /forms/{id}`: one form, or for people several, by ids with commas between them.
pub async fn form(
    State(app): State<SharedApp>,
    caller: Anybody<Person>,
    Path(ids): Path<String>,
) -> Result<Response, ApiError> {
    let registry = app.registry();
    let is_known = match caller {
        Anybody::Known(person) => {
            person.may(Resource::Forms, Action::View)?;
            true
        }
        Anybody::Page { .. } => false,
    };
    let read = |text: &str| -> Result<FormId, ApiError> { FORMS.id(text).map(Into::into) };
    if is_known && ids.contains(',') {
        let ids = ids.split(',').map(read).collect::<Result<Vec<_>, _>>()?;
        let shown: Vec<_> =
            ids.iter().filter_map(|id| registry.form(*id)).map(|form| wire::form(&form.value)).collect();
        return Ok(Answer(shown).into_response());
    }
    let id = read(&ids)?;
    if !is_known && !is_named_by_a_widget(&registry, id) {
        return Err(FORMS.missing(&ids));
    }
    FORMS.shown(&registry, id.into())
}

fn is_named_by_a_widget(registry: &Registry, form: FormId) -> bool {
    registry.widgets().any(|one| one.value.form == Some(form) || one.value.callback_form == Some(form))
}

pub async fn form_titles(State(app): State<SharedApp>, person: Person) -> Result<Answer<Value>, ApiError> {
    person.may(Resource::Forms, Action::View)?;
    let registry = app.registry();
    let titles = registry.forms().map(|form| json!({"id": form.value.id, "formTitle": form.value.title}));
    Ok(Answer(titles.collect()))
}

pub async fn form_by_title(
    State(app): State<SharedApp>,
    person: Person,
    Path(title): Path<String>,
) -> Result<Response, ApiError> {
    person.may(Resource::Forms, Action::View)?;
    let registry = app.registry();
    let found = registry.forms().find(|form| form.value.title.eq_ignore_ascii_case(title.trim()));
    let found =
        found.ok_or_else(|| ApiError::not_found(format_args!("there is no form called {title:?}")))?;
    FORMS.shown(&registry, found.value.id.into())
}

/// `PUT /forms`: the form says itself which it is.
pub async fn replace_form(
    State(app): State<SharedApp>,
    person: Person,
    IfMatch(expected): IfMatch,
    Json(body): Json<Value>,
) -> Result<Response, ApiError> {
    FORMS.may_create(&person)?;
    let named = body.get("id").and_then(Value::as_str).ok_or_else(|| {
        ApiError::bad_request("id", "nothing says which form is meant", "Send the form with its id.")
    })?;
    let id = FORMS.id(named)?;
    FORMS.put(&app, &person, id, &body, expected, |_, _| Ok(())).await?;
    FORMS.shown(&app.registry(), id)
}

pub async fn delete_form(
    State(app): State<SharedApp>,
    person: Person,
    Path(id): Path<String>,
    IfMatch(expected): IfMatch,
) -> Result<Answer<Value>, ApiError> {
    FORMS.may_create(&person)?;
    let id = FORMS.id(&id)?;
    submit_by(&app, &person, Command::DeleteObject { kind: Kind::Form, id, expected }).await?;
    Ok(Answer(json!({"code": "Deleted", "message": "Form Deleted Successfully"})))
}

/// Patterns widgets check answers with before they send them. The hub judges them again.
pub async fn form_validation(
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
) -> Result<Answer<Vec<Value>>, ApiError> {
    const PATTERNS: [(&str, &str); 13] = [
        ("Alphanum100", "^[A-Za-z0-9 ]{1,100}$"),
        ("AlphanumSpecial200", "^[\\s\\S]{0,200}$"),
        ("Boolean", "^(true|false|0|1)$"),
        ("Email", "^[^\\s@<>()\\[\\],;:\\\\\"]+@[^\\s@_]+\\.[^\\s@_.]+$"),
        ("IP", "^((\\d{1,3}\\.){3}\\d{1,3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]+)$"),
        ("Number", "^[+-]?\\d+(\\.\\d+)?$"),
        ("Password", "^\\S{8,256}$"),
        ("PhoneNumber", "^\\+?\\d{2,20}$"),
        ("PositiveNumber", "^0*[1-9]\\d*$"),
        ("String50", "^[\\s\\S]{1,50}$"),
        ("String100", "^[\\s\\S]{1,100}$"),
        ("String2000", "^[\\s\\S]{1,2000}$"),
        ("URL", "^(https?|wss?)://[^\\s/?#]+\\S*$"),
    ];
    app.web.count(address)?;
    let rule = |(place, (kind, regex)): (usize, (&str, &str))| json!({"id": format!("{:024x}", place + 1), "type": kind, "regex": regex});
    Ok(Answer(PATTERNS.into_iter().enumerate().map(rule).collect()))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Range {
    calendar_id: Option<String>,
    start_time: Option<String>,
    end_time: Option<String>,
}

/// What takes place in a calendar between two moments; without them, in the week that begins now. Pages may ask for
/// the calendars of web channels.
pub async fn calendar_events(
    State(app): State<SharedApp>,
    caller: Anybody<Person>,
    Query(range): Query<Range>,
) -> Result<Answer<Vec<Value>>, ApiError> {
    let registry = app.registry();
    let id: CalendarId = CALENDARS.id(range.calendar_id.as_deref().unwrap_or_default())?.into();
    let found = calendar_for(&registry, &caller, id)?;
    let from = moment("startTime", range.start_time.as_deref())?.unwrap_or_else(|| app.now());
    let week = tieline_core::time::Span::secs(7 * 24 * 60 * 60);
    let until = moment("endTime", range.end_time.as_deref())?.unwrap_or(from + week);
    if until.millis().saturating_sub(from.millis()) > RANGE_MS_MAX {
        return Err(ApiError::bad_request(
            "endTime",
            "the range is longer than a year",
            "Ask for less at once.",
        ));
    }
    let found = &found.value;
    let shown = calendar::occurrences(found, from, until).into_iter();
    Ok(Answer(shown.map(|one| wire::occurrence(found, &one)).collect()))
}

/// A calendar people may see; for pages, that of a web channel.
fn calendar_for<'r>(
    registry: &'r Registry,
    caller: &Anybody<Person>,
    id: CalendarId,
) -> Result<&'r Stored<Calendar>, ApiError> {
    let of_the_web =
        |channel: &Channel| channel.calendar == Some(id) && channel.connector == crate::web::CONNECTOR;
    let is_shown = match caller {
        Anybody::Known(person) => {
            person.may(Resource::BusinessCalendar, Action::View)?;
            true
        }
        Anybody::Page { .. } => registry.channels().any(|one| of_the_web(&one.value)),
    };
    let found = registry.calendar(id).filter(|_| is_shown);
    found.map(AsRef::as_ref).ok_or_else(|| CALENDARS.missing(&id.to_string()))
}

/// Milliseconds since 1970, RFC 3339, or a date.
fn moment(field: &str, sent: Option<&str>) -> Result<Option<At>, ApiError> {
    let Some(text) = sent.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let millis =
        text.parse::<i64>().ok().or_else(|| Some(text.parse::<jiff::Timestamp>().ok()?.as_millisecond()));
    let millis = millis.or_else(|| {
        let day: jiff::civil::Date = text.parse().ok()?;
        Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
    });
    let hint = "Send milliseconds since 1970, or a time such as 2024-09-24T09:00:00Z.";
    let wrong = || ApiError::bad_request(field, format_args!("{text:?} is no time"), hint);
    millis.map(At::from_millis).map(Some).ok_or_else(wrong)
}

/// Whether a calendar's people are there, and when they are again.
pub async fn calendar_now(
    State(app): State<SharedApp>,
    caller: Anybody<Person>,
    Path(id): Path<String>,
) -> Result<Answer<Value>, ApiError> {
    let registry = app.registry();
    let found = &calendar_for(&registry, &caller, CALENDARS.id(&id)?.into())?.value;
    let now = app.now();
    Ok(Answer(json!({
        "open": calendar::open_at(found, now),
        "nextOpening": calendar::next_opening(found, now),
        "message": calendar::message_at(found, now),
    })))
}

/// Answered 200, as documented, where other nouns answer 201.
pub async fn create_form(
    State(app): State<SharedApp>,
    person: Person,
    Json(body): Json<Value>,
) -> Result<(StatusCode, Response), ApiError> {
    FORMS.may_create(&person)?;
    let id = FORMS.put_new(&app, &person, body, |_| {}).await?;
    Ok((StatusCode::OK, FORMS.shown(&app.registry(), id)?))
}
