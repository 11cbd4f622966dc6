//! Conditions: groups of tests with three-valued logic.
//!
//! A test of an absent attribute is neither true nor false but *absent*, and stays so when negated. Groups follow
//! Kleene: `all` is false if a member is false, else absent if a member is absent; `any` is true if a member is true,
//! else absent if a member is absent; `none` is `any` turned round, so over an absent member it is absent too. A rule
//! matches only when its condition is true. A test may say that absence matches (`absent: match`); then it is true.

mod address;
pub(crate) mod attribute;
pub(crate) mod check;
pub(crate) mod instant;
pub(crate) mod literal;
pub(crate) mod number;
mod operator;
mod packed;
mod parse;
mod parse_check;
mod pattern;
mod reference;
pub(crate) mod version;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::key::{FlagKey, VariantKey};
use crate::segment::Segment;
use crate::split::Draw;

pub(crate) use attribute::Attribute;
pub(crate) use check::Check;
pub(crate) use instant::TimeCheck;
pub use operator::Operator;
pub(crate) use parse::{World, find_flag, find_segment, parse, parse_bucket};
pub(crate) use reference::References;

/// The outcome of a test or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// What it asks about is not there.
    Absent,
}

impl Outcome {
    /// Returns the outcome turned round; absent stays absent.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Absent => Self::Absent,
        }
    }
}

impl From<bool> for Outcome {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

/// How the members of a group combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// Every member must hold.
    All,
    /// At least one member must hold.
    Any,
    /// No member may hold.
    None,
}

/// A checked condition. Tests lie in the list of their group, so that evaluating goes through memory in order.
#[derive(Debug)]
pub(crate) enum Condition {
    Group(Combine, Box<[Condition]>),
    Test(Test),
}

/// A checked test.
#[derive(Debug)]
pub(crate) struct Test {
    pub operator: Operator,
    pub negate: bool,
    pub absent_matches: bool,
    pub asks: Asks,
}

/// What a test asks.
#[derive(Debug)]
pub(crate) enum Asks {
    /// About an attribute.
    ///
    /// Attributes are shared among all tests of a snapshot, so that few places in memory hold them.
    Attribute(Arc<Attribute>, Check),
    /// About the time of the evaluation.
    Now(TimeCheck),
    /// Whether the unit belongs to one of the segments.
    Segments(Box<[Arc<Segment>]>),
    /// Whether another flag serves one of the variants.
    Flags(Box<[FlagServes]>),
    /// Whether the unit's bucket lies in a range.
    Bucket(Box<Bucket>),
}

/// A range of buckets of a draw.
#[derive(Debug)]
pub(crate) struct Bucket {
    pub draw: Draw,
    pub from: u32,
    pub to: u32,
}

impl Bucket {
    /// Returns whether a bucket of the draw lies in the range.
    pub(crate) fn holds(&self, bucket: u32) -> bool {
        (self.from..self.to).contains(&bucket)
    }
}

/// Another flag and the variants of it that count. The flag is named, not pointed to: a flag that is kept from an
/// earlier snapshot asks the flags of the newest one.
#[derive(Debug, Clone)]
pub(crate) struct FlagServes {
    pub flag: FlagKey,
    pub variants: Box<[VariantKey]>,
}
