//! After a rollback: whether nobody has the bad variant any more.
//!
//! A rollback is a row in a database. It is done when every server answers by the new definition, what they answer shows
//! it, and every stream has been told to fetch again. Each server that is there reports what it sees of itself
//! ([`SafetyReport`]), and [`judge`] makes one finding of all reports: whether the share that still has the variant is
//! within the tolerance, how long that took, and who lags behind.
//!
//! What cannot be known: clients that neither ask a server nor listen to a stream, and servers that never report. A client
//! that was told to fetch and does not is seen when it asks next, not before.

mod finding;
mod report;

use hoist_eval::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::limits::{SAFETY_DEADLINE_DEFAULT, SAFETY_TOLERANCE_DEFAULT, SAFETY_WATCHED_MAX};

pub use finding::{Finding, Straggler, judge};
pub use report::{Look, Progress, SafetyReport};

/// What counts as safe, and when somebody is told that it is not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// The share of answers, and of streams, that may still be behind.
    pub tolerance: f64,
    /// The time after which people are told that it is not safe yet.
    pub deadline: Span,
}

impl Default for Terms {
    /// A thousandth, and a minute.
    fn default() -> Self {
        Self { tolerance: SAFETY_TOLERANCE_DEFAULT, deadline: SAFETY_DEADLINE_DEFAULT }
    }
}

/// The verification of one rollback, as storage keeps it beside the rollout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Safety {
    /// The variant that nobody shall have any more.
    pub variant: String,
    /// The generation of the environment that took it back.
    pub generation: u64,
    /// When the rollback was committed.
    pub since: Timestamp,
    /// What counts as safe.
    pub terms: Terms,
    /// How far it is.
    pub status: SafetyStatus,
    /// When people were told that it is not safe; absent if they were not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalated_at: Option<Timestamp>,
    /// What was found last; absent before anybody has reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
}

/// How far the verification of a rollback is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum SafetyStatus {
    /// Not safe yet, or not known to be.
    Watching,
    /// Nobody has the variant any more, as far as can be known.
    Safe {
        /// From the commit of the rollback until then.
        after: Span,
    },
    /// It was watched for as long as anybody watches, and never became safe.
    Unconfirmed,
}

/// What is to be done after a look at the reports.
#[derive(Debug, Clone, PartialEq)]
pub struct Verification {
    /// The verification after the look.
    pub next: Safety,
    /// Whether the look is news: it became safe, it was escalated, or it is watched no longer.
    pub settles: bool,
    /// Whether people are to be told that it is not safe yet.
    pub escalates: bool,
}

impl Safety {
    /// Returns the verification of a rollback that was committed at `since`.
    pub fn begin(variant: impl Into<String>, generation: u64, since: Timestamp, terms: Terms) -> Self {
        let status = SafetyStatus::Watching;
        Self { variant: variant.into(), generation, since, terms, status, escalated_at: None, finding: None }
    }

    /// Returns whether it is still watched.
    pub fn is_open(&self) -> bool {
        self.status == SafetyStatus::Watching
    }

    /// Looks at what servers have reported by `now`.
    pub fn look(&self, reports: &[SafetyReport], now: Timestamp) -> Verification {
        let finding = judge(self.since, self.terms, reports, now);
        let waited = now.since(self.since);
        let status = match finding.safe_after {
            Some(after) => SafetyStatus::Safe { after },
            None if waited >= SAFETY_WATCHED_MAX => SafetyStatus::Unconfirmed,
            None => SafetyStatus::Watching,
        };
        let escalates =
            status == SafetyStatus::Watching && self.escalated_at.is_none() && waited >= self.terms.deadline;
        let escalated_at = if escalates { Some(now) } else { self.escalated_at };
        let next = Self { status, escalated_at, finding: Some(finding), ..self.clone() };
        Verification { settles: status != self.status || escalates, escalates, next }
    }
}
