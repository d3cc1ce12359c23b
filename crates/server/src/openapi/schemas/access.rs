//! Signing in, and who people are.

use super::Shape;

pub(super) const SHAPES: &[Shape] = &[
    ("SignIn", "A user name and a password.", &["username!: text", "password!: text"]),
    (
        "Session",
        "A token, until when it works, and whose it is.",
        &["token!: text", "expiresAt!: time", "user!: #KeycloakUser"],
    ),
    (
        "BrowserSession",
        "Until when the cookie works, whose it is, and what he may do: view, manage_own_team or manage, by resource.",
        &["expiresAt!: time", "user!: #KeycloakUser", "permissions!: map"],
    ),
    (
        "DeskSignIn",
        "A user name and a password. Other members that desks send are passed over.",
        &["username!: text", "password!: text"],
    ),
    ("DeskSession", "Who signed in at a desk.", &["data!: #DeskUser"]),
    (
        "DeskUser",
        "The user, whose member `tieline_session` is the token for the socket's handshake.",
        &["keycloak_User!: #KeycloakUser"],
    ),
    ("DeskRefusal", "Why a desk's sign-in failed, as desks show it.", &["error!: #DeskError"]),
    (
        "DeskError",
        "A word for programs and a reason for people.",
        &["error_message!: text", "error_detail!: #DeskReason"],
    ),
    ("DeskReason", "What to tell the agent.", &["reason!: text"]),
    ("NewPassword", "The present password and the next.", &["currentPassword!: text", "newPassword!: text"]),
    (
        "Agent",
        "A user with skills and capacities.",
        &[
            "id: text",
            "participantType: text",
            "keycloakUser: #KeycloakUser",
            "associatedRoutingAttributes: [#Skill]",
            "associatedMrds: [#Capacity]",
        ],
    ),
    ("Skill", "A skill with its level.", &["routingAttribute!: #RoutingAttribute", "value!: int"]),
    ("Capacity", "How many tasks of a domain an agent takes.", &["mrdId!: text", "maxAgentTasks!: int"]),
    (
        "KeycloakUser",
        "A person.",
        &[
            "id: text",
            "username!: text",
            "firstName: text",
            "lastName: text",
            "roles!: [text]",
            "realm: text?",
            "permittedResources: any",
            "attributes: map",
            "userTeam: #Team",
            "supervisedTeams: [#Team]",
        ],
    ),
    (
        "User",
        "An account. The password is taken and never given out.",
        &[
            "id: text",
            "username!: text",
            "password: text",
            "firstName: text",
            "lastName: text",
            "roles!: [text]",
            "enabled: bool",
            "attributes: map",
            "userTeam: #Team",
            "supervisedTeams: [#Team]",
            "associatedRoutingAttributes: [#Skill]",
            "associatedMrds: [#Capacity]",
            "permittedResources: any",
        ],
    ),
    ("Team", "A team.", &["teamId: text", "teamName!: text"]),
];
