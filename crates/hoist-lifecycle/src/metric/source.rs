//! Where a metric's number comes from, with queries that can be filled and events that have a name.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::limits::{EVENT_BYTES_MAX, QUANTILE_DEFAULT};
use crate::problem::Problems;

use super::draft::{Absence, Direction, MetricSourceDraft};
use super::query::{Placeholders, Query};

/// The name of a tracked event, as applications write it: any text without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventName(Arc<str>);

/// Why a text is not the name of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventNameError {
    /// There is no name.
    #[error("must not be empty")]
    Empty,
    /// It is too long.
    #[error("must be at most {EVENT_BYTES_MAX} bytes")]
    TooLong,
    /// It contains a control character.
    #[error("must not contain control characters")]
    Control,
}

impl EventName {
    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for EventName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl FromStr for EventName {
    type Err = EventNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().is_empty() {
            return Err(EventNameError::Empty);
        }
        if text.len() > EVENT_BYTES_MAX {
            return Err(EventNameError::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(EventNameError::Control);
        }
        Ok(Self(Arc::from(text)))
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a metric's number comes from, proven.
#[derive(Debug, Clone, PartialEq)]
pub enum MetricSource {
    /// One expression that answers one number.
    PromqlValue {
        /// The expression.
        query: Query,
    },
    /// Two monotone counters.
    PromqlCounts {
        /// The counter of events.
        events: Query,
        /// The counter of opportunities.
        total: Query,
        /// Whether an empty answer for `events` means zero events, provided that `total` has an answer.
        absent_is_zero: bool,
    },
    /// Units with at least one such event.
    AffectedUnits {
        /// The event.
        event: EventName,
    },
    /// Events per opportunity.
    EventRate {
        /// The event.
        event: EventName,
        /// The event that is an opportunity; absent means each exposed unit.
        per: Option<EventName>,
    },
    /// Units that did it.
    Conversion {
        /// The event.
        event: EventName,
    },
    /// The mean of the event's value per exposed unit.
    Mean {
        /// The event.
        event: EventName,
    },
    /// The sum of one event's values over the sum of another's.
    Ratio {
        /// The event above the line.
        event: EventName,
        /// The event below the line.
        per: EventName,
    },
    /// The share of the event's values beyond the control's quantile.
    LatencyQuantile {
        /// The event.
        event: EventName,
        /// The quantile, more than 0 and less than 1.
        quantile: f64,
    },
}

impl MetricSource {
    /// Returns the source that the draft describes; adds to `problems` what is wrong with it.
    pub(super) fn parse(draft: &MetricSourceDraft, absence: Absence, problems: &mut Problems) -> Option<Self> {
        let named = |problems: &mut Problems, field: &str, text: &str| -> Option<EventName> {
            problems.keep(format!("source.{field}"), text.parse())
        };
        Some(match draft {
            MetricSourceDraft::PromqlValue { query } => {
                Self::PromqlValue { query: problems.keep("source.query", Query::parse(query))? }
            }
            MetricSourceDraft::PromqlCounts { events, total, absent_is_zero } => {
                let events = problems.keep("source.events", Query::parse(events));
                let total = problems.keep("source.total", Query::parse(total));
                let absent_is_zero = *absent_is_zero || absence == Absence::AbsentIsZero;
                Self::PromqlCounts { events: events?, total: total?, absent_is_zero }
            }
            MetricSourceDraft::AffectedUnits { event } => {
                Self::AffectedUnits { event: named(problems, "event", event)? }
            }
            MetricSourceDraft::EventRate { event, per } => {
                let event = named(problems, "event", event);
                let per = per.as_deref().map(|per| named(problems, "per", per));
                Self::EventRate { event: event?, per: per.map_or(Some(None), |per| per.map(Some))? }
            }
            MetricSourceDraft::Conversion { event } => Self::Conversion { event: named(problems, "event", event)? },
            MetricSourceDraft::Mean { event } => Self::Mean { event: named(problems, "event", event)? },
            MetricSourceDraft::Ratio { event, per } => {
                let event = named(problems, "event", event);
                let per = named(problems, "per", per);
                Self::Ratio { event: event?, per: per? }
            }
            MetricSourceDraft::LatencyQuantile { event, quantile } => {
                let event = named(problems, "event", event);
                let quantile = quantile.unwrap_or(QUANTILE_DEFAULT);
                if !(quantile > 0.0 && quantile < 1.0) {
                    problems.add("source.quantile", "must be greater than 0 and less than 1");
                    return None;
                }
                Self::LatencyQuantile { event: event?, quantile }
            }
        })
    }

    /// Returns the source with every placeholder filled in: what is to be asked, word for word.
    pub fn fill(&self, with: &Placeholders<'_>) -> MetricSourceDraft {
        match self {
            Self::PromqlValue { query } => MetricSourceDraft::PromqlValue { query: query.fill(with) },
            Self::PromqlCounts { events, total, absent_is_zero } => MetricSourceDraft::PromqlCounts {
                events: events.fill(with),
                total: total.fill(with),
                absent_is_zero: *absent_is_zero,
            },
            Self::AffectedUnits { event } => MetricSourceDraft::AffectedUnits { event: event.to_string() },
            Self::EventRate { event, per } => {
                MetricSourceDraft::EventRate { event: event.to_string(), per: per.as_ref().map(ToString::to_string) }
            }
            Self::Conversion { event } => MetricSourceDraft::Conversion { event: event.to_string() },
            Self::Mean { event } => MetricSourceDraft::Mean { event: event.to_string() },
            Self::Ratio { event, per } => MetricSourceDraft::Ratio { event: event.to_string(), per: per.to_string() },
            Self::LatencyQuantile { event, quantile } => {
                MetricSourceDraft::LatencyQuantile { event: event.to_string(), quantile: Some(*quantile) }
            }
        }
    }

    /// Returns whether the source counts events out of opportunities, so that an absolute limit can be tested.
    pub fn counts(&self) -> bool {
        matches!(
            self,
            Self::PromqlCounts { .. } | Self::AffectedUnits { .. } | Self::EventRate { .. } | Self::Conversion { .. }
        )
    }

    /// Returns whether Hoist itself gathers the numbers, by arm and stay, from what is tracked or sent over OTLP. Such
    /// sums begin at zero with each stay; the counters of another system began some day.
    pub fn is_tracked(&self) -> bool {
        !matches!(self, Self::PromqlValue { .. } | Self::PromqlCounts { .. })
    }

    /// Returns whether the opportunities are the units that are here now, and not a sum.
    pub fn counts_units(&self) -> bool {
        matches!(self, Self::AffectedUnits { .. } | Self::Conversion { .. } | Self::EventRate { per: None, .. })
    }

    /// Returns whether the source adds values up, rather than counting.
    pub fn has_values(&self) -> bool {
        matches!(self, Self::Mean { .. } | Self::Ratio { .. })
    }

    /// Returns whether the source can answer for the two arms apart.
    pub fn has_arms(&self) -> bool {
        match self {
            Self::PromqlValue { .. } => false,
            Self::PromqlCounts { events, total, .. } => events.names_variant() && total.names_variant(),
            _ => true,
        }
    }

    /// Returns whether an answer is about the variant that is asked for, and not about everyone.
    pub fn names_variant(&self) -> bool {
        match self {
            Self::PromqlValue { query } => query.names_variant(),
            _ => self.has_arms(),
        }
    }

    /// Returns which way is worse where a metric does not say.
    pub(super) fn direction(&self) -> Direction {
        match self {
            Self::Conversion { .. } => Direction::LowerIsWorse,
            _ => Direction::HigherIsWorse,
        }
    }
}
