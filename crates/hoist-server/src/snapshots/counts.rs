//! How often each flag answered what: counters that evaluation increments without waiting for a lock.
//!
//! An atomic increment costs about as much as the evaluation of a plain flag, and a bulk answer would need one for each
//! flag. So bulk answers have cells of their own, which only one thread at a time writes: the one that has the turn,
//! which is asked for once an answer. Whoever does not get it at once uses the atomic way.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

use hoist_eval::Reason;

use crate::snapshots::fragment::{ALL_REASONS, REASONS, reason_index};

/// The answers of one flag. They outlive snapshots for as long as the flag has the same variants. Cloning is cheap; clones
/// are the same counters, so that whoever counts finds them without a look elsewhere.
#[derive(Debug, Clone)]
pub struct FlagCounts {
    variants: Arc<[Box<str>]>,
    /// One group of [`REASONS`] for each variant, and a last one for answers without a variant.
    cells: Arc<[AtomicU64]>,
    /// The same for bulk answers that had the turn.
    bulk: Arc<[AtomicU64]>,
}

/// The turn to count in the cells of bulk answers. One for an environment, whatever snapshot it serves. Cloning is
/// cheap; clones are the same turn.
#[derive(Debug, Clone, Default)]
pub struct BulkTurn(Arc<Mutex<()>>);

/// The turn, while somebody has it.
#[derive(Debug)]
pub struct HasTurn<'t>(#[expect(dead_code, reason = "gives the turn back when it is dropped")] MutexGuard<'t, ()>);

impl BulkTurn {
    /// Takes the turn if nobody has it.
    pub fn take(&self) -> Option<HasTurn<'_>> {
        match self.0.try_lock() {
            Ok(guard) => Some(HasTurn(guard)),
            Err(TryLockError::Poisoned(poisoned)) => Some(HasTurn(poisoned.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

impl FlagCounts {
    /// Returns the counts for a flag with these variants: `previous` if they are its variants too, else new ones.
    pub fn carry(previous: Option<&Self>, variants: &[&str]) -> Self {
        if let Some(previous) = previous
            && previous.variants.iter().map(|variant| &**variant).eq(variants.iter().copied())
        {
            return previous.clone();
        }
        let cells = || (0..(variants.len() + 1) * REASONS).map(|_| AtomicU64::new(0)).collect();
        let names = variants.iter().map(|variant| Box::from(*variant)).collect();
        Self { variants: names, cells: cells(), bulk: cells() }
    }

    /// Counts one answer; `variant` is an index into the flag's variants, absent for an error. Whoever has the turn of
    /// the flag's environment shows it.
    pub fn record(&self, variant: Option<usize>, reason: Reason, turn: Option<&HasTurn<'_>>) {
        let place = variant.unwrap_or(self.variants.len()) * REASONS + reason_index(reason);
        if turn.is_none() {
            if let Some(cell) = self.cells.get(place) {
                cell.fetch_add(1, Ordering::Relaxed);
            }
        } else if let Some(cell) = self.bulk.get(place) {
            // Nobody else writes here meanwhile.
            cell.store(cell.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
        }
    }

    /// Lists variant, reason and count of every answer that was given at least once. No variant means an error.
    pub fn answers(&self) -> impl Iterator<Item = (Option<&str>, Reason, u64)> {
        let both = self.cells.chunks(REASONS).zip(self.bulk.chunks(REASONS));
        both.enumerate().flat_map(|(group, (cells, bulk))| {
            let variant = self.variants.get(group).map(|variant| &**variant);
            let sums = cells
                .iter()
                .zip(bulk)
                .map(|(cell, bulk)| cell.load(Ordering::Relaxed).wrapping_add(bulk.load(Ordering::Relaxed)));
            let counted = sums.zip(ALL_REASONS).map(move |(count, reason)| (variant, reason, count));
            counted.filter(|(_, _, count)| *count > 0)
        })
    }

    /// Returns how often the flag answered with this variant, whatever the reason.
    pub fn of_variant(&self, variant: &str) -> u64 {
        self.answers().filter(|(found, _, _)| *found == Some(variant)).map(|(_, _, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_variant_and_reason() {
        let counts = FlagCounts::carry(None, &["on", "off"]);
        let turn = BulkTurn::default();
        counts.record(Some(0), Reason::Split, None);
        counts.record(Some(0), Reason::Split, turn.take().as_ref());
        counts.record(Some(1), Reason::Disabled, None);
        counts.record(None, Reason::Error, turn.take().as_ref());
        let found: Vec<_> = counts.answers().collect();
        let expected = [(Some("on"), Reason::Split, 2), (Some("off"), Reason::Disabled, 1), (None, Reason::Error, 1)];
        assert_eq!(found, expected);
        assert_eq!(counts.of_variant("on"), 2);
    }

    #[test]
    fn counts_are_carried_while_the_variants_stay() {
        let counts = FlagCounts::carry(None, &["on", "off"]);
        counts.record(Some(0), Reason::Static, None);
        assert_eq!(FlagCounts::carry(Some(&counts), &["on", "off"]).of_variant("on"), 1);
        assert_eq!(FlagCounts::carry(Some(&counts), &["off", "on"]).of_variant("on"), 0);
    }

    #[test]
    fn one_at_a_time_has_the_turn_and_no_answer_is_lost() {
        let (counts, turn) = (FlagCounts::carry(None, &["on"]), BulkTurn::default());
        let first = turn.take();
        assert!(first.is_some() && turn.clone().take().is_none());
        drop(first);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10_000 {
                        counts.record(Some(0), Reason::Static, turn.take().as_ref());
                    }
                });
            }
        });
        assert_eq!(counts.of_variant("on"), 40_000);
    }
}
