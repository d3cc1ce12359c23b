//! Rotation: a new data key takes the place of those before it, while the store is in use.
//!
//! First the new key is committed; from then on every write, of whatever process, uses it (`Vault::follow`). Then each
//! row there was at that moment is visited once, in steps of one transaction each, and what an earlier key seals or wraps is put under the new
//! one. After the last step nothing needs an earlier key, and those are removed. A row says itself which key it needs,
//! so the steps may end anywhere: everything stays readable, and a later rotation starts with visiting the rows again.

use std::ops::ControlFlow;

use tieline_core::event::Seq;
use tieline_core::id::CustomerId;

use crate::backend::Care;
use crate::error::Result;
use crate::rows::{DeadQuery, Ends, RowsMut};
use crate::seal::Kid;
use crate::{Inner, Store};

/// A rotation under way. Dropping it is as good as a crash: the next one goes on.
#[derive(Debug)]
pub struct Rotation {
    store: Store,
    /// The key that will be left.
    kid: Kid,
    /// Rows beyond came after that key.
    ends: Ends,
    next: Step,
    done: Rotated,
}

/// How far a rotation has come, and at last what it did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rotated {
    pub rows_visited: u64,
    /// Rows of the tenant's own sealed anew.
    pub resealed: u64,
    /// Customers' keys wrapped anew.
    pub rewrapped: u64,
    /// Earlier data keys removed from the store.
    pub retired: u64,
}

/// The next thing to do; for a page of rows, after which one.
#[derive(Debug, Clone, Copy)]
enum Step {
    Agents,
    Objects(u64),
    Reasons(Seq),
    Errors(Seq, u32),
    Audit(Seq),
    Customers(Option<CustomerId>),
    Retire,
    Over,
}

impl Store {
    /// Adds a data key, unless an unfinished rotation left one that is to be the only one; [`Rotation::step`] does
    /// the rest. A process that was started with another master key cannot write any more.
    pub async fn rotate_data_key(&self) -> Result<Rotation> {
        let (kid, ends) = self
            .write(Care::Ordinary, |inner, rows| {
                let kid = match rows.data_kids()?.as_slice() {
                    [.., _, newest] => *newest,
                    _ => inner.vault.add_data_key(rows)?,
                };
                Ok((kid, rows.ends()?))
            })
            .await?;
        Ok(Rotation { store: self.clone(), kid, ends, next: Step::Agents, done: Rotated::default() })
    }
}

impl Rotation {
    /// Does the next step, which visits `rows_max` rows at most; broken off when it was the last. A step that failed
    /// may be repeated.
    pub async fn step(&mut self, rows_max: usize) -> Result<ControlFlow<Rotated, Rotated>> {
        let (step, kid, ends, rows_max) = (self.next, self.kid, self.ends, rows_max.max(1));
        let care = if let Step::Retire = step { Care::Erasing } else { Care::Ordinary };
        let (next, part) = self
            .store
            .write(care, move |inner, rows| {
                let mut part = Part { inner, rows, kid, ends, rows_max, done: Rotated::default() };
                Ok((part.take(step)?, part.done))
            })
            .await?;
        self.next = next;
        self.done.rows_visited += part.rows_visited;
        self.done.resealed += part.resealed;
        self.done.rewrapped += part.rewrapped;
        self.done.retired += part.retired;
        Ok(match next {
            Step::Over => ControlFlow::Break(self.done),
            _ => ControlFlow::Continue(self.done),
        })
    }
}

/// One step, within its transaction.
struct Part<'a> {
    inner: &'a Inner,
    rows: &'a mut dyn RowsMut,
    kid: Kid,
    ends: Ends,
    rows_max: usize,
    done: Rotated,
}

impl Part<'_> {
    /// Returns what comes after it.
    fn take(&mut self, step: Step) -> Result<Step> {
        Ok(match step {
            Step::Agents => {
                self.agents()?;
                Step::Objects(0)
            }
            Step::Objects(after) => self.objects(after)?.map_or(Step::Reasons(0), Step::Objects),
            Step::Reasons(after) => self.reasons(after)?.map_or(Step::Errors(0, 0), Step::Reasons),
            Step::Errors(entry, number) => self
                .errors((entry, number))?
                .map_or(Step::Audit(0), |(entry, number)| Step::Errors(entry, number)),
            Step::Audit(after) => self.audit(after)?.map_or(Step::Customers(None), Step::Audit),
            Step::Customers(after) => {
                self.customers(after)?.map_or(Step::Retire, |last| Step::Customers(Some(last)))
            }
            Step::Retire => {
                self.retire()?;
                Step::Over
            }
            Step::Over => Step::Over,
        })
    }

    /// All at once: there are never more than people.
    fn agents(&mut self) -> Result<()> {
        for row in self.rows.agents()? {
            self.done.rows_visited += 1;
            if let Some(row) = self.inner.opening(&*self.rows).reseal_agent(&row)? {
                self.rows.put_agent(row)?;
                self.done.resealed += 1;
            }
        }
        Ok(())
    }

    fn objects(&mut self, after: u64) -> Result<Option<u64>> {
        let mut last = None;
        for (position, row) in self.rows.object_history(after, self.rows_max)? {
            last = Some(position);
            self.done.rows_visited += 1;
            if let Some(body) = self.inner.opening(&*self.rows).reseal_object(&row)? {
                self.rows.replace_object_body(position, &row, body)?;
                self.done.resealed += 1;
            }
        }
        Ok(last.filter(|last| *last < self.ends.object_history))
    }

    /// Why deliveries of the tenant's own were given up, and what became of them.
    fn reasons(&mut self, after: Seq) -> Result<Option<Seq>> {
        let mut last = None;
        let query = DeadQuery { after, limit: self.rows_max, ..DeadQuery::default() };
        let mut rows = self.rows.dead(&query)?;
        rows.extend(self.rows.dead(&DeadQuery { resolved: true, ..query })?);
        rows.sort_unstable_by_key(|row| row.seq);
        rows.truncate(self.rows_max);
        for row in rows {
            last = Some(row.seq);
            self.done.rows_visited += 1;
            if let Some(row) = self.inner.opening(&*self.rows).reseal_entry(row)? {
                self.rows.put_entry(row)?;
                self.done.resealed += 1;
            }
        }
        Ok(last.filter(|last| *last < self.ends.entry))
    }

    /// What went wrong with attempts to make such deliveries.
    fn errors(&mut self, after: (Seq, u32)) -> Result<Option<(Seq, u32)>> {
        let mut last = None;
        for row in self.rows.attempts_after(after, self.rows_max)? {
            last = Some((row.entry, row.number));
            self.done.rows_visited += 1;
            if let Some(row) = self.inner.opening(&*self.rows).reseal_attempt(&row)? {
                self.rows.put_attempt(row)?;
                self.done.resealed += 1;
            }
        }
        Ok(last.filter(|(entry, _)| *entry <= self.ends.entry))
    }

    fn audit(&mut self, after: Seq) -> Result<Option<Seq>> {
        let mut last = None;
        for row in self.rows.audit_after(after, self.rows_max)? {
            last = Some(row.seq);
            self.done.rows_visited += 1;
            if let Some(body) = self.inner.opening(&*self.rows).reseal_audit(&row)? {
                self.rows.replace_audit_body(row.seq, body)?;
                self.done.resealed += 1;
            }
        }
        Ok(last.filter(|last| *last < self.ends.audit))
    }

    fn customers(&mut self, after: Option<CustomerId>) -> Result<Option<CustomerId>> {
        let mut last = None;
        for row in self.rows.customers(after, self.rows_max)? {
            last = Some(row.id);
            self.done.rows_visited += 1;
            let Some(key) = &row.key else { continue };
            if let Some(key) = self.inner.vault.rewrapped(&*self.rows, row.id, key)? {
                self.rows.set_customer_key(row.id, key)?;
                self.done.rewrapped += 1;
            }
        }
        Ok(last.filter(|last| Some(*last) < self.ends.customer))
    }

    fn retire(&mut self) -> Result<()> {
        for kid in self.rows.data_kids()?.into_iter().filter(|kid| *kid < self.kid) {
            self.rows.delete_key(kid)?;
            self.done.retired += 1;
        }
        Ok(())
    }
}
