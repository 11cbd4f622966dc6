//! Which sizes of harm are looked for, and which way harm lies.

use serde::{Deserialize, Serialize};

/// Number of sizes of every grid.
pub const SIZES: usize = 10;

/// What each size weighs, in 23rds.
const WEIGHTS_SUM: f64 = 23.0;

/// Which way a metric gets worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is harm: errors, latency.
    Higher,
    /// Less is harm: conversions, revenue.
    Lower,
}

impl Direction {
    /// Returns the other way, in which evidence that a treatment is not harmful points.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Higher => Self::Lower,
            Self::Lower => Self::Higher,
        }
    }

    /// Returns the ratio "treated rate / control rate" that is `margin` times worse than equal. A margin says "times
    /// worse", so for [`Direction::Lower`] both 1.25 and 0.8 mean four fifths; for [`Direction::Higher`] both mean five
    /// quarters.
    pub fn boundary(self, margin: f64) -> f64 {
        match self {
            Self::Higher => margin.max(1.0 / margin),
            Self::Lower => margin.min(1.0 / margin),
        }
    }

    /// Returns `boundary` made `size` times worse.
    pub fn beyond(self, boundary: f64, size: f64) -> f64 {
        match self {
            Self::Higher => boundary * size,
            Self::Lower => boundary / size,
        }
    }
}

/// A fixed mixture of sizes of harm. The size is not known beforehand; mixing costs a detection time of 1.3 to 2 times
/// that of a test that knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grid {
    /// For errors, crashes and slow requests: harm between a third and three times worse is the likeliest.
    Error,
    /// For conversions and the like: small harm is the likeliest.
    Product,
}

impl Grid {
    /// Returns the sizes, each a ratio above 1.
    pub fn sizes(self) -> [f64; SIZES] {
        match self {
            Self::Error => [1.05, 1.15, 1.35, 1.6, 2.0, 2.6, 3.6, 6.0, 12.0, 40.0],
            Self::Product => [1.03, 1.06, 1.1, 1.15, 1.25, 1.4, 1.7, 2.5, 6.0, 40.0],
        }
    }

    /// Returns what each size weighs; the weights add up to 1.
    pub fn weights(self) -> [f64; SIZES] {
        let of_23 = match self {
            Self::Error => [1.0, 2.0, 3.0, 4.0, 4.0, 3.0, 2.0, 2.0, 1.0, 1.0],
            Self::Product => [2.0, 3.0, 4.0, 4.0, 3.0, 2.0, 2.0, 1.0, 1.0, 1.0],
        };
        of_23.map(|weight: f64| weight / WEIGHTS_SUM)
    }
}
