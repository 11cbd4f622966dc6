//! Whether a flag has the same value for everyone.

use hoist_eval::draft::{AllocationDraft, ServeDraft, TargetingDraft, VariantDraft, WeightDraft};
use serde::{Deserialize, Serialize};

/// What a flag serves in an environment, whoever asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "serves", rename_all = "snake_case")]
pub enum Serves {
    /// The same value for every context.
    One {
        /// The variant; the first of several with this value.
        variant: String,
        /// The value that code receives.
        value: serde_json::Value,
        /// Whether it is what the flag serves while switched off.
        off: bool,
    },
    /// It depends on who asks.
    Several,
}

/// Returns what a flag serves. Nothing is evaluated: a rule counts even if nobody matches it, because somebody may.
pub fn serves(variants: &[VariantDraft], targeting: &TargetingDraft, allocation: Option<&AllocationDraft>) -> Serves {
    let reachable = reachable(targeting, allocation);
    let mut values = reachable.iter().map(|key| variants.iter().find(|variant| variant.key == **key));
    let Some(Some(first)) = values.next() else { return Serves::Several };
    if !values.all(|other| other.is_some_and(|other| other.value == first.value)) {
        return Serves::Several;
    }
    let off = variants.iter().find(|variant| variant.key == targeting.off_variant);
    let off = off.is_some_and(|off| off.value == first.value);
    Serves::One { variant: first.key.clone(), value: first.value.clone(), off }
}

/// Returns every variant that somebody may get.
fn reachable<'t>(targeting: &'t TargetingDraft, allocation: Option<&'t AllocationDraft>) -> Vec<&'t str> {
    if !targeting.enabled {
        return vec![&targeting.off_variant];
    }
    let mut found = Vec::new();
    for rule in &targeting.rules {
        found.extend(served(&rule.serve));
    }
    let mut everyone = false;
    for entry in allocation.iter().flat_map(|allocation| &allocation.entries) {
        // Entries are tried in order: behind one for everybody nothing is reached.
        if !everyone {
            found.extend(weighted(&entry.weights));
            everyone = entry.audience.is_none() && entry.part.is_none();
        }
    }
    if !everyone {
        found.extend(served(&targeting.default));
    }
    if !targeting.prerequisites.is_empty() {
        found.push(&targeting.off_variant);
    }
    found
}

fn served(serve: &ServeDraft) -> Vec<&str> {
    match serve {
        ServeDraft::Variant(variant) => vec![variant],
        ServeDraft::Split(split) => weighted(&split.weights).collect(),
    }
}

fn weighted(weights: &[WeightDraft]) -> impl Iterator<Item = &str> {
    weights.iter().filter(|weight| weight.weight > 0).map(|weight| weight.variant.as_str())
}
