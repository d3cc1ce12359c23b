//! What becomes of what a provider tells of a person: who he is here, and what he may do.

use std::collections::BTreeMap;

use serde_json::Value;
use tieline_core::registry::{ForeignIdentity, Role};

use crate::config::OidcConfig;

/// Characters of a name that are taken over.
const NAME_CHARS_MAX: usize = 100;
/// The page for whoever wants none in particular.
pub const START: &str = "/app/";
const PATH_BYTES_MAX: usize = 512;

/// Somebody a provider vouches for.
#[derive(Debug, PartialEq, Eq)]
pub struct Vouched {
    pub identity: ForeignIdentity,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    /// At least one.
    pub roles: Vec<Role>,
}

/// Why somebody the provider knows is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacking {
    /// The claim that names him is not there.
    Name,
    /// None of his claims is worth a role.
    Role,
}

/// Who the claims say somebody is; they were verified before.
pub fn read(config: &OidcConfig, claims: &Value) -> Result<Vouched, Lacking> {
    let text = |claim: &str| claims.get(claim).and_then(Value::as_str).map_or("", str::trim);
    let short = |claim: &str| text(claim).chars().take(NAME_CHARS_MAX).collect::<String>();
    let identity = ForeignIdentity { issuer: text("iss").to_owned(), subject: text("sub").to_owned() };
    let username = text(&config.username_claim);
    if [username, &identity.issuer, &identity.subject].contains(&"")
        || username.chars().count() > NAME_CHARS_MAX
    {
        return Err(Lacking::Name);
    }
    let roles = roles(&config.roles, claims.get(&config.roles_claim));
    if roles.is_empty() {
        return Err(Lacking::Role);
    }
    let username = username.to_owned();
    Ok(Vouched {
        identity,
        username,
        first_name: short("given_name"),
        last_name: short("family_name"),
        roles,
    })
}

/// The roles that a claim, a text or a list of texts, is worth, each once.
pub fn roles(table: &BTreeMap<String, Vec<Role>>, claim: Option<&Value>) -> Vec<Role> {
    let values: Vec<&str> = match claim {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let mut roles: Vec<Role> =
        values.into_iter().filter_map(|value| table.get(value)).flatten().copied().collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// A page of ours somebody wants to come back to, or the start: nobody is led elsewhere after a sign-in.
pub fn page(wanted: Option<&str>) -> &str {
    let is_ours = |path: &&str| {
        let rest = path.strip_prefix("/app").unwrap_or("elsewhere");
        let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let ends = rest.is_empty() || rest.starts_with(['/', '?']);
        ends && plain && !path.contains("//") && path.len() <= PATH_BYTES_MAX
    };
    wanted.filter(is_ours).unwrap_or(START)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn config() -> OidcConfig {
        let roles = [
            ("agents", vec![Role::Agent]),
            ("leads", vec![Role::Supervisor, Role::Agent]),
            ("nobody", vec![]),
        ];
        let roles = roles.map(|(value, roles)| (value.to_owned(), roles)).into();
        OidcConfig { roles, ..OidcConfig::default() }
    }

    #[test]
    fn what_claims_are_worth() {
        for (claim, expected) in [
            (json!("agents"), &[Role::Agent][..]),
            (json!(["agents"]), &[Role::Agent]),
            (json!(["others", "agents"]), &[Role::Agent]),
            (json!(["agents", "leads"]), &[Role::Agent, Role::Supervisor]),
            (json!(["Agents"]), &[]),
            (json!(["nobody"]), &[]),
            (json!("agents leads"), &[]),
            (json!({"agents": true}), &[]),
            (json!([["agents"], 7, null]), &[]),
            (Value::Null, &[]),
        ] {
            assert_eq!(roles(&config().roles, Some(&claim)), expected, "{claim}");
        }
        assert_eq!(roles(&config().roles, None), []);
    }

    #[test]
    fn who_somebody_is() {
        let whole = json!({
            "iss": "https://login.example", "sub": "7", "preferred_username": " amina ", "given_name": "Amina",
            "family_name": "x".repeat(101), "groups": ["agents"],
        });
        let vouched = read(&config(), &whole).expect("everything is there");
        let identity = ForeignIdentity { issuer: "https://login.example".into(), subject: "7".into() };
        assert_eq!((vouched.identity, vouched.username.as_str()), (identity, "amina"));
        assert_eq!((vouched.first_name.as_str(), vouched.last_name.len()), ("Amina", 100));
        for (claim, value, expected) in [
            ("sub", json!(null), Lacking::Name),
            ("sub", json!(7), Lacking::Name),
            ("iss", json!(""), Lacking::Name),
            ("preferred_username", json!(" "), Lacking::Name),
            ("preferred_username", json!("x".repeat(101)), Lacking::Name),
            ("groups", json!([]), Lacking::Role),
            ("groups", json!(null), Lacking::Role),
        ] {
            let mut claims = whole.clone();
            claims[claim] = value.clone();
            assert_eq!(read(&config(), &claims), Err(expected), "{claim} {value}");
        }
    }

    #[test]
    fn nobody_is_led_elsewhere() {
        for ours in ["/app", "/app/", "/app/desk", "/app?x=1", "/app/admin/users/1?tab=history#top"] {
            assert_eq!(page(Some(ours)), ours);
        }
        let long = format!("/app/{}", "x".repeat(PATH_BYTES_MAX));
        for elsewhere in [
            "",
            "/",
            "/application",
            "//evil.example/app",
            "https://evil.example/app",
            "/app//evil.example",
            "/app/\\evil.example",
            "/app/\r\nset-cookie: a=b",
            "/app/ x",
            "/docs",
            "app/",
            &long,
        ] {
            assert_eq!(page(Some(elsewhere)), START, "{elsewhere}");
        }
        assert_eq!(page(None), START);
    }
}
