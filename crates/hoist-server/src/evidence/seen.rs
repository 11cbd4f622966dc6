//! Units that were just served under an allocation: what evaluation leaves for the intake.
//!
//! Evaluation must not wait. So a unit that a small table of recent units knows is passed over with one load, and every
//! other goes into a bounded queue under a lock that is held for one push. The table forgets: a unit that comes again is
//! told again, and the ledger knows that it knows it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use hoist_eval::draft::AllocationDraft;
use hoist_lifecycle::intake::Unit;

use crate::limits::{SEEN_QUEUE_MAX, SEEN_RECENT_MAX};
use crate::tasks::Nudge;

/// An allocation under which units are served.
#[derive(Debug)]
pub struct Serving {
    /// The allocation, which names its rollout.
    pub allocation: AllocationDraft,
    /// The flag's variants, by index.
    pub variants: Box<[String]>,
    /// Hashes above this are not sampled.
    threshold: AtomicU64,
    recent: OnceLock<Box<[AtomicU64]>>,
}

/// A unit, and what it got.
#[derive(Debug, Clone)]
pub struct SeenUnit {
    /// Under which allocation.
    pub serving: Arc<Serving>,
    /// The index of the variant.
    pub variant: usize,
    /// The entry of the allocation whose split drew it; absent if it was given its variant with everyone of its audience.
    pub drawn: Option<u8>,
    /// The unit.
    pub unit: Unit,
}

impl Serving {
    /// Returns an allocation under which nobody was served yet.
    pub fn new(allocation: AllocationDraft, variants: impl Iterator<Item = String>) -> Arc<Self> {
        let threshold = AtomicU64::new(u64::MAX);
        Arc::new(Self { allocation, variants: variants.collect(), threshold, recent: OnceLock::new() })
    }

    /// Leaves out units above this hash from now on.
    pub fn sample(&self, threshold: u64) {
        self.threshold.store(threshold, Ordering::Relaxed);
    }

    /// Tells every unit anew when it comes again: the rollout is at another stay with the same allocation.
    pub fn forget(&self) {
        for place in self.recent.get().into_iter().flatten() {
            place.store(0, Ordering::Relaxed);
        }
    }

    /// Returns whether the unit was served the variant a moment ago, and remembers that it was now.
    fn is_recent(&self, unit: Unit, variant: usize) -> bool {
        let mark = unit.hash().rotate_left(u32::try_from(variant & 63).unwrap_or(0)) | 1;
        self.place(unit).is_some_and(|place| place.swap(mark, Ordering::Relaxed) == mark)
    }

    /// Forgets that the unit was served: nobody could be told.
    fn forget_unit(&self, unit: Unit) {
        if let Some(place) = self.place(unit) {
            place.store(0, Ordering::Relaxed);
        }
    }

    fn place(&self, unit: Unit) -> Option<&AtomicU64> {
        let recent = self.recent.get_or_init(|| (0..SEEN_RECENT_MAX).map(|_| AtomicU64::new(0)).collect());
        recent.get(usize::try_from(unit.hash() >> 32).unwrap_or(0) % SEEN_RECENT_MAX)
    }
}

/// The queue between evaluation and the intake. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Seen(Arc<Queue>);

#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Vec<SeenUnit>>,
    dropped: AtomicU64,
    nudge: Nudge,
}

impl Seen {
    /// Notes that a unit was served a variant. Beyond [`SEEN_QUEUE_MAX`] waiting units it is dropped and counted; it is
    /// told again when it comes again.
    pub fn tell(&self, serving: &Arc<Serving>, variant: usize, drawn: Option<u8>, targeting_key: &str) {
        let unit = Unit::of(targeting_key);
        if unit.hash() > serving.threshold.load(Ordering::Relaxed) || serving.is_recent(unit, variant) {
            return;
        }
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= SEEN_QUEUE_MAX {
            self.0.dropped.fetch_add(1, Ordering::Relaxed);
            serving.forget_unit(unit);
            return;
        }
        waiting.push(SeenUnit { serving: Arc::clone(serving), variant, drawn, unit });
        if waiting.len() == SEEN_QUEUE_MAX / 2 {
            self.0.nudge.nudge();
        }
    }

    /// Returns what waits, oldest first.
    pub fn take(&self) -> Vec<SeenUnit> {
        std::mem::take(&mut *self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns how many units were dropped since this was asked last, because the queue was full.
    pub fn take_dropped(&self) -> u64 {
        self.0.dropped.swap(0, Ordering::Relaxed)
    }

    /// Returns what wakes the intake.
    pub fn nudge(&self) -> Nudge {
        self.0.nudge.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serving() -> Arc<Serving> {
        let allocation = AllocationDraft { rollout: "r1".to_owned(), salt: "0".repeat(32), entries: Vec::new() };
        Serving::new(allocation, ["on".to_owned(), "off".to_owned()].into_iter())
    }

    #[test]
    fn a_unit_is_told_once_for_as_long_as_it_is_remembered() {
        let (seen, serving) = (Seen::default(), serving());
        for _ in 0..3 {
            seen.tell(&serving, 0, Some(0), "ann");
        }
        assert_eq!(seen.take().len(), 1);
        seen.tell(&serving, 1, Some(0), "ann");
        assert_eq!(seen.take().len(), 1, "another variant is news");
        serving.forget();
        seen.tell(&serving, 1, Some(0), "ann");
        assert_eq!(seen.take().len(), 1);
    }

    #[test]
    fn units_outside_the_sample_are_passed_over() {
        let (seen, serving) = (Seen::default(), serving());
        serving.sample(u64::MAX / 4);
        for unit in 0..4_000 {
            seen.tell(&serving, 0, Some(0), &unit.to_string());
        }
        let told = seen.take();
        assert!((800..1_200).contains(&told.len()), "{}", told.len());
        assert!(told.iter().all(|told| told.unit.hash() <= u64::MAX / 4));
    }

    #[test]
    fn the_queue_is_bounded_and_says_so() {
        let (seen, serving) = (Seen::default(), serving());
        for unit in 0..SEEN_QUEUE_MAX + 5 {
            seen.tell(&serving, 0, Some(0), &unit.to_string());
        }
        assert_eq!((seen.take().len(), seen.take_dropped(), seen.take_dropped()), (SEEN_QUEUE_MAX, 5, 0));
        let last = (SEEN_QUEUE_MAX + 4).to_string();
        seen.tell(&serving, 0, Some(0), &last);
        assert_eq!(seen.take().len(), 1, "who was dropped is told when it comes again");
    }
}
