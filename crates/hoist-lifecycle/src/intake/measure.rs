//! What a tracked metric counts.

use std::sync::Arc;

use hoist_eval::Span;
use serde::{Deserialize, Serialize};

use crate::metric::MetricKey;

/// The name of a tracked event, such as `checkout-error`.
pub type EventName = Arc<str>;

/// A metric that is counted from events of units.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackedMetric {
    /// The metric's key.
    pub key: MetricKey,
    /// What is counted.
    pub measure: Measure,
}

/// What is counted, of which events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Measure {
    /// Units with at least one such event, out of the units that have had none.
    AffectedUnits {
        /// The event.
        event: EventName,
    },
    /// Units that did it, out of the units that have not yet. With a maturity also: out of those exposed that long ago.
    Conversion {
        /// The event.
        event: EventName,
        /// How long after its exposure a unit that has not converted counts as one that did not.
        maturity: Option<Span>,
    },
    /// Events per opportunity.
    EventRate {
        /// The event.
        event: EventName,
        /// The event that is an opportunity; absent means that an exposed unit is one.
        per: Option<EventName>,
    },
    /// The sum of the event's values per exposed unit.
    Mean {
        /// The event.
        event: EventName,
        /// Values above this count as this.
        cap: Option<f64>,
    },
    /// The sum of one event's values over the sum of another's.
    Ratio {
        /// The event above the line.
        event: EventName,
        /// The event below the line.
        per: EventName,
        /// Values above this count as this, on both sides.
        cap: Option<f64>,
    },
    /// How many of the event's values, which are durations in seconds, lie above a threshold.
    LatencyQuantile {
        /// The event.
        event: EventName,
    },
}

impl Measure {
    /// Returns the event that the metric is about.
    pub fn event(&self) -> &EventName {
        match self {
            Self::AffectedUnits { event }
            | Self::Conversion { event, .. }
            | Self::EventRate { event, .. }
            | Self::Mean { event, .. }
            | Self::Ratio { event, .. }
            | Self::LatencyQuantile { event } => event,
        }
    }

    /// Returns the event that is the opportunity, where that is an event of its own.
    pub fn per(&self) -> Option<&EventName> {
        match self {
            Self::EventRate { per, .. } => per.as_ref(),
            Self::Ratio { per, .. } => Some(per),
            _ => None,
        }
    }

    /// Returns whether a unit counts once.
    pub fn is_once_per_unit(&self) -> bool {
        matches!(self, Self::AffectedUnits { .. } | Self::Conversion { .. })
    }

    /// Returns whether an exposed unit is an opportunity of its own.
    pub(super) fn counts_units(&self) -> bool {
        matches!(self, Self::EventRate { per: None, .. } | Self::Mean { .. })
    }
}
