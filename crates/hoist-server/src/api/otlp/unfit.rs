//! Records that are left out, and how the answer says so.

use std::collections::BTreeMap;

use crate::evidence::{Refusal, Refused};
use crate::limits::{EVENT_AGE_MAX, EVENT_AHEAD_MAX, OTLP_RECORD_BYTES_MAX, OTLP_RECORDS_MAX};

/// Why a log record or a data point is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unfit {
    Unreadable,
    TooLarge,
    TooMany,
    FlagMissing,
    NameInvalid,
    KeyInvalid,
    TimeOutOfRange,
    NotFinite,
    NotMonotonic,
    Temporality,
}

impl Unfit {
    fn cause(self) -> Refusal {
        match self {
            Self::Unreadable => Refusal::unreadable,
            Self::TooLarge => Refusal::too_large,
            Self::TooMany => Refusal::too_many,
            Self::FlagMissing => Refusal::flag,
            Self::NameInvalid => Refusal::name,
            Self::KeyInvalid => Refusal::unit,
            Self::TimeOutOfRange => Refusal::time,
            Self::NotFinite | Self::NotMonotonic | Self::Temporality => Refusal::value,
        }
    }

    /// Returns what a record that is left out does, after "a record that".
    fn rule(self) -> String {
        match self {
            Self::Unreadable => "cannot be read".to_owned(),
            Self::TooLarge => format!("has more than {OTLP_RECORD_BYTES_MAX} bytes"),
            Self::TooMany => format!("comes after the first {OTLP_RECORDS_MAX} that count; export smaller batches"),
            Self::FlagMissing => "is an evaluation without feature_flag.key".to_owned(),
            Self::NameInvalid => "has an event name that is too long or holds control characters".to_owned(),
            Self::KeyInvalid => "names a unit in more bytes than a targeting key may have".to_owned(),
            Self::TimeOutOfRange => {
                format!("is dated more than {EVENT_AGE_MAX} before now or {EVENT_AHEAD_MAX} after")
            }
            Self::NotFinite => "has a value that is negative, infinite or no number".to_owned(),
            Self::NotMonotonic => "is of a sum that may go down".to_owned(),
            Self::Temporality => "has no aggregation temporality".to_owned(),
        }
    }
}

/// The records that were left out.
#[derive(Debug, Default)]
pub(super) struct LeftOut(BTreeMap<Unfit, u64>);

impl LeftOut {
    pub(super) fn note(&mut self, unfit: Unfit) {
        *self.0.entry(unfit).or_default() += 1;
    }

    /// Returns how many there were.
    pub(super) fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// Returns them by the cause that they are counted under.
    pub(super) fn refused(&self) -> Refused {
        let mut refused = Refused::new();
        for (unfit, count) in &self.0 {
            *refused.entry(unfit.cause()).or_default() += count;
        }
        refused
    }

    /// Returns all reasons in one sentence, each with how often it was one. Nothing of what was sent is repeated.
    pub(super) fn sentence(&self) -> String {
        let reasons = self.0.iter().map(|(unfit, count)| format!("{count} that {}", unfit.rule()));
        format!("left out: {}", reasons.collect::<Vec<_>>().join("; "))
    }
}
