//! Off, on, or in between.

use hoist_eval::draft::{AllocationDraft, ServeDraft, TargetingDraft, VariantDraft, WeightDraft};
use hoist_eval::limits::SPLIT_TOTAL;
use hoist_lifecycle::staleness::{Serves, serves};

/// How far a flag is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// For nobody.
    Off,
    /// For some.
    Rollout,
    /// For everyone.
    On,
}

impl Status {
    /// Returns the name that documents use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Rollout => "rollout",
            Self::On => "on",
        }
    }
}

/// Returns how far a flag is on: whether everyone, nobody or somebody gets another value than that of the off variant.
pub fn status(variants: &[VariantDraft], targeting: &TargetingDraft, allocation: Option<&AllocationDraft>) -> Status {
    match serves(variants, targeting, allocation) {
        Serves::One { off: true, .. } => Status::Off,
        Serves::One { off: false, .. } => Status::On,
        Serves::Several => Status::Rollout,
    }
}

/// Returns the percentage of those whom no rule and no audience singles out that get another variant than the off
/// variant, from 0 to 100.
pub fn rollout_percentage(targeting: &TargetingDraft, allocation: Option<&AllocationDraft>) -> f64 {
    if !targeting.enabled {
        return 0.0;
    }
    let entries = allocation.into_iter().flat_map(|allocation| &allocation.entries);
    let everyone = entries.into_iter().find(|entry| entry.audience.is_none());
    let off = targeting.off_variant.as_str();
    match (everyone, &targeting.default) {
        (Some(entry), _) => share_but(&entry.weights, off),
        (None, ServeDraft::Split(split)) => share_but(&split.weights, off),
        (None, ServeDraft::Variant(variant)) if variant == off => 0.0,
        (None, ServeDraft::Variant(_)) => 100.0,
    }
}

fn share_but(weights: &[WeightDraft], off: &str) -> f64 {
    let on: u64 = weights.iter().filter(|it| it.variant != off).map(|it| u64::from(it.weight)).sum();
    on as f64 * 100.0 / f64::from(SPLIT_TOTAL)
}
