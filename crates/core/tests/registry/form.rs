//! Forms: what may be asked, and which answers fit.

use serde_json::{Map, Value, json};
use tieline_core::form::{
    Asks, Category, Form, Question, Section, check_answer, check_answers, check_prechat,
};
use tieline_core::registry::{Object, Registry};

use super::world::{NOW, id, words};

fn input(word: &str) -> Asks {
    Asks::Input { word: word.into() }
}

fn choice(word: &str, multiple: bool, options: &[&str]) -> Asks {
    let category = |options: &[&str]| Category {
        name: "All".into(),
        options: options.iter().map(|option| json!(option)).collect(),
    };
    let categories = if options.is_empty() { vec![] } else { vec![category(options)] };
    Asks::Choice { word: word.into(), multiple, categories }
}

fn question(key: &str, required: bool, asks: Asks) -> Question {
    Question { key: key.into(), label: key.into(), help: String::new(), required, asks, extra: Map::new() }
}

fn prechat() -> Form {
    let questions = vec![
        question("first_name", true, input("shortAnswer")),
        question("phone", true, input("phoneNumber")),
        question("topic", false, choice("dropdown", false, &["Sales", "Help"])),
    ];
    Form {
        id: id(7),
        title: "Before we start".into(),
        description: String::new(),
        sections: vec![Section { questions, extra: Map::new() }],
    }
}

#[test]
fn answers_by_what_is_asked() {
    let fits =
        |asks: &Asks, answer: Value| assert_eq!(check_answer(asks, &answer), Ok(()), "{asks:?} {answer}");
    let not = |asks: &Asks, answer: Value| assert!(check_answer(asks, &answer).is_err(), "{asks:?} {answer}");
    for (word, good, bad) in [
        ("alphaNumeric", json!("abc 123"), json!("abc!")),
        ("alphaNumericSpecial", json!("abc! 123"), json!("x".repeat(201))),
        ("email", json!("jonas@example.org"), json!("jonas@")),
        ("number", json!("-12.5"), json!("twelve")),
        ("positiveNumber", json!("12"), json!("0")),
        ("phoneNumber", json!("+4915170011223"), json!("+49 x")),
        ("password", json!("correct horse"), json!("short")),
        ("url", json!("https://example.org/a"), json!("javascript:alert(1)")),
        ("IP", json!("2001:db8::1"), json!("300.1.1.1")),
        ("date", json!("2024-02-29"), json!("2023-02-29")),
        ("time", json!("09:30"), json!("25:00")),
        ("dateTime", json!("2024-09-24T09:30"), json!("tomorrow")),
        ("dateTime", json!("2024-09-24T09:30:00Z"), json!(7)),
        ("shortAnswer", json!("Ünï ✓"), json!("x".repeat(501))),
        ("file", json!(["a.png", "b.png"]), json!(vec!["a"; 11])),
        ("String100", json!("Jonas"), json!("x".repeat(101))),
    ] {
        fits(&input(word), good);
        not(&input(word), bad);
    }
    for (asks, good, bad) in [
        (choice("boolean", false, &[]), json!("Yes"), json!("maybe")),
        (choice("boolean", false, &[]), json!(false), json!(7)),
        (choice("5-star-rating", false, &[]), json!("5"), json!(6)),
        (choice("nps", false, &[]), json!(0), json!(11)),
        (choice("dropdown", false, &["Sales", "Help"]), json!("Help"), json!("help")),
        (choice("mcqs", false, &["Sales", "Help"]), json!(["Help"]), json!(["Help", "Sales"])),
        (choice("checkbox", false, &["Sales", "Help"]), json!(["Help", "Sales"]), json!(["Help", "?"])),
        (choice("mcqs", true, &["Sales", "Help"]), json!(["Help", "Sales"]), json!(1)),
        (Asks::Paragraph { word: "paragraph".into() }, json!("a\nb"), json!("\u{1b}[2J")),
    ] {
        fits(&asks, good);
        not(&asks, bad);
    }
}

#[test]
fn a_filled_in_form() {
    let check = |answers: Value, expected: &str| {
        let answers = answers.as_object().unwrap().clone();
        let pairs = answers.iter().map(|(key, value)| (key.as_str(), value));
        assert_eq!(words(check_answers(&prechat(), pairs)), expected);
    };
    check(json!({"first_name": "Jonas", "phone": "+4915170011223"}), "ok");
    check(json!({"first_name": "Jonas", "phone": "+4915170011223", "utm": "spring"}), "ok");
    check(json!({"first_name": "Jonas"}), "formData.attributes[phone]: is required");
    check(json!({"first_name": " ", "phone": "1"}), "formData.attributes[first_name]: is required");
    check(
        json!({"first_name": "J", "phone": "+4915170011223", "topic": "Rent"}),
        "formData.attributes[topic]: must be one of the options",
    );
}

#[test]
fn the_form_before_a_chat_is_judged_when_it_is_a_registered_one() {
    let mut registry = Registry::default();
    registry.put(Object::Form(prechat()), NOW);
    let sent = |form: Value, answers: Value| {
        let value = json!({"formData": {"id": 0.3, "formId": form, "attributes": answers}});
        words(check_prechat(
            &registry,
            &[json!({"key": "WebChannelData", "type": "WebChannelData", "value": value})],
        ))
    };
    let id = prechat().id.to_string();
    let phone = json!({"key": "phone", "type": "string", "value": "+4915170011223"});
    let name = json!({"key": "first_name", "type": "string", "value": "Jonas"});
    assert_eq!(sent(json!(id), json!([name, phone])), "ok");
    assert_eq!(sent(json!(id), json!([name])), "formData.attributes[phone]: is required");
    assert_eq!(sent(json!(0.672), json!([name])), "ok");
    assert_eq!(sent(json!("ffffffffffffffffffffffff"), json!([])), "ok");
    assert_eq!(words(check_prechat(&registry, &[json!(7), json!({"value": {"formData": null}})])), "ok");
}

#[test]
fn what_may_be_asked() {
    let check = |edit: fn(&mut Form), expected: &str| {
        let mut form = prechat();
        edit(&mut form);
        assert_eq!(words(Registry::default().check_put(&Object::Form(form), None)), expected);
    };
    check(|_| {}, "ok");
    check(|f| f.title = String::new(), "formTitle: must have 1 to 500 printable characters");
    check(|f| f.description = "x".repeat(1001), "formDescription: must have at most 1000 characters");
    check(
        |f| f.sections[0].questions[1].key = String::new(),
        "sections[0].attributes[1].key: must not be blank",
    );
    check(
        |f| f.sections[0].questions[1].key = "first_name".into(),
        "sections[0].attributes[1].key: is used twice in the form",
    );
    check(
        |f| f.sections[0].questions[0].asks = input("wish"),
        "sections[0].attributes[0].valueType: is not a known type",
    );
    check(
        |f| f.sections[0].questions[2].asks = choice("dropdown", false, &[]),
        "sections[0].attributes[2].categoryOptions.categories: needs a category with values",
    );
    check(|f| f.sections[0].questions[2].asks = choice("nps", false, &[]), "ok");
    check(
        |f| f.sections[0].questions[2].asks = choice("dropdown", false, &[""]),
        "sections[0].attributes[2].categoryOptions.categories[0].values[0]: must be a text of 1 to 500 characters",
    );
}
