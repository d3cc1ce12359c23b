//! Agents as users: identity, permissions, team, skills and media.
//!
//! The desk keeps the login answer as Latin-1: any character above U+00FF in [`KeycloakUser`] breaks its login.
//! Transliterating is left to the server.

use crate::{Members, routing::RoutingAttribute};

wire_tag! {
    /// `"CCUser"`.
    pub struct CcUserTag = "CCUser";
}

wire_struct! {
    /// A user as identity management knows it. Members added to it come back in the socket handshake.
    pub struct KeycloakUser {
        /// The agent id used everywhere.
        id: String,
        first_name: String,
        last_name: String,
        username: String,
        /// `agent`, `supervisor`, `admin`.
        roles: Vec<String>,
        realm: Option<String>,
        permitted_resources: PermittedResources,
        /// `agentExtension: ["1201"]`; always an object.
        attributes: Members,
        user_team: Team,
        supervised_teams: Vec<Team>,
    }

    /// Sic: the one member has a capital R.
    pub struct PermittedResources {
        #[serde(rename = "Resources")]
        resources: Vec<PermittedResource>,
    }

    /// Scopes granted on one resource.
    pub struct PermittedResource {
        rsid: String,
        rsname: String,
        scopes: Vec<String>,
    }

    /// A team, as users carry it.
    pub struct Team {
        team_id: String,
        team_name: String,
    }

    /// An agent: the user with skills and media.
    pub struct CcUser {
        participant_type: CcUserTag,
        /// The user's id.
        id: String,
        keycloak_user: KeycloakUser,
        associated_routing_attributes: Vec<AssociatedRoutingAttribute>,
        associated_mrds: Vec<AssociatedMrd>,
    }

    /// A skill with its level: 0 or 1, or 1 to 10.
    pub struct AssociatedRoutingAttribute {
        routing_attribute: RoutingAttribute,
        value: i64,
    }

    /// How many tasks of a media an agent takes; 0 is none.
    pub struct AssociatedMrd {
        mrd_id: String,
        max_agent_tasks: i64,
    }

    /// A login, with the members Cisco Finesse adds.
    pub struct LoginRequest {
        username: String,
        password: String,
        /// Ours: a code of the second factor.
        #[serde(skip_serializing_if = "Option::is_none")]
        otp: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        roles: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        finesse_url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        auth_token: Option<String>,
        /// Sic: `SSO` in capitals.
        #[serde(rename = "authWithSSO", skip_serializing_if = "Option::is_none")]
        auth_with_sso: Option<bool>,
    }

    /// The answer to a login.
    pub struct LoginResponse {
        data: LoginData,
    }

    /// Sic: `keycloak_User`.
    pub struct LoginData {
        #[serde(rename = "keycloak_User")]
        keycloak_user: KeycloakUser,
    }

    /// What the desk sends when its socket connects.
    pub struct SocketAuth {
        /// The login answer's user, as text or as an object.
        agent: crate::Encoded<KeycloakUser>,
        /// `{desktopFcmKey, mobileFcmKey}` or `""`.
        fcm: serde_json::Value,
    }
}

impl KeycloakUser {
    /// Whether a scope is granted on a resource.
    pub fn may(&self, resource: &str, scope: &str) -> bool {
        let mut granted =
            self.permitted_resources.resources.iter().filter(|granted| granted.rsname == resource);
        granted.any(|granted| granted.scopes.iter().any(|name| name.trim() == scope))
    }
}
