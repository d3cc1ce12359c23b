//! How requests find agents.

use axum::routing::{get, post};

use super::{PAGE, registered, under};
use crate::rest::noun::{AGENTS, ATTRIBUTES, LISTS, MRDS, QUEUES};
use crate::rest::route::Content::{Json, List};
use crate::rest::route::Route;
use crate::rest::route::Verb::{Get, Post, Put};
use crate::rest::{queues, tasks};

pub(super) fn routes() -> Vec<Route> {
    under(
        "Routing",
        [
            registered(&MRDS, MRDS.creating(), MRDS.replacing()),
            registered(&ATTRIBUTES, ATTRIBUTES.creating(), ATTRIBUTES.replacing()),
            registered(&QUEUES, QUEUES.creating(), QUEUES.replacing()),
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
                    "By queue the agents who could be asked to help in a conversation: how many, and the first hundred",
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
            registered(&LISTS, LISTS.creating(), LISTS.replacing()),
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
        ],
    )
}
