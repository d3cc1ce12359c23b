//! Widgets, forms and calendars as the wire shows them.

use serde_json::{Value, json};
use tieline_cim::channel::{AttributeKind, AttributeSchema, Category, CategoryOptions};
use tieline_cim::form::FormSection;
use tieline_cim::widget::{Callback, WebRtc, Webhook, WidgetConfig};
use tieline_core::calendar::{Calendar, Event, EventKind, Occurrence, Recurrence, Shift};
use tieline_core::form::{Asks, Form, Question};
use tieline_core::registry::Widget;
use tieline_core::registry::widget::{Appearance, Scheme, Side};

/// Days of the week as calendars name them; Monday first, as in the core.
pub(super) const DAYS: [&str; 7] =
    ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

/// `webRtc` is there twice: widgets of the first generation read `webRTC`.
pub fn widget(widget: &Widget) -> Value {
    let callback = Callback {
        call_back_form: widget.callback_form.map(|form| form.to_string()).unwrap_or_default(),
        ..read_again(&widget.callback)
    };
    let config = WidgetConfig {
        id: widget.id.to_string(),
        widget_identifier: widget.identifier.clone(),
        theme: Some(widget.theme.clone()),
        title: Some(widget.title.clone()),
        sub_title: Some(widget.subtitle.clone()),
        enable_font_resize: widget.shows.font_resize,
        enable_emoji: widget.shows.emoji,
        enable_file_transfer: widget.shows.file_transfer,
        enable_dynamic_link: widget.shows.dynamic_link,
        enable_download_transcript: widget.shows.download_transcript,
        customer_reconnect_time: widget.reconnect_secs.into(),
        language: serde_json::from_value(widget.language.clone()).ok(),
        form: widget.form.map(|form| form.to_string()).unwrap_or_default(),
        web_rtc: read_again::<WebRtc>(&widget.web_rtc),
        callback,
        webhook: read_again::<Webhook>(&widget.webhook),
        ..WidgetConfig::default()
    };
    let mut shown = json!(config);
    shown["webRTC"] = shown["webRtc"].clone();
    shown["serviceIdentifier"] = json!(widget.service_identifier);
    shown["legacyWidget"] = widget.legacy.into();
    shown["appearance"] = appearance(&widget.appearance);
    shown
}

fn appearance(appearance: &Appearance) -> Value {
    let side = match appearance.side {
        Side::Start => "START",
        Side::End => "END",
    };
    let scheme = match appearance.scheme {
        Scheme::Auto => "AUTO",
        Scheme::Light => "LIGHT",
        Scheme::Dark => "DARK",
    };
    let texts = appearance.texts.iter().map(|(language, texts)| {
        let shown = json!({"title": texts.title, "subTitle": texts.subtitle, "greeting": texts.greeting});
        (language.clone(), shown)
    });
    let texts: serde_json::Map<_, _> = texts.collect();
    json!({"position": side, "colorScheme": scheme, "logo": appearance.logo, "texts": texts})
}

/// What the core keeps without reading it, with every member widgets look for.
fn read_again<T: serde::de::DeserializeOwned + Default>(kept: &serde_json::Map<String, Value>) -> T {
    serde_json::from_value(Value::Object(kept.clone())).unwrap_or_default()
}

pub fn form(form: &Form) -> tieline_cim::form::Form {
    let sections: Vec<FormSection> = form
        .sections
        .iter()
        .map(|section| FormSection {
            attributes: section.questions.iter().map(question).collect(),
            extra: section.extra.clone(),
        })
        .collect();
    tieline_cim::form::Form {
        id: form.id.to_string(),
        form_title: form.title.clone(),
        form_description: Some(form.description.clone()),
        attributes: form.questions().map(question).collect(),
        sections: Some(sections),
        ..tieline_cim::form::Form::default()
    }
}

fn question(question: &Question) -> AttributeSchema {
    let (kind, word, category_options) = match &question.asks {
        Asks::Input { word } => (AttributeKind::Input, word, CategoryOptions::default()),
        Asks::Paragraph { word } => (AttributeKind::TextArea, word, CategoryOptions::default()),
        Asks::Choice { word, multiple, categories } => {
            let categories = categories.iter().map(|category| Category {
                category_name: category.name.clone(),
                values: category.options.clone(),
                ..Category::default()
            });
            let options = CategoryOptions {
                is_multiple_choice: Some(*multiple),
                categories: categories.collect(),
                ..CategoryOptions::default()
            };
            (AttributeKind::Options, word, options)
        }
    };
    AttributeSchema {
        attribute_type: Some(kind),
        category_options,
        is_required: question.required,
        help_text: Some(question.help.clone()),
        key: question.key.clone(),
        label: Some(question.label.clone()),
        value_type: Some(word.clone()),
        extra: question.extra.clone(),
    }
}

pub fn calendar(calendar: &Calendar) -> Value {
    json!({
        "id": calendar.id,
        "name": calendar.name,
        "description": calendar.description,
        "color": calendar.color,
        "timeZone": calendar.time_zone,
        "events": calendar.events.iter().map(event).collect::<Vec<_>>(),
    })
}

fn event(event: &Event) -> Value {
    let (kind, message) = match &event.kind {
        EventKind::BusinessHours => ("business_hours", ""),
        EventKind::OutOfOffice { message } => ("out_of_office", message.as_str()),
        EventKind::Holiday => ("holiday", ""),
    };
    let (recurrence, days) = match event.recurrence {
        Recurrence::None => ("none", None),
        Recurrence::Daily => ("daily", None),
        Recurrence::Weekly(days) => ("weekly", Some(days)),
    };
    let named = |days: tieline_core::calendar::Days| -> Vec<&str> {
        DAYS.iter().enumerate().filter(|(bit, _)| days.0 & 1 << bit != 0).map(|(_, name)| *name).collect()
    };
    let shift = |shift: &Shift| json!({"start": time_of_day(shift.start), "end": time_of_day(shift.end)});
    json!({
        "id": event.id,
        "title": event.title,
        "eventType": kind,
        "startDate": event.first.to_string(),
        "endDate": event.last.map(|last| last.to_string()),
        "recurrence": recurrence,
        "days": days.map(named).unwrap_or_default(),
        "shifts": event.shifts.iter().map(shift).collect::<Vec<_>>(),
        "allDay": event.shifts.is_empty(),
        "message": message,
        "color": event.color,
    })
}

/// An event with the time it takes place, in milliseconds since 1970.
pub fn occurrence(calendar: &Calendar, one: &Occurrence<'_>) -> Value {
    let mut shown = event(one.event);
    shown["calendarId"] = json!(calendar.id);
    shown["timeZone"] = json!(calendar.time_zone);
    shown["startTime"] = json!(one.from);
    shown["endTime"] = json!(one.until);
    shown
}

fn time_of_day(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
