//! From a book to the numbers that a guard compares.

use serde::{Deserialize, Serialize};

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
    pub moments: Option<Moments>,
}

/// Sums over the groups of units that have data: `x` below the line, `y` above it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Moments {
    /// Groups with data.
    pub groups: f64,
    /// Sum of x.
    pub x: f64,
    /// Sum of y.
    pub y: f64,
    /// Sum of x squared.
    pub xx: f64,
    /// Sum of y squared.
    pub yy: f64,
    /// Sum of the products.
    pub xy: f64,
}

/// Returns what an arm's book says for this measure.
pub fn sums(measure: &Measure, book: &ArmBook) -> Sums {
    let level = book.at_risk.max(0) as f64;
    let events = book.events as f64;
    match measure {
        Measure::Conversion { maturity: Some(_), .. } => {
            Sums { n: book.matured as f64, x: book.matured_events as f64, moments: None }
        }
        Measure::AffectedUnits { .. } | Measure::Conversion { .. } => Sums { n: level, x: events, moments: None },
        Measure::EventRate { .. } | Measure::LatencyQuantile { .. } => {
            Sums { n: book.opportunities as f64, x: events, moments: None }
        }
        Measure::Mean { .. } | Measure::Ratio { .. } => {
            Sums { n: book.opportunities as f64, x: events, moments: Some(moments(book)) }
        }
    }
}

fn moments(book: &ArmBook) -> Moments {
    let mut moments = Moments::default();
    let Some(buckets) = &book.buckets else { return moments };
    for (x, y) in buckets.n.iter().zip(&buckets.x).filter(|(x, y)| **x != 0.0 || **y != 0.0) {
        moments.groups += 1.0;
        moments.x += x;
        moments.y += y;
        moments.xx += x * x;
        moments.yy += y * y;
        moments.xy += x * y;
    }
    moments
}
