//! From a book to the numbers that a guard compares.

use serde::{Deserialize, Serialize};

use crate::rollout::evidence::Capped;
use crate::sequential::Clusters;

use super::book::ArmBook;
use super::measure::Measure;

/// The sufficient statistics of one arm.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Sums {
    /// Opportunities. A sum so far, except for a metric that counts units without a maturity: there it is the number of
    /// units that have had no event yet, to which the events of the window in question are to be added.
    pub n: f64,
    /// Events so far.
    pub x: f64,
    /// For a mean or a ratio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Clusters>,
    /// For a mean or a ratio: how many single values that was, and how many of them were cut at the cap.
    #[serde(default)]
    pub capped: Capped,
}

/// Returns what an arm's book says for this measure.
pub fn sums(measure: &Measure, book: &ArmBook) -> Sums {
    let level = book.at_risk.max(0) as f64;
    let events = book.events as f64;
    match measure {
        Measure::Conversion { maturity: Some(_), .. } => {
            Sums { n: book.matured as f64, x: book.matured_events as f64, ..Sums::default() }
        }
        Measure::AffectedUnits { .. } | Measure::Conversion { .. } => Sums { n: level, x: events, ..Sums::default() },
        Measure::EventRate { .. } | Measure::LatencyQuantile { .. } => {
            Sums { n: book.opportunities as f64, x: events, ..Sums::default() }
        }
        Measure::Mean { .. } | Measure::Ratio { .. } => {
            let n = book.opportunities as f64;
            let groups = book.buckets.as_ref();
            let values = groups.map(|groups| Clusters::of(n, groups.pairs())).unwrap_or_default();
            // Of a ratio there are values on both sides of the line.
            let single = if matches!(measure, Measure::Ratio { .. }) { events + n } else { events };
            Sums { n, x: events, values: Some(values), capped: Capped { values: single, cut: book.capped as f64 } }
        }
    }
}
