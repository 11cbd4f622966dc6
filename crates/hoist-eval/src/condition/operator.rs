//! The operators, by name.

use serde::{Deserialize, Serialize};

use crate::limits::KEY_BYTES_MAX;

/// From this likeness on, of 0 to 1, a name may be a misspelling. Unrelated names of the list reach about 0.7.
const LIKE: f64 = 0.75;

macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What a test does. Each has one positive form; `negate` turns it round.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Operator { $($(#[$doc])* $name,)* }

        impl Operator {
            /// Every operator, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the name, as drafts write it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

operators! {
    /// The attribute is one of the values, of the same type. The same as `in`.
    Equals = "equals",
    /// The attribute is one of the values, of the same type.
    In = "in",
    /// The text starts with one of the values.
    StartsWith = "starts_with",
    /// The text ends with one of the values.
    EndsWith = "ends_with",
    /// The text contains one of the values.
    Contains = "contains",
    /// One of the regular expressions matches somewhere in the text.
    Matches = "matches",
    /// The number is less than the value.
    LessThan = "less_than",
    /// The number is at most the value.
    LessThanOrEqual = "less_than_or_equal",
    /// The number is greater than the value.
    GreaterThan = "greater_than",
    /// The number is at least the value.
    GreaterThanOrEqual = "greater_than_or_equal",
    /// The number, time or version lies between the two values, both included.
    Between = "between",
    /// The time is before the value.
    Before = "before",
    /// The time is at or before the value.
    BeforeOrAt = "before_or_at",
    /// The time is after the value.
    After = "after",
    /// The time is at or after the value.
    AfterOrAt = "after_or_at",
    /// The version equals one of the values; build metadata does not count.
    SemverEquals = "semver_equals",
    /// The version is lower than the value.
    SemverLessThan = "semver_less_than",
    /// The version is the value or lower.
    SemverLessThanOrEqual = "semver_less_than_or_equal",
    /// The version is higher than the value.
    SemverGreaterThan = "semver_greater_than",
    /// The version is the value or higher.
    SemverGreaterThanOrEqual = "semver_greater_than_or_equal",
    /// The version has the same major (`^1.2.3`) or major and minor (`~1.2.3`) number as one of the values.
    SemverMatchesRange = "semver_matches_range",
    /// The attribute is there and not null. Never absent itself.
    Exists = "exists",
    /// The attribute is `true`.
    IsTrue = "is_true",
    /// The list contains at least one of the values.
    ArrayContainsAny = "array_contains_any",
    /// The list contains all of the values.
    ArrayContainsAll = "array_contains_all",
    /// The list has one of these lengths.
    ArraySize = "array_size",
    /// The whole number divided by the first value leaves the second.
    Modulo = "modulo",
    /// The unit belongs to one of the segments.
    InSegment = "in_segment",
    /// Another flag serves one of the variants.
    FlagServes = "flag_serves",
    /// The unit's bucket lies in the range.
    InPercentage = "in_percentage",
    /// The address lies in one of the networks.
    IpInCidr = "ip_in_cidr",
}

impl Operator {
    /// Returns the operator of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operator| operator.as_str() == name)
    }

    /// Returns the operator whose name is most like this one, if any is like it at all.
    pub(crate) fn nearest(name: &str) -> Option<Self> {
        // Longer names are no misspellings, and comparing takes time by the square of the length.
        if name.len() > KEY_BYTES_MAX {
            return None;
        }
        let name = name.to_ascii_lowercase().replace(['-', ' '], "_");
        let likeness = |operator: &Self| strsim::jaro_winkler(&name, operator.as_str());
        let nearest = Self::ALL.iter().copied().map(|operator| (likeness(&operator), operator));
        let (likeness, operator) = nearest.max_by(|(left, _), (right, _)| left.total_cmp(right))?;
        (likeness >= LIKE).then_some(operator)
    }

    /// Returns whether letters may compare without case.
    pub fn takes_case_insensitive(self) -> bool {
        matches!(
            self,
            Self::Equals
                | Self::In
                | Self::StartsWith
                | Self::EndsWith
                | Self::Contains
                | Self::Matches
                | Self::ArrayContainsAny
                | Self::ArrayContainsAll
        )
    }

    /// Returns whether the operator tests no attribute at all.
    pub fn takes_no_attribute(self) -> bool {
        matches!(self, Self::InSegment | Self::FlagServes | Self::InPercentage)
    }

    /// Returns whether the operator tests the evaluation time when no attribute is given.
    pub fn may_test_now(self) -> bool {
        matches!(self, Self::Before | Self::BeforeOrAt | Self::After | Self::AfterOrAt | Self::Between)
    }
}
