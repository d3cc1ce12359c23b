//! What a route can be asked that nobody means, made from what the list of routes says of it.

use reqwest::Method;
use tieline_server::rest::route::{Access, Content, Route, Verb};

/// An id nobody has.
const NOBODY: &str = "fffffffffffffffffffffff1";
/// What evaluators may send: what belongs to everybody who signed in, and what asks for figures.
const EVALUATORS_MAY: [&str; 6] = [
    "/auth/",
    "/cim-customer/agentSetting",
    "/cim-customer/userPreference",
    "/team-announcement/announcement/seenStatus",
    "/cim-reporting/",
    "/realtime-reports/",
];

/// Whoever was erased has no past, and desks that still show him are to say so rather than fail.
const EMPTY_FOR_NOBODY: &str = "/conversation-manager/customer-topics/customer/{id}/activities";

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    Stranger,
    /// Who changes nothing.
    Evaluator,
    /// Whoever may most.
    Allowed,
    Bot,
}

pub struct Unmeant {
    pub what: &'static str,
    pub by: Asker,
    pub method: Method,
    pub path: String,
    pub body: Option<Vec<u8>>,
    /// Statuses that are right.
    pub right: &'static [u16],
}

/// `body_bytes_max` is the bound of bodies that are no files.
pub fn of(route: &Route, body_bytes_max: usize) -> Vec<Unmeant> {
    let takes_json = matches!(route.takes, Content::Json(_) | Content::List(_));
    let has_parts = route.path.contains('{');
    let names_one = has_parts || route.query.iter().any(|(name, _)| *name == "_id");
    let is_public = matches!(route.access, Access::Public | Access::Watcher);
    let allowed = if route.access == Access::Bot { Asker::Bot } else { Asker::Allowed };
    let ask = |what, by, id: &str, body: Option<Vec<u8>>, right| Unmeant {
        what,
        by,
        method: method(route.verb),
        path: path(route, id),
        body,
        right,
    };
    let empty = || takes_json.then(|| b"{}".to_vec());
    let mut asked = Vec::new();
    if !is_public {
        asked.push(ask("without a session", Asker::Stranger, NOBODY, empty(), &[401]));
    }
    let is_forbidden =
        route.verb != Verb::Get && !EVALUATORS_MAY.iter().any(|may| route.path.starts_with(may));
    if !is_public && is_forbidden {
        let right: &[u16] = if route.access == Access::Bot { &[401] } else { &[400, 403, 404] };
        asked.push(ask("without a permission", Asker::Evaluator, NOBODY, empty(), right));
    }
    if takes_json {
        for (what, body, right) in [
            ("with no JSON", b"{".to_vec(), &[400][..]),
            ("with no text", vec![b'"', 0xff, b'"'], &[400]),
            ("with a number", b"7".to_vec(), if names_one { &[400, 404] } else { &[400] }),
            ("with nothing", Vec::new(), &[400]),
            ("with too much", vec![b' '; body_bytes_max + 1], &[413]),
        ] {
            asked.push(ask(what, allowed, NOBODY, Some(body), right));
        }
    }
    if names_one {
        let right: &[u16] = if takes_json { &[400, 403, 404] } else { &[404] };
        asked.push(ask("for what is no id", allowed, "no-id", empty(), right));
        let right = if route.path == EMPTY_FOR_NOBODY { &[200] } else { right };
        asked.push(ask("for an id nobody has", allowed, NOBODY, empty(), right));
    }
    if has_parts {
        asked.push(ask("under a path that is no text", allowed, "%FF", empty(), &[400]));
    }
    // A file has no pages.
    if route.gives != Content::Lines && route.query.iter().any(|(name, _)| *name == "limit") {
        for limit in ["?limit=x", "?limit=0", "?limit=1001"] {
            let asks =
                ask("for an odd page", allowed, NOBODY, None, if has_parts { &[400, 404] } else { &[400] });
            asked.push(Unmeant { path: asks.path.clone() + limit, ..asks });
        }
    }
    asked
}

fn method(verb: Verb) -> Method {
    match verb {
        Verb::Get => Method::GET,
        Verb::Post => Method::POST,
        Verb::Put => Method::PUT,
        Verb::Delete => Method::DELETE,
    }
}

/// The path of a route with the same id wherever it has one.
fn path(route: &Route, id: &str) -> String {
    let parts = route.path.split('/').map(|part| if part.starts_with('{') { id } else { part });
    let path = parts.collect::<Vec<_>>().join("/");
    match route.query.iter().any(|(name, _)| *name == "_id") {
        true => format!("{path}?_id={id}"),
        false => path,
    }
}
