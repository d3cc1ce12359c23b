//! Pull lists: what desks ask for, and what they are told of the lists their agents follow.

use std::sync::Arc;

use tieline_cim::Encoded;
use tieline_cim::pull::{PullModeEvent, PullModeEventType, PullRequest};
use tieline_cim::request::{JoinPullModeRequest, PullModeListSubscription};
use tieline_cim::routing::PullModeList;
use tieline_core::command::Command;
use tieline_core::effect::{Listed, Push};
use tieline_core::id::ListId;
use tieline_core::listing::Stage;
use tieline_core::registry::Registry;

use super::incoming::{Refused, id, own, submit};
use super::line::Line;
use crate::wire::{registry as objects, scene};

/// Requests in one packet to a desk.
const PAGE: usize = 50;
/// What a desk is told of a request that has left its list: it takes the row away.
const GONE: &str = "closing";

/// `subscribePullModeList`, `unsubscribePullModeList`.
pub async fn follow(line: &Line, follow: bool, request: PullModeListSubscription) -> Result<(), Refused> {
    own(line, &request.agent_id)?;
    let seat = request.topic_participant.conversation_id.as_deref();
    let named = Some(request.list_id.as_str()).filter(|list| !list.is_empty()).or(seat);
    let list = id("listId", named.unwrap_or_default())?;
    submit(line, Command::FollowList { agent: line.agent, list, follow }).await
}

pub async fn join(line: &Line, request: JoinPullModeRequest) -> Result<(), Refused> {
    own(line, &request.agent_id)?;
    let listing = id("requestId", &request.request_id)?;
    submit(line, Command::JoinListed { agent: line.agent, listing }).await
}

/// `deletePullModeRequest`, whose argument is the request's id alone.
pub async fn end(line: &Line, request: String) -> Result<(), Refused> {
    let listing = id("requestId", &request)?;
    submit(line, Command::EndListed { agent: line.agent, listing }).await
}

/// Tells a desk how the lists its agent follows stand.
pub async fn tell(line: &Line, registry: &Registry, push: Push) {
    match push {
        Push::Lists { follows, listed } => {
            show_lists(line, registry, &follows).await;
            let (first, rest) = listed.split_at(listed.len().min(PAGE));
            line.emit("pullModeSubscribedListRequests", &requests(registry, first)).await;
            add(line, registry, rest).await;
        }
        Push::ListFollowed { follows, listed } => {
            show_lists(line, registry, &follows).await;
            add(line, registry, &listed).await;
        }
        Push::ListUnfollowed { follows, list } => {
            show_lists(line, registry, &follows).await;
            line.emit("removePullModeSubscribedListRequests", &list.to_string()).await;
        }
        Push::Listed { listed, calls } => {
            if calls && listed.listing.stage != Stage::Unread {
                // Installed desks ring only for a request they do not show yet.
                change(line, registry, PullModeEventType::StateChanged, &listed, GONE).await;
            }
            let kind = if calls { PullModeEventType::Received } else { PullModeEventType::StateChanged };
            change(line, registry, kind, &listed, status(listed.listing.stage)).await;
        }
        _ => {}
    }
}

async fn show_lists(line: &Line, registry: &Registry, follows: &[ListId]) {
    let known = follows.iter().filter_map(|list| registry.list(*list));
    let lists: Vec<PullModeList> = known.map(|stored| objects::list(&stored.value)).collect();
    line.emit("onPullModeSubscribedList", &lists).await;
}

/// In several packets: a list may be long.
async fn add(line: &Line, registry: &Registry, listed: &[Arc<Listed>]) {
    for page in listed.chunks(PAGE) {
        line.emit("addPullModeSubscribedListRequests", &requests(registry, page)).await;
    }
}

async fn change(line: &Line, registry: &Registry, kind: PullModeEventType, of: &Listed, status: &str) {
    let request = PullRequest { status: status.to_owned(), ..scene::pull_request(registry, of) };
    let told = PullModeEvent {
        pull_mode_event: Encoded(request),
        kind,
        conversation_id: Some(of.conversation.to_string()),
        ..PullModeEvent::default()
    };
    line.emit("onPullModeSubscribedListRequest", &told).await;
}

fn requests(registry: &Registry, listed: &[Arc<Listed>]) -> Vec<PullRequest> {
    let shown = |of: &Arc<Listed>| PullRequest {
        status: status(of.listing.stage).to_owned(),
        ..scene::pull_request(registry, of)
    };
    listed.iter().map(shown).collect()
}

const fn status(stage: Stage) -> &'static str {
    match stage {
        Stage::Unread => "unread",
        Stage::Active => "active",
        Stage::Inactive { .. } => "inactive",
        Stage::Closed => GONE,
    }
}
