//! Reports in storage: what sums are about, the sums themselves, and the numbers of the words in logs.

use tieline_core::agent::MrdState;
use tieline_core::id::Id;
use tieline_core::report::{Counts, Ending, Measure, Standing, Subject as Counted, SubjectKind, What};
use tieline_core::task::{Direction, Mode};

use crate::error::{Error, Result};

/// The ids of a subject, each optional one with a byte before it that says whether it is there.
pub(crate) fn subject_blob(subject: &Counted) -> Vec<u8> {
    let mut blob = Vec::with_capacity(52);
    let mut optional = |id: Option<Id>| {
        blob.push(u8::from(id.is_some()));
        blob.extend(id.iter().flat_map(|id| id.0));
    };
    match *subject {
        Counted::Work { mrd, queue, channel, agent } => {
            optional(Some(mrd.into()));
            optional(queue.map(Into::into));
            optional(channel.map(Into::into));
            optional(agent.map(Into::into));
        }
        Counted::Channel(channel) => optional(Some(channel.into())),
        Counted::Time { agent, standing, reason } => {
            let (state, mrd) = match standing {
                Standing::Ready => (What::Ready, None),
                Standing::NotReady => (What::NotReady, None),
                Standing::Domain(mrd, state) => (What::Domain(mrd, state), Some(mrd)),
            };
            optional(Some(agent.into()));
            optional(reason);
            optional(mrd.map(Into::into));
            blob.push(what_code(state));
        }
    }
    blob
}

/// `None` when the blob is of no subject known.
pub(crate) fn open_subject(kind: u8, blob: &[u8]) -> Option<Counted> {
    let mut rest = blob;
    let kind = SubjectKind::ALL.into_iter().find(|known| known.code() == kind)?;
    let subject = match kind {
        SubjectKind::Work => Counted::Work {
            mrd: next_id(&mut rest)??.into(),
            queue: next_id(&mut rest)?.map(Into::into),
            channel: next_id(&mut rest)?.map(Into::into),
            agent: next_id(&mut rest)?.map(Into::into),
        },
        SubjectKind::Channel => Counted::Channel(next_id(&mut rest)??.into()),
        SubjectKind::Time => {
            let agent = next_id(&mut rest)??.into();
            let reason = next_id(&mut rest)?;
            let mrd = next_id(&mut rest)?;
            let (code, after) = rest.split_first()?;
            rest = after;
            let standing = match what(*code, mrd)? {
                What::Ready => Standing::Ready,
                What::NotReady => Standing::NotReady,
                What::Domain(mrd, state) => Standing::Domain(mrd, state),
                _ => return None,
            };
            Counted::Time { agent, standing, reason }
        }
    };
    rest.is_empty().then_some(subject)
}

fn next_id(rest: &mut &[u8]) -> Option<Option<Id>> {
    let (there, after) = rest.split_first()?;
    *rest = after;
    if *there == 0 {
        return Some(None);
    }
    let (id, after) = rest.split_first_chunk::<12>()?;
    *rest = after;
    Some(Some(Id(*id)))
}

/// Each measure's number and value, the value in sevens of bits, the lowest first.
pub(crate) fn counts_blob(counts: &Counts) -> Vec<u8> {
    let mut blob = Vec::with_capacity(32);
    for (measure, mut value) in counts.iter() {
        blob.push(measure.code());
        while value >= 0x80 {
            blob.push(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        blob.push(value.to_le_bytes()[0]);
    }
    blob
}

/// Measures of a newer release are left out.
pub(crate) fn open_counts(blob: &[u8]) -> Result<Counts> {
    let mut counts = Counts::default();
    let mut bytes = blob.iter();
    while let Some(code) = bytes.next() {
        let (mut value, mut shift) = (0_u64, 0_u32);
        loop {
            let byte = bytes.next().filter(|_| shift < u64::BITS);
            let byte = byte.ok_or_else(|| Error::Inconsistent("a sum is cut off".to_owned()))?;
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        if let Some(measure) = Measure::of_code(*code) {
            counts.add(measure, value);
        }
    }
    Ok(counts)
}

/// Numbers of what happened to agents, in storage. They never change their meaning.
pub(crate) const fn what_code(what: What) -> u8 {
    match what {
        What::LoggedIn => 1,
        What::LoggedOut => 2,
        What::Ready => 3,
        What::NotReady => 4,
        What::DeskLost => 5,
        What::DeskBack => 6,
        What::Domain(_, state) => match state {
            MrdState::Login => 10,
            MrdState::NotReady => 11,
            MrdState::PendingNotReady => 12,
            MrdState::Ready => 13,
            MrdState::Active => 14,
            MrdState::Busy => 15,
            MrdState::Interrupted => 16,
        },
    }
}

/// What a stored number means, in a domain or not.
pub(crate) fn what(code: u8, mrd: Option<Id>) -> Option<What> {
    let state = match code {
        1 => return Some(What::LoggedIn),
        2 => return Some(What::LoggedOut),
        3 => return Some(What::Ready),
        4 => return Some(What::NotReady),
        5 => return Some(What::DeskLost),
        6 => return Some(What::DeskBack),
        10 => MrdState::Login,
        11 => MrdState::NotReady,
        12 => MrdState::PendingNotReady,
        13 => MrdState::Ready,
        14 => MrdState::Active,
        15 => MrdState::Busy,
        16 => MrdState::Interrupted,
        _ => return None,
    };
    Some(What::Domain(mrd?.into(), state))
}

/// Declares the numbers of an enumeration in storage, which never change their meaning.
macro_rules! numbered {
    ($to:ident, $from:ident, $of:ty: $($name:ident = $code:literal,)*) => {
        pub(crate) const fn $to(value: $of) -> u8 {
            match value {
                $(<$of>::$name => $code,)*
            }
        }

        pub(crate) const fn $from(code: u8) -> Option<$of> {
            Some(match code {
                $($code => <$of>::$name,)*
                _ => return None,
            })
        }
    };
}

numbered! { direction_code, direction, Direction:
    Inbound = 1,
    Outbound = 2,
    DirectTransfer = 3,
    DirectConference = 4,
    Consult = 5,
    ConsultTransfer = 6,
    ConsultConference = 7,
    SilentMonitor = 8,
    BargeIn = 9,
}

numbered! { mode_code, mode, Mode:
    Queue = 1,
    Agent = 2,
}

numbered! { ending_code, ending, Ending:
    Handled = 1,
    Transferred = 2,
    Lost = 3,
    Rerouted = 4,
    Abandoned = 5,
    Rona = 6,
    NoAgent = 7,
    Withdrawn = 8,
}
