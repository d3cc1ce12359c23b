//! Callers who may be known and need not be: pages with a chat widget carry no credentials.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use crate::app::SharedApp;
use crate::auth::{Person, Visitor};
use crate::problem::{ApiError, ClientAddress};
use crate::signature::SIGNATURE_HEADER;

/// Somebody known, or a page. Wrong credentials are refused like everywhere: they do not make a page.
pub enum Anybody<T> {
    Known(T),
    Page {
        address: IpAddr,
        /// What the caller is told when this is not for pages.
        refused: ApiError,
    },
}

impl FromRequestParts<SharedApp> for Anybody<Visitor> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, ApiError> {
        let known = Visitor::from_request_parts(parts, app).await;
        of(parts, app, known).await
    }
}

impl FromRequestParts<SharedApp> for Anybody<Person> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, ApiError> {
        let known = Person::from_request_parts(parts, app).await;
        of(parts, app, known).await
    }
}

async fn of<T>(
    parts: &mut Parts,
    app: &SharedApp,
    known: Result<T, ApiError>,
) -> Result<Anybody<T>, ApiError> {
    let refused = match known {
        Ok(known) => return Ok(Anybody::Known(known)),
        Err(refused) => refused,
    };
    if parts.headers.contains_key(header::AUTHORIZATION) || parts.headers.contains_key(SIGNATURE_HEADER) {
        return Err(refused);
    }
    let ClientAddress(address) = ClientAddress::from_request_parts(parts, app).await?;
    app.web.count(address)?;
    Ok(Anybody::Page { address, refused })
}
