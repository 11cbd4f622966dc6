//! Which live flags and segments refer to which flags.

use std::collections::{BTreeMap, BTreeSet};

use hoist_eval::draft::ConditionDraft;
use hoist_store::RetirementInputs;

/// The operator that tests what another flag serves.
const FLAG_SERVES: &str = "flag_serves";

/// Returns who refers to each flag that anybody refers to: the keys of live flags, and `segment KEY`.
pub(super) fn needs(inputs: &RetirementInputs) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut note = |needed: &str, by: &str| {
        if needed != by {
            found.entry(needed.to_owned()).or_default().insert(by.to_owned());
        }
    };
    for entry in inputs.flags.iter().filter(|entry| entry.record.archived_at.is_none()) {
        for there in &entry.environments {
            let targeting = &there.targeting;
            targeting.prerequisites.iter().for_each(|needed| note(&needed.flag, &entry.record.key));
            targeting.rules.iter().for_each(|rule| each(&rule.when, &mut |needed| note(needed, &entry.record.key)));
        }
    }
    for segment in &inputs.segments {
        let by = format!("segment {}", segment.key);
        segment.when.iter().for_each(|when| each(when, &mut |needed| note(needed, &by)));
    }
    found.into_iter().map(|(needed, by)| (needed, by.into_iter().collect())).collect()
}

/// Calls `note` for every flag that a condition asks about. Conditions were checked for depth when they were written.
fn each(condition: &ConditionDraft, note: &mut dyn FnMut(&str)) {
    match condition {
        ConditionDraft::All { all: members }
        | ConditionDraft::Any { any: members }
        | ConditionDraft::None { none: members } => members.iter().for_each(|member| each(member, note)),
        ConditionDraft::Test(test) if test.operator == FLAG_SERVES => {
            let asked = test.values.iter().filter_map(|value| value.get("flag")?.as_str());
            asked.for_each(note);
        }
        ConditionDraft::Test(_) => {}
    }
}
