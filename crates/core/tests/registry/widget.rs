//! Web widgets and the forms they name.

use serde_json::{Map, Value, json};
use tieline_core::registry::widget::{Appearance, Shows, Texts, Widget};
use tieline_core::registry::{Kind, Object, Registry};

use super::world::{NOW, id, words};

pub fn widget(n: u8, identifier: &str) -> Widget {
    Widget {
        id: id(n),
        identifier: identifier.into(),
        theme: "#0b4f6c".into(),
        title: "Chat".into(),
        subtitle: String::new(),
        shows: Shows::default(),
        appearance: Appearance::default(),
        reconnect_secs: 200,
        language: Value::Null,
        form: None,
        callback_form: None,
        web_rtc: Map::new(),
        callback: Map::new(),
        webhook: Map::new(),
        service_identifier: None,
        legacy: true,
    }
}

#[test]
fn widgets() {
    let mut registry = Registry::default();
    registry.put(Object::Widget(widget(1, "Web")), NOW);
    let check = |edit: fn(&mut Widget), expected: &str| {
        let mut new = widget(2, "Shop_*-1");
        edit(&mut new);
        assert_eq!(words(registry.check_put(&Object::Widget(new), None)), expected);
    };
    check(|_| {}, "ok");
    check(|w| w.identifier = "Web".into(), "widgetIdentifier is already used by web widget \"Web\"");
    check(|w| w.identifier = "web".into(), "ok");
    check(|w| w.identifier = "x".repeat(51), "widgetIdentifier: must have 1 to 50 printable characters");
    check(|w| w.identifier = "a b".into(), "widgetIdentifier: must be letters, digits, *, - and _");
    check(|w| w.reconnect_secs = 86_401, "customerReconnectTime: must be 0 to 86400 seconds");
    check(|w| w.title = "x".repeat(501), "title: must have at most 500 characters");
    check(|w| w.form = Some(id(5)), "form: there is no form");
    let greeted = |language: &str, greeting: &str| {
        let texts = Texts { greeting: greeting.into(), ..Texts::default() };
        let texts = [(language.to_owned(), texts)].into_iter().collect();
        let appearance = Appearance { texts, ..Appearance::default() };
        let widget = Widget { appearance, ..widget(2, "Shop") };
        words(registry.check_put(&Object::Widget(widget), None))
    };
    assert_eq!(greeted("ar-EG", "مرحبًا"), "ok");
    assert_eq!(greeted("x", ""), "appearance.texts: must be by language, such as \"ar\"");
    assert_eq!(
        greeted("ar", &"x".repeat(501)),
        "appearance.texts.ar.greeting: must have at most 500 characters"
    );
    check(
        |w| drop(w.webhook.insert("webhookUrl".into(), json!("x".repeat(2001)))),
        "webhook.webhookUrl: is too long",
    );
    assert_eq!(registry.widget_called("Web").unwrap().value.id, id(1));
    assert!(registry.widget_called("WEB").is_none());
}

#[test]
fn desks_keep_their_wrap_up_form() {
    use tieline_core::registry::seed;
    let mut registry = Registry::default();
    for object in seed::objects(&mut super::world::mint(), NOW) {
        registry.put(object, NOW);
    }
    let form = registry.form(seed::WRAP_UP_FORM).expect("it is there from the start");
    assert_eq!(form.value.id.to_string(), "62d07f4f0980a50a91210bef");
    assert_eq!(
        words(registry.check_delete(Kind::Form, form.value.id.into(), None)),
        "desks ask for this form by its id; change it instead"
    );
}
