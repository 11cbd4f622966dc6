//! How many units each stay was the first to see.

use std::collections::BTreeMap;

use crate::limits::INTAKE_STAYS_MAX;
use crate::rollout::state::EntryId;

use super::unit::Arm;

/// Units that came to the rollout at each stay, by arm. Unlike sums, which servers add up, every server counts all units that
/// it knows of, and each once: whether units arrive in the shares that they are sent in is a question about independent units,
/// and a unit that two servers saw at the same time is one. A unit that a full ledger forgets stays counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Firsts(BTreeMap<EntryId, (u64, u64)>);

impl Firsts {
    pub(super) fn add(&mut self, stay: EntryId, arm: Arm) {
        let count = self.count(stay, arm);
        *count = count.saturating_add(1);
        if self.0.len() > INTAKE_STAYS_MAX {
            self.0.pop_first();
        }
    }

    /// Takes one back that turned out to have come earlier.
    pub(super) fn take_back(&mut self, stay: EntryId, arm: Arm) {
        let count = self.count(stay, arm);
        *count = count.saturating_sub(1);
    }

    /// Returns the treated and the others of a stay.
    pub(super) fn of(&self, stay: EntryId) -> (u64, u64) {
        self.0.get(&stay).copied().unwrap_or_default()
    }

    fn count(&mut self, stay: EntryId, arm: Arm) -> &mut u64 {
        let (treatment, control) = self.0.entry(stay).or_default();
        match arm {
            Arm::Treatment => treatment,
            Arm::Control => control,
        }
    }
}
