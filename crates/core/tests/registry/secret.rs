//! Secrets go in and never come out.

use serde_json::{Value, json};
use tieline_cim::channel::ValueType;
use tieline_core::registry::Connector;

use super::world::{connector, field, provider, value};

#[test]
fn what_counts_as_secret() {
    for key in ["BOT-TOKEN", "Client-Secret", "imap_password", "API-KEY", "key", "apikey", "FACEBOOK-API-KEY"]
    {
        assert!(field(key, ValueType::String100).secret(), "{key}");
    }
    for key in ["HOST-URL", "KEYBOARD", "MONKEY-NAME", "USERNAME"] {
        assert!(!field(key, ValueType::String100).secret(), "{key}");
        assert!(field(key, ValueType::Password).secret(), "{key}");
    }
}

/// What is stored under `API-KEY` after an update that sends `sent`, when "s3cret" was.
fn kept(sent: Option<Value>, change: impl FnOnce(&mut Connector, &mut Connector)) -> Option<Value> {
    let mut old = connector(1, "Acme one", 1);
    let mut new = old.clone();
    new.values.retain(|value| value.key != "API-KEY");
    new.values.extend(sent.map(|sent| value("API-KEY", sent)));
    change(&mut new, &mut old);
    new.inherit_secrets(&old, &provider(1, "Acme", &[1]).schema);
    new.values.iter().find(|value| value.key == "API-KEY").map(|value| value.value.clone())
}

#[test]
fn what_is_left_out_or_masked_stays() {
    let secret = Some(json!("s3cret"));
    for masked in [None, Some(json!(null)), Some(json!("********")), Some(json!(["********"]))] {
        assert_eq!(kept(masked, |_, _| {}), secret);
    }
    assert_eq!(kept(Some(json!("new")), |_, _| {}), Some(json!("new")));
    assert_eq!(kept(Some(json!("")), |_, _| {}), Some(json!("")));
    assert_eq!(kept(Some(json!([])), |_, _| {}), Some(json!([])));
}

#[test]
fn a_mask_with_nothing_behind_it_is_dropped() {
    assert_eq!(kept(Some(json!("********")), |_, old| old.values.clear()), None);
    assert_eq!(kept(None, |_, old| old.values.clear()), None);
}

#[test]
fn a_secret_does_not_follow_to_another_provider() {
    let moved = |new: &mut Connector, _: &mut Connector| new.provider = super::world::id(2);
    assert_eq!(kept(None, moved), None);
    assert_eq!(kept(Some(json!("********")), moved), None);
}

#[test]
fn other_values_are_not_inherited() {
    let old = connector(1, "Acme one", 1);
    let mut new = Connector { values: vec![], ..old.clone() };
    new.inherit_secrets(&old, &provider(1, "Acme", &[1]).schema);
    assert_eq!(new.values.iter().map(|value| value.key.as_str()).collect::<Vec<_>>(), ["API-KEY"]);
}
