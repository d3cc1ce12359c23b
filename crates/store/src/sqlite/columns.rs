//! Columns to values and back.

use rusqlite::Row;
use rusqlite::types::Type;

use tieline_core::audit::Actor;
use tieline_core::delivery::{Lane, Via};
use tieline_core::event::Seq;
use tieline_core::facts::Accepted;
use tieline_core::id::{ChannelId, Id};
use tieline_core::report::{FinishedTask, StateChange};
use tieline_core::time::{At, Span};

use crate::codec::figures;
use crate::report::LogPlace;
use crate::rows::{
    AgentRow, AttemptRow, AuditRow, ConversationRow, CustomerRow, Ends, EntryRow, EventRow, KeyRow,
    ObjectRow, Purpose, StatusRow, SubjectRow, TallyRow,
};

pub(super) type Sql<T> = rusqlite::Result<T>;

/// SQLite's integers are signed; ours stay far below the difference.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn limited(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

pub(super) fn bytes(id: impl Into<Id>) -> [u8; 12] {
    id.into().0
}

pub(super) const LAST_ID: [u8; 12] = [255; 12];

pub(super) fn id<T: From<Id>>(row: &Row<'_>, column: usize) -> Sql<T> {
    Ok(T::from(Id(row.get(column)?)))
}

fn optional_id<T: From<Id>>(row: &Row<'_>, column: usize) -> Sql<Option<T>> {
    Ok(row.get::<_, Option<[u8; 12]>>(column)?.map(|bytes| T::from(Id(bytes))))
}

pub(super) fn number(row: &Row<'_>, column: usize) -> Sql<u64> {
    row.get::<_, i64>(column).map(i64::cast_unsigned)
}

pub(super) fn at(row: &Row<'_>, column: usize) -> Sql<At> {
    row.get(column).map(At::from_millis)
}

fn optional_at(row: &Row<'_>, column: usize) -> Sql<Option<At>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(At::from_millis))
}

/// A number this release gives no meaning to.
fn strange(column: usize, name: &str) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(column, name.into(), Type::Integer)
}

pub(super) fn key_row(row: &Row<'_>) -> Sql<KeyRow> {
    Ok(KeyRow {
        kid: row.get(0)?,
        purpose: match row.get(1)? {
            1 => Purpose::Data,
            2 => Purpose::Index,
            _ => return Err(strange(1, "purpose")),
        },
        wrapped: row.get(2)?,
        created_at: at(row, 3)?,
    })
}

pub(super) fn ends(row: &Row<'_>) -> Sql<Ends> {
    Ok(Ends {
        object_history: number(row, 0)?,
        entry: number(row, 1)?,
        audit: number(row, 2)?,
        customer: optional_id(row, 3)?,
    })
}

pub(super) fn object_row(row: &Row<'_>) -> Sql<ObjectRow> {
    Ok(ObjectRow {
        kind: row.get(0)?,
        id: id(row, 1)?,
        version: number(row, 2)?,
        at: at(row, 3)?,
        body: row.get(4)?,
    })
}

pub(super) fn agent_row(row: &Row<'_>) -> Sql<AgentRow> {
    Ok(AgentRow { id: id(row, 0)?, body: row.get(1)? })
}

pub(super) fn customer_row(row: &Row<'_>) -> Sql<CustomerRow> {
    Ok(CustomerRow { id: id(row, 0)?, key: row.get(1)?, body: row.get(2)?, survivor: optional_id(row, 3)? })
}

pub(super) fn conversation_row(row: &Row<'_>) -> Sql<ConversationRow> {
    Ok(ConversationRow {
        id: id(row, 0)?,
        customer: id(row, 1)?,
        live: row.get(2)?,
        started_at: at(row, 3)?,
        closed_at: optional_at(row, 4)?,
        body: row.get(5)?,
    })
}

pub(super) fn event_row(row: &Row<'_>) -> Sql<EventRow> {
    Ok(EventRow {
        seq: number(row, 0)?,
        at: at(row, 1)?,
        conversation: id(row, 2)?,
        customer: id(row, 3)?,
        session: optional_id(row, 4)?,
        fact: row.get(5)?,
        message: row.get(6)?,
        body: row.get(7)?,
    })
}

pub(super) fn entry_row(row: &Row<'_>) -> Sql<EntryRow> {
    let lane = match row.get(2)? {
        1 => Lane::Session(id(row, 3)?),
        2 => Lane::Configuration(id(row, 3)?),
        3 => Lane::Bot(id(row, 3)?),
        _ => return Err(strange(2, "lane_kind")),
    };
    let subject = match row.get::<_, Option<i64>>(4)? {
        Some(event) => SubjectRow::Event {
            event: event.cast_unsigned(),
            conversation: id(row, 5)?,
            customer: id(row, 6)?,
        },
        None => SubjectRow::Configuration { version: number(row, 7)? },
    };
    let moment = at(row, 12)?;
    let status = match row.get(11)? {
        0 => StatusRow::Pending { due: moment },
        1 => StatusRow::Delivered {
            at: moment,
            how: match row.get(13)? {
                1 => Via::Webhook,
                2 => Via::Feed,
                _ => return Err(strange(13, "via")),
            },
        },
        2 => StatusRow::Dead { at: moment, reason: row.get(14)? },
        3 => StatusRow::Superseded { at: moment },
        4 => StatusRow::Resolved { at: moment, letter: row.get(14)? },
        _ => return Err(strange(11, "status")),
    };
    Ok(EntryRow {
        seq: number(row, 0)?,
        receiver: id(row, 1)?,
        lane,
        subject,
        previous: number(row, 8)?,
        created_at: at(row, 9)?,
        attempts: row.get(10)?,
        status,
    })
}

pub(super) fn attempt_row(row: &Row<'_>) -> Sql<AttemptRow> {
    Ok(AttemptRow {
        entry: number(row, 0)?,
        number: row.get(1)?,
        at: at(row, 2)?,
        duration_ms: row.get(3)?,
        status: row.get(4)?,
        customer: optional_id(row, 5)?,
        error: row.get(6)?,
    })
}

pub(super) fn tally_row(row: &Row<'_>) -> Sql<TallyRow> {
    Ok(TallyRow { kind: row.get(0)?, interval: at(row, 1)?, subject: row.get(2)?, counts: row.get(3)? })
}

pub(super) fn state_change(row: &Row<'_>) -> Sql<(LogPlace, StateChange)> {
    let place = LogPlace { position: number(row, 0)?, at: at(row, 1)? };
    let what = figures::what(row.get(3)?, optional_id(row, 4)?).ok_or_else(|| strange(3, "what"))?;
    let (agent, reason) = (id(row, 2)?, optional_id(row, 5)?);
    Ok((place, StateChange { at: place.at, agent, what, reason }))
}

pub(super) fn finished_task(row: &Row<'_>) -> Sql<(LogPlace, FinishedTask)> {
    let place = LogPlace { position: number(row, 0)?, at: at(row, 1)? };
    let task = FinishedTask {
        closed_at: place.at,
        task: id(row, 2)?,
        conversation: id(row, 3)?,
        channel: optional_id(row, 4)?,
        queue: optional_id(row, 5)?,
        mrd: id(row, 6)?,
        agent: optional_id(row, 7)?,
        direction: figures::direction(row.get(8)?).ok_or_else(|| strange(8, "direction"))?,
        mode: figures::mode(row.get(9)?).ok_or_else(|| strange(9, "mode"))?,
        priority: row.get(10)?,
        queued_at: at(row, 11)?,
        offered_at: optional_at(row, 12)?,
        answered_at: optional_at(row, 13)?,
        wrapped: Span::millis(number(row, 14)?),
        held: Span::millis(number(row, 15)?),
        ending: figures::ending(row.get(16)?).ok_or_else(|| strange(16, "ending"))?,
    };
    Ok((place, task))
}

pub(super) fn audit_row(row: &Row<'_>) -> Sql<AuditRow> {
    Ok(AuditRow {
        seq: number(row, 0)?,
        at: at(row, 1)?,
        actor: match row.get(2)? {
            0 => Actor::System,
            1 => Actor::User(id(row, 3)?),
            2 => Actor::Stranger,
            _ => return Err(strange(2, "actor_kind")),
        },
        deed: row.get(4)?,
        subject: optional_id(row, 5)?,
        customer: optional_id(row, 6)?,
        body: row.get(7)?,
    })
}

/// Sequence, channel, and a byte that says which of conversation, session and customer follow.
pub(super) fn encode_accepted(accepted: &Accepted) -> Vec<u8> {
    let Accepted { seq, conversation, session, customer, channel } = accepted;
    let optional = [conversation.map(bytes), session.map(bytes), customer.map(bytes)];
    let mut blob = Vec::with_capacity(8 + 12 + 1 + 3 * 12);
    blob.extend_from_slice(&seq.to_be_bytes());
    blob.extend_from_slice(&bytes(*channel));
    blob.push(optional.iter().enumerate().fold(0, |which, (i, id)| which | (u8::from(id.is_some()) << i)));
    optional.iter().flatten().for_each(|id| blob.extend_from_slice(id));
    blob
}

pub(super) fn accepted(row: &Row<'_>) -> Sql<Accepted> {
    let blob: Vec<u8> = row.get(0)?;
    decode_accepted(&blob).ok_or_else(|| rusqlite::Error::InvalidColumnType(0, "accepted".into(), Type::Blob))
}

fn decode_accepted(blob: &[u8]) -> Option<Accepted> {
    let (seq, rest) = blob.split_first_chunk::<8>()?;
    let (channel, rest) = rest.split_first_chunk::<12>()?;
    let (which, mut rest) = rest.split_first()?;
    let mut next = |i: u8| -> Option<Option<Id>> {
        if which & (1 << i) == 0 {
            return Some(None);
        }
        let (id, after) = rest.split_first_chunk::<12>()?;
        rest = after;
        Some(Some(Id(*id)))
    };
    Some(Accepted {
        seq: Seq::from_be_bytes(*seq),
        channel: ChannelId(Id(*channel)),
        conversation: next(0)?.map(Into::into),
        session: next(1)?.map(Into::into),
        customer: next(2)?.map(Into::into),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_survives_its_blob() {
        let id = |n| Id([n; 12]);
        for which in 0..8_u8 {
            let accepted = Accepted {
                seq: 77,
                channel: id(1).into(),
                conversation: (which & 1 > 0).then(|| id(2).into()),
                session: (which & 2 > 0).then(|| id(3).into()),
                customer: (which & 4 > 0).then(|| id(4).into()),
            };
            let blob = encode_accepted(&accepted);
            assert_eq!(decode_accepted(&blob), Some(accepted));
            assert_eq!(decode_accepted(&blob[..blob.len() - 1]), None);
        }
    }
}
