//! What was measured, as JSON for machines and a table for people.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::machine::Machine;

const TABLE_BEGINS: &str = "<!-- results -->";
const TABLE_ENDS: &str = "<!-- end of results -->";

#[derive(Serialize)]
pub struct Results {
    machine: Machine,
    quick: bool,
    measurements: Vec<Measurement>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Measurement {
    scenario: &'static str,
    what: String,
    value: f64,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_at_least: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_below: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<Limit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// The same work without Tieline.
#[derive(Clone, Debug, Serialize)]
struct Limit {
    what: &'static str,
    value: f64,
    /// Measured to limit.
    ratio: f64,
}

impl Measurement {
    pub fn new(scenario: &'static str, what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        let what = what.into();
        Self {
            scenario,
            what,
            value,
            unit,
            target_at_least: None,
            target_below: None,
            limit: None,
            note: None,
        }
    }

    #[must_use]
    pub fn at_least(self, target: f64) -> Self {
        Self { target_at_least: Some(target), ..self }
    }

    #[must_use]
    pub fn below(self, target: f64) -> Self {
        Self { target_below: Some(target), ..self }
    }

    /// `value` in the same unit.
    #[must_use]
    pub fn limit(self, what: &'static str, value: f64) -> Self {
        let ratio = self.value / value.max(f64::MIN_POSITIVE);
        Self { limit: Some(Limit { what, value, ratio }), ..self }
    }

    #[must_use]
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }

    fn verdict(&self) -> String {
        let met = |met| if met { "reached" } else { "**missed**" };
        match (self.target_at_least, self.target_below) {
            (Some(target), _) => format!("≥ {}, {}", number(target), met(self.value >= target)),
            (None, Some(target)) => format!("< {}, {}", number(target), met(self.value < target)),
            (None, None) => "–".to_owned(),
        }
    }
}

impl Results {
    pub fn new(machine: Machine, quick: bool) -> Self {
        Self { machine, quick, measurements: Vec::new() }
    }

    pub fn add(&mut self, measurement: Measurement) {
        println!("{}", row(&measurement));
        self.measurements.push(measurement);
    }

    pub fn json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    pub fn table(&self) -> String {
        let mut table = format!("{}\n\n", self.machine);
        if self.quick {
            table.push_str("A quick run: the figures mean little.\n\n");
        }
        table.push_str(
            "| scenario | what | measured | target | limit | ratio |\n|---|---|---:|---|---|---:|\n",
        );
        for measurement in &self.measurements {
            table.push_str(&row(measurement));
            table.push('\n');
        }
        let notes = self.measurements.iter().filter_map(|one| Some((&one.what, one.note.as_ref()?)));
        for (what, note) in notes {
            // Writing to a string cannot fail.
            let _ = write!(table, "\n- {what}: {note}");
        }
        table
    }

    /// Replaces the table in a text.
    pub fn put_into(&self, path: &Path) -> Result<()> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let missing = || format!("{} has no {TABLE_BEGINS} and {TABLE_ENDS}", path.display());
        let (before, rest) = text.split_once(TABLE_BEGINS).with_context(missing)?;
        let (_, after) = rest.split_once(TABLE_ENDS).with_context(missing)?;
        let table = self.table();
        let text = format!("{before}{TABLE_BEGINS}\n\n{}\n\n{TABLE_ENDS}{after}", table.trim_end());
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}

fn row(measurement: &Measurement) -> String {
    let Measurement { scenario, what, value, unit, limit, .. } = measurement;
    let (limit, ratio) = match limit {
        Some(Limit { what, value, ratio }) => {
            (format!("{} {unit}: {what}", number(*value)), format!("{ratio:.2}"))
        }
        None => ("–".to_owned(), "–".to_owned()),
    };
    let (value, verdict) = (number(*value), measurement.verdict());
    format!("| {scenario} | {what} | {value} {unit} | {verdict} | {limit} | {ratio} |")
}

/// Three digits that matter, thousands set apart.
fn number(value: f64) -> String {
    if value < 10.0 {
        return format!("{value:.2}");
    }
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut number = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            number.push(',');
        }
        number.push(digit);
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [(0.5, "0.50"), (12.34, "12.3"), (999.6, "1,000"), (1_234_567.0, "1,234,567")] {
            assert_eq!(number(value), text);
        }
    }
}
