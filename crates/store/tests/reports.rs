//! What is kept for reports.

use tieline_core::agent::MrdState;
use tieline_core::batch::Batch;
use tieline_core::report::{
    Counts, Ending, FinishedTask, INTERVAL, Interval, Measure, Standing, StateChange, Subject, SubjectKind,
    Tallies, What,
};
use tieline_core::task::{Direction, Mode};
use tieline_core::time::{At, Span};
use tieline_store::{Error, LogFilter, Store};

use crate::fixture::*;
use crate::home::{Home, keys};

every_backend! {
    sums_are_added_to_what_is_there
    sums_that_were_not_committed_are_not_there
    sums_are_asked_for_by_kind_and_time
    logs_of_agents_and_tasks_are_paged
    reports_are_purged_by_age
}

const EVER: (At, At) = (At::from_millis(i64::MIN), At::from_millis(i64::MAX));

fn work(queue: u32) -> Subject {
    Subject::Work { mrd: id(9), queue: Some(id(queue)), channel: None, agent: Some(id(1)) }
}

fn sums<const N: usize>(rows: [(i64, Subject, u64); N]) -> Tallies {
    let row = |(millis, subject, answered)| {
        let counts = Counts::of([(Measure::Answered, answered), (Measure::WaitMaxMs, answered * 10)]);
        (Interval::of(at(millis)), subject, counts)
    };
    rows.into_iter().map(row).collect()
}

pub fn change(millis: i64, agent: u32, what: What) -> StateChange {
    StateChange { at: at(millis), agent: id(agent), what, reason: (agent == 1).then(|| id(77)) }
}

pub fn finished(millis: i64, task: u32) -> FinishedTask {
    FinishedTask {
        task: id(task),
        conversation: id(1),
        channel: Some(id(3)),
        queue: (task > 1).then(|| id(4)),
        mrd: id(9),
        agent: None,
        direction: Direction::Inbound,
        mode: Mode::Queue,
        priority: 11,
        queued_at: at(millis - 9),
        offered_at: Some(at(millis - 5)),
        answered_at: None,
        closed_at: at(millis),
        wrapped: Span::ZERO,
        held: Span::millis(3),
        ending: Ending::Abandoned,
    }
}

async fn commit(home: &Home, tallies: Tallies) {
    home.store().commit(Batch { tallies, ..Batch::default() }).await.unwrap();
}

async fn kept(store: &Store) -> Tallies {
    store.tallies(SubjectKind::ALL.to_vec(), EVER.0, EVER.1, 1000).await.unwrap().unwrap()
}

async fn sums_are_added_to_what_is_there(mut home: Home) {
    commit(&home, sums([(0, work(1), 2), (0, work(2), 1)])).await;
    commit(&home, sums([(0, work(1), 3), (INTERVAL.as_millis() as i64, work(1), 1)])).await;
    let mut expected = sums([(0, work(1), 2), (0, work(2), 1)]);
    expected.join(&sums([(0, work(1), 3), (INTERVAL.as_millis() as i64, work(1), 1)]));
    for restarted in [false, true] {
        if restarted {
            home.restart(keys(1)).await.unwrap();
        }
        assert_eq!(kept(home.store()).await, expected);
    }
    let (_, _, counts) = expected.iter().next().unwrap();
    assert_eq!((counts.get(Measure::Answered), counts.get(Measure::WaitMaxMs)), (5, 30));
}

async fn sums_that_were_not_committed_are_not_there(home: Home) {
    commit(&home, sums([(0, work(1), 2)])).await;
    let broken = Batch {
        tallies: sums([(0, work(1), 7), (0, work(2), 7)]),
        state_changes: vec![change(1, 1, What::Ready)],
        conversations: vec![conversation(2, 404)],
        ..Batch::default()
    };
    assert!(matches!(home.store().commit(broken).await, Err(Error::Inconsistent(_))));
    assert_eq!(kept(home.store()).await, sums([(0, work(1), 2)]));
}

async fn sums_are_asked_for_by_kind_and_time(home: Home) {
    let length = INTERVAL.as_millis() as i64;
    let ready = Subject::Time { agent: id(1), standing: Standing::Ready, reason: None };
    let busy = Standing::Domain(id(9), MrdState::Busy);
    let busy = Subject::Time { agent: id(1), standing: busy, reason: Some(id(5)) };
    let all = [
        (0, work(1), 1),
        (length, work(1), 2),
        (length, Subject::Channel(id(3)), 3),
        (2 * length, ready, 4),
        (2 * length, busy, 5),
    ];
    commit(&home, sums(all)).await;
    use SubjectKind::{Channel, Time, Work};
    for (kinds, from, until, limit, expected) in [
        (vec![Work], 0, 3, 10, Some(vec![1, 2])),
        (vec![Work], 1, 3, 10, Some(vec![2])),
        (vec![Work, Channel], 0, 2, 10, Some(vec![1, 2, 3])),
        (vec![Time], 0, 2, 10, Some(vec![])),
        (vec![Time], 2, 3, 2, Some(vec![4, 5])),
        (vec![Time], 2, 3, 1, None),
        (vec![Work], 2, 1, 10, Some(vec![])),
    ] {
        let (from, until) = (at(from * length), at(until * length));
        let found = home.store().tallies(kinds.clone(), from, until, limit).await.unwrap();
        let found = found.map(|tallies| {
            let mut found: Vec<u64> =
                tallies.iter().map(|(_, _, counts)| counts.get(Measure::Answered)).collect();
            found.sort_unstable();
            found
        });
        assert_eq!(found, expected, "{kinds:?} from {from:?} until {until:?} at most {limit}");
    }
}

async fn logs_of_agents_and_tasks_are_paged(mut home: Home) {
    let changes = vec![
        change(1, 1, What::LoggedIn),
        change(1, 2, What::LoggedIn),
        change(5, 1, What::Domain(id(9), MrdState::PendingNotReady)),
        change(3, 2, What::NotReady),
        change(9, 1, What::LoggedOut),
    ];
    let tasks = vec![finished(2, 1), finished(4, 2), finished(4, 3)];
    let batch = Batch { state_changes: changes.clone(), finished: tasks.clone(), ..Batch::default() };
    home.store().commit(batch).await.unwrap();
    home.restart(keys(1)).await.unwrap();
    let store = home.store();
    let ever = LogFilter { from: EVER.0, until: EVER.1, after: None, agent: None };
    let read = store.state_changes(ever, 10).await.unwrap();
    let all: Vec<StateChange> = read.iter().map(|(_, change)| *change).collect();
    assert_eq!(all, [changes[0], changes[1], changes[3], changes[2], changes[4]]);
    let after = |n: usize| Some(read[n].0);
    for (filter, limit, expected) in [
        (LogFilter { after: after(0), ..ever }, 2, vec![1, 3]),
        (LogFilter { after: after(4), ..ever }, 2, vec![]),
        (LogFilter { from: at(3), until: at(9), ..ever }, 10, vec![3, 2]),
        (LogFilter { agent: Some(id(2)), ..ever }, 10, vec![1, 3]),
        (LogFilter { agent: Some(id(1)), after: after(0), ..ever }, 1, vec![2]),
    ] {
        let found = store.state_changes(filter, limit).await.unwrap();
        let found: Vec<StateChange> = found.into_iter().map(|(_, change)| change).collect();
        assert_eq!(found, expected.iter().map(|n| changes[*n]).collect::<Vec<_>>(), "{filter:?}");
    }
    let read = store.finished_tasks(ever, 2).await.unwrap();
    assert_eq!(read.iter().map(|(_, task)| *task).collect::<Vec<_>>(), tasks[..2]);
    let rest = store.finished_tasks(LogFilter { after: Some(read[1].0), ..ever }, 9).await.unwrap();
    assert_eq!(rest.iter().map(|(_, task)| *task).collect::<Vec<_>>(), tasks[2..]);
}

async fn reports_are_purged_by_age(home: Home) {
    let length = INTERVAL.as_millis() as i64;
    let batch = Batch {
        tallies: sums([(0, work(1), 1), (length, work(1), 2), (0, Subject::Channel(id(3)), 1)]),
        state_changes: vec![change(1, 1, What::LoggedIn), change(50, 1, What::Ready)],
        finished: (1..=1500).map(|task| finished(10, task)).chain([finished(60, 1)]).collect(),
        ..Batch::default()
    };
    home.store().commit(batch).await.unwrap();
    let store = home.store();
    assert_eq!(store.purge_reports(at(length), at(50)).await.unwrap(), 2 + 1 + 1500);
    assert_eq!(kept(store).await, sums([(length, work(1), 2)]));
    let ever = LogFilter { from: EVER.0, until: EVER.1, after: None, agent: None };
    assert_eq!(store.state_changes(ever, 9).await.unwrap().len(), 1);
    assert_eq!(store.finished_tasks(ever, 9).await.unwrap().len(), 1);
    assert_eq!(store.purge_reports(at(length), at(50)).await.unwrap(), 0);
}
