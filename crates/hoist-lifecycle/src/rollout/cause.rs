//! Why a guard has no data: what was odd about the last answer of its source, as a value.
//!
//! A verdict of no data holds a rollout whatever is behind it, so nothing here decides anything. It is for people: the
//! cause stands in the rationale, in the log and in a counter, with what to do next.

use serde::{Deserialize, Serialize};

use super::evidence::{InvalidReading, Reading, SourceFault};

/// Why a guard has nothing to judge. A closed set: the names are stored, and are label values of a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoDataCause {
    /// The source cannot be reached: no route, no listener, no name, or a certificate that is not trusted.
    Unreachable,
    /// The source did not answer in time.
    Timeout,
    /// The source refused the credentials.
    Unauthorized,
    /// The source answered with an error.
    Rejected,
    /// The answer was longer than allowed.
    TooLarge,
    /// The operator does not allow the source's address.
    Forbidden,
    /// The answer is not a number.
    NotANumber,
    /// The answer is infinite.
    Infinite,
    /// The answer has more than one series.
    ManySeries,
    /// The answer is not one of the query API's, or of another kind.
    Malformed,
    /// The source said that the answer is partial.
    Partial,
    /// The source answered, and has no such series.
    Absent,
    /// Hoist tracks the metric itself, and has heard of no unit of this stay.
    Unheard,
    /// Hoist tracks the metric itself, has heard of units of this stay, and of none for longer than the guard allows.
    Quiet,
    /// Hoist tracks the metric itself, and units came too recently for their outcome to be known.
    Immature,
    /// Hoist tracks the metric itself, and the store did not say what was counted.
    Uncounted,
    /// Events are heard of, and not what they are counted out of.
    WithoutTotal,
    /// The newest sample is older than the guard allows.
    Stale,
    /// The sample lies in the future.
    Ahead,
    /// The sample was taken before the stay began.
    Earlier,
    /// The source has no newer sample than the last one.
    Unmoved,
    /// The number is outside of what the guard calls plausible, or negative where it cannot be.
    Implausible,
    /// What was counted since the last reading cannot be: more events than units that have one at most, or too many to count.
    Impossible,
    /// Too large a share of the intervals of this stay was refused.
    Refused,
}

impl NoDataCause {
    /// Returns why a reading is no number to judge by; `None` if it is one. `tracked` tells whether Hoist counts the metric
    /// itself.
    pub fn of(reading: &Reading, tracked: bool) -> Option<Self> {
        Some(match reading {
            Reading::Missing if tracked => Self::Unheard,
            Reading::Missing => Self::Absent,
            Reading::Failed(_) if tracked => Self::Uncounted,
            Reading::Failed(fault) => match fault {
                SourceFault::Unreachable => Self::Unreachable,
                SourceFault::Timeout => Self::Timeout,
                SourceFault::Unauthorized => Self::Unauthorized,
                SourceFault::Rejected => Self::Rejected,
                SourceFault::TooLarge => Self::TooLarge,
                SourceFault::Forbidden => Self::Forbidden,
            },
            Reading::Invalid(why) => match why {
                InvalidReading::NotANumber => Self::NotANumber,
                InvalidReading::Infinite => Self::Infinite,
                InvalidReading::ManySeries => Self::ManySeries,
                InvalidReading::Malformed => Self::Malformed,
                InvalidReading::Partial => Self::Partial,
            },
            Reading::Value { .. } | Reading::Counters { .. } | Reading::Arms { .. } | Reading::Quantile { .. } => {
                return None;
            }
        })
    }

    /// Every cause, in the order in which they are documented.
    pub const ALL: [Self; 24] = [
        Self::Unreachable,
        Self::Timeout,
        Self::Unauthorized,
        Self::Rejected,
        Self::TooLarge,
        Self::Forbidden,
        Self::NotANumber,
        Self::Infinite,
        Self::ManySeries,
        Self::Malformed,
        Self::Partial,
        Self::Absent,
        Self::Unheard,
        Self::Quiet,
        Self::Immature,
        Self::Uncounted,
        Self::WithoutTotal,
        Self::Stale,
        Self::Ahead,
        Self::Earlier,
        Self::Unmoved,
        Self::Implausible,
        Self::Impossible,
        Self::Refused,
    ];

    /// Returns the cause's name, as it is stored and counted.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::Unauthorized => "unauthorized",
            Self::Rejected => "rejected",
            Self::TooLarge => "too_large",
            Self::Forbidden => "forbidden",
            Self::NotANumber => "not_a_number",
            Self::Infinite => "infinite",
            Self::ManySeries => "many_series",
            Self::Malformed => "malformed",
            Self::Partial => "partial",
            Self::Absent => "absent",
            Self::Unheard => "unheard",
            Self::Quiet => "quiet",
            Self::Immature => "immature",
            Self::Uncounted => "uncounted",
            Self::WithoutTotal => "without_total",
            Self::Stale => "stale",
            Self::Ahead => "ahead",
            Self::Earlier => "earlier",
            Self::Unmoved => "unmoved",
            Self::Implausible => "implausible",
            Self::Impossible => "impossible",
            Self::Refused => "refused",
        }
    }

    /// Returns the cause in words that follow "has no data:", such as `the source cannot be reached`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unreachable => "the source cannot be reached",
            Self::Timeout => "the source did not answer in time",
            Self::Unauthorized => "the source refused the credentials",
            Self::Rejected => "the source answered with an error",
            Self::TooLarge => "the answer of the source is too long",
            Self::Forbidden => "the address of the source is not allowed",
            Self::NotANumber => "the answer is not a number",
            Self::Infinite => "the answer is infinite",
            Self::ManySeries => "the answer has more than one series",
            Self::Malformed => "the answer cannot be read",
            Self::Partial => "the answer is partial",
            Self::Absent => "the source has no such series",
            Self::Unheard => "no unit was heard of at this stage",
            Self::Quiet => "nothing new was heard of the units of this stage",
            Self::Immature => "outcomes are not known yet",
            Self::Uncounted => "the database does not say what was counted",
            Self::WithoutTotal => "events are heard of, and not what they are counted out of",
            Self::Stale => "the newest sample is too old",
            Self::Ahead => "the sample lies in the future",
            Self::Earlier => "the sample is older than the stage",
            Self::Unmoved => "the source has no newer sample",
            Self::Implausible => "the number is not plausible",
            Self::Impossible => "the counts cannot be",
            Self::Refused => "more than 1 % of its intervals were refused",
        }
    }

    /// Returns what a person can do about it, as an imperative.
    pub fn next(self) -> &'static str {
        match self {
            Self::Unreachable => {
                "see whether the metric source runs, and whether its name, port and certificate are right"
            }
            Self::Timeout => {
                "run the guard's query in the metric source by hand; one that takes seconds needs a recording rule"
            }
            Self::Unauthorized => "give the server a token that the metric source takes",
            Self::Rejected => "run the guard's query in the metric source by hand; it says what is wrong with it",
            Self::TooLarge => "aggregate in the query, such as with sum(), so that one number is left",
            Self::Forbidden => "allow the address with --metric-range, or correct the URL of the metric source",
            Self::NotANumber => "look for a division by zero in the query, as when nothing was requested",
            Self::Infinite => "look for a division by zero in the query",
            Self::ManySeries => "aggregate in the query, such as with sum(), so that one series is left",
            Self::Malformed => {
                "see whether the URL is that of a Prometheus query API, and whether the query gives a vector"
            }
            Self::Partial => "see what the metric source warns of; some of its data is missing",
            Self::Absent => {
                "run the guard's query in the metric source by hand; look at its labels, and whether a source is configured"
            }
            Self::Unheard | Self::Quiet => {
                "see whether applications send exposures and events, and whether the stage reaches anybody"
            }
            Self::Immature => "wait for the metric's `maturity`",
            Self::Uncounted => "see whether the database answers",
            Self::WithoutTotal => {
                "see whether what the metric counts events out of still arrives: the event named in `per`, or the counter `total`"
            }
            Self::Stale | Self::Unmoved => "see whether the metric source still scrapes the service",
            Self::Ahead => "compare the clocks of the server and of the metric source",
            Self::Earlier => {
                "wait for the next scrape; if none comes, see whether the metric source still scrapes the service"
            }
            Self::Implausible => "compare the number with the guard's `plausible`; one of the two is wrong",
            Self::Impossible => "see whether whoever reports counts more events than there are units or requests",
            Self::Refused => {
                "find out why counts were implausible or impossible; then pause and resume the rollout to begin anew, or wait"
            }
        }
    }
}
