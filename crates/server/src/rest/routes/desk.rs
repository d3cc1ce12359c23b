//! What desks ask for beside conversations.

use axum::routing::{delete, get, post, put};

use super::{registered, under};
use crate::desk::settings;
use crate::rest::noun::CANNED_MESSAGES;
use crate::rest::route::Access::Public;
use crate::rest::route::Content::{Json, List, Nothing};
use crate::rest::route::Route;
use crate::rest::route::Verb::{Delete, Get, Post, Put};
use crate::rest::{announcements, preferences};

pub(super) fn routes() -> Vec<Route> {
    under(
        "Desk",
        [
            registered(&CANNED_MESSAGES, CANNED_MESSAGES.creating(), CANNED_MESSAGES.replacing()),
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
                Route::new(
                    Get,
                    "/cim-customer/agentSetting",
                    get(preferences::desk),
                    "How one likes one's desk",
                )
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
            desk(),
        ],
    )
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
