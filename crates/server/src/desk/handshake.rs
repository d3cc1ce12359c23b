//! Who may connect a desk: somebody with a session token from the sign-in, who still has that account.
//!
//! The token comes back inside the object the sign-in answered with (clients keep it whole), or in a cookie where
//! desk and hub share an origin, or as `auth.token` from clients made for Tieline.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::ConnectInfo;
use serde_json::Value;
use socketioxide::extract::SocketRef;
use tieline_core::id::UserId;
use tieline_core::registry::{Registry, Stored, User};
use tracing::info;

use super::incoming::Request;
use super::line::INCOMING_MAX;
use crate::app::{App, SharedApp};
use crate::cookie;
use crate::ear::Ear;
use crate::problem::TrustedProxies;
use crate::token::{Scope, TokenRefused};

/// The member of the sign-in's answer that carries the same token.
pub const SESSION_MEMBER: &str = "tieline_session";

/// The agent behind a socket, and the version of the account the session was made for.
#[derive(Debug, Clone, Copy)]
pub struct Admitted {
    pub agent: UserId,
    /// Where the desk is, when it is known.
    pub address: Option<IpAddr>,
    token_version: u32,
}

impl Admitted {
    /// Whether the session still holds: a new password, a disabled account or the loss of the role ends it.
    pub fn holds(self, registry: &Registry) -> bool {
        registry.user(self.agent).is_some_and(|user| {
            let user = &user.value;
            user.enabled && user.works_at_a_desk() && user.token_version == self.token_version
        })
    }
}

/// Turned away. Desks know one word for it, and go back to their sign-in page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoginFailed;

impl fmt::Display for LoginFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("login-failed")
    }
}

/// Lets a socket in, notes whose it is, and begins to listen.
pub fn admit(app: Option<SharedApp>, socket: &SocketRef, auth: Value) -> Result<(), LoginFailed> {
    let app = app.ok_or(LoginFailed)?;
    let token = token_of(&auth).or_else(|| cookie::token(&socket.req_parts().headers).map(str::to_owned));
    match token.ok_or(Turned::NoToken).and_then(|token| agent_behind(&app, &token)) {
        Ok(user) => {
            let parts = socket.req_parts();
            let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
            let proxies = TrustedProxies::new(&app.config.listen.trusted_proxies);
            let address = peer.map(|ConnectInfo(peer)| proxies.client(peer.ip(), &parts.headers));
            let token_version = user.value.token_version;
            let admitted = Admitted { agent: user.value.id, address, token_version };
            socket.extensions.insert(admitted);
            Ear::<Request>::put_up(socket, INCOMING_MAX);
            Ok(())
        }
        Err(turned) => {
            info!(reason = %turned, "a desk was turned away");
            Err(LoginFailed)
        }
    }
}

/// Why a desk may not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Turned {
    #[error("the handshake carries no session token")]
    NoToken,
    #[error(transparent)]
    Token(#[from] TokenRefused),
    #[error("the account is gone or disabled")]
    NoAccount,
    #[error("the session was ended")]
    Ended,
    #[error("a second factor has to be set up first")]
    EnrolmentDue,
    #[error("the account is neither agent nor supervisor")]
    NoAgent,
}

fn agent_behind(app: &App, token: &str) -> Result<Arc<Stored<User>>, Turned> {
    let claims = app.tokens.verify(token, app.now_seconds())?;
    if claims.scope == Scope::Enrolment {
        return Err(Turned::EnrolmentDue);
    }
    let user = claims.sub.parse().ok().and_then(|id: UserId| app.registry().user(id).cloned());
    let user = user.filter(|user| user.value.enabled).ok_or(Turned::NoAccount)?;
    if user.value.token_version != claims.ver {
        return Err(Turned::Ended);
    }
    if !user.value.works_at_a_desk() {
        return Err(Turned::NoAgent);
    }
    Ok(user)
}

/// The token inside `auth`: under `token`, or in `agent`, an object or an object written as text.
fn token_of(auth: &Value) -> Option<String> {
    let inside = |agent: &Value| agent.get(SESSION_MEMBER).and_then(Value::as_str).map(str::to_owned);
    let token = auth.get("token").and_then(Value::as_str).map(str::to_owned);
    token.or_else(|| match auth.get("agent")? {
        Value::String(text) => inside(&serde_json::from_str(text).ok()?),
        agent => inside(agent),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tokens_in_a_handshake() {
        let text = json!({"id": "a", SESSION_MEMBER: "t1"}).to_string();
        for (auth, expected) in [
            (json!({"agent": text}), Some("t1")),
            (json!({"agent": {"id": "a", SESSION_MEMBER: "t2"}}), Some("t2")),
            (json!({"token": "t3", "agent": text}), Some("t3")),
            (json!({"agent": "{broken"}), None),
            (json!({"agent": {"id": "a"}}), None),
            (json!({"agent": null, "fcm": ""}), None),
            (Value::Null, None),
        ] {
            assert_eq!(token_of(&auth).as_deref(), expected, "{auth}");
        }
    }
}
