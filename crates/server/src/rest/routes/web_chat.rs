//! Widgets, forms and calendars, and the files of chats.

use axum::routing::{delete, get, post, put};

use super::{form, registered, together, under};
use crate::rest::noun::{CALENDARS, FORMS, WIDGETS};
use crate::rest::route::Access::{Public, Visitor};
use crate::rest::route::Content::{File, Form, Json, List, OneOrList};
use crate::rest::route::Route;
use crate::rest::route::Verb::{Delete, Get, Post, Put};
use crate::rest::{files, web};

pub(super) fn routes(file_bytes_max: usize) -> Vec<Route> {
    let form = || form(file_bytes_max);
    together([
        under("Web chat", [web_chat()]),
        under(
            "Files",
            [vec![
                Route::new(
                    Post,
                    "/file-engine/api/uploadFileStream",
                    post(files::upload).layer(form()),
                    "Upload a file; without credentials, from an address that is in a web chat",
                )
                .by(Public)
                .takes(Form)
                .gives(Json("Uploaded")),
                Route::new(
                    Get,
                    "/file-engine/api/downloadFileStream",
                    get(files::download),
                    "Download a file",
                )
                .by(Public)
                .limited()
                .query(&[("filename", "The name the upload was answered with.")])
                .gives(File),
                Route::new(Get, "/file-engine/api/getFileStat", get(files::stat), "What is known of a file")
                    .by(Visitor)
                    .query(&[("filename", "The name the upload was answered with.")])
                    .gives(Json("FileStat")),
            ]],
        ),
    ])
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
