//! Query strings, with errors in our shape, and the bounds of pages.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use tieline_core::time::At;

use crate::problem::ApiError;

/// Rows of a page at most.
pub const PAGE_ROWS_MAX: usize = 1000;
/// Rows of a page when nothing is asked for.
pub const PAGE_ROWS_DEFAULT: usize = 100;

/// The parameters of a query string. Empty ones count as missing.
pub struct Query<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let given: Vec<&str> = parts
            .uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| pair.split_once('=').is_some_and(|(_, value)| !value.is_empty()))
            .collect();
        let uri = format!("/?{}", given.join("&"));
        let uri = uri.parse().map_err(|_| unreadable("it is not a query string"))?;
        let read = axum::extract::Query::<T>::try_from_uri(&uri);
        read.map(|query| Self(query.0)).map_err(|error| unreadable(&error.body_text()))
    }
}

fn unreadable(reason: &str) -> ApiError {
    ApiError::malformed(
        format!("the query cannot be understood: {reason}"),
        "Correct the parameter; /docs lists what it may hold.",
    )
}

/// How many rows a page has: as asked for, within bounds.
pub fn rows(limit: Option<usize>) -> Result<usize, ApiError> {
    match limit {
        None => Ok(PAGE_ROWS_DEFAULT),
        Some(limit @ 1..=PAGE_ROWS_MAX) => Ok(limit),
        Some(limit) => Err(ApiError::bad_request(
            "limit",
            format!("limit is {limit}"),
            format!("Ask for 1 to {PAGE_ROWS_MAX} rows and read on with the next page."),
        )),
    }
}

/// A time as people and programs write it.
///
/// # Errors
/// 400, when it is none.
pub fn moment(field: &'static str, text: Option<&str>) -> Result<Option<At>, ApiError> {
    let hint = "Send milliseconds since 1970, or a time such as 2026-01-31T09:00:00Z.";
    let wrong = |text| ApiError::bad_request(field, format!("{text:?} is no time"), hint);
    text.map(|text| {
        let read = tieline_cim::Timestamp::read(text).ok_or_else(|| wrong(text))?;
        Ok(At::from_millis(read.ms()))
    })
    .transpose()
}
