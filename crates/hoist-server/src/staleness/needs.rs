//! Which live flags and segments refer to which flags.

use std::collections::{BTreeMap, BTreeSet};

use hoist_lifecycle::staleness::{asked_by_segment, asked_by_targeting};
use hoist_store::RetirementInputs;

/// Returns who refers to each flag that anybody refers to: the keys of live flags, and `segment KEY`.
pub(super) fn needs(inputs: &RetirementInputs) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut note = |needed: BTreeSet<&str>, by: &str| {
        for needed in needed.into_iter().filter(|needed| *needed != by) {
            found.entry(needed.to_owned()).or_default().insert(by.to_owned());
        }
    };
    for entry in inputs.flags.iter().filter(|entry| entry.record.archived_at.is_none()) {
        for there in &entry.environments {
            note(asked_by_targeting(&there.targeting), &entry.record.key);
        }
    }
    for segment in &inputs.segments {
        note(asked_by_segment(segment), &format!("segment {}", segment.key));
    }
    found.into_iter().map(|(needed, by)| (needed, by.into_iter().collect())).collect()
}
