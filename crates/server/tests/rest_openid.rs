//! Sign-in by OpenID Connect as far as it goes without a provider: what is offered, and that nobody gets in by guessing.
//! With a real one it is told in the browser's stories.

use reqwest::Method;
use tieline_core::registry::Role;
use tieline_server::config::Config;

use crate::hub::{Answer, Client, TestHub, hub, hub_with};

/// Nobody listens there.
const ISSUER: &str = "http://127.0.0.1:9";

async fn hub_with_provider() -> TestHub {
    hub_with(|config: &mut Config| {
        config.listen.public_url = Some("https://hub.example".parse().unwrap());
        config.auth.login_attempts_per_minute = 5;
        let oidc = &mut config.auth.oidc;
        oidc.issuer = Some(ISSUER.into());
        oidc.client_id = Some("tieline".into());
        oidc.roles = [("desk".to_owned(), vec![Role::Agent])].into();
    })
    .await
}

/// Where a browser is led.
fn led(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.headers["location"].to_str().unwrap())
}

async fn go(client: &Client, path: &str) -> Answer {
    client.call(Method::GET, path, None).await
}

#[tokio::test]
async fn a_provider_is_offered_where_one_is_configured() {
    let without = hub().await;
    let stranger = without.stranger();
    assert_eq!(stranger.get("/auth/ways").await.expect(200)["openId"], serde_json::Value::Null);
    stranger.get("/auth/oidc/start").await.expect(404);
    stranger.get("/auth/oidc/callback?code=x&state=y").await.expect(404);

    let hub = hub_with_provider().await;
    let ways = hub.stranger().get("/auth/ways").await.expect(200);
    assert_eq!(ways["openId"]["label"], "Sign in with your organisation");
}

#[tokio::test]
async fn whoever_cannot_sign_in_comes_back_to_the_screen_with_a_word() {
    let hub = hub_with_provider().await;
    let stranger = hub.stranger();
    let unreachable = go(&stranger, "/auth/oidc/start?to=/app/desk").await;
    assert_eq!(led(&unreachable), (303, "/app/?refused=provider_unreachable"));
    for path in [
        "/auth/oidc/callback",
        "/auth/oidc/callback?code=x&state=y",
        "/auth/oidc/callback?error=access_denied&state=y",
    ] {
        let browser = stranger.with("cookie", "__Host-tieline_openid=eyJhbGciOiJIUzI1NiJ9.e30.x");
        for client in [&stranger, &browser] {
            let lost = go(client, path).await;
            assert_eq!(led(&lost), (303, "/app/?refused=lost"), "{path}");
            let set = lost.headers["set-cookie"].to_str().unwrap();
            assert!(
                set.starts_with("__Host-tieline_openid=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure")
            );
        }
    }
    for _ in 0..4 {
        go(&stranger, "/auth/oidc/start").await;
    }
    assert_eq!(led(&go(&stranger, "/auth/oidc/start").await), (303, "/app/?refused=too_many"));
}
