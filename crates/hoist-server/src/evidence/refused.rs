//! What was reported and could not be taken: why, and how often.
//!
//! Whoever reports is told at once, but an application that reports and does not read the answer goes on. So refusals are
//! counted where somebody else looks: in `/metrics`, and for each environment.

use std::collections::BTreeMap;

use hoist_eval::Timestamp;
use hoist_lifecycle::intake::Outcome;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};

/// Why an event, a record or a sum is refused. A closed set: the names are label values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "the names are label values")]
pub enum Refusal {
    /// It cannot be read.
    unreadable,
    /// The name of the event is empty, too long, or holds control characters.
    name,
    /// The unit is missing or too long.
    unit,
    /// It is dated too early, too late, or in no form that is known.
    time,
    /// Its id is empty or too long.
    id,
    /// Its value is no finite number, or a sum that may go down.
    value,
    /// It is an evaluation that does not name its flag.
    flag,
    /// It is larger than one may be.
    too_large,
    /// It is beyond what one request may hold.
    too_many,
}

impl Refusal {
    /// Returns the name that it is counted under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::unreadable => "unreadable",
            Self::name => "name",
            Self::unit => "unit",
            Self::time => "time",
            Self::id => "id",
            Self::value => "value",
            Self::flag => "flag",
            Self::too_large => "too_large",
            Self::too_many => "too_many",
        }
    }
}

/// On which way something was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "the names are label values")]
pub enum Way {
    /// Events of `/api/v1/track`.
    track,
    /// Log records of OpenTelemetry.
    logs,
    /// Data points of OpenTelemetry.
    metrics,
}

/// What a refusal is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RefusedLabels {
    pub(super) way: Way,
    pub(super) cause: Refusal,
}

/// What was refused of one request, by cause.
pub type Refused = BTreeMap<Refusal, u64>;

/// What this server was told for one environment since it started.
#[derive(Debug, Clone, Default)]
pub struct Received {
    /// Events that were taken, by what became of them.
    pub events: BTreeMap<Outcome, u64>,
    /// What was refused, by cause.
    pub refused: Refused,
    /// When something was refused last.
    pub refused_at: Option<Timestamp>,
}
