//! Two rollouts at once that keep out of each other's way: each has a part of the units.
//!
//! The draw of the rollout that runs already, the first, divides them. Its part is the lower half of its buckets, which holds
//! everyone whom it has given its treatment, so nobody loses it; the one that starts, the second, has the upper half, and
//! draws its shares from that by its own salt. Shares stay shares of everyone: 5 % of everyone is 10 % of a part. Units
//! outside of a part are in neither arm of its rollout, and get what the flag serves without it. So **both** are parted: were
//! units of the second left in the control of the first, harm that the second does would make the first look well.
//!
//! A part is kept by the entries of an allocation, one by one, because not all of them have something to keep apart. Whoever
//! gives the treatment to all of an audience compares nobody, and reaches both arms of the other rollout alike: such a stage,
//! for internal users or for everyone, is for whole audiences as the plan says. At the one for everyone both reach the same
//! units again. The first goes first; the second waits for its end, and the first never waits, so that neither waits for ever.
//!
//! Rejected: halves by a third salt. Of those who have the first rollout's treatment half would lose it.

use std::fmt;

use hoist_eval::Timestamp;
use hoist_eval::draft::{AllocationEntryDraft, BucketRangeDraft};
use hoist_eval::limits::SPLIT_TOTAL;
use serde::{Deserialize, Serialize};

use crate::intake::FlushedSums;

use super::overlap::{Overlap, OverlapChoice};
use super::spec::RolloutSpec;
use super::state::{RolloutState, StageIndex};
use super::watch::Watch;

/// Buckets of a part.
pub(super) const HALF: u32 = SPLIT_TOTAL / 2;

/// The part of the units that a rollout keeps to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parted {
    /// The units.
    #[serde(flatten)]
    pub units: BucketRangeDraft,
    /// The rollout that has the others, or had them.
    pub with: Beside,
    /// Since when.
    pub since: Timestamp,
}

/// Another rollout, as people are told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// Its id.
    pub rollout: String,
    /// Its flag.
    pub flag: String,
}

impl fmt::Display for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rollout {} of {}", self.rollout, self.flag)
    }
}

/// Why two rollouts cannot be kept apart, and after the semicolon what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Inseparable {
    /// One of them is kept apart from a third one.
    #[error(
        "rollout {0} is already kept apart from another one, and units are divided between two at a time; wait for it \
         (`serialise`), or run both (`accept`)"
    )]
    Third(String),
    /// The start overlaps with several.
    #[error(
        "the rollout overlaps with {0} others, and units are divided between two at a time; wait for them (`serialise`), or \
         run all at once (`accept`)"
    )]
    Several(usize),
    /// Counters of Prometheus know variants and not parts, so that the control of each would hold the other's units.
    #[error(
        "guard {guard} of {flag} is read from Prometheus, whose counters know variants and not who has been drawn, so that \
         its control would hold the other rollout's units; wait for it (`serialise`), or run both (`accept`)"
    )]
    Counters {
        /// The flag.
        flag: String,
        /// The guard.
        guard: String,
    },
    /// Sums that come without units are those of everyone who has a variant.
    #[error(
        "guard {guard} of {flag} is judged by sums that come without units, such as OTLP metrics, so that its control would hold \
         the other rollout's units; report what each unit did, wait for it (`serialise`), or run both (`accept`)"
    )]
    Sums {
        /// The flag.
        flag: String,
        /// The guard.
        guard: String,
    },
    /// A stage gives more than half of the units something, and not all of them the treatment.
    #[error(
        "stage \"{stage}\" of {flag} does not fit into half of the units: up to the one for everyone, stages must serve less \
         than 50 % (and with a holdback leave that out of it); lower its percentage, wait (`serialise`), or run both (`accept`)"
    )]
    Stage {
        /// The flag.
        flag: String,
        /// The stage.
        stage: String,
    },
    /// Those whom the first holds back in the end lie in the part of the second, so that they would be no fair control.
    #[error(
        "{0} holds units back in the end, who would be those of the other rollout more often than not; wait for it \
         (`serialise`), or run both (`accept`)"
    )]
    Holdback(String),
    /// Both flags draw by the same salt, so that there is nobody left to treat in the other half.
    #[error(
        "both flags draw their units by the same salt; wait for the other rollout (`serialise`), or run both (`accept`)"
    )]
    Salt,
}

/// What two rollouts keep to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// The part of the one that runs.
    pub first: BucketRangeDraft,
    /// The part of the one that starts.
    pub second: BucketRangeDraft,
}

/// Returns how the units are divided between a rollout that starts and one that is not over, or why they cannot be.
/// `partner_is_over` says that whichever rollout the other was kept apart from has ended: its part is free again.
pub fn keep_apart(
    new: &RolloutSpec,
    other: (&RolloutSpec, &RolloutState),
    overlap: &Overlap,
    partner_is_over: bool,
) -> Result<Parts, Inseparable> {
    let (first, state) = other;
    let half = |from: u32| BucketRangeDraft { salt: first.salt().to_owned(), from, to: from.saturating_add(HALF) };
    let parts = Parts { first: half(0), second: half(HALF) };
    if new.salt() == first.salt() {
        return Err(Inseparable::Salt);
    }
    if state.part.as_ref().is_some_and(|part| part.units != parts.first || !partner_is_over) {
        return Err(Inseparable::Third(first.rollout().to_string()));
    }
    for spec in [first, new] {
        let blind = |watch: &&Watch| {
            let shared = overlap.metrics.iter().any(|metric| metric == watch.guard().metric().as_str());
            !watch.is_goal() && !watch.source().is_tracked() && (watch.is_compared() || shared)
        };
        if let Some(watch) = spec.watches().iter().find(blind) {
            let (flag, guard) = (spec.flag().to_string(), watch.guard().key().to_string());
            return Err(Inseparable::Counters { flag, guard });
        }
    }
    if first.plan().holds_back() {
        return Err(Inseparable::Holdback(first.flag().to_string()));
    }
    // A step back may return to the stage before the present one.
    let from = state.phase.entry().map_or(0, |entry| entry.stage.0.saturating_sub(1));
    fits(first, &parts.first, from)?;
    fits(new, &parts.second, 0)?;
    Ok(parts)
}

/// Checks that no guard of a rollout that runs is judged by sums without units, which cannot be divided: from the moment of the
/// parting it would have no data.
///
/// # Errors
///
/// [`Inseparable::Sums`] with the first such guard.
pub fn without_units<'s>(
    spec: &RolloutSpec,
    sums: impl IntoIterator<Item = &'s FlushedSums>,
) -> Result<(), Inseparable> {
    for book in sums {
        let aggregated = |watch: &&Watch| {
            let book = book.metrics.get(watch.guard().metric());
            !watch.is_goal() && book.is_some_and(|book| book.treatment.aggregated || book.control.aggregated)
        };
        if let Some(watch) = spec.watches().iter().find(aggregated) {
            let (flag, guard) = (spec.flag().to_string(), watch.guard().key().to_string());
            return Err(Inseparable::Sums { flag, guard });
        }
    }
    Ok(())
}

/// Checks that every stage from `from` on either leaves room for a control in the part, or gives whole audiences the treatment.
fn fits(spec: &RolloutSpec, units: &BucketRangeDraft, from: usize) -> Result<(), Inseparable> {
    let within = spec.keeping_to(units);
    for (position, stage) in within.plan().stages().iter().enumerate().skip(from) {
        let entries = within.allocation(StageIndex(position)).map_or(&[][..], |allocation| &allocation.entries);
        if !entries.iter().all(|entry| entry_fits(&within, entry)) {
            return Err(Inseparable::Stage { flag: spec.flag().to_string(), stage: stage.name().to_string() });
        }
    }
    Ok(())
}

fn entry_fits(spec: &RolloutSpec, entry: &AllocationEntryDraft) -> bool {
    let everyone = spec.plan().stages().last().map_or(SPLIT_TOTAL, |last| last.share().weight());
    // Who is held back in the end must not have had the treatment before.
    let most = if spec.plan().holds_back() { everyone } else { SPLIT_TOTAL };
    let treated = |weight: &u32| *weight == SPLIT_TOTAL || (entry.audience.is_none() && *weight == most);
    let given = given(entry, spec.control().as_str());
    if entry.part.is_some() {
        return given <= most;
    }
    let treatment = spec.plan().treatment().as_str();
    entry.weights.iter().find(|weight| weight.variant == treatment).is_some_and(|own| treated(&own.weight))
}

/// Keeps an entry to a part of the units, unless it gives something to more than the part holds. In a draw that is not the
/// part's own, shares of everyone become shares of the part.
pub(super) fn keep_to(units: &BucketRangeDraft, salt: &str, control: &str, entry: &mut AllocationEntryDraft) {
    let width = units.to.saturating_sub(units.from);
    if given(entry, control) >= width {
        return;
    }
    if units.salt != salt {
        let scaled = |weight: u32| u64::from(weight) * u64::from(SPLIT_TOTAL) / u64::from(width);
        for weight in entry.weights.iter_mut().filter(|weight| weight.variant != control) {
            weight.weight = u32::try_from(scaled(weight.weight)).unwrap_or(SPLIT_TOTAL);
        }
        let rest = SPLIT_TOTAL.saturating_sub(given(entry, control));
        for weight in entry.weights.iter_mut().filter(|weight| weight.variant == control) {
            weight.weight = rest;
        }
    }
    entry.part = Some(units.clone());
}

/// Returns the share of an entry that does not stay with the control.
fn given(entry: &AllocationEntryDraft, control: &str) -> u32 {
    entry.weights.iter().filter(|weight| weight.variant != control).map(|weight| weight.weight).sum()
}

/// Returns the shares that units of an entry have of the draw by `salt`: all of them, or those of them in the entry's part.
pub(super) fn drawn<'e>(entry: &'e AllocationEntryDraft, salt: &str) -> Vec<(&'e str, u32)> {
    let own = entry.part.as_ref().filter(|part| part.salt == salt);
    let (from, to) = own.map_or((0, SPLIT_TOTAL), |part| (part.from, part.to));
    let mut start = 0_u32;
    let mut shares = Vec::with_capacity(entry.weights.len());
    for weight in &entry.weights {
        let end = start.saturating_add(weight.weight);
        shares.push((weight.variant.as_str(), end.min(to).saturating_sub(start.max(from))));
        start = end;
    }
    shares
}

impl RolloutSpec {
    /// Returns whether a stage of the rollout keeps to a part of the units.
    pub fn is_parted(&self) -> bool {
        let stages = 0..self.plan().stages().len();
        let mut allocations = stages.filter_map(|index| self.allocation(StageIndex(index)));
        allocations.any(|allocation| allocation.entries.iter().any(|entry| entry.part.is_some()))
    }

    /// Returns whether the stage at `index` is for everyone of all units: it keeps to no part.
    pub fn reaches_all(&self, index: StageIndex) -> bool {
        let entries = self.allocation(index).map_or(&[][..], |allocation| &allocation.entries);
        entries.iter().find(|entry| entry.audience.is_none()).is_some_and(|entry| entry.part.is_none())
    }

    /// Returns the rollout that must be over before the stage at `index` is entered, because the stage is for everyone: it is
    /// among those who are `awaited`.
    pub(super) fn excluded_from<'s>(
        &self,
        state: &'s RolloutState,
        index: StageIndex,
        awaited: &[String],
    ) -> Option<&'s Beside> {
        let with = state.part.as_ref().map(|part| &part.with)?;
        let chosen = |known: &&super::KnownOverlap| known.choice == OverlapChoice::Exclude;
        let waits = self.overlaps().iter().filter(chosen).any(|known| known.overlap.rollout == with.rollout);
        (waits && self.reaches_all(index) && awaited.contains(&with.rollout)).then_some(with)
    }
}

impl RolloutState {
    /// Returns whether the rollout reaches nobody outside of a part that `other` has no share in, but for whole audiences such as
    /// internal users, who are in both arms of `other` alike.
    pub(super) fn is_apart_from(&self, other: &RolloutSpec) -> bool {
        let with = self.part.as_ref().is_some_and(|part| part.with.rollout == other.rollout().as_str());
        let served = self.allocation.as_ref().filter(|_| self.phase.entry().is_some());
        with && served.is_none_or(|allocation| {
            allocation.entries.iter().all(|entry| entry.audience.is_some() || entry.part.is_some())
        })
    }
}
