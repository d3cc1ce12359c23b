//! Teams, users and what users have chosen for themselves.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{AttributeId, Id, ListId, MrdId, UserId};
use crate::second_factor::SecondFactor;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Team {
    pub id: Id,
    pub name: String,
    /// At most 500 characters.
    #[serde(default)]
    pub description: String,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub roles: Vec<Role>,
    /// Argon2 in PHC form; `None` cannot sign in with a password.
    pub password_hash: Option<String>,
    /// Who vouches for him; he has no password then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<ForeignIdentity>,
    /// Asked for beside the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_factor: Option<SecondFactor>,
    /// Raised to make every token issued before worthless.
    pub token_version: u32,
    pub enabled: bool,
    pub team: Option<Id>,
    pub supervises: Vec<Id>,
    pub attributes: Vec<Skill>,
    /// Own limits below a domain's maximum; 0 means never offered work there.
    pub capacities: Vec<Capacity>,
    /// Directory attributes such as `agentExtension`, each with its values.
    pub directory: BTreeMap<String, Vec<String>>,
}

/// Somebody as a provider of OpenID Connect knows him.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignIdentity {
    pub issuer: String,
    /// Never given to anybody else by this issuer.
    pub subject: String,
}

/// A subject belongs to a person.
impl fmt::Debug for ForeignIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignIdentity").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("roles", &self.roles).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Agent,
    Supervisor,
    Evaluator,
    QualityManager,
    RoutingManager,
    Admin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skill {
    pub attribute: AttributeId,
    pub value: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    pub mrd: MrdId,
    pub max_tasks: u16,
}

/// What a person has chosen for himself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preferences {
    /// The person's.
    pub id: UserId,
    /// Look and language, as his desk wrote it.
    pub desk: Map<String, Value>,
    /// How he reads the list of customers, as his desk wrote it.
    pub customers: Map<String, Value>,
    /// Pull lists he follows.
    pub lists: Vec<ListId>,
    /// Announcements he has seen, newest last.
    pub seen: Vec<Id>,
}

impl Role {
    pub const ALL: [Self; 6] = [
        Self::Agent,
        Self::Supervisor,
        Self::Evaluator,
        Self::QualityManager,
        Self::RoutingManager,
        Self::Admin,
    ];
}

impl User {
    /// Somebody without a way to sign in, a team or skills.
    #[must_use]
    pub fn new(id: UserId, username: &str, first_name: &str, last_name: &str, roles: Vec<Role>) -> Self {
        Self {
            id,
            username: username.to_owned(),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            roles,
            password_hash: None,
            identity: None,
            second_factor: None,
            token_version: 0,
            enabled: true,
            team: None,
            supervises: Vec::new(),
            attributes: Vec::new(),
            capacities: Vec::new(),
            directory: BTreeMap::new(),
        }
    }

    /// First and last name, as far as they are known.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }

    /// What colleagues call him: by first and last name, else by username.
    #[must_use]
    pub fn called(&self) -> String {
        Some(self.full_name()).filter(|name| !name.is_empty()).unwrap_or_else(|| self.username.clone())
    }

    /// Whether one of his roles works at a desk.
    #[must_use]
    pub fn works_at_a_desk(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::Agent | Role::Supervisor))
    }
}
