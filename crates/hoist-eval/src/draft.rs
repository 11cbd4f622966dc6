//! What people write and what storage keeps: public fields, no promises. [`crate::compile()`] turns drafts into a
//! [`crate::Snapshot`] and reports every problem at once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::value::ValueKind;

/// One flag as it stands in one environment: everything needed to answer what the flag is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlagDraft {
    /// The flag's key.
    pub key: String,
    /// The one type that all variants share.
    pub kind: ValueKind,
    /// The possible outcomes, in the order people gave them.
    pub variants: Vec<VariantDraft>,
    /// Who gets which variant, as operators edit it.
    pub targeting: TargetingDraft,
    /// The part that a rollout owns; absent while none has run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocation: Option<AllocationDraft>,
    /// The version of the flag in this environment; clients see it as flag metadata.
    #[serde(default)]
    pub version: u64,
}

/// One possible outcome of a flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariantDraft {
    /// The variant's key.
    pub key: String,
    /// The value that code receives.
    pub value: serde_json::Value,
}

/// Who gets which variant in one environment, as operators edit it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetingDraft {
    /// The kill switch: while false, everyone gets `off_variant`.
    pub enabled: bool,
    /// The variant served while the flag is off or a prerequisite is not met.
    pub off_variant: String,
    /// What is served when no rule matches.
    pub default: ServeDraft,
    /// Rules, first match wins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleDraft>,
    /// Flags that must serve certain variants before this flag leaves its off variant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prerequisites: Vec<PrerequisiteDraft>,
}

/// What a rule, or the default, hands out: `{"variant": "on"}` or `{"split": {...}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ServeDraft {
    /// Everyone gets one variant.
    Variant(String),
    /// Units are divided by a hash of their targeting key.
    Split(SplitDraft),
}

/// A division of units among variants. Weights add up to [`crate::limits::SPLIT_TOTAL`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitDraft {
    /// 32 lower-case hexadecimal characters. A split keeps its salt for life: another salt is another draw.
    pub salt: String,
    /// Shares in bucket order. The variant whose share grows comes first, so that growing it only ever adds units.
    pub weights: Vec<WeightDraft>,
}

/// One variant's share of a split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightDraft {
    /// The variant.
    pub variant: String,
    /// Its share in 100,000ths.
    pub weight: u32,
}

/// A condition and what is served to whom it matches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleDraft {
    /// Names the rule within its flag; stable across edits and reorderings.
    pub id: String,
    /// A sentence for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Whom the rule is for.
    pub when: ConditionDraft,
    /// What they get.
    pub serve: ServeDraft,
}

/// A flag that must serve one of `variants` before the flag holding this leaves its off variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrerequisiteDraft {
    /// The other flag.
    pub flag: String,
    /// The variants of it that satisfy the prerequisite.
    pub variants: Vec<String>,
}

/// A condition: a group (`all`, `any`, `none`) or one test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, try_from = "ConditionFields")]
pub enum ConditionDraft {
    /// Every member must hold; an empty list holds.
    All {
        /// The members.
        all: Vec<ConditionDraft>,
    },
    /// At least one member must hold.
    Any {
        /// The members.
        any: Vec<ConditionDraft>,
    },
    /// No member may hold.
    None {
        /// The members.
        none: Vec<ConditionDraft>,
    },
    /// One test.
    Test(TestDraft),
}

/// Every field that a condition may have. It is read as this, because whoever tries one form after the other can say of a
/// wrong one only that none fits, and not which field is wrong.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `operator`, or with one of `all`, `any` and `none`")]
struct ConditionFields {
    all: Option<Vec<ConditionDraft>>,
    any: Option<Vec<ConditionDraft>>,
    none: Option<Vec<ConditionDraft>>,
    operator: Option<String>,
    attribute: Option<String>,
    #[serde(default)]
    values: Vec<serde_json::Value>,
    #[serde(default)]
    negate: bool,
    #[serde(default)]
    case_insensitive: bool,
    absent: Option<Absent>,
}

impl TryFrom<ConditionFields> for ConditionDraft {
    type Error = &'static str;

    fn try_from(fields: ConditionFields) -> Result<Self, Self::Error> {
        let ConditionFields { all, any, none, operator, attribute, values, negate, case_insensitive, absent } = fields;
        let is_bare = attribute.is_none() && values.is_empty() && !negate && !case_insensitive && absent.is_none();
        match (all, any, none, operator) {
            (None, None, None, Some(operator)) => {
                let absent = absent.unwrap_or_default();
                Ok(Self::Test(TestDraft { attribute, operator, values, negate, case_insensitive, absent }))
            }
            (Some(_), None, None, None) | (None, Some(_), None, None) | (None, None, Some(_), None) if !is_bare => {
                Err("is a group, so it has no attribute, values or modifiers")
            }
            (Some(all), None, None, None) => Ok(Self::All { all }),
            (None, Some(any), None, None) => Ok(Self::Any { any }),
            (None, None, Some(none), None) => Ok(Self::None { none }),
            _ => Err("must have exactly one of all, any, none and operator"),
        }
    }
}

/// One test of one attribute, or of a segment, a flag, or a bucket.
///
/// `attribute` is a dotted path into the context; `targetingKey` names the targeting key. List `values` mean "any of".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestDraft {
    /// The attribute's path; absent for `in_segment`, `flag_serves` and `in_percentage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The operator's name, such as `ends_with`. Unknown names are problems at compile time.
    pub operator: String,
    /// The right-hand side.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<serde_json::Value>,
    /// Whether the answer is turned round. An absent attribute stays absent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub negate: bool,
    /// Whether letters compare without case.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub case_insensitive: bool,
    /// What an absent attribute means for this test.
    #[serde(default, skip_serializing_if = "Absent::is_default")]
    pub absent: Absent,
}

/// Units whose bucket under `salt` lies in `from..to`, in 100,000ths: the one value of `in_percentage`, and the part that an
/// entry of an allocation keeps to.
///
/// The values of `flag_serves` are [`PrerequisiteDraft`]s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BucketRangeDraft {
    /// 32 lower-case hexadecimal characters.
    pub salt: String,
    /// The first bucket that belongs.
    pub from: u32,
    /// The first bucket that belongs no more; at most [`crate::limits::SPLIT_TOTAL`].
    pub to: u32,
}

/// What an absent attribute means for a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    /// The test does not match, negated or not.
    #[default]
    NoMatch,
    /// The test matches.
    Match,
}

impl Absent {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// The part of a flag that a rollout owns: who is in the treatment now. Evaluated after the rules, before the default.
///
/// Entries are tried in order; the first whose audience and part contain the unit decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocationDraft {
    /// The id of the rollout that owns this.
    pub rollout: String,
    /// The salt of the flag in this environment. It outlives rollouts: a restart reaches the same units first.
    pub salt: String,
    /// One entry per audience.
    pub entries: Vec<AllocationEntryDraft>,
}

/// The shares of one audience. Weights add up to [`crate::limits::SPLIT_TOTAL`]; the control comes last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocationEntryDraft {
    /// The segment that this entry is for; absent means everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// The units that this entry keeps to, by the draw of another split: those outside of it are another rollout's, and
    /// those without a targeting key nobody's. The entry says nothing about them. Absent means all of the audience.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<BucketRangeDraft>,
    /// Shares in bucket order, the ramping variant first; within a part, of its units. A share of everything needs no
    /// targeting key.
    pub weights: Vec<WeightDraft>,
}

/// A named set of units: those listed, and those that match a condition; never those excluded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentDraft {
    /// The segment's key.
    pub key: String,
    /// Targeting keys that belong whatever the condition says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub included: Vec<String>,
    /// Targeting keys that never belong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
    /// Who else belongs; absent means nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<ConditionDraft>,
}

/// Everything one environment serves: the input of [`crate::compile()`], and the content of a disk snapshot.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotDraft {
    /// The flags.
    pub flags: Vec<FlagDraft>,
    /// The segments that they refer to.
    pub segments: Vec<SegmentDraft>,
    /// Metadata of the whole set: booleans, strings and numbers only.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, serde_json::Value>,
}
