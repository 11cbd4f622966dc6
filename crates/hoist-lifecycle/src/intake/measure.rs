//! What a tracked metric counts.

use hoist_eval::Span;

use crate::metric::{EventName, Metric, MetricKey, MetricSource};

/// A metric that is counted from events of units.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackedMetric {
    /// The metric's key.
    pub key: MetricKey,
    /// What is counted.
    pub measure: Measure,
}

impl TrackedMetric {
    /// Returns what is counted for a metric; nothing for one whose numbers another system has.
    pub fn of(metric: &Metric) -> Option<Self> {
        let cap = metric.to_draft().cap;
        let measure = match metric.source().clone() {
            MetricSource::PromqlValue { .. } | MetricSource::PromqlCounts { .. } => return None,
            MetricSource::AffectedUnits { event } => Measure::AffectedUnits { event },
            MetricSource::Conversion { event } => {
                let maturity = metric.maturity();
                Measure::Conversion { event, maturity: (maturity > Span::ZERO).then_some(maturity) }
            }
            MetricSource::EventRate { event, per } => Measure::EventRate { event, per },
            MetricSource::Mean { event } => Measure::Mean { event, cap },
            MetricSource::Ratio { event, per } => Measure::Ratio { event, per, cap },
            MetricSource::LatencyQuantile { event, .. } => Measure::LatencyQuantile { event },
        };
        Some(Self { key: metric.key().clone(), measure })
    }
}

/// What is counted, of which events.
#[derive(Debug, Clone, PartialEq)]
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
        /// Values beyond this, up or down, count as this.
        cap: Option<f64>,
    },
    /// The sum of one event's values over the sum of another's.
    Ratio {
        /// The event above the line.
        event: EventName,
        /// The event below the line.
        per: EventName,
        /// Values beyond this, up or down, count as this, above and below the line.
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

    /// Returns whether an event says that a unit is still heard of, rather than that something happened to it: where there is
    /// an event of opportunities, and for latencies, which every request has.
    pub fn hears_of_units(&self) -> bool {
        self.per().is_some() || matches!(self, Self::LatencyQuantile { .. })
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
