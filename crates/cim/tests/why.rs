//! What the hub says, against the list people and the tests of the screens' translations read.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use serde_json::json;
use tieline_cim::{Coded, Why};

const CUSTOMERS: &str = "## What customers can meet\n";
const STAFF: &str = "## What only agents, supervisors, administrators and connectors meet\n";

#[test]
fn the_list_of_reasons_is_what_can_be_said() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reasons.md");
    let kept = std::fs::read_to_string(&path).unwrap();
    let (before, _) = kept.split_once(CUSTOMERS).unwrap();
    let document = [before, &table(CUSTOMERS, Why::CUSTOMERS), "\n", &table(STAFF, Why::STAFF)].concat();
    if std::env::var_os("UPDATE_REASONS").is_some() {
        std::fs::write(&path, &document).unwrap();
    } else {
        assert!(kept == document, "docs/reasons.md is not what is said; run this test with UPDATE_REASONS=1");
    }
}

fn table(heading: &str, sentences: &[(&str, &str)]) -> String {
    let mut table = format!("{heading}\n| code | sentence |\n|---|---|\n");
    for (code, sentence) in sentences {
        writeln!(table, "| `{code}` | {sentence} |").unwrap();
    }
    table
}

#[test]
fn a_code_is_one_sentence() {
    let mut codes = BTreeSet::new();
    let mut sentences = BTreeSet::new();
    for (code, sentence) in [Why::CUSTOMERS, Why::STAFF].concat() {
        assert!(code.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'), "{code}");
        assert!(codes.insert(code), "{code}");
        assert!(sentences.insert(sentence), "{sentence}");
    }
}

#[test]
fn a_sentence_and_its_code_carry_the_same() {
    let why = Why::WorkFullOf { active: 3, max: 3 };
    assert_eq!(why.to_string(), "you have as much work as you may have: 3 of 3");
    assert_eq!(json!(Coded::from(&why)), json!({"code": "work_full_of", "values": {"active": 3, "max": 3}}));
    assert_eq!(json!(Coded::from(&Why::CustomerLeft)), json!({"code": "customer_left"}));
}
