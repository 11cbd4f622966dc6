//! What each stage writes into the flag.
//!
//! The law: **raising never removes anyone**. From stage to stage a unit either keeps its variant or moves to one that
//! is nearer to the treatment. It holds by construction:
//!
//! - Variants are ranked: control, then the variants on the way in the order in which the plan uses them, then the
//!   treatment. A dark launch (`off`, `dark`, `on`) is the common case of more than two.
//! - Each audience has, per variant, a *reach*: the largest share that any stage so far gave to that audience or to
//!   everyone. A reach only grows.
//! - A unit gets the highest-ranked variant whose reach is above the unit's bucket. So the ramping variant comes first
//!   in the split, the variants it grows into follow, and control has the rest.
//! - An audience keeps its place once it has one: audiences in the order in which stages reach them, everyone last.
//!   So the entry that decides about a unit of two audiences does not change. An audience is left out once its shares
//!   are everyone's and will stay so to the end of the plan; its units then fall to entries that give them at least as
//!   much. (Left out only for now, it would push itself back in front of a more generous audience later.)
//!
//! Rejected: computing a stage's allocation from the allocation of the stage before. It saves nothing, and what a
//! stage serves would depend on the way there; now it is a function of the plan, so that a step back, a resume after
//! drift and a replay all arrive at the same bytes.

use std::sync::Arc;

use hoist_eval::draft::{AllocationDraft, AllocationEntryDraft, BucketRangeDraft, WeightDraft};
use hoist_eval::limits::SPLIT_TOTAL;
use hoist_eval::{SegmentKey, VariantKey};

use crate::plan::{Plan, Stage};

use super::part::{drawn, keep_to};
use super::spec::{RolloutId, RolloutSpec};
use super::state::StageIndex;

/// Returns what the flag's allocation is while the stage at `index` lasts, for a rollout that keeps to no part of the units;
/// `None` beyond the last stage.
pub fn allocation(spec: &RolloutSpec, index: StageIndex) -> Option<AllocationDraft> {
    spec.allocation(index).map(|allocation| AllocationDraft::clone(allocation))
}

/// Computes the allocation of every stage.
pub(super) fn allocations(
    plan: &Plan,
    control: &VariantKey,
    rollout: &RolloutId,
    salt: &str,
    part: Option<&BucketRangeDraft>,
) -> Vec<Arc<AllocationDraft>> {
    let ranked = ranked(plan);
    let mut later: Vec<String> = Vec::new();
    let mut allocations = Vec::new();
    // Backwards, because whether an audience is left out depends on the stages after this one.
    for count in (1..=plan.stages().len()).rev() {
        let Some(stages) = plan.stages().get(..count) else { continue };
        let mut entries = entries(stages, &ranked, control, &later);
        later = entries.iter().filter_map(|entry| entry.audience.clone()).collect();
        if let Some(units) = part {
            for entry in &mut entries {
                keep_to(units, salt, control.as_str(), entry);
            }
        }
        allocations.push(Arc::new(AllocationDraft { rollout: rollout.to_string(), salt: salt.to_owned(), entries }));
    }
    allocations.reverse();
    allocations
}

/// The two arms of a stage.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Arms {
    /// The variant that most of those have who do not have the stage's.
    pub(super) control: VariantKey,
    /// The share of the stage's variant among the two.
    pub(super) share: f64,
}

/// Who is compared while a stage lasts. Under one allocation several audiences may be drawn, each by shares of its own;
/// were all of them pooled, those of the audience with the greater share would be most of the treated and few of the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    /// Positions of the allocation's entries whose units are compared: the one that decides about the stage's audience, and
    /// those that divide as it does.
    pub entries: Vec<u8>,
    /// The audiences that are drawn by other shares, and so are no part of the comparison; `None` is everyone else.
    pub others: Vec<Option<String>>,
}

/// Returns who is compared while a stage lasts; `None` where its entry draws no lots, so that there is no control in the
/// same traffic.
pub(super) fn population(stage: &Stage, allocation: &AllocationDraft) -> Option<Population> {
    let deciding = deciding(stage, allocation)?;
    let drawn = |entry: &AllocationEntryDraft| entry.weights.len() > 1;
    if !drawn(deciding) {
        return None;
    }
    let mut population = Population { entries: Vec::new(), others: Vec::new() };
    for (position, entry) in allocation.entries.iter().enumerate() {
        if (&entry.weights, &entry.part) == (&deciding.weights, &deciding.part) {
            population.entries.extend(u8::try_from(position));
        } else if drawn(entry) {
            population.others.push(entry.audience.clone());
        }
    }
    Some(population)
}

/// Returns the entry that decides about a stage's audience.
fn deciding<'a>(stage: &Stage, allocation: &'a AllocationDraft) -> Option<&'a AllocationEntryDraft> {
    let audience = stage.audience().map(SegmentKey::as_str);
    let of = |entry: &&AllocationEntryDraft| entry.audience.as_deref() == audience;
    let everyone = |entry: &&AllocationEntryDraft| entry.audience.is_none();
    let entries = &allocation.entries;
    entries.iter().find(of).or_else(|| entries.iter().find(everyone))
}

/// Returns the arms of a stage: within the entry that decides about its audience, the stage's variant and the most
/// frequent other one. `None` where there is no other.
pub(super) fn arms(stage: &Stage, allocation: &AllocationDraft) -> Option<Arms> {
    let entry = deciding(stage, allocation)?;
    let (own, others): (Vec<_>, Vec<_>) =
        drawn(entry, &allocation.salt).into_iter().partition(|(variant, _)| *variant == stage.variant.as_str());
    let treated: u32 = own.iter().map(|(_, weight)| weight).sum();
    let (variant, control) = others.into_iter().max_by_key(|(_, weight)| *weight)?;
    let share = f64::from(treated) / (f64::from(treated) + f64::from(control));
    Some(Arms { control: variant.parse().ok()?, share }).filter(|_| treated > 0 && control > 0)
}

/// Returns whether an allocation gives everyone `variant`, so that the flag's default may take its place.
pub(super) fn serves_all(allocation: &AllocationDraft, variant: &VariantKey) -> bool {
    match allocation.entries.as_slice() {
        [AllocationEntryDraft { audience: None, part: None, weights }] => match weights.as_slice() {
            [only] => only.variant == variant.as_str() && only.weight == SPLIT_TOTAL,
            _ => false,
        },
        _ => false,
    }
}

/// Returns the plan's variants, the treatment first, then those nearest to it.
fn ranked(plan: &Plan) -> Vec<VariantKey> {
    let mut ranked = vec![plan.treatment().clone()];
    for stage in plan.stages().iter().rev() {
        if !ranked.contains(stage.variant()) {
            ranked.push(stage.variant().clone());
        }
    }
    ranked
}

/// Returns the entries while the last of `stages` lasts. Audiences of the stage after that, `later`, are kept.
fn entries(
    stages: &[Stage],
    ranked: &[VariantKey],
    control: &VariantKey,
    later: &[String],
) -> Vec<AllocationEntryDraft> {
    let everyone = stages.iter().any(|stage| stage.audience.is_none()).then(|| weights(stages, None, ranked, control));
    let mut audiences: Vec<&SegmentKey> = Vec::new();
    for audience in stages.iter().filter_map(Stage::audience) {
        if !audiences.contains(&audience) {
            audiences.push(audience);
        }
    }
    let kept = audiences.into_iter().filter_map(|audience| {
        let weights = weights(stages, Some(audience), ranked, control);
        let returns = later.iter().any(|other| other == audience.as_str());
        let kept = returns || everyone.as_ref() != Some(&weights);
        kept.then(|| AllocationEntryDraft { audience: Some(audience.to_string()), part: None, weights })
    });
    let mut entries: Vec<AllocationEntryDraft> = kept.collect();
    entries.extend(everyone.map(|weights| AllocationEntryDraft { audience: None, part: None, weights }));
    entries
}

/// Returns the shares of one audience, or of everyone, in bucket order.
fn weights(
    stages: &[Stage],
    audience: Option<&SegmentKey>,
    ranked: &[VariantKey],
    control: &VariantKey,
) -> Vec<WeightDraft> {
    let mut weights = Vec::new();
    let mut given = 0;
    for variant in ranked {
        let reaches = |stage: &&Stage| {
            stage.variant == *variant && (stage.audience.is_none() || stage.audience.as_ref() == audience)
        };
        let reach = stages.iter().filter(reaches).map(|stage| stage.share.weight()).max().unwrap_or(0);
        if reach > given {
            weights.push(WeightDraft { variant: variant.to_string(), weight: reach - given });
            given = reach;
        }
    }
    if given < SPLIT_TOTAL {
        weights.push(WeightDraft { variant: control.to_string(), weight: SPLIT_TOTAL - given });
    }
    weights
}
