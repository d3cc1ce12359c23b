//! Signing in, and staying signed in.

use axum::routing::{delete, get, post, put};

use super::under;
use crate::desk::login;
use crate::rest::route::Access::Public;
use crate::rest::route::Content::{Json, Nothing};
use crate::rest::route::Route;
use crate::rest::route::Verb::{Delete, Get, Post, Put};
use crate::rest::{openid, second_factor, signin};

pub(super) fn routes() -> Vec<Route> {
    under("Sign-in", [vec![
            Route::new(Post, "/auth/login", post(signin::sign_in), "Sign in")
                .by(Public)
                .limited()
                .takes(Json("SignIn"))
                .gives(Json("Session")),
            Route::new(
                Post,
                "/auth/renew",
                post(signin::renew),
                "Get a new token before the present one expires",
            )
            .gives(Json("Session")),
            Route::new(
                Post,
                "/auth/session",
                post(signin::open_session),
                "Sign in in a browser: the token comes as a cookie, for pages of the hub itself",
            )
            .by(Public)
            .limited()
            .takes(Json("SignIn"))
            .gives(Json("BrowserSession")),
            Route::new(
                Put,
                "/auth/session",
                put(signin::renew_session),
                "Get a new cookie before the present one expires",
            )
            .gives(Json("BrowserSession")),
            Route::new(
                Delete,
                "/auth/session",
                delete(signin::close_session),
                "Have the browser forget the cookie",
            )
            .by(Public)
            .gives(Nothing),
            Route::new(Get, "/auth/me", get(signin::me), "Who is signed in").gives(Json("KeycloakUser")),
            Route::new(
                Put,
                "/auth/password",
                put(signin::change_password),
                "Change one's own password; ends every session of the account",
            )
            .limited()
            .takes(Json("NewPassword"))
            .gives(Nothing),
            Route::new(
                Get,
                "/auth/second-factor",
                get(second_factor::status),
                "Whether one has a second factor, and whether one must",
            )
            .gives(Json("SecondFactor")),
            Route::new(
                Post,
                "/auth/second-factor/enrolment",
                post(second_factor::begin),
                "Begin to set up a second factor: a secret for an authenticator, shown this once",
            )
            .limited()
            .takes(Json("OwnPassword"))
            .gives(Json("Enrolment")),
            Route::new(
                Put,
                "/auth/second-factor",
                put(second_factor::confirm),
                "Switch the second factor on with its first code; ends every other session of the account",
            )
            .limited()
            .takes(Json("EnrolmentCode"))
            .gives(Json("Enrolled")),
            Route::new(
                Post,
                "/auth/second-factor/removal",
                post(second_factor::remove),
                "Switch one's own second factor off; ends every other session of the account",
            )
            .limited()
            .takes(Json("PasswordAndCode"))
            .gives(Json("BrowserSession")),
            Route::new(Get, "/auth/ways", get(openid::ways), "How one can sign in")
                .by(Public)
                .gives(Json("WaysIn")),
            Route::new(
                Get,
                "/auth/oidc/start",
                get(openid::start),
                "Sends a browser to the provider to sign in; it comes back to /auth/oidc/callback",
            )
            .by(Public)
            .limited()
            .query(&[("to", "The page to come back to, a path that begins with /app.")])
            .gives(Nothing)
            .status(303),
            Route::new(
                Get,
                "/auth/oidc/callback",
                get(openid::callback),
                "Where the provider sends a browser back to; leads to the page wanted, or to the sign-in with a reason",
            )
            .by(Public)
            .limited()
            .query(&[
                ("code", "The provider's word for the sign-in."),
                ("state", "What it was given at the start."),
                ("error", "Why it refused."),
                ("iss", "Who it is."),
            ])
            .gives(Nothing)
            .status(303),
            Route::new(Post, "/agent-manager/agent/login", post(login::login), "Sign in at an agent desk")
                .by(Public)
                .limited()
                .refuses("DeskRefusal")
                .takes(Json("DeskSignIn"))
                .gives(Json("DeskSession")),
        ]])
}
