//! Calls of installed clients for which this hub has no feature, refused in words.
//!
//! Promises: the answer has the shape in which its client reads errors, says what there is instead, and is the same
//! whoever asks. Nothing can be done with these calls, so they are no part of the API's description;
//! `docs/compatibility.md` lists them.

use axum::Json as Answer;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};

use crate::app::SharedApp;
use crate::problem::ApiError;

const CODE: &str = "not_offered";

/// What this hub does not have, and what to do without it.
#[derive(Clone, Copy)]
struct Feature {
    missing: &'static str,
    instead: &'static str,
}

const SOCIAL_POSTS: Feature = Feature {
    missing: "this hub does not read posts of social networks",
    instead: "Open the post at its network; comments on it come as messages of the channel.",
};
const SECURE_LINKS: Feature = Feature {
    missing: "this hub makes no secure links",
    instead: "Send the customer the address of a page with a chat widget.",
};
const CODES_BY_PHONE: Feature = Feature {
    missing: "this hub sends no codes to telephones",
    instead: "A second factor is an authenticator; set it up at /app/account.",
};
const REFRESH_TOKENS: Feature = Feature {
    missing: "this hub gives out no refresh tokens",
    instead: "Sign in again when the session is over; a browser's is renewed at /auth/session.",
};
const TRANSCRIPTS: Feature = Feature {
    missing: "this hub writes no transcripts for widgets",
    instead: "Save what the widget shows; Tieline's own widget does.",
};

pub fn routes() -> Router<SharedApp> {
    let posts = || get(async || SOCIAL_POSTS.refused());
    let codes = || post(async || CODES_BY_PHONE.refused());
    Router::new()
        .route("/ccm/social-media-post", posts())
        .route("/social-media-post", posts())
        .route("/secure-link/generateLink", post(async || SECURE_LINKS.refused()))
        .route("/secure-link/verifySecureLink", post(unverified))
        .route("/agent-manager/agent/send-sms-otp", codes())
        .route("/agent-manager/agent/register-phone", codes())
        .route("/agent-manager/agent/validate-otp", codes())
        .route("/agent-manager/agent/refresh-token", post(async || REFRESH_TOKENS.refused()))
        .route("/web-widget/chat-transcript", any(async || TRANSCRIPTS.refused()))
}

impl Feature {
    fn refused(self) -> ApiError {
        ApiError::new(StatusCode::NOT_FOUND, CODE, self.missing, self.instead)
    }
}

/// Pages take an answer for a refusal when it has a `reasonCode` beside its message, and read it under 400 only.
async fn unverified() -> Response {
    let refused = ApiError::new(StatusCode::BAD_REQUEST, CODE, SECURE_LINKS.missing, SECURE_LINKS.instead);
    let mut body = refused.body();
    body["reasonCode"] = CODE.into();
    (StatusCode::BAD_REQUEST, Answer(body)).into_response()
}
