//! What was and what is.

use axum::routing::{get, post};

use super::under;
use crate::rest::reports::{agents, desk as dashboards, dry_run, live, statistics};
use crate::rest::route::Content::{Json, List};
use crate::rest::route::Route;
use crate::rest::route::Verb::{Get, Post};

pub(super) fn routes() -> Vec<Route> {
    under("Reports", [reported(), dashboard(OURS), dashboard(INSTALLED)])
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
    ]
}

/// Where a dashboard looks: conversations of agents, customers who wait, conversations of bots, agents.
type Dashboard = [&'static str; 4];

const OURS: Dashboard = [
    "/cim-reporting/queue-active-chats/detail",
    "/cim-reporting/queued-chats/detail",
    "/cim-reporting/bot-active-chats/detail",
    "/cim-reporting/agent-activity/detail",
];

/// Below the address installed desks come configured with.
const INSTALLED: Dashboard = [
    "/realtime-reports/queue-active-chats/detail",
    "/realtime-reports/queued-chats/detail",
    "/realtime-reports/bot-active-chats/detail",
    "/realtime-reports/agent-activity/detail",
];

fn dashboard([active, queued, with_bots, agents]: Dashboard) -> Vec<Route> {
    vec![
        Route::new(Post, active, post(dashboards::active), "Conversations agents serve, by queue")
            .takes(Json("ChatsWanted"))
            .gives(List("ChatsOfQueue")),
        Route::new(Post, queued, post(dashboards::queued), "Customers who wait for an agent, by queue")
            .takes(Json("ChatsWanted"))
            .gives(List("ChatsOfQueue")),
        Route::new(Get, with_bots, get(dashboards::with_bots), "Conversations bots look after alone, by bot")
            .gives(List("ChatsOfQueue")),
        Route::new(Post, agents, post(dashboards::agents_of_teams), "Agents at work, of some teams or all")
            .takes(Json("TeamsWanted"))
            .gives(Json("AgentActivity")),
        Route::new(Get, agents, get(dashboards::agents_of_queue), "Agents at work, of a queue")
            .query(&[("queueId", "Id of the queue; without it all agents.")])
            .gives(Json("AgentActivity"))
            .also(&[404]),
    ]
}
