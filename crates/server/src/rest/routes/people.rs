//! Who works here: people, teams and bots; and the settings they share.

use axum::routing::{delete, get, post, put};

use super::{registered, together, under};
use crate::rest::noun::{BOTS, REASONS, SETTINGS, TEAMS, USERS};
use crate::rest::route::Access::Bot;
use crate::rest::route::Content::{Json, List, Nothing};
use crate::rest::route::Route;
use crate::rest::route::Verb::{Delete, Get, Post, Put};
use crate::rest::{bots, credentials, second_factor, thresholds, users};

pub(super) fn routes() -> Vec<Route> {
    together([
        under(
            "People",
            [
                registered(&USERS, post(users::create), put(users::replace)),
                vec![
                    Route::new(
                        Delete,
                        "/unified-admin/users/{id}/second-factor",
                        delete(second_factor::remove_anothers),
                        "Switch another user's second factor off; ends every session of the account",
                    )
                    .gives(Nothing),
                ],
                vec![
                    Route::new(
                        Get,
                        "/unified-admin/roles",
                        get(users::roles),
                        "What each role may do, and how many people have it",
                    )
                    .gives(List("RolePermissions")),
                ],
                registered(&TEAMS, TEAMS.creating(), TEAMS.replacing()),
            ],
        ),
        under(
            "Bots",
            [
                registered(&BOTS, credentials::creating(&BOTS), BOTS.replacing()),
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
            ],
        ),
        under(
            "Settings",
            [
                registered(&REASONS, REASONS.creating(), REASONS.replacing()),
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
                        SETTINGS.versions_path,
                        SETTINGS.remembering(),
                        "What the settings of the tenant were, newest first",
                    )
                    .query(&[("limit", "Versions at most, 1 to 1000.")])
                    .gives(List("ObjectVersion")),
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
            ],
        ),
    ])
}
