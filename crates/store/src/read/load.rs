//! Everything live, read at a start.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::num::NonZero;
use std::sync::Arc;

use tieline_core::conversation::Conversation;
use tieline_core::customer::Customer;
use tieline_core::delivery::{Lane, Subject};
use tieline_core::id::{ConversationId, CustomerId};
use tieline_core::state::Remembered;

use super::conversation;
use crate::codec::{self, Opening};
use crate::error::{Error, Result};
use crate::rows::{ConversationQuery, ConversationRow, CustomerRow};
use crate::seal::SealKey;

/// Live conversations read and then opened at a time.
const LIVE_ROWS: usize = 2_000;

/// What the engine needs to go on.
pub(super) fn load(opening: &Opening<'_>) -> Result<Remembered> {
    let mut loaded = Remembered { next_seq: opening.rows.next_seq()?, ..Remembered::default() };
    for row in opening.rows.objects()? {
        let (version, at) = (row.version, row.at);
        loaded.objects.extend(opening.object(row)?.map(|object| (object, version, at)));
    }
    for row in opening.rows.agents()? {
        loaded.agents.push(opening.agent(row)?);
    }
    load_conversations(opening, &mut loaded)?;
    for row in opening.rows.pending()? {
        loaded.entries.push(opening.entry(row)?);
    }
    load_lanes(opening, &mut loaded)?;
    let live: HashSet<CustomerId> = loaded.customers.iter().map(|customer| customer.id).collect();
    let waiting = loaded.entries.iter().filter_map(|entry| match entry.subject {
        Subject::Event { customer, .. } if !live.contains(&customer) => Some(customer),
        _ => None,
    });
    for id in waiting.collect::<BTreeSet<_>>() {
        loaded.customers.extend(opening.customer_by_id(id)?);
    }
    loaded.customers.sort_unstable_by_key(|customer| customer.id);
    Ok(loaded)
}

/// The live conversations and their customers, who have one each.
fn load_conversations(opening: &Opening<'_>, loaded: &mut Remembered) -> Result<()> {
    let mut query = ConversationQuery { live_only: true, limit: LIVE_ROWS, ..ConversationQuery::default() };
    loop {
        let page = opening.rows.conversations(&query)?;
        let Some(last) = page.last() else { break };
        query.before = Some(last.id);
        let mut sealed = Vec::with_capacity(page.len());
        for row in page {
            let owner = opening.owner_row(&row)?;
            sealed.extend(owner.map(|(customer, key)| Live { conversation: row, customer, key }));
        }
        for (conversation, customer) in open_live(sealed)? {
            loaded.conversations.extend(conversation);
            loaded.customers.extend(customer);
        }
    }
    loaded.conversations.reverse();
    Ok(())
}

/// A live conversation with its customer, both sealed.
struct Live {
    conversation: ConversationRow,
    customer: CustomerRow,
    key: Arc<SealKey>,
}

type Opened = (Option<Conversation>, Option<Arc<Customer>>);

/// Opens these on all processors: it is most of what a start takes.
fn open_live(mut sealed: Vec<Live>) -> Result<Vec<Opened>> {
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = sealed.len().div_ceil(threads).max(1);
    let mut shares = Vec::with_capacity(threads);
    while !sealed.is_empty() {
        shares.push(sealed.split_off(sealed.len().saturating_sub(share)));
    }
    let open = |share: Vec<Live>| -> Result<Vec<Opened>> {
        let open = |live: Live| {
            let conversation = codec::open_conversation(&live.key, live.conversation)?;
            Ok((conversation, codec::open_customer(&live.key, live.customer)?))
        };
        share.into_iter().map(open).collect()
    };
    std::thread::scope(|scope| {
        let opening: Vec<_> =
            shares.into_iter().rev().map(|share| scope.spawn(move || open(share))).collect();
        let mut opened = Vec::new();
        for share in opening {
            opened.extend(share.join().map_err(|_| Error::unavailable("opening a row panicked"))??);
        }
        Ok(opened)
    })
}

fn load_lanes(opening: &Opening<'_>, loaded: &mut Remembered) -> Result<()> {
    let live: BTreeSet<ConversationId> =
        loaded.conversations.iter().map(|conversation| conversation.id).collect();
    let mut closed: HashMap<ConversationId, Option<Arc<Conversation>>> = HashMap::new();
    let mut lanes = BTreeSet::new();
    for entry in &loaded.entries {
        let (Lane::Session(session), Subject::Event { conversation: id, .. }) = (entry.lane, entry.subject)
        else {
            continue;
        };
        if live.contains(&id) || !lanes.insert(session) {
            continue;
        }
        let of = match closed.entry(id) {
            Slot::Occupied(known) => known.into_mut(),
            Slot::Vacant(unknown) => unknown.insert(conversation(opening, id)?),
        };
        loaded.lane_sessions.extend(of.as_ref().and_then(|of| of.session(session)).cloned());
    }
    Ok(())
}
