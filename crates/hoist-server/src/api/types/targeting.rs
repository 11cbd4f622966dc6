//! Who gets which variant in one environment.

use hoist_eval::draft::{
    AllocationDraft, PrerequisiteDraft, RuleDraft, ServeDraft, SplitDraft, TargetingDraft, VariantDraft, WeightDraft,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::body::FromBody;
use crate::error::FieldProblem;

use super::condition::Condition;

/// One possible outcome of a flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// The variant's key.
    pub key: String,
    /// The value that code receives.
    pub value: serde_json::Value,
}

/// Who gets which variant in one environment, as operators edit it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Targeting {
    /// The kill switch: while false, everyone gets `off_variant`.
    pub enabled: bool,
    /// The variant served while the flag is off or a prerequisite is not met.
    pub off_variant: String,
    /// What is served when no rule matches.
    pub default: Serve,
    /// Rules, first match wins.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// Flags that must serve certain variants before this flag leaves its off variant.
    #[serde(default)]
    pub prerequisites: Vec<Prerequisite>,
}

impl FromBody for Targeting {}

/// What is handed out: one variant, or a split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Serve {
    /// Everyone gets one variant.
    Variant(String),
    /// Units are divided by a hash of their targeting key.
    Split(Split),
}

/// A division of units among variants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// 32 lower-case hexadecimal characters. Another salt is another draw. Absent means one derived from the flag and
    /// the rule, which stays the same over edits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// Shares in bucket order, the growing variant first. They add up to 100,000.
    pub weights: Vec<Weight>,
}

/// One variant's share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// The variant.
    pub variant: String,
    /// Its share in 100,000ths.
    #[schema(maximum = 100_000)]
    pub weight: u32,
}

/// A condition, and what is served to whom it matches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Names the rule within its flag; stable across edits.
    pub id: String,
    /// A sentence for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Whom the rule is for.
    pub when: Condition,
    /// What they get.
    pub serve: Serve,
}

/// A flag that must serve one of `variants`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Prerequisite {
    /// The other flag.
    pub flag: String,
    /// The variants of it that satisfy the prerequisite.
    pub variants: Vec<String>,
}

/// The part of a flag that a rollout owns. Shown, never written by people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Allocation {
    /// The id of the rollout that owns it.
    pub rollout: String,
    /// One entry per audience, tried in order.
    pub entries: Vec<AllocationEntry>,
}

/// The shares of one audience.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AllocationEntry {
    /// The segment; absent means everyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// The part of the units that it keeps to, because another rollout has the rest; absent if it is for all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<AllocationPart>,
    /// Shares in bucket order; within a part, of its units.
    pub weights: Vec<Weight>,
}

/// A range of buckets of a draw, in 100,000ths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct AllocationPart {
    /// The first bucket that belongs.
    pub from: u32,
    /// The first bucket that belongs no more.
    pub to: u32,
}

impl Targeting {
    /// Returns the draft, with absent salts derived from the flag's own, or notes what keeps it from being one.
    pub(crate) fn into_draft(self, flag_salt: &str, problems: &mut Vec<FieldProblem>) -> Option<TargetingDraft> {
        let before = problems.len();
        let default = self.default.into_draft(|| derived_salt(flag_salt, "default"));
        let rules = self.rules.into_iter().enumerate().filter_map(|(index, rule)| {
            let serve = rule.serve.into_draft(|| derived_salt(flag_salt, &format!("rule {}", rule.id)));
            let when = rule.when.into_draft(&format!("rules[{index}].when"), problems)?;
            Some(RuleDraft { id: rule.id, description: rule.description, when, serve })
        });
        let rules = rules.collect();
        let prerequisites = self.prerequisites.into_iter();
        let prerequisites =
            prerequisites.map(|other| PrerequisiteDraft { flag: other.flag, variants: other.variants }).collect();
        let draft =
            TargetingDraft { enabled: self.enabled, off_variant: self.off_variant, default, rules, prerequisites };
        (problems.len() == before).then_some(draft)
    }
}

/// Returns the salt of a split that was given none: bound to the flag in its environment and to the rule's id, so that
/// editing a rule does not draw again.
fn derived_salt(flag_salt: &str, place: &str) -> String {
    let digest: [u8; 32] =
        Sha256::new().chain_update(flag_salt).chain_update(":").chain_update(place).finalize().into();
    digest.iter().take(16).fold(String::new(), |salt, byte| salt + &hex::encode([*byte]))
}

impl Serve {
    fn into_draft(self, salt: impl FnOnce() -> String) -> ServeDraft {
        match self {
            Self::Variant(variant) => ServeDraft::Variant(variant),
            Self::Split(split) => ServeDraft::Split(SplitDraft {
                salt: split.salt.unwrap_or_else(salt),
                weights: split.weights.into_iter().map(WeightDraft::from).collect(),
            }),
        }
    }
}

impl From<TargetingDraft> for Targeting {
    fn from(draft: TargetingDraft) -> Self {
        let rule = |rule: RuleDraft| Rule {
            id: rule.id,
            description: rule.description,
            when: rule.when.into(),
            serve: rule.serve.into(),
        };
        let prerequisite = |other: PrerequisiteDraft| Prerequisite { flag: other.flag, variants: other.variants };
        Self {
            enabled: draft.enabled,
            off_variant: draft.off_variant,
            default: draft.default.into(),
            rules: draft.rules.into_iter().map(rule).collect(),
            prerequisites: draft.prerequisites.into_iter().map(prerequisite).collect(),
        }
    }
}

impl From<ServeDraft> for Serve {
    fn from(draft: ServeDraft) -> Self {
        match draft {
            ServeDraft::Variant(variant) => Self::Variant(variant),
            ServeDraft::Split(split) => Self::Split(Split {
                salt: Some(split.salt),
                weights: split.weights.into_iter().map(Weight::from).collect(),
            }),
        }
    }
}

impl From<WeightDraft> for Weight {
    fn from(draft: WeightDraft) -> Self {
        Self { variant: draft.variant, weight: draft.weight }
    }
}

impl From<Weight> for WeightDraft {
    fn from(weight: Weight) -> Self {
        Self { variant: weight.variant, weight: weight.weight }
    }
}

impl From<VariantDraft> for Variant {
    fn from(draft: VariantDraft) -> Self {
        Self { key: draft.key, value: draft.value }
    }
}

impl From<Variant> for VariantDraft {
    fn from(variant: Variant) -> Self {
        Self { key: variant.key, value: variant.value }
    }
}

impl From<AllocationDraft> for Allocation {
    fn from(draft: AllocationDraft) -> Self {
        let entries = draft.entries.into_iter().map(|entry| AllocationEntry {
            audience: entry.audience,
            part: entry.part.map(|part| AllocationPart { from: part.from, to: part.to }),
            weights: entry.weights.into_iter().map(Weight::from).collect(),
        });
        Self { rollout: draft.rollout, entries: entries.collect() }
    }
}
