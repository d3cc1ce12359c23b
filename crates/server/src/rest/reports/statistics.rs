//! What was: sums by queue, agent, team, channel or domain, over a time.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tieline_core::agent::MrdState;
use tieline_core::id::Id;
use tieline_core::registry::Registry;
use tieline_core::report::{
    Every, Figures, GroupBy, INTERVAL, Interval, Measure, Rows, Standing, SubjectKind, Tallies, add_to, live,
};
use tieline_core::time::{At, Span};

use super::super::query::Query;
use super::table::{Format, Table};
use super::{DAY, Scope, offset, percent, period};
use crate::app::{App, SharedApp};
use crate::auth::Person;
use crate::problem::ApiError;

/// Sums one report is made of at most: those of a month with hundreds of queues, or of a day with thousands of agents.
const SUMS_MAX: usize = 5_000_000;
/// Sums read at a time.
const PART_SUMS_MAX: usize = 100_000;
/// Intervals read at a time at first, and at most.
const PART_INTERVALS: u64 = 4;
const PART_INTERVALS_MAX: u64 = 10 * 96;
/// Rows of one report.
const ROWS_MAX: usize = 200_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum By {
    Queue,
    Agent,
    Team,
    Channel,
    Mrd,
    Total,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Length {
    /// One row for all of the time.
    #[default]
    All,
    Quarter,
    Hour,
    Day,
}

#[derive(Debug, Deserialize)]
pub struct Asked {
    by: By,
    from: Option<String>,
    until: Option<String>,
    #[serde(default)]
    every: Length,
    offset: Option<i32>,
    #[serde(default)]
    format: Format,
}

/// Sums and what follows from them.
pub async fn statistics(
    State(app): State<SharedApp>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let registry = app.registry();
    let scope = Scope::of(&person, registry.clone())?;
    let offset_minutes = offset(asked.offset)?;
    let (from, until) = period(asked.from.as_deref(), asked.until.as_deref(), offset_minutes, app.now())?;
    let by = asked.by.group();
    let mut found = Rows::new();
    sums(&app, asked.by.kinds(), from, until, |part| {
        add_to(&mut found, part, by, asked.every.of(offset_minutes), &registry, |agent| scope.sees(agent));
        found.len()
    })
    .await?;
    let of_agents = matches!(by, GroupBy::Agent | GroupBy::Team);
    let mut table = Table::new(columns(of_agents));
    for ((begins, about), figures) in &found {
        table.push(shown(&registry, by, *begins, *about, figures));
    }
    table.answer(asked.format, beside(from, until))
}

#[derive(Debug, Deserialize)]
pub struct AskedStates {
    from: Option<String>,
    until: Option<String>,
    #[serde(default)]
    every: Length,
    offset: Option<i32>,
    #[serde(default)]
    format: Format,
}

/// How long each agent was in which state, and for which reason.
pub async fn agent_states(
    State(app): State<SharedApp>,
    person: Person,
    Query(asked): Query<AskedStates>,
) -> Result<Response, ApiError> {
    let registry = app.registry();
    let scope = Scope::of(&person, registry.clone())?;
    let offset_minutes = offset(asked.offset)?;
    let (from, until) = period(asked.from.as_deref(), asked.until.as_deref(), offset_minutes, app.now())?;
    let every = asked.every.of(offset_minutes);
    let mut found = Rows::new();
    sums(&app, vec![SubjectKind::Time], from, until, |part| {
        add_to(&mut found, part, GroupBy::Agent, every, &registry, |agent| scope.sees(agent));
        found.len()
    })
    .await?;
    let mut table =
        Table::new(["begins", "id", "name", "state", "mrd", "mrdName", "reason", "reasonName", "stateMs"]);
    for ((begins, about), figures) in &found {
        for ((standing, reason), millis) in &figures.states {
            let mut row = state(&registry, *standing, *reason);
            row["begins"] = json!(begins);
            row["id"] = json!(about);
            row["name"] = json!(about.and_then(|id| name(&registry, GroupBy::Agent, id)));
            row["stateMs"] = json!(millis);
            table.push(row);
        }
    }
    table.answer(asked.format, beside(from, until))
}

/// Reads the sums of these kinds in a time, a part after the other, in the order of time; the time agents have spent in the
/// states they are in now is among them. `take` adds a part to rows and says how many there are.
///
/// # Errors
/// 400, when there are more sums or rows than a report has.
pub async fn sums(
    app: &App,
    kinds: Vec<SubjectKind>,
    from: At,
    until: At,
    mut take: impl FnMut(&Tallies) -> usize,
) -> Result<(), ApiError> {
    let (from, now) = (Interval::of(from).begins(), app.now());
    let (mut begins, mut intervals, mut read) = (from, PART_INTERVALS, 0);
    while begins < until {
        let ends = until.min(begins + Span::millis(INTERVAL.as_millis() * intervals));
        let Some(part) = app.store.tallies(kinds.clone(), begins, ends, PART_SUMS_MAX).await? else {
            if intervals == 1 {
                return Err(too_much(format!("a quarter of an hour holds more than {PART_SUMS_MAX} sums")));
            }
            intervals /= 2;
            continue;
        };
        read += part.len();
        if read > SUMS_MAX {
            return Err(too_much(format!("this time holds more than {SUMS_MAX} sums")));
        }
        if take(&part) > ROWS_MAX {
            return Err(too_much(format!("this would have more than {ROWS_MAX} rows")));
        }
        begins = ends;
        intervals = PART_INTERVALS_MAX.min(intervals * 2);
    }
    if kinds.contains(&SubjectKind::Time) && now.since(from) > Span::ZERO {
        let unfinished = app.engine.ask(move |state| live::unfinished_times(state, now)).await?;
        let within = unfinished.iter().filter(|(interval, ..)| (from..until).contains(&interval.begins()));
        take(&within.map(|(interval, subject, counts)| (interval, subject, counts.clone())).collect());
    }
    Ok(())
}

fn too_much(what: String) -> ApiError {
    ApiError::bad_request("from", what, "Ask for a shorter time, or for longer rows.")
}

impl By {
    const fn group(self) -> GroupBy {
        match self {
            Self::Queue => GroupBy::Queue,
            Self::Agent => GroupBy::Agent,
            Self::Team => GroupBy::Team,
            Self::Channel => GroupBy::Channel,
            Self::Mrd => GroupBy::Mrd,
            Self::Total => GroupBy::Total,
        }
    }

    fn kinds(self) -> Vec<SubjectKind> {
        match self {
            Self::Agent | Self::Team => vec![SubjectKind::Work, SubjectKind::Time],
            Self::Channel | Self::Total => vec![SubjectKind::Work, SubjectKind::Channel],
            Self::Queue | Self::Mrd => vec![SubjectKind::Work],
        }
    }
}

impl Length {
    fn of(self, offset_minutes: i32) -> Option<Every> {
        let length = match self {
            Self::All => return None,
            Self::Quarter => INTERVAL,
            Self::Hour => Span::secs(3600),
            Self::Day => DAY,
        };
        Some(Every { length, offset_minutes })
    }
}

/// Figures that follow from sums.
const DERIVED: [&str; 8] = [
    "serviceLevelPercent",
    "abandonedPercent",
    "averageWaitMs",
    "averageRingMs",
    "averageHandleMs",
    "averageTalkMs",
    "averageWrapUpMs",
    "averageHoldMs",
];
const OF_AGENTS: [&str; 6] =
    ["loggedInMs", "readyMs", "notReadyMs", "workingMs", "availabilityPercent", "occupancyPercent"];

fn columns(of_agents: bool) -> Vec<&'static str> {
    let sums = Measure::ALL.iter().filter(|measure| **measure != Measure::StateMs).map(|m| m.name());
    let mut columns = vec!["begins", "id", "name"];
    columns.extend(DERIVED);
    columns.extend(of_agents.then_some(OF_AGENTS).into_iter().flatten());
    columns.extend(sums);
    columns
}

/// One row: what it is about, its sums, and the figures that follow from them.
pub fn shown(registry: &Registry, by: GroupBy, begins: Option<At>, about: Option<Id>, of: &Figures) -> Value {
    let mut row = derived(of);
    row["begins"] = json!(begins);
    row["id"] = json!(about);
    row["name"] = json!(about.and_then(|id| name(registry, by, id)));
    for measure in Measure::ALL.iter().filter(|measure| **measure != Measure::StateMs) {
        row[measure.name()] = json!(of.counts.get(*measure));
    }
    if !of.states.is_empty() {
        of_agent(&mut row, of);
        let states = of.states.iter().map(|((standing, reason), millis)| {
            let mut shown = state(registry, *standing, *reason);
            shown["stateMs"] = json!(millis);
            shown
        });
        row["states"] = states.collect();
    }
    row
}

fn derived(of: &Figures) -> Value {
    let get = |measure| of.counts.get(measure);
    let talked = get(Measure::HandleMs).saturating_sub(get(Measure::WrapUpMs));
    json!({
        "serviceLevelPercent": percent(of.service_level_permille()),
        "abandonedPercent": percent(of.abandoned_permille()),
        "averageWaitMs": of.average_ms(Measure::WaitMs, Measure::Answered),
        "averageRingMs": of.average_ms(Measure::RingMs, Measure::Answered),
        "averageHandleMs": of.average_ms(Measure::HandleMs, Measure::Handled),
        "averageTalkMs": talked.checked_div(get(Measure::Handled)),
        "averageWrapUpMs": of.average_ms(Measure::WrapUpMs, Measure::Handled),
        "averageHoldMs": of.average_ms(Measure::HoldMs, Measure::Handled),
    })
}

fn of_agent(row: &mut Value, of: &Figures) {
    let ready = of.state_ms(|standing| standing == Standing::Ready);
    let not_ready = of.state_ms(|standing| standing == Standing::NotReady);
    let works = |state| matches!(state, MrdState::Active | MrdState::Busy | MrdState::PendingNotReady);
    let working = of.state_ms(|standing| matches!(standing, Standing::Domain(_, state) if works(state)));
    let of_logged_in = |millis: u64| percent((millis * 1000).checked_div(ready + not_ready));
    row["loggedInMs"] = json!(ready + not_ready);
    row["readyMs"] = json!(ready);
    row["notReadyMs"] = json!(not_ready);
    row["workingMs"] = json!(working);
    row["availabilityPercent"] = json!(of_logged_in(ready));
    row["occupancyPercent"] = json!(of_logged_in(working));
}

fn state(registry: &Registry, standing: Standing, reason: Option<Id>) -> Value {
    let (state, mrd) = match standing {
        Standing::Ready => (json!("READY"), None),
        Standing::NotReady => (json!("NOT_READY"), None),
        Standing::Domain(mrd, state) => (json!(state), Some(mrd)),
    };
    json!({
        "state": state,
        "mrd": mrd,
        "mrdName": mrd.and_then(|mrd| registry.mrd(mrd)).map(|mrd| mrd.value.name.clone()),
        "reason": reason,
        "reasonName": reason.and_then(|id| super::agents::reason_name(registry, id)),
    })
}

/// What people call it; `None` for what is no longer registered.
fn name(registry: &Registry, by: GroupBy, id: Id) -> Option<String> {
    match by {
        GroupBy::Queue => registry.queue(id.into()).map(|queue| queue.value.name.clone()),
        GroupBy::Agent => registry.user(id.into()).map(|user| user.value.username.clone()),
        GroupBy::Team => registry.team(id).map(|team| team.value.name.clone()),
        GroupBy::Channel => registry.channel(id.into()).map(|channel| channel.value.name.clone()),
        GroupBy::Mrd => registry.mrd(id.into()).map(|mrd| mrd.value.name.clone()),
        GroupBy::Total => None,
    }
}

fn beside(from: At, until: At) -> Map<String, Value> {
    let subject = [("from".to_owned(), json!(from)), ("until".to_owned(), json!(until))];
    subject.into_iter().collect()
}
