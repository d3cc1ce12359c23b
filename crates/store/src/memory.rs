//! Rows in this process's memory: for trials, for tests, and for the simulation, which makes it fail on purpose.
//!
//! Everything runs on the caller's task and the only waiting is tokio's, so a run under paused time on one thread
//! repeats exactly.

mod faults;
mod tables;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use faults::Faults;

use crate::backend::{Backend, Care, Later, ReadWork, WriteWork};
use crate::error::{Error, Result};
use crate::rows::{Rows, Stat};
use tables::Tables;

#[derive(Clone)]
pub(crate) struct Memory {
    faults: Faults,
    tables: Arc<Mutex<Tables>>,
    /// Taken away by a restart or a close.
    session: Arc<Mutex<Session>>,
    /// Writes wait here for their turn, in the order they came.
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Session {
    Open,
    Over,
}

impl Memory {
    pub(crate) fn new(faults: Faults) -> Self {
        Self::over(faults, Arc::default())
    }

    fn over(faults: Faults, tables: Arc<Mutex<Tables>>) -> Self {
        Self { faults, tables, session: Arc::new(Mutex::new(Session::Open)), turn: Arc::default() }
    }

    /// The same rows for a new process; this one is cut off.
    pub(crate) fn restarted(&self) -> Self {
        self.end();
        Self::over(self.faults.clone(), Arc::clone(&self.tables))
    }

    fn end(&self) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Session::Over;
    }

    fn check_open(&self) -> Result<()> {
        match *self.session.lock().unwrap_or_else(PoisonError::into_inner) {
            Session::Open => Ok(()),
            Session::Over => Err(Error::unavailable("the memory store was closed")),
        }
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run_write(&self, work: WriteWork) -> Result<()> {
        let _turn = self.turn.lock().await;
        let lose_answer = self.faults.before_write().await?;
        self.check_open()?;
        let mut tables = self.tables();
        match work(&mut *tables) {
            Ok(()) => tables.keep(),
            Err(error) => {
                tables.roll_back();
                return Err(error);
            }
        }
        if lose_answer { Err(Error::unavailable("the acknowledgement was lost, as asked")) } else { Ok(()) }
    }

    async fn run_read(&self, work: ReadWork) -> Result<()> {
        self.faults.before_read().await?;
        self.check_open()?;
        work(&*self.tables())
    }
}

impl Backend for Memory {
    fn read(&self, work: ReadWork) -> Later<'_, ()> {
        Box::pin(self.run_read(work))
    }

    fn write(&self, work: WriteWork, _: Care) -> Later<'_, ()> {
        Box::pin(self.run_write(work))
    }

    fn stat(&self) -> Later<'_, Stat> {
        Box::pin(async {
            self.check_open()?;
            let pending = self.tables().pending_counts()?;
            Ok(Stat { pending_entries: pending.iter().map(|(_, count)| count).sum(), ..Stat::default() })
        })
    }

    fn close(&self) -> Later<'_, ()> {
        Box::pin(async {
            let _turn = self.turn.lock().await;
            self.end();
            Ok(())
        })
    }
}
