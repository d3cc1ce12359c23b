//! Versions of objects as HTTP preconditions: `ETag` out, `If-Match` in.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

use crate::problem::ApiError;

/// `"7"`
pub fn etag(version: u64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).expect("digits and quotes fit a header")
}

/// The version a change was made to; none when the caller does not care, or says `*`.
pub struct IfMatch(pub Option<u64>);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let Some(sent) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = sent.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        read(text).map(|version| Self(Some(version))).ok_or_else(|| {
            let hint = "Send the ETag of the version you changed, such as \"7\".";
            ApiError::bad_request("If-Match", format!("If-Match is {text:?}, which is no ETag of ours"), hint)
        })
    }
}

/// Whether `If-None-Match` names this version.
pub fn is_known(headers: &HeaderMap, version: u64) -> bool {
    let sent = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(',').map(str::trim).any(|tag| tag == "*" || read(tag) == Some(version))
}

/// Weak and unquoted tags are taken too: proxies make the first, people the second.
fn read(tag: &str) -> Option<u64> {
    tag.trim_start_matches("W/").trim_matches('"').parse().ok()
}
