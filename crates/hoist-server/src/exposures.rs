//! Treated units: how many distinct units a rollout's allocation has decided for, per variant, since its stage began.
//!
//! Each count is a HyperLogLog sketch of 4 KiB, exact to about 1.6 %. Recording a unit is one hash and, for a unit seen
//! before, one load: no lock, no allocation. Targeting keys are never kept.
//!
//! The counts err on the low side, so that a stage never seems to have been seen by more units than it was: they start
//! from zero when a server restarts and when the allocation changes, they cover what this server evaluated (not other
//! servers, not in-process evaluation), and units without a targeting key are left out.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use hoist_eval::draft::AllocationDraft;
use hyperloglockless::AtomicHyperLogLog;

use crate::evidence::{Seen, Serving};
use crate::limits::{SKETCH_PRECISION, SKETCHES_MAX};
use crate::snapshots::{EnvironmentId, Snapshots};

/// The hash seed of every sketch. Fixed, so that sketches of several servers could be merged.
const SEED: u128 = 0x686f_6973_742d_6578_706f_7375_7265_7331;

/// The treated units of every rollout. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Exposures {
    snapshots: Snapshots,
}

impl Exposures {
    /// Returns the treated units of what `snapshots` serve.
    pub fn new(snapshots: &Snapshots) -> Self {
        Self { snapshots: snapshots.clone() }
    }

    /// Returns how many distinct units got `variant` of the flag under the allocation that was set at the flag's
    /// version `since`; 0 for flags without an allocation, and until that allocation is served.
    pub fn treated(&self, id: &EnvironmentId, flag: &str, variant: &str, since: u64) -> u64 {
        let slot = self.snapshots.slot(id);
        let served = slot.as_ref().map(|slot| slot.served());
        let card = served.as_ref().and_then(|served| served.as_ref()?.card_of(flag));
        card.map_or(0, |card| card.treated(variant, since))
    }

    /// Returns how often this server has answered with `variant` of the flag since it knows the flag, repeats included.
    pub fn answers(&self, id: &EnvironmentId, flag: &str, variant: &str) -> u64 {
        let slot = self.snapshots.slot(id);
        let served = slot.as_ref().map(|slot| slot.served());
        let card = served.as_ref().and_then(|served| served.as_ref()?.card_of(flag));
        card.map_or(0, |card| card.counts.of_variant(variant))
    }
}

/// How many sketches exist in this process; at most [`SKETCHES_MAX`], so that treated units never cost more than 16 MiB.
#[derive(Debug, Default)]
pub struct SketchBudget {
    used: AtomicUsize,
    /// Where units go that were served under an allocation.
    seen: Seen,
}

impl SketchBudget {
    /// Returns a budget with nothing spent.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Returns the queue of units that were served under an allocation.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    fn take(&self) -> bool {
        let next = |used: usize| (used < SKETCHES_MAX).then_some(used + 1);
        self.used.try_update(Ordering::Relaxed, Ordering::Relaxed, next).is_ok()
    }

    fn give_back(&self) {
        self.used.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The treated units of one flag in one environment. It outlives snapshots for as long as the allocation stands.
#[derive(Debug)]
pub struct Treated {
    tally: ArcSwap<Tally>,
    budget: Arc<SketchBudget>,
}

/// Counts since one version of the flag.
#[derive(Debug)]
struct Tally {
    serving: Arc<Serving>,
    since: u64,
    variants: Vec<Arm>,
    budget: Arc<SketchBudget>,
}

/// The units that got one variant. The sketch is made when the first unit arrives.
#[derive(Debug)]
struct Arm {
    variant: String,
    units: OnceLock<Option<AtomicHyperLogLog>>,
}

impl Treated {
    /// Returns the counts for an allocation as of flag version `version`: those of `previous` if it counts the same
    /// allocation of the same variants, else new ones that start at zero.
    pub fn carry(
        previous: Option<&Arc<Self>>,
        allocation: &AllocationDraft,
        variants: &[&str],
        version: u64,
        budget: &Arc<SketchBudget>,
    ) -> Arc<Self> {
        if let Some(previous) = previous.filter(|previous| previous.counts(allocation, variants)) {
            return Arc::clone(previous);
        }
        let tally = Tally::new(allocation.clone(), variants.iter().map(|key| (*key).to_owned()), version, budget);
        Arc::new(Self { tally: ArcSwap::from_pointee(tally), budget: Arc::clone(budget) })
    }

    /// Counts the unit as treated with the variant at `index` of the flag's variants; `drawn` is the allocation's entry whose
    /// split decided.
    pub fn record(&self, index: usize, drawn: Option<u8>, targeting_key: &str) {
        let tally = self.tally.load();
        self.budget.seen.tell(&tally.serving, index, drawn, targeting_key);
        let Some(arm) = tally.variants.get(index) else { return };
        let make = || tally.budget.take().then(|| AtomicHyperLogLog::seeded(SKETCH_PRECISION, SEED));
        if let Some(units) = arm.units.get_or_init(make) {
            units.insert(targeting_key);
        }
    }

    /// Returns how many distinct units got `variant` under the allocation set at flag version `since`.
    ///
    /// `version` is the flag's version in the snapshot being served. While that is older than `since` the answer is 0:
    /// the allocation in question is not served yet. If the allocation was replaced and restored between two snapshots,
    /// the counts belong to the earlier one; they start again from zero.
    pub fn count(&self, variant: &str, since: u64, version: u64) -> u64 {
        if version < since {
            return 0;
        }
        let tally = self.tally.load();
        if tally.since < since {
            let keys = tally.variants.iter().map(|arm| arm.variant.clone());
            let fresh = Tally::new(tally.serving.allocation.clone(), keys, version, &self.budget);
            self.tally.store(Arc::new(fresh));
            return 0;
        }
        let arm = tally.variants.iter().find(|arm| arm.variant == variant);
        let units = arm.and_then(|arm| arm.units.get()).and_then(Option::as_ref);
        units.map_or(0, |units| units.count() as u64)
    }

    fn counts(&self, allocation: &AllocationDraft, variants: &[&str]) -> bool {
        let tally = self.tally.load();
        tally.serving.allocation == *allocation
            && tally.variants.iter().map(|arm| arm.variant.as_str()).eq(variants.iter().copied())
    }
}

impl Tally {
    fn new(
        allocation: AllocationDraft,
        variants: impl Iterator<Item = String>,
        since: u64,
        budget: &Arc<SketchBudget>,
    ) -> Self {
        let variants: Vec<Arm> = variants.map(|variant| Arm { variant, units: OnceLock::new() }).collect();
        let serving = Serving::new(allocation, variants.iter().map(|arm| arm.variant.clone()));
        Self { serving, since, variants, budget: Arc::clone(budget) }
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        for arm in &self.variants {
            if let Some(Some(_)) = arm.units.get() {
                self.budget.give_back();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use hoist_eval::draft::{AllocationEntryDraft, WeightDraft};

    use super::*;

    fn allocation(share: u32) -> AllocationDraft {
        let weight = |variant: &str, weight| WeightDraft { variant: variant.to_owned(), weight };
        AllocationDraft {
            rollout: "r1".to_owned(),
            salt: "0".repeat(32),
            entries: vec![AllocationEntryDraft {
                audience: None,
                part: None,
                weights: vec![weight("on", share), weight("off", 100_000 - share)],
            }],
        }
    }

    fn carry(previous: Option<&Arc<Treated>>, share: u32, version: u64, budget: &Arc<SketchBudget>) -> Arc<Treated> {
        Treated::carry(previous, &allocation(share), &["on", "off"], version, budget)
    }

    fn visit(treated: &Treated, variant: usize, units: std::ops::Range<u32>) {
        for unit in units {
            treated.record(variant, Some(0), &format!("user-{unit}"));
        }
    }

    /// Within 5 %, three standard errors of the sketch.
    fn close(found: u64, exact: u64) -> bool {
        found.abs_diff(exact) * 20 <= exact
    }

    #[test]
    fn distinct_units_are_counted_per_variant() {
        let treated = carry(None, 1_000, 4, &SketchBudget::new());
        for _ in 0..3 {
            visit(&treated, 0, 0..1_000);
            visit(&treated, 1, 1_000..21_000);
        }
        assert!(close(treated.count("on", 4, 4), 1_000), "{}", treated.count("on", 4, 4));
        assert!(close(treated.count("off", 4, 4), 20_000), "{}", treated.count("off", 4, 4));
        assert_eq!(treated.count("unknown", 4, 4), 0);
    }

    #[test]
    fn counts_survive_other_edits_and_start_again_with_the_allocation() {
        let budget = SketchBudget::new();
        let first = carry(None, 1_000, 4, &budget);
        visit(&first, 0, 0..100);
        let edited = carry(Some(&first), 1_000, 5, &budget);
        assert!(close(edited.count("on", 4, 5), 100), "an edit elsewhere in the flag keeps the counts");
        let next_stage = carry(Some(&edited), 5_000, 6, &budget);
        assert_eq!(next_stage.count("on", 6, 6), 0);
        drop((first, edited));
        assert_eq!(budget.used.load(Ordering::Relaxed), 0, "a sketch that nothing holds is given back");
    }

    #[test]
    fn an_allocation_that_is_not_served_yet_has_no_treated_units() {
        let treated = carry(None, 1_000, 4, &SketchBudget::new());
        visit(&treated, 0, 0..100);
        assert_eq!(treated.count("on", 5, 4), 0);
        assert!(close(treated.count("on", 4, 4), 100), "asking early does not reset");
    }

    #[test]
    fn an_allocation_replaced_and_restored_between_snapshots_starts_again() {
        let budget = SketchBudget::new();
        let treated = carry(None, 1_000, 4, &budget);
        visit(&treated, 0, 0..100);
        let same = carry(Some(&treated), 1_000, 6, &budget);
        assert_eq!(same.count("on", 6, 6), 0, "what was counted belongs to the stage before");
        visit(&same, 0, 0..50);
        assert!(close(same.count("on", 6, 6), 50));
    }

    #[test]
    fn the_budget_bounds_the_number_of_sketches() {
        let budget = Arc::new(SketchBudget { used: AtomicUsize::new(SKETCHES_MAX - 1), seen: Seen::default() });
        let treated = carry(None, 1_000, 4, &budget);
        visit(&treated, 0, 0..10);
        visit(&treated, 1, 0..10);
        assert_eq!(treated.count("on", 4, 4), 10);
        assert_eq!(treated.count("off", 4, 4), 0, "beyond the budget a variant stays uncounted");
    }
}
