//! What a new tenant starts with, so that the first channel needs nothing but the five steps.
//!
//! The ids of three domains are fixed, because desks know them by heart. Channel types other than WEB and voice
//! have no identifier attribute yet: giving them one is the administrator's fifth step.

use serde_json::{Map, Value, json};

use crate::form::{Asks, Category, Form, Question, Section};
use crate::id::{BotId, ChannelTypeId, FormId, Id, Mint, MrdId, QueueId, SchemaAttributeId};
use crate::schema::PHONE_NUMBER_KEY;
use crate::time::At;

use super::bot::{Bot, BotKind};
use super::rules::FIRST_NAME_KEY;
use super::settings::{SETTINGS_ID, Settings};
use super::{
    ChannelType, CustomerValueType, Media, Mrd, Object, Queue, ReasonCode, ReasonPurpose, SchemaAttribute,
    Stored, TenantSettings,
};

pub const DEFAULT_QUEUE: &str = "Default";
pub const CHAT_MRD: MrdId = MrdId(Id(*b"\x63\x05\xde\x07\x16\x6b\xa1\x09\x9d\x11\xd8\xe6"));
pub const CX_VOICE_MRD: MrdId = MrdId(Id(*b"\x62\xf9\xe3\x60\xea\x53\x11\xed\xa0\x5b\x02\x42"));
pub const CISCO_CC_MRD: MrdId = MrdId(Id(*b"\x20\x31\x68\x43\xbe\x92\x4c\x8a\xb4\xf5\x7a\x7a"));
/// Desks ask for their wrap-up form by this id.
pub const WRAP_UP_FORM: FormId = FormId(Id(*b"\x62\xd0\x7f\x4f\x09\x80\xa5\x0a\x91\x21\x0b\xef"));
const ANONYMOUS_NAME: &str = "John Doe";

/// In an order in which each may be put: nothing names what stands after it.
#[must_use]
pub fn objects(mint: &mut Mint, now: At) -> Vec<Object> {
    let email_mrd = mint.id(now);
    let mut objects = Vec::from(mrds(email_mrd).map(Object::Mrd));
    let types = SHIPPED_TYPES.map(|shipped| channel_type(shipped, email_mrd, mint.id(now)));
    let attributes = customer_schema(&types, || mint.id(now));
    objects.extend(types.map(Object::ChannelType));
    objects.push(Object::Queue(default_queue(mint.id(now))));
    objects.push(Object::Bot(built_in_bot(mint.id(now))));
    objects.extend(attributes.map(Object::SchemaAttribute));
    objects.push(Object::TenantSettings(settings().value));
    objects.extend(reason_codes(|| mint.id(now)).map(Object::ReasonCode));
    objects.push(Object::Form(wrap_up_form()));
    objects
}

/// As they are before anybody has changed them.
#[must_use]
pub fn settings() -> Stored<TenantSettings> {
    let value = TenantSettings { id: SETTINGS_ID, name: "Settings".into(), settings: Settings::default() };
    Stored { version: 0, changed_at: At::from_millis(0), value }
}

/// Why agents rest. None for logging out: desks would ask for one every time.
fn reason_codes(mut id: impl FnMut() -> Id) -> [ReasonCode; 3] {
    let mut code = 0;
    ["Break", "Meeting", "Training"].map(|name| {
        code += 1;
        ReasonCode {
            id: id(),
            name: name.into(),
            description: String::new(),
            purpose: ReasonPurpose::NotReady,
            code,
        }
    })
}

fn mrds(email: MrdId) -> [Mrd; 4] {
    let mrd = |id, name: &str, media, max_requests, interruptible| Mrd {
        id,
        name: name.into(),
        description: String::new(),
        media,
        max_requests,
        interruptible,
        auto_sync: true,
    };
    [
        mrd(CHAT_MRD, "CHAT", Media::Chat, 5, true),
        mrd(CX_VOICE_MRD, "CX VOICE", Media::CxVoice, 1, false),
        mrd(CISCO_CC_MRD, "CISCO CC", Media::CiscoCc, 1, false),
        mrd(email, "EMAIL", Media::Email, 5, true),
    ]
}

/// Name, domain and whether both sides are there at the same time.
type Shipped = (&'static str, Media, bool);

const SHIPPED_TYPES: [Shipped; 18] = [
    ("WEB", Media::Chat, true),
    ("WHATSAPP", Media::Chat, true),
    ("TELEGRAM", Media::Chat, true),
    ("FACEBOOK", Media::Chat, true),
    ("INSTAGRAM", Media::Chat, true),
    ("TWITTER", Media::Chat, true),
    ("VIBER", Media::Chat, true),
    ("SMS", Media::Chat, true),
    ("SMPP", Media::Chat, true),
    ("GENERIC", Media::Chat, true),
    ("LINKEDIN", Media::Chat, false),
    ("YOUTUBE", Media::Chat, false),
    ("PLAY_STORE", Media::Chat, false),
    ("APP_STORE", Media::Chat, false),
    ("EMAIL", Media::Email, false),
    ("CX_VOICE", Media::CxVoice, true),
    ("WEB_RTC", Media::CxVoice, true),
    ("CISCO_CC", Media::CiscoCc, true),
];

fn channel_type((name, media, interactive): Shipped, email: MrdId, id: ChannelTypeId) -> ChannelType {
    let mrd = match media {
        Media::Chat => CHAT_MRD,
        Media::CxVoice => CX_VOICE_MRD,
        Media::CiscoCc => CISCO_CC_MRD,
        Media::Email => email,
    };
    ChannelType { id, name: name.into(), logo: Some(format!("_{name}.svg")), interactive, mrd: Some(mrd) }
}

fn default_queue(id: QueueId) -> Queue {
    Queue {
        id,
        name: DEFAULT_QUEUE.into(),
        mrd: CHAT_MRD,
        service_level_type: 1,
        service_level_secs: 60,
        agent_sla_secs: None,
        agent_thresholds: None,
        wrap_up: None,
        ewt_min_secs: None,
        ewt_max_secs: None,
        priority: 1,
        steps: Vec::new(),
    }
}

fn built_in_bot(id: BotId) -> Bot {
    Bot { id, name: "Tieline".into(), kind: BotKind::BuiltIn, uri: String::new(), settings: Box::default() }
}

/// What a conversation was about, for agents to choose from.
fn wrap_up_form() -> Form {
    const CATEGORIES: [(&str, &[&str]); 4] = [
        ("Enquiry", &["Product", "Price", "Order status", "Opening hours"]),
        ("Problem", &["Technical fault", "Billing", "Delivery", "Account access"]),
        ("Complaint", &["Product", "Service", "Waiting time"]),
        ("Result", &["Solved", "Call back agreed", "Passed on", "Customer left", "Wrong contact"]),
    ];
    let category = |(name, options): (&str, &[&str])| Category {
        name: name.to_owned(),
        options: options.iter().map(|option| json!(option)).collect(),
    };
    let question = Question {
        key: "wrapUp".to_owned(),
        label: "Wrap-up".to_owned(),
        help: "What was the conversation about?".to_owned(),
        required: false,
        asks: Asks::Choice {
            word: "mcqs".to_owned(),
            multiple: true,
            categories: CATEGORIES.into_iter().map(category).collect(),
        },
        extra: Map::new(),
    };
    Form {
        id: WRAP_UP_FORM,
        title: "Wrap-up".to_owned(),
        description: "Chosen by agents when a conversation is over".to_owned(),
        sections: vec![Section { questions: vec![question], extra: Map::new() }],
    }
}

fn customer_schema(types: &[ChannelType], mut id: impl FnMut() -> SchemaAttributeId) -> [SchemaAttribute; 4] {
    let of = |names: &[&str]| -> Vec<ChannelTypeId> {
        types.iter().filter(|t| names.contains(&t.name.as_str())).map(|t| t.id).collect()
    };
    let mut order = 0;
    let mut attribute = |key: &str, label: &str, value_type, identifies| {
        order += 1;
        SchemaAttribute {
            id: id(),
            key: key.into(),
            label: label.into(),
            description: String::new(),
            value_type,
            length: None,
            required: false,
            default: Value::Null,
            pii: false,
            identifies,
            deletable: false,
            order,
            searchable: false,
        }
    };
    let first_name = attribute(FIRST_NAME_KEY, "First Name", CustomerValueType::Name, vec![]);
    let phone = attribute(PHONE_NUMBER_KEY, "Phone number", CustomerValueType::PhoneNumber, vec![]);
    let web = attribute("web", "Web", CustomerValueType::String, of(&["WEB"]));
    let voice_types = of(&["CX_VOICE", "CISCO_CC", "WEB_RTC"]);
    let voice = attribute("voice", "Voice", CustomerValueType::String, voice_types);
    [
        SchemaAttribute { required: true, default: json!(ANONYMOUS_NAME), searchable: true, ..first_name },
        SchemaAttribute { searchable: true, ..phone },
        SchemaAttribute { length: Some(255), ..web },
        SchemaAttribute { length: Some(100), ..voice },
    ]
}
