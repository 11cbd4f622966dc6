//! Explanations: why a flag was worth what it was. Plain data, written and shown, never read back by the evaluator.
//!
//! A trace holds attribute names and never their values, so that it may be logged and sent.

use serde::{Deserialize, Serialize};

use crate::condition::{Combine, Operator, Outcome};
use crate::snapshot::Generation;

/// How one answer came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// The flag that was asked for.
    pub flag: String,
    /// The generation of the snapshot that answered.
    pub generation: Generation,
    /// What decided.
    pub decided_by: DecidedBy,
    /// The prerequisites that were asked, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prerequisites: Vec<PrerequisiteTrace>,
    /// The rules that were tried, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleTrace>,
    /// The entries of the rollout's allocation that were tried, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allocation: Vec<EntryTrace>,
    /// The split that chose, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<SplitTrace>,
    /// The variant that was served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// What decided an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum DecidedBy {
    /// The snapshot has no such flag.
    UnknownFlag,
    /// The flag's definition is broken.
    BrokenFlag,
    /// The kill switch is off.
    KillSwitch,
    /// A prerequisite was not met: the one at this place.
    Prerequisite {
        /// Its place, from 0.
        index: usize,
    },
    /// A rule matched.
    Rule {
        /// Its place, from 0.
        index: usize,
        /// Its id.
        id: String,
    },
    /// An entry of the rollout's allocation contained the unit.
    Allocation {
        /// Its place, from 0.
        index: usize,
        /// The rollout.
        rollout: String,
    },
    /// Nothing before the default decided.
    Default,
    /// The evaluation ran into its bounds.
    Bounds,
}

/// One prerequisite that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrerequisiteTrace {
    /// The other flag.
    pub flag: String,
    /// The variants of it that would do.
    pub expected: Vec<String>,
    /// What it served; absent if it had an error.
    pub served: Option<String>,
    /// Whether the prerequisite was met.
    pub met: bool,
}

/// One rule that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleTrace {
    /// Its place, from 0.
    pub index: usize,
    /// Its id.
    pub id: String,
    /// Whether its condition held.
    pub outcome: Outcome,
    /// How its condition came out.
    pub condition: Option<ConditionTrace>,
}

/// One entry of an allocation that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryTrace {
    /// Its place, from 0.
    pub index: usize,
    /// The segment that it is for; absent means everyone.
    pub audience: Option<String>,
    /// The part that it keeps to; absent if it is for all of its audience.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<PartTrace>,
    /// Whether the unit belongs.
    pub outcome: Outcome,
}

/// The part of units that an entry keeps to, because another rollout has the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartTrace {
    /// The unit's bucket in the draw of the part, from 0 to 99,999; absent if there was no targeting key.
    pub bucket: Option<u32>,
    /// The first bucket that belongs.
    pub from: u32,
    /// The first bucket that belongs no more.
    pub to: u32,
}

impl PartTrace {
    /// Returns whether the unit is in another rollout's part.
    pub fn is_of_another(&self) -> bool {
        self.bucket.is_some_and(|bucket| !(self.from..self.to).contains(&bucket))
    }
}

/// How a condition came out. Members that were not needed any more are missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionTrace {
    /// A group.
    Group {
        /// How its members combine.
        combine: Combine,
        /// How it came out.
        outcome: Outcome,
        /// The members that were asked.
        members: Vec<ConditionTrace>,
    },
    /// A test.
    Test {
        /// The attribute that was tested, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attribute: Option<String>,
        /// The operator.
        operator: Operator,
        /// Whether its answer was turned round.
        negate: bool,
        /// How it came out, after turning round and after `absent: match`.
        outcome: Outcome,
        /// The segments or flags that it asked about.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        about: Vec<String>,
        /// The unit's bucket, for `in_percentage`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bucket: Option<u32>,
    },
}

/// How a split chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitTrace {
    /// The unit's bucket, from 0 to 99,999; absent if there was no targeting key.
    pub bucket: Option<u32>,
    /// The shares in bucket order.
    pub shares: Vec<ShareTrace>,
}

/// One share of a split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareTrace {
    /// The variant.
    pub variant: String,
    /// The first bucket that is its.
    pub from: u32,
    /// The first bucket that is its no more.
    pub to: u32,
}
