//! Requests on pull lists.

use std::sync::Arc;

use tieline_cim::pull::PullRequest;
use tieline_core::effect::Listed;
use tieline_core::registry::Registry;

use super::session;

/// A request as those who follow its list see it, but for its status. One with `callback` is of a customer who was
/// told that somebody will come back to him.
#[must_use]
pub fn pull_request(registry: &Registry, of: &Listed) -> PullRequest {
    let asked = of.scene.session.as_deref().zip(of.scene.customer.as_deref());
    let mut request = PullRequest {
        id: of.listing.id.to_string(),
        channel_session: asked.map(|(asked, with)| Arc::new(session(registry, asked, with))),
        list_id: of.listing.list.to_string(),
        time: of.listing.since.millis().into(),
        ..PullRequest::default()
    };
    if of.listing.promised {
        request.extra.insert("callback".into(), true.into());
    }
    request
}
