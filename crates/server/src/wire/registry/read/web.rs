//! Widgets, forms and calendars as clients write them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use tieline_cim::Invalid;
use tieline_cim::channel::{AttributeKind, AttributeSchema};
use tieline_cim::widget::WidgetConfig;
use tieline_core::calendar::{Calendar, Days, Event, EventKind, Recurrence, Shift};
use tieline_core::form::{Asks, Category, Form, Question, Section};
use tieline_core::registry::Widget;
use tieline_core::registry::widget::{Appearance, Scheme, Shows, Side, Texts};

use super::super::web::DAYS;
use super::{Draft, Read, number, optional, text, unknown};

pub fn widget(draft: &mut Draft<'_>, old: Option<&Widget>) -> Read<Widget> {
    let legacy = draft.flag("legacyWidget", old.is_none_or(|old| old.legacy))?;
    let service_identifier = match draft.body.get("serviceIdentifier") {
        None => old.and_then(|old| old.service_identifier.clone()),
        Some(sent) => text(sent.as_str().map(|sent| sent.trim().to_owned())),
    };
    let object = |member: &str| draft.body.get(member).and_then(Value::as_object).cloned();
    let (web_rtc, callback, webhook) =
        (object("webRtc").or_else(|| object("webRTC")), object("callback"), object("webhook"));
    let language = draft.body.get("language").cloned().unwrap_or_default();
    let appearance = match draft.body.get("appearance").filter(|sent| !sent.is_null()) {
        None => old.map(|old| old.appearance.clone()).unwrap_or_default(),
        Some(sent) => appearance(sent)?,
    };
    let sent: WidgetConfig = draft.typed()?;
    Ok(Widget {
        id: draft.id.into(),
        identifier: sent.widget_identifier,
        theme: sent.theme.unwrap_or_default(),
        title: sent.title.unwrap_or_default(),
        subtitle: sent.sub_title.unwrap_or_default(),
        shows: Shows {
            font_resize: sent.enable_font_resize,
            emoji: sent.enable_emoji,
            file_transfer: sent.enable_file_transfer,
            dynamic_link: sent.enable_dynamic_link,
            download_transcript: sent.enable_download_transcript,
        },
        appearance,
        reconnect_secs: number("customerReconnectTime", sent.customer_reconnect_time)?,
        language,
        form: optional("form", Some(&sent.form))?,
        callback_form: optional("callback.callBackForm", Some(&sent.callback.call_back_form))?,
        web_rtc: web_rtc.unwrap_or_default(),
        callback: callback.unwrap_or_default(),
        webhook: webhook.unwrap_or_default(),
        service_identifier,
        legacy,
    })
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct SentAppearance {
    position: Option<String>,
    color_scheme: Option<String>,
    logo: Option<String>,
    texts: BTreeMap<String, SentTexts>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct SentTexts {
    title: Option<String>,
    sub_title: Option<String>,
    greeting: Option<String>,
}

fn appearance(sent: &Value) -> Read<Appearance> {
    let sent =
        SentAppearance::deserialize(sent).map_err(|error| Invalid::at("appearance", error.to_string()))?;
    let side = match sent.position.as_deref() {
        None | Some("END") => Side::End,
        Some("START") => Side::Start,
        Some(word) => return Err(unknown("appearance.position".to_owned(), word, "START or END")),
    };
    let scheme = match sent.color_scheme.as_deref() {
        None | Some("AUTO") => Scheme::Auto,
        Some("LIGHT") => Scheme::Light,
        Some("DARK") => Scheme::Dark,
        Some(word) => return Err(unknown("appearance.colorScheme".to_owned(), word, "AUTO, LIGHT or DARK")),
    };
    let texts = sent.texts.into_iter().map(|(language, texts)| {
        let texts = Texts {
            title: texts.title.unwrap_or_default(),
            subtitle: texts.sub_title.unwrap_or_default(),
            greeting: texts.greeting.unwrap_or_default(),
        };
        (language, texts)
    });
    Ok(Appearance { side, scheme, logo: text(sent.logo), texts: texts.collect() })
}

/// Sections count where there are any; the flat `attributes` of older clients are one section.
pub fn form(draft: &mut Draft<'_>, _old: Option<&Form>) -> Read<Form> {
    let sent: tieline_cim::form::Form = draft.typed()?;
    let sections = match sent.sections.filter(|sections| !sections.is_empty()) {
        Some(sections) => sections
            .into_iter()
            .enumerate()
            .map(|(s, section)| {
                let questions = questions(&format!("sections[{s}].attributes"), section.attributes)?;
                Ok(Section { questions, extra: section.extra })
            })
            .collect::<Read<_>>()?,
        None => vec![Section { questions: questions("attributes", sent.attributes)?, extra: Map::new() }],
    };
    Ok(Form {
        id: draft.id.into(),
        title: sent.form_title,
        description: sent.form_description.unwrap_or_default(),
        sections,
    })
}

fn questions(path: &str, sent: Vec<AttributeSchema>) -> Read<Vec<Question>> {
    sent.into_iter().enumerate().map(|(i, one)| question(&format!("{path}[{i}]"), one)).collect()
}

fn question(path: &str, sent: AttributeSchema) -> Read<Question> {
    let word = text(sent.value_type);
    let asks = match sent.attribute_type {
        None | Some(AttributeKind::Input) => {
            Asks::Input { word: word.unwrap_or_else(|| "shortAnswer".into()) }
        }
        Some(AttributeKind::TextArea) => Asks::Paragraph { word: word.unwrap_or_else(|| "paragraph".into()) },
        Some(AttributeKind::Options) => Asks::Choice {
            word: word.unwrap_or_else(|| "mcqs".into()),
            multiple: sent.category_options.is_multiple_choice.unwrap_or(false),
            categories: sent
                .category_options
                .categories
                .into_iter()
                .map(|category| Category { name: category.category_name, options: category.values })
                .collect(),
        },
        Some(AttributeKind::Other(word)) => {
            return Err(unknown(format!("{path}.attributeType"), &word, "INPUT, OPTIONS or TEXTAREA"));
        }
    };
    Ok(Question {
        label: text(sent.label).unwrap_or_else(|| sent.key.clone()),
        key: sent.key,
        help: sent.help_text.unwrap_or_default(),
        required: sent.is_required,
        asks,
        extra: sent.extra,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct SentCalendar {
    name: String,
    description: Option<String>,
    color: Option<String>,
    time_zone: Option<String>,
    events: Vec<SentEvent>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct SentEvent {
    id: Option<String>,
    title: String,
    event_type: String,
    start_date: String,
    end_date: Option<String>,
    recurrence: Option<String>,
    days: Vec<String>,
    shifts: Vec<SentShift>,
    message: Option<String>,
    color: Option<String>,
}

#[derive(Deserialize)]
struct SentShift {
    start: String,
    end: String,
}

pub fn calendar(draft: &mut Draft<'_>, _old: Option<&Calendar>) -> Read<Calendar> {
    let sent: SentCalendar = draft.typed()?;
    let events = sent.events.into_iter().enumerate();
    Ok(Calendar {
        id: draft.id.into(),
        name: sent.name,
        description: sent.description.unwrap_or_default(),
        color: sent.color.unwrap_or_default(),
        time_zone: text(sent.time_zone).unwrap_or_else(|| "UTC".into()),
        events: events
            .map(|(i, one)| event(&format!("events[{i}]"), one, draft.mint))
            .collect::<Read<_>>()?,
    })
}

fn event(path: &str, sent: SentEvent, mint: &mut dyn FnMut() -> tieline_core::id::Id) -> Read<Event> {
    let date = |member: &str, sent: &str| {
        // A date, or a date with a time of which only the date counts.
        sent.get(..10).and_then(|date| date.parse().ok()).ok_or_else(|| {
            Invalid::at(format!("{path}.{member}"), format!("{sent:?} is no date such as 2024-09-24"))
        })
    };
    let kind = match sent.event_type.as_str() {
        "business_hours" => EventKind::BusinessHours,
        "out_of_office" => EventKind::OutOfOffice { message: sent.message.unwrap_or_default() },
        "holiday" => EventKind::Holiday,
        word => {
            let path = format!("{path}.eventType");
            return Err(unknown(path, word, "business_hours, out_of_office or holiday"));
        }
    };
    let recurrence = match sent.recurrence.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "none") => Recurrence::None,
        Some("daily") => Recurrence::Daily,
        Some("weekly" | "custom") => Recurrence::Weekly(days(path, &sent.days)?),
        Some(word) => return Err(unknown(format!("{path}.recurrence"), word, "none, daily or weekly")),
    };
    let shifts = sent.shifts.iter().enumerate().map(|(s, shift)| {
        let minutes = |member: &str, sent: &str| {
            time_of_day(sent).ok_or_else(|| {
                Invalid::at(
                    format!("{path}.shifts[{s}].{member}"),
                    format!("{sent:?} is no time such as 09:00"),
                )
            })
        };
        Ok(Shift { start: minutes("start", &shift.start)?, end: minutes("end", &shift.end)? })
    });
    Ok(Event {
        id: optional(format!("{path}.id"), sent.id.as_deref())?.unwrap_or_else(mint),
        title: sent.title,
        kind,
        first: date("startDate", &sent.start_date)?,
        last: text(sent.end_date).map(|last| date("endDate", &last)).transpose()?,
        recurrence,
        shifts: shifts.collect::<Read<_>>()?,
        color: sent.color.unwrap_or_default(),
    })
}

fn days(path: &str, names: &[String]) -> Read<Days> {
    let mut days = Days::default();
    for (i, name) in names.iter().enumerate() {
        let bit = DAYS.iter().position(|day| {
            name.eq_ignore_ascii_case(day) || (name.len() == 3 && day[..3].eq_ignore_ascii_case(name))
        });
        let bit = bit.ok_or_else(|| unknown(format!("{path}.days[{i}]"), name, "MONDAY to SUNDAY"))?;
        days.0 |= 1 << bit;
    }
    Ok(days)
}

/// Minutes since midnight of `09:30` or `24:00`.
fn time_of_day(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.get(..2)?.parse().ok()?);
    (minutes < 60 && (hours < 24 || (hours, minutes) == (24, 0))).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day() {
        for (text, minutes) in [
            ("00:00", Some(0)),
            ("9:05", Some(545)),
            ("23:59:59", Some(1439)),
            ("24:00", Some(1440)),
            ("24:01", None),
            ("12:60", None),
            ("noon", None),
            ("-1:00", None),
        ] {
            assert_eq!(time_of_day(text), minutes, "{text}");
        }
    }
}
