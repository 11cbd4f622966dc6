//! Which other flags a definition asks about: as a prerequisite, or by a condition on what they serve.

use std::collections::BTreeSet;

use hoist_eval::draft::{ConditionDraft, SegmentDraft, TargetingDraft};

/// The operator that tests what another flag serves.
const FLAG_SERVES: &str = "flag_serves";

/// Returns the keys of the flags that a targeting asks about, in order.
pub fn asked_by_targeting(targeting: &TargetingDraft) -> BTreeSet<&str> {
    let mut asked: BTreeSet<&str> = targeting.prerequisites.iter().map(|needed| needed.flag.as_str()).collect();
    targeting.rules.iter().for_each(|rule| gather(&rule.when, &mut asked));
    asked
}

/// Returns the keys of the flags that a segment asks about, in order.
pub fn asked_by_segment(segment: &SegmentDraft) -> BTreeSet<&str> {
    let mut asked = BTreeSet::new();
    segment.when.iter().for_each(|when| gather(when, &mut asked));
    asked
}

/// Takes out of a targeting what asks about any of these flags: prerequisites, and rules as a whole. Returns whether there was
/// something to take out.
pub fn take_out_asked(targeting: &mut TargetingDraft, flags: &BTreeSet<String>) -> bool {
    let before = (targeting.prerequisites.len(), targeting.rules.len());
    targeting.prerequisites.retain(|needed| !flags.contains(&needed.flag));
    targeting.rules.retain(|rule| {
        let mut asked = BTreeSet::new();
        gather(&rule.when, &mut asked);
        !asked.into_iter().any(|flag| flags.contains(flag))
    });
    before != (targeting.prerequisites.len(), targeting.rules.len())
}

/// Adds every flag that a condition asks about. Conditions were checked for depth when they were written.
fn gather<'a>(condition: &'a ConditionDraft, asked: &mut BTreeSet<&'a str>) {
    match condition {
        ConditionDraft::All { all: members }
        | ConditionDraft::Any { any: members }
        | ConditionDraft::None { none: members } => members.iter().for_each(|member| gather(member, asked)),
        ConditionDraft::Test(test) if test.operator == FLAG_SERVES => {
            asked.extend(test.values.iter().filter_map(|value| value.get("flag")?.as_str()));
        }
        ConditionDraft::Test(_) => {}
    }
}
