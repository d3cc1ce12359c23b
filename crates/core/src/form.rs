//! Forms: what is asked before a chat, in a survey or after a conversation, and whether answers fit.
//!
//! A form has sections, a section has questions. What a form builder keeps beside that (headings, weights, the look
//! of stars) is kept as it was sent and decides nothing.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tieline_cim::Why;
use tieline_cim::channel::ValueType;

use crate::id::FormId;
use crate::refusal::Refusal;
use crate::registry::Registry;
use crate::schema::{check_value, is_blank};

pub const TITLE_CHARS_MAX: usize = 500;
pub const DESCRIPTION_CHARS_MAX: usize = 1000;
const LABEL_CHARS_MAX: usize = 500;
const HELP_CHARS_MAX: usize = 100;
const KEY_CHARS_MAX: usize = 100;
const OPTION_CHARS_MAX: usize = 500;
const SECTIONS_MAX: usize = 50;
const QUESTIONS_MAX: usize = 200;
const OPTIONS_MAX: usize = 500;
/// Files in answer to one question.
const FILES_MAX: usize = 10;
/// Characters of a free text.
const PARAGRAPH_CHARS_MAX: usize = 4096;
const SHORT_ANSWER_CHARS_MAX: usize = 500;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    pub id: FormId,
    pub title: String,
    pub description: String,
    pub sections: Vec<Section>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Section {
    pub questions: Vec<Question>,
    /// Members beside the questions, as sent.
    pub extra: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// What answers name; unique in the form.
    pub key: String,
    pub label: String,
    pub help: String,
    pub required: bool,
    pub asks: Asks,
    /// Members that are not known here, as sent.
    pub extra: Map<String, Value>,
}

/// What a question asks for. The words are those of form builders, in any letter case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// A value of a kind, such as `email`, `shortAnswer` or `String100`.
    Input { word: String },
    /// One or several of what is offered; the word may be `mcqs`, `checkbox`, `dropdown`, `boolean`, `5-star-rating`
    /// or `nps`.
    Choice { word: String, multiple: bool, categories: Vec<Category> },
    /// A longer text.
    Paragraph { word: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    pub name: String,
    /// Texts, or objects with the text under `value`, `label` or `name`.
    pub options: Vec<Value>,
}

impl Form {
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.sections.iter().flat_map(|section| &section.questions)
    }
}

/// The rules of a form by itself.
pub(crate) fn check_form(form: &Form) -> Result<(), Refusal> {
    ensure_chars("formDescription", &form.description, DESCRIPTION_CHARS_MAX)?;
    if form.sections.len() > SECTIONS_MAX {
        return Err(Refusal::limit(Why::SectionsMax { max: SECTIONS_MAX }));
    }
    if form.questions().count() > QUESTIONS_MAX {
        return Err(Refusal::limit(Why::QuestionsMax { max: QUESTIONS_MAX }));
    }
    let mut keys = BTreeSet::new();
    for (s, section) in form.sections.iter().enumerate() {
        for (q, question) in section.questions.iter().enumerate() {
            let path = |member: &str| format!("sections[{s}].attributes[{q}].{member}");
            if question.key.trim().is_empty() {
                return Err(Refusal::invalid(path("key"), Why::Blank));
            }
            ensure_chars(path("key"), &question.key, KEY_CHARS_MAX)?;
            ensure_chars(path("label"), &question.label, LABEL_CHARS_MAX)?;
            ensure_chars(path("helpText"), &question.help, HELP_CHARS_MAX)?;
            if !keys.insert(question.key.as_str()) {
                return Err(Refusal::invalid(path("key"), Why::UsedTwiceInForm));
            }
            match &question.asks {
                Asks::Input { word } if Input::of(word).is_none() => {
                    return Err(Refusal::invalid(path("valueType"), Why::TypeUnknown));
                }
                Asks::Input { .. } | Asks::Paragraph { .. } => {}
                Asks::Choice { word, categories, .. } => {
                    check_categories(word, categories, &path("categoryOptions.categories"))?;
                }
            }
        }
    }
    Ok(())
}

fn check_categories(word: &str, categories: &[Category], path: &str) -> Result<(), Refusal> {
    let options = || categories.iter().flat_map(|category| &category.options);
    if options().count() > OPTIONS_MAX {
        return Err(Refusal::limit(Why::OptionsMax { max: OPTIONS_MAX }));
    }
    if options().next().is_none() && Scale::of(word).is_none() {
        return Err(Refusal::invalid(path, Why::CategoryNeeded));
    }
    let mut names = BTreeSet::new();
    for (i, category) in categories.iter().enumerate() {
        if !names.insert(category.name.trim()) {
            return Err(Refusal::invalid(format!("{path}[{i}].categoryName"), Why::UsedTwice));
        }
        for (v, option) in category.options.iter().enumerate() {
            let text = option_text(option).map(str::trim).unwrap_or_default();
            if text.is_empty() || text.chars().count() > OPTION_CHARS_MAX {
                let why = Why::MustBeOptionText { max: OPTION_CHARS_MAX };
                return Err(Refusal::invalid(format!("{path}[{i}].values[{v}]"), why));
            }
        }
    }
    Ok(())
}

fn ensure_chars(field: impl Into<String>, text: &str, max: usize) -> Result<(), Refusal> {
    match text.chars().count() <= max {
        true => Ok(()),
        false => Err(Refusal::invalid(field, Why::CharsAtMost { max })),
    }
}

/// What an option says.
fn option_text(option: &Value) -> Option<&str> {
    match option {
        Value::String(text) => Some(text),
        Value::Object(members) => {
            ["value", "label", "name"].iter().find_map(|key| members.get(*key)?.as_str())
        }
        _ => None,
    }
}

/// The form filled in before a chat: what a channel's attributes say of it, in the members web customers send.
///
/// # Errors
/// The first answer that does not fit, when the form is one that is registered. Pages without a registered form
/// send numbers for its id; their answers are taken as they are.
pub fn check_prechat(registry: &Registry, attributes: &[Value]) -> Result<(), Refusal> {
    let filled = attributes.iter().find_map(|attribute| attribute.get("value")?.get("formData"));
    let Some(filled) = filled.filter(|filled| filled.is_object()) else { return Ok(()) };
    let id = filled.get("formId").and_then(Value::as_str).and_then(|id| id.parse::<FormId>().ok());
    let Some(form) = id.and_then(|id| registry.form(id)) else { return Ok(()) };
    let answers = filled.get("attributes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    check_answers(
        &form.value,
        answers.iter().filter_map(|one| Some((one.get("key")?.as_str()?, one.get("value")?))),
    )
}

/// Judges the answers to a form, as key and value. Answers to nothing that is asked are let through: pages add their
/// own.
///
/// # Errors
/// The first question, in the order of the form, whose answer is missing or does not fit.
pub fn check_answers<'a>(
    form: &Form,
    answers: impl IntoIterator<Item = (&'a str, &'a Value)>,
) -> Result<(), Refusal> {
    let answers: Vec<(&str, &Value)> = answers.into_iter().collect();
    for question in form.questions() {
        let answer = answers.iter().find(|(key, _)| *key == question.key).map(|(_, value)| *value);
        let refuse = |why| Refusal::invalid(format!("formData.attributes[{}]", question.key), why);
        match answer.filter(|value| !is_blank(value)) {
            Some(value) => check_answer(&question.asks, value).map_err(refuse)?,
            None if question.required => return Err(refuse(Why::Required)),
            None => {}
        }
    }
    Ok(())
}

/// Judges one answer. The error completes "`key`: …".
pub fn check_answer(asks: &Asks, answer: &Value) -> Result<(), Why> {
    match asks {
        Asks::Input { word } => match Input::of(word) {
            Some(input) => input.check(answer),
            None => Ok(()),
        },
        Asks::Paragraph { .. } => {
            fits(short(answer, PARAGRAPH_CHARS_MAX), Why::MustBeTextUpTo { max: PARAGRAPH_CHARS_MAX })
        }
        Asks::Choice { word, multiple, categories } => check_choice(word, *multiple, categories, answer),
    }
}

/// What an input takes.
enum Input {
    Typed(ValueType),
    Date,
    Time,
    DateTime,
    File,
    ShortAnswer,
}

impl Input {
    fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "alphanumeric" => Self::Typed(ValueType::Alphanum100),
            "alphanumericspecial" => Self::Typed(ValueType::AlphanumSpecial200),
            "email" => Self::Typed(ValueType::Email),
            "number" => Self::Typed(ValueType::Number),
            "positivenumber" => Self::Typed(ValueType::PositiveNumber),
            "phonenumber" => Self::Typed(ValueType::PhoneNumber),
            "password" => Self::Typed(ValueType::Password),
            "url" => Self::Typed(ValueType::Url),
            "ip" => Self::Typed(ValueType::Ip),
            "boolean" => Self::Typed(ValueType::Boolean),
            "date" => Self::Date,
            "time" => Self::Time,
            "datetime" => Self::DateTime,
            "file" => Self::File,
            "shortanswer" | "string" => Self::ShortAnswer,
            _ => match ValueType::from(word) {
                ValueType::Other(_) => return None,
                known => Self::Typed(known),
            },
        })
    }

    fn check(&self, answer: &Value) -> Result<(), Why> {
        let parsed = |fits: fn(&str) -> bool| answer.as_str().is_some_and(|text| fits(text.trim()));
        match self {
            Self::Typed(value_type) => check_value(value_type, answer),
            Self::Date => fits(parsed(|text| text.parse::<Date>().is_ok()), Why::MustBeDate),
            Self::Time => fits(parsed(|text| text.parse::<Time>().is_ok()), Why::MustBeTime),
            Self::DateTime => {
                let fit = parsed(|text| {
                    text.parse::<DateTime>().is_ok() || text.parse::<jiff::Timestamp>().is_ok()
                });
                fits(fit, Why::MustBeDateAndTime)
            }
            Self::ShortAnswer => fits(
                short(answer, SHORT_ANSWER_CHARS_MAX),
                Why::MustBeTextUpTo { max: SHORT_ANSWER_CHARS_MAX },
            ),
            Self::File => {
                let files = answer.as_array().map_or(std::slice::from_ref(answer), Vec::as_slice);
                let file = |file: &Value| file.is_object() || short(file, 2000);
                fits(files.len() <= FILES_MAX && files.iter().all(file), Why::MustBeFiles { max: FILES_MAX })
            }
        }
    }
}

/// Questions whose answers are known without options.
enum Scale {
    YesNo,
    /// From the first to the last.
    Points(i64, i64),
}

impl Scale {
    fn of(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "boolean" => Some(Self::YesNo),
            "5-star-rating" => Some(Self::Points(1, 5)),
            "nps" => Some(Self::Points(0, 10)),
            _ => None,
        }
    }

    fn check(&self, answer: &Value) -> Result<(), Why> {
        match self {
            Self::YesNo => {
                let word = |text: &str| matches!(text.trim().to_ascii_lowercase().as_str(), "yes" | "no");
                let fit =
                    answer.as_str().is_some_and(word) || check_value(&ValueType::Boolean, answer).is_ok();
                fits(fit, Why::MustBeYesOrNo)
            }
            Self::Points(from, to) => {
                let points = answer.as_i64().or_else(|| answer.as_str()?.trim().parse().ok());
                let must_be = Why::MustBeWithin { min: *from, max: *to };
                fits(points.is_some_and(|points| (*from..=*to).contains(&points)), must_be)
            }
        }
    }
}

fn check_choice(word: &str, multiple: bool, categories: &[Category], answer: &Value) -> Result<(), Why> {
    let options: BTreeSet<&str> =
        categories.iter().flat_map(|category| &category.options).filter_map(option_text).collect();
    if let Some(scale) = Scale::of(word).filter(|_| options.is_empty()) {
        return scale.check(answer);
    }
    let chosen = answer.as_array().map_or(std::slice::from_ref(answer), Vec::as_slice);
    let several = multiple || word.eq_ignore_ascii_case("checkbox");
    if chosen.len() > 1 && !several {
        return Err(Why::MustBeOption);
    }
    let offered = |one: &Value| option_text(one).is_some_and(|text| options.contains(text));
    fits(chosen.iter().all(offered), if several { Why::MustBeAmongOptions } else { Why::MustBeOption })
}

fn short(value: &Value, chars_max: usize) -> bool {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    value.as_str().is_some_and(|text| text.chars().count() <= chars_max && !text.contains(steers))
}

fn fits(fit: bool, must_be: Why) -> Result<(), Why> {
    if fit { Ok(()) } else { Err(must_be) }
}
