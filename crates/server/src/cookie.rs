//! The cookie of somebody who signed in in a browser: his short-lived token, out of reach of scripts.
//!
//! Promises: the cookie stands in for a bearer token where a request brings none, and only for pages of the hub
//! itself. `SameSite=Strict` keeps other sites from having it sent; a page of a neighbour, `evil.example.com`
//! beside `hub.example.com`, is of the same site, and is told by what the browser says of where it asks from.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use secrecy::ExposeSecret;

use crate::app::App;
use crate::token::{self, Issued};

const NAME: &str = "tieline_session";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Has a browser keep the token until it expires.
#[must_use]
pub fn keep(app: &App, issued: &Issued) -> HeaderValue {
    let seconds = issued.expires_at_seconds.saturating_sub(app.now_seconds());
    written(app, issued.token.expose_secret(), seconds)
}

/// Has a browser forget the token.
#[must_use]
pub fn forget(app: &App) -> HeaderValue {
    written(app, "", 0)
}

fn is_secure(app: &App) -> bool {
    app.config.listen.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
}

/// What a browser carries from here to elsewhere and back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// A sign-in at a provider of OpenID Connect.
    OpenId,
}

impl Carried {
    /// Under TLS a name that no neighbour of the hub can set a cookie by.
    fn name(self, app: &App) -> &'static str {
        match self {
            Self::OpenId if is_secure(app) => "__Host-tieline_openid",
            Self::OpenId => "tieline_openid",
        }
    }
}

/// Has a browser carry a slip while it is good. It comes back with a link from elsewhere, which a strict cookie would not.
#[must_use]
pub fn carry(app: &App, what: Carried, slip: &str) -> HeaderValue {
    lax(app, what, slip, token::SLIP_SECONDS)
}

#[must_use]
pub fn drop_carried(app: &App, what: Carried) -> HeaderValue {
    lax(app, what, "", 0)
}

/// The slip a browser brings back.
pub fn carried<'h>(app: &App, what: Carried, headers: &'h HeaderMap) -> Option<&'h str> {
    named(headers, what.name(app))
}

fn lax(app: &App, what: Carried, slip: &str, seconds: i64) -> HeaderValue {
    let (name, secure) = (what.name(app), if is_secure(app) { "; Secure" } else { "" });
    let text = format!("{name}={slip}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let mut cookie = HeaderValue::try_from(text).expect("slips are base64 and dots");
    cookie.set_sensitive(true);
    cookie
}

fn written(app: &App, token: &str, seconds: i64) -> HeaderValue {
    let secure = if is_secure(app) { "; Secure" } else { "" };
    let text = format!("{NAME}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    let mut cookie = HeaderValue::try_from(text).expect("tokens are base64 and dots");
    cookie.set_sensitive(true);
    cookie
}

/// The token among a request's cookies, if the request comes from a page of the hub.
pub fn token(headers: &HeaderMap) -> Option<&str> {
    named(headers, NAME).filter(|_| is_from_here(headers))
}

fn named<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Browsers say where a request comes from; whatever says nothing is no browser and holds its cookie itself.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(FETCH_SITE) {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(header::ORIGIN) else { return true };
    let host = origin.parse::<Uri>().ok().and_then(|origin| origin.authority().map(ToString::to_string));
    host.is_some() && host.as_deref() == text(header::HOST)
}

/// Middleware: a request with the cookie and no credentials of its own speaks with the cookie's token.
pub async fn to_bearer(mut request: Request, next: Next) -> Response {
    if !request.headers().contains_key(header::AUTHORIZATION)
        && let Some(token) = token(request.headers())
        && let Ok(mut bearer) = HeaderValue::try_from(format!("Bearer {token}"))
    {
        bearer.set_sensitive(true);
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_taken_from_pages_of_the_hub_alone() {
        let cookie = ("cookie", "a=b; tieline_session=abc; c=d");
        for (sent, expected) in [
            (vec![("cookie", "tieline_session=abc")], Some("abc")),
            (vec![cookie], Some("abc")),
            (vec![("cookie", "xtieline_session=abc")], None),
            (vec![("cookie", "tieline_sessionx=abc")], None),
            (vec![cookie, ("sec-fetch-site", "same-origin")], Some("abc")),
            (vec![cookie, ("sec-fetch-site", "none")], Some("abc")),
            (vec![cookie, ("sec-fetch-site", "same-site")], None),
            (vec![cookie, ("sec-fetch-site", "cross-site")], None),
            (vec![cookie, ("host", "hub:8080"), ("origin", "http://hub:8080")], Some("abc")),
            (vec![cookie, ("host", "hub:8080"), ("origin", "http://hub:8081")], None),
            (vec![cookie, ("host", "hub:8080"), ("origin", "null")], None),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in &sent {
                headers.append(*name, HeaderValue::from_static(value));
            }
            assert_eq!(token(&headers), expected, "{sent:?}");
        }
    }
}
