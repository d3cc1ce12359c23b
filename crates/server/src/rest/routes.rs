//! Everything that can be called over HTTP, in one list. The OpenAPI document is made from it.
//!
//! Paths under `/ccm` answer without that prefix too, and those under `/cim-customer` under `/cim` as well: both
//! are in use. What every noun of the registry has is written once, in [`registered`].

use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, delete, get, post, put};

use crate::app::SharedApp;
use crate::desk::{login, settings};

use super::noun::{
    AGENTS, ATTRIBUTES, BOTS, CALENDARS, CANNED_MESSAGES, CHANNEL_TYPES, CHANNELS, CONNECTORS, FORMS, LABELS,
    LISTS, MRDS, Noun, PROVIDERS, QUEUES, REASONS, SCHEMA, SETTINGS, TEAMS, USERS, WIDGETS,
};
use super::reports::{agents, desk as dashboards, dry_run, live, statistics};
use super::route::Access::{Bot, Person, Public, Visitor, Watcher};
use super::route::Content::{File, Form, Json, Lines, List, Nothing, OneOrList, Page, Text};
use super::route::Route;
use super::route::Verb::{Delete, Get, Post, Put};
use super::{
    announcements, audit, bots, channels, connectors, conversations, credentials, customers, dead_letters,
    docs, events, exchange, files, labels, linking, openid, preferences, queues, schema, second_factor,
    sessions, signin, status, tasks, thresholds, timeline, trial, users, web,
};

/// Room for the parts of a form beside its file.
const FORM_BYTES: usize = 64 * 1024;

const PAGE: &[(&str, &str)] = &[
    ("limit", "Rows of a page, 1 to 1000. Without it all are given."),
    ("after", "The last id of the page before."),
];

const AUDIT: &[(&str, &str)] = &[
    ("user", "Id of who did it."),
    ("deed", "What was done, such as object.put."),
    ("kind", "Of what was done to objects of this kind of the registry, such as queue."),
    ("subject", "Id of what it was done to."),
    ("from", "At this time or later: RFC 3339 or milliseconds since 1970."),
    ("until", "Before this time."),
    ("before", "The last sequence of the page before."),
    ("limit", "Rows of a page, 1 to 1000; of a file all are given."),
    ("format", "Of a file: ndjson or csv."),
];

/// Every route. `file_bytes_max` bounds uploads, which may be larger than other bodies.
pub fn routes(file_bytes_max: usize) -> Vec<Route> {
    let form = || DefaultBodyLimit::max(file_bytes_max + FORM_BYTES);
    let mut routes = Vec::new();
    let mut add = |tag: &'static str, group: Vec<Route>| {
        routes.extend(group.into_iter().map(|route| Route { tag, ..route }));
    };

    add(
        "Sign-in",
        vec![
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
        ],
    );

    add(
        "Messages",
        vec![
            message("/ccm/message/receive", "Post a message, a receipt or a notice"),
            message("/ccm/message", "The same as /ccm/message/receive"),
            message("/ccm/cim-messages", "The same as /ccm/message/receive"),
            Route::new(
                Post,
                "/ccm/message/send",
                post(exchange::send),
                "Write to a customer, whether or not a conversation is open",
            )
            .takes(Json("Message"))
            .gives(Json("Accepted"))
            .idempotent(),
            Route::new(
                Post,
                "/conversation-manager/activities",
                post(exchange::add_activity),
                "Add what another system knows about a conversation",
            )
            .by(Visitor)
            .takes(Json("Message"))
            .gives(Json("Accepted"))
            .idempotent(),
            Route::new(
                Get,
                "/conversation-manager/messages/{messageId}/timeline",
                get(timeline::of_message),
                "Where a message is, and every attempt to deliver it",
            )
            .query(&[("conversation", "Only within this conversation.")])
            .gives(List("Timeline")),
        ],
    );

    add("Channels", registered(&CHANNEL_TYPES, CHANNEL_TYPES.creating(), CHANNEL_TYPES.replacing()));
    add(
        "Channels",
        vec![
            Route::new(
                Post,
                "/ccm/channel-types/{id}/logo",
                post(channels::put_logo).layer(form()),
                "Upload the logo of a channel type",
            )
            .takes(Form)
            .gives(Json("ChannelType"))
            .versioned(),
        ],
    );
    add("Channels", registered(&PROVIDERS, PROVIDERS.creating(), PROVIDERS.replacing()));
    add("Channels", registered(&CHANNELS, CHANNELS.creating(), CHANNELS.replacing()));
    add(
        "Channels",
        vec![
            Route::new(
                Get,
                "/ccm/channels/service-identifier/{serviceIdentifier}",
                get(channels::at_service_identifier),
                "The channel customers reach at a service identifier; pages are told the calendar of a web channel",
            )
            .by(Public)
            .query(&[("channelType", "Name of the channel type, when several share the identifier.")])
            .gives(Json("Channel"))
            .versioned(),
            Route::new(
                Get,
                "/ccm/channels/defaultoutbound",
                get(channels::default_outbound),
                "The channel on which agents start contacts of a type",
            )
            .by(Visitor)
            .query(&[("channelTypeId", "Id of the channel type.")])
            .gives(Json("Channel"))
            .also(&[404])
            .versioned(),
            Route::new(
                Get,
                "/ccm/channels/routing-id",
                get(channels::routed_to),
                "The channels whose requests go to a queue or list",
            )
            .query(&[("routingObjectId", "Id of the queue or list.")])
            .gives(List("Channel")),
        ],
    );

    add("Connectors", registered(&CONNECTORS, credentials::creating(&CONNECTORS), CONNECTORS.replacing()));
    add("Connectors", vec![
        Route::new(Post, "/ccm/channel-connectors/{id}/credentials", credentials::rotating(&CONNECTORS), "Make new credentials; those before them go on working").gives(Json("Credentials")).status(201),
        Route::new(Delete, "/ccm/channel-connectors/{id}/credentials/previous", credentials::ending_overlap(&CONNECTORS), "Let the former credentials work no longer").gives(Nothing),
        Route::new(Post, "/ccm/channel-connectors/{id}/test", post(trial::webhook), "Try the webhook of a connector: can it be reached, does it answer in time, does it look at signatures; nothing is kept").gives(Json("WebhookTrial")).also(&[400]),
        Route::new(Get, "/ccm/channel-connectors/configurations/{serviceIdentifier}", get(connectors::configuration), "What a connector runs with, in clear for the connector itself").by(Visitor).gives(List("Attribute")).versioned(),
        Route::new(Get, "/ccm/channel-connectors/{id}/configuration-pushes", get(connectors::pushes), "How the last push of the configuration went").by(Visitor).gives(List("ConfigurationPush")),
        Route::new(Get, "/ccm/channel-connectors/{id}/events", get(events::read), "What a connector without a webhook has to deliver").by(Visitor).query(&[("after", "The last sequence seen; acknowledges everything up to it. Without it the feed begins with the oldest entry that is not settled."), ("limit", "Events at most, 1 to 1000."), ("wait", "Seconds to wait when there is nothing, at most 30.")]).gives(Json("Feed")),
        Route::new(Get, "/ccm/channel-connectors/{id}/sessions", get(sessions::list), "The open sessions of a connector").by(Visitor).query(&[("after", "The last id of the page before."), ("limit", "Rows of a page, 1 to 1000.")]).gives(Json("Sessions")),
        Route::new(Get, "/ccm/channel-connectors/{id}/sessions/{sessionId}/messages", get(sessions::messages), "What was said in an open session, for a connector that shows it again").by(Visitor).gives(Json("Transcript")),
        Route::new(Get, "/ccm/channel-connectors/{id}/health", get(connectors::health), "What waits for a connector, and whether it can be reached").by(Visitor).gives(Json("Health")),
        Route::new(Get, "/ccm/dead-letters", get(dead_letters::list), "Deliveries that were given up").query(&[("state", "waiting, or resolved: those somebody has sent again or dismissed."), ("connector", "Id of a connector."), ("conversation", "Id of a conversation."), ("reason", "Why they were given up, as letters tell it."), ("from", "Made at this time or later: RFC 3339 or milliseconds since 1970."), ("until", "Made before this time."), ("after", "What the page before gave as next."), ("limit", "Rows of a page, 1 to 1000.")]).gives(Json("DeadLetters")),
        Route::new(Post, "/ccm/dead-letters/replay", post(dead_letters::replay), "Send deliveries again that were given up").takes(Json("Letters")).gives(Json("Replayed")).also(&[404]),
        Route::new(Post, "/ccm/dead-letters/dismiss", post(dead_letters::dismiss), "Take deliveries that were given up from the list, with a reason; they can be listed as resolved").takes(Json("Dismissal")).gives(Json("Dismissed")).also(&[404]),
    ]);

    add("Routing", registered(&MRDS, MRDS.creating(), MRDS.replacing()));
    add("Routing", registered(&ATTRIBUTES, ATTRIBUTES.creating(), ATTRIBUTES.replacing()));
    add("Routing", registered(&QUEUES, QUEUES.creating(), QUEUES.replacing()));
    add(
        "Routing",
        vec![
            Route::new(
                Get,
                "/routing-engine/precision-queues/{id}/steps",
                get(queues::steps),
                "The steps of a precision queue",
            )
            .gives(List("Step"))
            .versioned(),
            Route::new(
                Post,
                "/routing-engine/precision-queues/matches",
                post(queues::matches),
                "Whom a precision queue would reach if it were as sent; nothing is kept",
            )
            .takes(Json("PrecisionQueue"))
            .gives(List("QueueMatch")),
            Route::new(
                Get,
                "/routing-engine/precision-queues/available-agents",
                get(queues::available_agents),
                "By queue the agents who could be asked to help in a conversation",
            )
            .query(&[
                ("conversationId", "Only of its domain, and without those who are in it."),
                ("agentId", "Who asks; one does not ask oneself."),
            ])
            .gives(List("AvailableAgents")),
            Route::new(Get, "/routing-engine/tasks", get(tasks::of_agent), "What an agent works on")
                .query(&[("agentId", "Id of the agent; without it one's own tasks.")])
                .gives(List("Task")),
        ],
    );
    add(
        "Routing",
        vec![
            Route::new(
                Post,
                "/routing-engine/precision-queues/{id}/flush",
                post(tasks::flush),
                "End every request that waits in a queue",
            )
            .gives(Json("Flushed")),
            Route::new(
                Post,
                "/routing-engine/flush",
                post(tasks::flush_all),
                "End every request that waits in any queue",
            )
            .gives(Json("Flushed")),
            Route::new(
                Post,
                "/routing-engine/assign-resource",
                post(tasks::assign),
                "Look for an agent for an open conversation",
            )
            .takes(Json("AssignResource"))
            .gives(Json("Requested"))
            .also(&[404]),
            Route::new(
                Get,
                "/conversation-manager/conversations/{id}/tasks/{task}/explanation",
                get(tasks::explanation),
                "Why a request waits, or why it went to whom it went",
            )
            .gives(Json("Explanation")),
        ],
    );
    add("Routing", registered(&LISTS, LISTS.creating(), LISTS.replacing()));
    add("Desk", registered(&CANNED_MESSAGES, CANNED_MESSAGES.creating(), CANNED_MESSAGES.replacing()));
    add("Customers", registered(&LABELS, LABELS.creating(), LABELS.replacing()));
    add(
        "Customers",
        vec![
            Route::new(Put, LABELS.path, put(labels::replace), "Replace a label, as desks do")
                .query(&[("_id", "Id of the label.")])
                .takes(Json("Label"))
                .gives(Json("Label"))
                .versioned()
                .conditional(),
            Route::new(Delete, LABELS.path, delete(labels::remove), "Delete a label, as desks do")
                .query(&[("_id", "Id of the label.")])
                .gives(Nothing)
                .conditional(),
        ],
    );
    add(
        "Desk",
        vec![
            Route::new(
                Get,
                "/team-announcement/announcement",
                get(announcements::list),
                "What supervisors say to the teams one belongs to or supervises",
            )
            .query(&[
                ("teamIds", "Only to these teams: their ids, with commas."),
                ("supervisorIds", "Only by these people: their ids, with commas."),
                ("status", "active, scheduled, expired or all."),
            ])
            .gives(List("Announcement")),
            Route::new(
                Post,
                "/team-announcement/announcement",
                post(announcements::create),
                "Say something to teams one supervises",
            )
            .takes(Json("Announcement"))
            .gives(Json("Announcement"))
            .status(201)
            .versioned(),
            Route::new(
                Get,
                "/team-announcement/announcement/{id}",
                get(announcements::one),
                "Read an announcement",
            )
            .gives(Json("Announcement"))
            .versioned(),
            Route::new(
                Put,
                "/team-announcement/announcement/{id}",
                put(announcements::replace),
                "Change an announcement",
            )
            .takes(Json("Announcement"))
            .gives(Json("Announcement"))
            .versioned()
            .conditional(),
            Route::new(
                Delete,
                "/team-announcement/announcement/{id}",
                delete(announcements::remove),
                "Take an announcement back",
            )
            .gives(Nothing)
            .conditional(),
            Route::new(
                Put,
                "/team-announcement/announcement/seenStatus/{id}",
                put(announcements::seen),
                "Note that one has seen an announcement",
            )
            .gives(Json("Announcement"))
            .versioned(),
            Route::new(Get, "/cim-customer/agentSetting", get(preferences::desk), "How one likes one's desk")
                .query(&[("user_Id", "One's own id.")])
                .gives(Json("Object")),
            Route::new(
                Put,
                "/cim-customer/agentSetting/{id}",
                put(preferences::change_desk),
                "Choose how one likes one's desk",
            )
            .takes(Json("Object"))
            .gives(Json("Object")),
            Route::new(
                Get,
                "/cim-customer/userPreference",
                get(preferences::customers),
                "How one reads the list of customers",
            )
            .query(&[("user_Id", "One's own id.")])
            .gives(Json("Preferences")),
            Route::new(
                Post,
                "/cim-customer/userPreference",
                post(preferences::create_customers),
                "Choose how one reads the list of customers",
            )
            .takes(Json("Preference"))
            .gives(Json("Preference")),
            Route::new(
                Put,
                "/cim-customer/userPreference/{id}",
                put(preferences::change_customers),
                "Choose how one reads the list of customers",
            )
            .takes(Json("Preference"))
            .gives(Json("Preference")),
        ],
    );
    add("Settings", registered(&REASONS, REASONS.creating(), REASONS.replacing()));
    add(
        "Settings",
        vec![
            Route::new(
                Get,
                SETTINGS.path,
                SETTINGS.listing(),
                "The settings of the tenant, as a list of one",
            )
            .gives(List(SETTINGS.schema)),
            Route::new(Get, SETTINGS.one_path, SETTINGS.reading(), "Read the settings of the tenant")
                .gives(Json(SETTINGS.schema))
                .versioned(),
            Route::new(
                Put,
                SETTINGS.one_path,
                SETTINGS.replacing(),
                "Change settings of the tenant; those not sent stay",
            )
            .takes(Json(SETTINGS.schema))
            .gives(Json(SETTINGS.schema))
            .versioned()
            .conditional(),
            Route::new(
                Get,
                "/conversation-monitor/agent-sla-thresholds",
                get(thresholds::of_agents),
                "What happens on the way to the end of an agent's time to answer",
            )
            .gives(List("AgentThreshold")),
            Route::new(
                Post,
                "/conversation-monitor/agent-sla-thresholds",
                post(thresholds::replace_agents),
                "Replace the thresholds of agents' time to answer; an empty list clears them",
            )
            .takes(List("AgentThreshold"))
            .gives(List("AgentThreshold")),
            Route::new(
                Get,
                "/conversation-monitor/customer-sla-thresholds",
                get(thresholds::of_customers),
                "What happens on the way to the end of a customer's silence",
            )
            .gives(List("CustomerThreshold")),
            Route::new(
                Post,
                "/conversation-monitor/customer-sla-thresholds",
                post(thresholds::replace_customers),
                "Replace the thresholds of customers' silence; an empty list clears them",
            )
            .takes(List("CustomerThreshold"))
            .gives(List("CustomerThreshold")),
        ],
    );
    add(
        "Routing",
        vec![
            Route::new(Get, AGENTS.path, AGENTS.listing(), "List all agents")
                .query(PAGE)
                .gives(List(AGENTS.schema)),
            Route::new(Get, AGENTS.one_path, AGENTS.reading(), "Read an agent")
                .gives(Json(AGENTS.schema))
                .versioned(),
            Route::new(
                Put,
                AGENTS.one_path,
                AGENTS.replacing(),
                "Change the skills and capacities of an agent",
            )
            .takes(Json(AGENTS.schema))
            .gives(Json(AGENTS.schema))
            .versioned()
            .conditional(),
        ],
    );

    add("People", registered(&USERS, post(users::create), put(users::replace)));
    add(
        "People",
        vec![
            Route::new(
                Delete,
                "/unified-admin/users/{id}/second-factor",
                delete(second_factor::remove_anothers),
                "Switch another user's second factor off; ends every session of the account",
            )
            .gives(Nothing),
        ],
    );
    add("People", registered(&TEAMS, TEAMS.creating(), TEAMS.replacing()));
    add("Bots", registered(&BOTS, credentials::creating(&BOTS), BOTS.replacing()));
    add(
        "Bots",
        vec![
            Route::new(
                Post,
                "/bot-framework/bot-connectors/{id}/credentials",
                credentials::rotating(&BOTS),
                "Make new credentials for a bot; those before them go on working",
            )
            .gives(Json("Credentials"))
            .status(201),
            Route::new(
                Delete,
                "/bot-framework/bot-connectors/{id}/credentials/previous",
                credentials::ending_overlap(&BOTS),
                "Let only the newest credentials of a bot work",
            )
            .gives(Nothing),
            Route::new(
                Post,
                "/bot-framework/bot-connectors/{id}/test",
                post(bots::test),
                "Ask a bot once and show what it answers; nothing is kept or done",
            )
            .takes(Json("BotTrial"))
            .gives(Json("BotTrialResult")),
            Route::new(
                Post,
                "/bot-framework/bot-messages",
                post(bots::says),
                "Answer later than asked, or speak without having been asked",
            )
            .by(Bot)
            .takes(Json("BotMessages"))
            .gives(Nothing)
            .idempotent(),
        ],
    );

    add("Customers", registered(&SCHEMA, SCHEMA.creating(), SCHEMA.replacing()));
    add(
        "Customers",
        vec![
            Route::new(
                Put,
                "/cim-customer/customerSchemaOrder",
                put(schema::put_in_order),
                "Put the attributes of customers in order",
            )
            .takes(List("CustomerSchemaAttribute"))
            .gives(List("CustomerSchemaAttribute"))
            .also(&[404]),
            Route::new(
                Get,
                "/cim-customer/attributeTypes",
                get(schema::attribute_types),
                "The types attributes of customers can have",
            )
            .gives(List("AttributeType")),
            Route::new(
                Get,
                "/cim-customer/customers",
                get(customers::list),
                "List customers, or find the one behind an address",
            )
            .query(&[
                ("limit", "Rows of a page, 1 to 1000."),
                ("offset", "Rows left out before it."),
                ("sort", "field:asc or field:desc."),
                ("paginateQuery", "field:value, where the field contains the value."),
                (
                    "filter",
                    "JSON: {\"field\", \"operator\", \"value\"}, or {\"and\": […]} or {\"or\": […]} of such.",
                ),
                ("after", "The last id of the page before; nobody is counted or sorted then."),
                ("channelType", "With customerChannelIdentifier: name of the channel type."),
                ("customerChannelIdentifier", "The customer's address; answers {customer}."),
            ])
            .gives(Json("Customers")),
            Route::new(Post, "/cim-customer/customers", post(customers::create), "Create a customer")
                .takes(Json("Customer"))
                .gives(Json("Customer"))
                .status(201)
                .versioned(),
            Route::new(Get, "/cim-customer/customers/{id}", get(customers::one), "Read a customer")
                .gives(Json("Customer"))
                .versioned(),
            Route::new(Put, "/cim-customer/customers/{id}", put(customers::replace), "Change a customer")
                .takes(Json("Customer"))
                .gives(Json("Customer"))
                .versioned()
                .conditional(),
            Route::new(
                Delete,
                "/cim-customer/customers/{id}",
                delete(customers::erase),
                "Erase a customer and everything written about him",
            )
            .gives(Nothing),
            Route::new(
                Post,
                "/cim-customer/customers/{id}/merge",
                post(linking::merge),
                "Merge another profile of the same person into this one",
            )
            .takes(Json("MergeRequest"))
            .gives(Json("Customer"))
            .versioned(),
            Route::new(
                Post,
                "/cim-customer/customers/{id}/unmerge",
                post(linking::unmerge),
                "Take this profile out of the one it was merged into",
            )
            .takes(Json("Why"))
            .gives(Json("Customer"))
            .versioned(),
            Route::new(
                Get,
                "/cim-customer/customers/{id}/merges",
                get(linking::merges),
                "The merges a profile has come from: who did them, why, and what it has by them",
            )
            .gives(List("Merge")),
        ],
    );

    add(
        "Conversations",
        vec![
            Route::new(
                Get,
                "/conversation-manager/conversations",
                get(conversations::list),
                "List conversations, newest first",
            )
            .query(&[
                ("state", "open, closed or all."),
                ("customer", "Id of a customer; his, and of those merged into him."),
                ("agent", "Closed ones an agent took part in: his id, or me."),
                ("team", "Closed ones somebody took part in who is in this team now: its id."),
                ("queue", "Closed ones an agent was asked for on this queue: its id."),
                ("channel", "Closed ones on this channel: its id."),
                ("wrapUp", "Closed ones with this value among their wrap-up codes, in any letter case."),
                ("direction", "Closed ones the customer (INBOUND) or an agent (OUTBOUND) began."),
                ("from", "Closed ones begun at this time or later: RFC 3339 or milliseconds since 1970."),
                ("until", "Closed ones begun before this time."),
                ("minSeconds", "Closed ones that lasted so long at least."),
                ("maxSeconds", "Closed ones that lasted so long at most."),
                ("before", "The last id of the page before."),
                ("limit", "Rows of a page, 1 to 1000."),
            ])
            .gives(Json("Conversations")),
            Route::new(
                Get,
                "/conversation-manager/conversations/{id}",
                get(conversations::one),
                "Read a conversation",
            )
            .gives(Json("Conversation")),
            Route::new(
                Get,
                "/conversation-manager/conversations/{id}/events",
                get(conversations::events),
                "What happened in a conversation",
            )
            .query(&[
                ("after", "Reads on from here: what the page before gave as next."),
                ("before", "Reads back from here: what the page after it gave as next, or end. Its rows are oldest first."),
                ("limit", "Rows of a page, 1 to 1000."),
            ])
            .gives(Json("Events")),
            Route::new(
                Get,
                "/conversation-manager/customer-topics/{id}/conversation-data",
                get(conversations::data),
                "The pairs kept with a conversation",
            )
            .gives(Json("Object")),
            Route::new(
                Post,
                "/conversation-manager/customer-topics/{id}/conversation-data",
                post(conversations::add_data),
                "Add pairs to a conversation; without credentials, to the web chat the caller's address is in",
            )
            .by(Public)
            .takes(Json("Object"))
            .gives(Json("Object")),
            Route::new(
                Post,
                "/conversation-manager/customer-topics/{id}/conversation-data-by-identifier",
                post(conversations::add_data_by_identifier),
                "The same for the open conversation of a customer's address",
            )
            .by(Public)
            .takes(Json("Object"))
            .gives(Json("Object")),
            Route::new(
                Put,
                "/conversation-manager/customer-topics/{id}/update-customer",
                put(linking::link),
                "Give a conversation to another customer",
            )
            .takes(Json("LinkRequest"))
            .gives(Json("Customer"))
            .versioned(),
            Route::new(
                Put,
                "/conversation-manager/customer-topics/update-past-conversations",
                put(linking::link_past),
                "Give the past conversations of an anonymous customer to another one",
            )
            .takes(Json("PastRequest"))
            .gives(Json("Linked")),
            Route::new(
                Post,
                "/conversation-manager/conversations/{id}/unlink",
                post(linking::unlink),
                "Give a conversation back to the customer it was taken from last",
            )
            .takes(Json("Why"))
            .gives(Json("Customer"))
            .versioned(),
            Route::new(
                Get,
                "/conversation-manager/customer-topics/get/{channelIdentifier}",
                get(conversations::by_identifier),
                "The open conversation of a customer's address",
            )
            .gives(Json("Conversation")),
            Route::new(
                Get,
                "/conversation-manager/customer-topics/customer/{id}/activities",
                get(conversations::history),
                "What happened with a customer before the conversation that is open now, newest first",
            )
            .query(&[
                ("limit", "Events of a page, 1 to 1000."),
                ("offset", "Which page, from 0."),
                ("activity-type", "ALL."),
            ])
            .gives(Json("History")),
        ],
    );

    add("Desk", desk());
    add("Reports", reported());

    add(
        "Files",
        vec![
            Route::new(
                Post,
                "/file-engine/api/uploadFileStream",
                post(files::upload).layer(form()),
                "Upload a file; without credentials, from an address that is in a web chat",
            )
            .by(Public)
            .takes(Form)
            .gives(Json("Uploaded")),
            Route::new(Get, "/file-engine/api/downloadFileStream", get(files::download), "Download a file")
                .by(Public)
                .limited()
                .query(&[("filename", "The name the upload was answered with.")])
                .gives(File),
            Route::new(Get, "/file-engine/api/getFileStat", get(files::stat), "What is known of a file")
                .by(Visitor)
                .query(&[("filename", "The name the upload was answered with.")])
                .gives(Json("FileStat")),
        ],
    );

    add("Web chat", web_chat());

    add(
        "Audit",
        vec![
            Route::new(Get, "/audit", get(audit::list), "Who did what, when and from where, newest first")
                .query(AUDIT)
                .gives(Json("AuditTrail")),
            Route::new(Get, "/audit/export", get(audit::export), "The same, all of it, as a file")
                .query(AUDIT)
                .gives(Lines),
            Route::new(
                Get,
                "/audit/records/{sequence}",
                get(audit::record),
                "One record, with the object of the registry it tells of before and after, without secrets",
            )
            .gives(Json("AuditedRecord")),
        ],
    );

    add(
        "Operation",
        vec![
            Route::new(Get, "/healthz", get(status::health), "The process answers").by(Public),
            Route::new(Get, "/readyz", get(status::readiness), "Messages can be taken").by(Public),
            Route::new(Get, "/metrics", get(status::metrics), "Metrics for Prometheus")
                .by(Watcher)
                .gives(Text),
            Route::new(Get, "/openapi.json", get(docs::document), "This document").by(Public),
            Route::new(Get, "/docs", get(docs::page), "This document, to read").by(Public).gives(Page),
        ],
    );
    routes
}

/// What desks ask for while they start.
fn desk() -> Vec<Route> {
    vec![
        Route::new(
            Get,
            "/unified-admin/agent-desk-settings",
            get(settings::desk_settings),
            "What desks offer, in a list of one",
        )
        .by(Public)
        .gives(List("DeskOptions")),
        Route::new(
            Get,
            "/unified-admin/locale-setting",
            get(settings::locales),
            "The languages of desks, in a list of one",
        )
        .gives(List("LocaleSetting")),
    ]
}

const PERIOD: &[(&str, &str)] = &[
    ("from", "The time it covers: RFC 3339 or milliseconds since 1970. Default: today."),
    ("until", "Default: now."),
    ("every", "all, quarter, hour or day: the length of its rows."),
    ("offset", "Minutes by which days are ahead of UTC."),
    ("format", "json or csv."),
];
const STATISTICS: &[(&str, &str)] = &[
    ("by", "queue, agent, team, channel, mrd or total: what its rows are about."),
    PERIOD[0],
    PERIOD[1],
    PERIOD[2],
    PERIOD[3],
    PERIOD[4],
];
const LOG: &[(&str, &str)] = &[
    ("agent", "Only of this agent."),
    PERIOD[0],
    PERIOD[1],
    ("after", "`next` of the page before."),
    ("limit", "Rows of a page, 1 to 1000. A file has none: it holds every row."),
    PERIOD[4],
];

/// What was and what is. The first paths are ours, the others those of installed desks' dashboards.
fn reported() -> Vec<Route> {
    vec![
        Route::new(
            Get,
            "/cim-reporting/statistics",
            get(statistics::statistics),
            "Sums and figures by queue, agent, team, channel or domain",
        )
        .query(STATISTICS)
        .gives(Json("Report")),
        Route::new(
            Get,
            "/cim-reporting/agent-states",
            get(statistics::agent_states),
            "How long agents were in which state, and for which reason",
        )
        .query(PERIOD)
        .gives(Json("Report")),
        Route::new(
            Get,
            "/cim-reporting/agent-log",
            get(agents::log),
            "Who logged in, got ready, stopped and why",
        )
        .query(LOG)
        .gives(Json("ReportPage")),
        Route::new(
            Get,
            "/cim-reporting/finished-tasks",
            get(agents::tasks),
            "Requests and the work they became, in the order they ended",
        )
        .query(LOG)
        .gives(Json("ReportPage")),
        Route::new(Get, "/cim-reporting/live", get(live::now), "Queues, agents and channels at this moment")
            .query(&[
                ("part", "queues, agents or channels; without it all of them."),
                ("offset", "Minutes by which the day is ahead of UTC."),
                ("format", "json, or csv of a part."),
            ])
            .gives(Json("Live")),
        Route::new(
            Post,
            "/cim-reporting/dry-run",
            post(dry_run::hold),
            "Play a recorded time again with other queues, agents or staff; nothing live is touched",
        )
        .takes(Json("DryRun"))
        .gives(Json("DryRunReport")),
        Route::new(
            Post,
            "/cim-reporting/queue-active-chats/detail",
            post(dashboards::active),
            "Conversations agents serve, by queue",
        )
        .takes(Json("ChatsWanted"))
        .gives(List("ChatsOfQueue")),
        Route::new(
            Post,
            "/cim-reporting/queued-chats/detail",
            post(dashboards::queued),
            "Customers who wait for an agent, by queue",
        )
        .takes(Json("ChatsWanted"))
        .gives(List("ChatsOfQueue")),
        Route::new(
            Get,
            "/cim-reporting/bot-active-chats/detail",
            get(dashboards::with_bots),
            "Conversations bots look after alone, by bot",
        )
        .gives(List("ChatsOfQueue")),
        Route::new(
            Post,
            "/cim-reporting/agent-activity/detail",
            post(dashboards::agents_of_teams),
            "Agents at work, of some teams or all",
        )
        .takes(Json("TeamsWanted"))
        .gives(Json("AgentActivity")),
        Route::new(
            Get,
            "/cim-reporting/agent-activity/detail",
            get(dashboards::agents_of_queue),
            "Agents at work, of a queue",
        )
        .query(&[("queueId", "Id of the queue; without it all agents.")])
        .gives(Json("AgentActivity"))
        .also(&[404]),
    ]
}

/// Widgets, forms and calendars. Pages read without credentials what a widget of theirs needs.
fn web_chat() -> Vec<Route> {
    let mut routes = vec![
        Route::new(
            Get,
            WIDGETS.path,
            get(web::widgets),
            "For people all widgets; for pages the one called default",
        )
        .by(Public)
        .gives(OneOrList(WIDGETS.schema)),
        Route::new(Get, "/ccm/widget-configs/{id}", get(web::widget), "Read a widget, by identifier or id")
            .by(Public)
            .gives(Json(WIDGETS.schema)),
        Route::new(Get, "/unified-admin/forms/all", FORMS.listing(), "List all forms")
            .gives(List(FORMS.schema)),
        Route::new(
            Get,
            "/unified-admin/forms/getAllFormTitles",
            get(web::form_titles),
            "The titles of all forms",
        )
        .gives(List("FormTitle")),
        Route::new(
            Get,
            "/unified-admin/forms/getFormByTitle/{title}",
            get(web::form_by_title),
            "Read a form by its title",
        )
        .gives(Json(FORMS.schema))
        .versioned(),
        Route::new(
            Get,
            "/unified-admin/forms/{id}",
            get(web::form),
            "Read a form; without credentials, one a widget names",
        )
        .by(Public)
        .gives(Json(FORMS.schema))
        .versioned(),
        Route::new(Post, FORMS.path, post(web::create_form), "Create a form")
            .takes(Json(FORMS.schema))
            .gives(Json(FORMS.schema))
            .versioned(),
        Route::new(Put, FORMS.path, put(web::replace_form), "Replace the form with the id in the body")
            .takes(Json(FORMS.schema))
            .gives(Json(FORMS.schema))
            .versioned()
            .conditional(),
        Route::new(Delete, FORMS.one_path, delete(web::delete_form), "Delete a form")
            .gives(Json("Object"))
            .conditional(),
        Route::new(
            Get,
            "/unified-admin/formValidation",
            get(web::form_validation),
            "Patterns answers are checked with before they are sent",
        )
        .by(Public)
        .gives(List("FormValidation")),
        Route::new(
            Get,
            "/business-calendar/calendars/events",
            get(web::calendar_events),
            "What takes place in a calendar; without credentials, in that of a web channel",
        )
        .by(Public)
        .query(&[
            ("calendarId", "Id of the calendar."),
            ("startTime", "From this time on: RFC 3339, a date or milliseconds since 1970. Default: now."),
            ("endTime", "Before this time. Default: a week later."),
        ])
        .also(&[404])
        .gives(List("CalendarOccurrence")),
        Route::new(
            Get,
            "/business-calendar/calendars/{id}/now",
            get(web::calendar_now),
            "Whether somebody is there, and when somebody is again; without credentials, in that of a web channel",
        )
        .by(Public)
        .gives(Json("CalendarNow")),
    ];
    let served = |route: &Route| -> bool {
        let kept = [
            (Get, WIDGETS.path),
            (Get, WIDGETS.one_path),
            (Get, FORMS.one_path),
            (Post, FORMS.path),
            (Delete, FORMS.one_path),
        ];
        kept.contains(&(route.verb, route.path))
    };
    for noun in [&WIDGETS, &FORMS, &CALENDARS] {
        let same = registered(noun, noun.creating(), noun.replacing());
        routes.extend(same.into_iter().filter(|route| !served(route)));
    }
    routes
}

fn message(path: &'static str, summary: &str) -> Route {
    Route::new(Post, path, post(exchange::receive), summary)
        .by(Visitor)
        .takes(Json("Message"))
        .gives(Json("Accepted"))
        .idempotent()
}

/// List, read, create, replace and delete.
fn registered(
    noun: &'static Noun,
    create: MethodRouter<SharedApp>,
    replace: MethodRouter<SharedApp>,
) -> Vec<Route> {
    let readers = if noun.connectors_see_theirs() { Visitor } else { Person };
    let (kind, schema) = (noun.kind, noun.schema);
    vec![
        Route::new(Get, noun.path, noun.listing(), format!("List all {kind}s"))
            .by(readers)
            .query(PAGE)
            .gives(List(schema)),
        Route::new(Post, noun.path, create, format!("Create a {kind}"))
            .takes(Json(schema))
            .gives(Json(schema))
            .status(201)
            .versioned(),
        Route::new(Get, noun.one_path, noun.reading(), format!("Read a {kind}"))
            .by(readers)
            .gives(Json(schema))
            .versioned(),
        Route::new(Put, noun.one_path, replace, format!("Replace a {kind}"))
            .takes(Json(schema))
            .gives(Json(schema))
            .versioned()
            .conditional(),
        Route::new(Delete, noun.one_path, noun.removing(), format!("Delete a {kind}"))
            .gives(Nothing)
            .conditional(),
        Route::new(Get, noun.versions_path, noun.remembering(), format!("What a {kind} was, newest first"))
            .query(&[("limit", "Versions at most, 1 to 1000.")])
            .gives(List("ObjectVersion")),
        Route::new(Get, noun.references_path, noun.referring(), format!("What names a {kind}"))
            .gives(List("InTheWay")),
    ]
}
