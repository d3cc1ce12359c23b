//! The shapes of what is sent and answered, written down once in a small notation.
//!
//! A member is `name: type`, with `!` after the name when it is required. Types are `text`, `int`, `number`, `bool`,
//! `any`, `map`, `time` (milliseconds since 1970), `#Name` for another shape, `[type]` for a list, and `?` after a
//! type that may be null.

mod access;
mod bot;
mod channel;
mod conversation;
mod customer;
mod delivery;
mod desk;
mod message;
mod report;
mod routing;
mod settings;
mod web;

use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr};

/// Name, meaning, members.
pub type Shape = (&'static str, &'static str, &'static [&'static str]);

/// What every noun answers with.
const COMMON: &[Shape] = &[
    ("Object", "Any JSON object.", &[]),
    (
        "Error",
        "What went wrong, and what to do.",
        &[
            "status!: text",
            "message!: text",
            "description!: text",
            "code!: text",
            "field: text",
            "conflict: #InTheWay",
            "why: #Coded",
            "error!: #DeskError",
        ],
    ),
    (
        "Coded",
        "The sentence beside it for programs: its code, and by name what is put into it. docs/reasons.md lists them.",
        &["code!: text", "values: map"],
    ),
    (
        "InTheWay",
        "The object that keeps a request from being carried out.",
        &["kind!: text", "id!: text", "name!: text"],
    ),
    (
        "ObjectVersion",
        "A registered object as it was from then on; without one it was deleted.",
        &["version!: int", "changedAt!: time", "object: #Object?"],
    ),
];

const NOUNS: &[&[Shape]] = &[
    COMMON,
    access::SHAPES,
    desk::SHAPES,
    message::SHAPES,
    delivery::SHAPES,
    channel::SHAPES,
    routing::SHAPES,
    settings::SHAPES,
    bot::SHAPES,
    customer::SHAPES,
    conversation::SHAPES,
    web::SHAPES,
    report::SHAPES,
];

/// Every shape, in its notation.
pub fn shapes() -> impl Iterator<Item = Shape> {
    NOUNS.iter().copied().flatten().copied()
}

pub fn all() -> impl Iterator<Item = (&'static str, RefOr<Schema>)> {
    shapes().map(|(name, meaning, members)| (name, RefOr::T(object(meaning, members))))
}

fn object(meaning: &str, members: &[&str]) -> Schema {
    let mut object = ObjectBuilder::new().description(Some(meaning));
    if members.is_empty() {
        object = object.additional_properties(Some(AdditionalProperties::FreeForm(true)));
    }
    for member in members {
        let (name, notation) = member.split_once(": ").unwrap_or((member, "any"));
        let required = name.strip_suffix('!');
        object = object.property(required.unwrap_or(name), shape(notation));
        if let Some(name) = required {
            object = object.required(name);
        }
    }
    object.build().into()
}

fn shape(notation: &str) -> RefOr<Schema> {
    if let Some(inner) = notation.strip_suffix('?') {
        return nullable(inner);
    }
    if let Some(inner) = notation.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return RefOr::T(Schema::Array(ArrayBuilder::new().items(shape(inner)).build()));
    }
    match notation.strip_prefix('#') {
        Some(name) => RefOr::Ref(Ref::from_schema_name(name)),
        None => RefOr::T(scalar(notation, false).into()),
    }
}

fn nullable(inner: &str) -> RefOr<Schema> {
    match inner.strip_prefix('#') {
        Some(name) => {
            let null = ObjectBuilder::new().schema_type(Type::Null);
            let either = OneOfBuilder::new().item(Ref::from_schema_name(name)).item(null);
            RefOr::T(Schema::OneOf(either.build()))
        }
        None => RefOr::T(scalar(inner, true).into()),
    }
}

fn scalar(word: &str, or_null: bool) -> utoipa::openapi::schema::Object {
    let object = ObjectBuilder::new();
    let kind = match word {
        "text" => Type::String,
        "int" | "time" => Type::Integer,
        "number" => Type::Number,
        "bool" => Type::Boolean,
        "map" => Type::Object,
        _ => return object.schema_type(SchemaType::AnyValue).build(),
    };
    let object = match or_null {
        true => object.schema_type(SchemaType::Array(vec![kind.clone(), Type::Null])),
        false => object.schema_type(SchemaType::Type(kind.clone())),
    };
    match word {
        "time" => object.description(Some("Milliseconds since 1970.")).build(),
        "map" => object.additional_properties(Some(AdditionalProperties::FreeForm(true))).build(),
        _ => object.build(),
    }
}
