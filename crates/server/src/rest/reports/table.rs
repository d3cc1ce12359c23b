//! Rows for programs and for spreadsheets.

use axum::body::Body;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use axum::{BoxError, Json};
use futures::Stream;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tieline_core::time::At;

use crate::problem::ApiError;

const FILE: [(HeaderName, &str); 2] = [
    (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
    (header::CONTENT_DISPOSITION, "attachment; filename=\"report.csv\""),
];

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    #[default]
    Json,
    Csv,
}

/// Rows with the same members each, in the order of its columns. What a row has beyond them is for programs only.
#[derive(Debug, Default)]
pub struct Table {
    columns: Vec<&'static str>,
    rows: Vec<Map<String, Value>>,
}

impl Table {
    pub fn new(columns: impl IntoIterator<Item = &'static str>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row, a JSON object.
    pub fn push(&mut self, row: Value) {
        if let Value::Object(row) = row {
            self.rows.push(row);
        }
    }

    /// As an answer: an object with the rows and what stands beside them, or a file.
    ///
    /// # Errors
    /// 500, when the table cannot be written.
    pub fn answer(self, format: Format, mut beside: Map<String, Value>) -> Result<Response, ApiError> {
        match format {
            Format::Json => {
                beside.insert("rows".to_owned(), json!(self.rows));
                Ok(Json(beside).into_response())
            }
            Format::Csv => {
                let written = self.csv().map_err(ApiError::internal)?;
                Ok((FILE, written).into_response())
            }
        }
    }

    /// A whole file: the names of the columns, then the rows.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = writer();
        writer.write_record(&self.columns)?;
        self.write(writer)
    }

    /// The rows alone, for a file that has begun.
    pub fn lines(&self) -> Result<Vec<u8>, csv::Error> {
        self.write(writer())
    }

    fn write(&self, mut writer: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, csv::Error> {
        for row in &self.rows {
            writer.write_record(self.columns.iter().map(|column| cell(column, row.get(*column))))?;
        }
        writer.into_inner().map_err(|error| error.into_error().into())
    }
}

fn writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new())
}

/// A file that is written while it is read.
pub fn file(pages: impl Stream<Item = Result<Vec<u8>, BoxError>> + Send + 'static) -> Response {
    (FILE, Body::from_stream(pages)).into_response()
}

/// A value as a spreadsheet takes it: times in words, and no text that would be calculated.
fn cell(column: &str, value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) if is_time(column) => {
            number.as_i64().map_or_else(String::new, |millis| in_words(At::from_millis(millis)))
        }
        Some(other) => other.to_string(),
    }
}

fn is_time(column: &str) -> bool {
    column == "at" || column == "begins" || column.ends_with("At") || column.ends_with("Since")
}

fn in_words(at: At) -> String {
    jiff::Timestamp::from_millisecond(at.millis()).map_or_else(|_| String::new(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_safe_to_open() {
        let mut table = Table::new(["at", "name", "answered"]);
        table.push(
            json!({"at": 1_727_168_400_000_i64, "name": "Billing, \"north\"", "answered": 3, "more": []}),
        );
        table.push(json!({"at": null, "name": "=cmd()", "answered": 2.5}));
        let text = String::from_utf8(table.csv().unwrap()).unwrap();
        assert_eq!(
            text,
            "at,name,answered\r\n2024-09-24T09:00:00Z,\"Billing, \"\"north\"\"\",3\r\n,'=cmd(),2.5\r\n"
        );
    }
}
