//! A share of an audience, exact to a thousandth of a percent.

use std::fmt;

use hoist_eval::limits::SPLIT_TOTAL;

/// Units of [`Share`] per percent.
const PER_PERCENT: f64 = SPLIT_TOTAL as f64 / 100.0;

/// A share of an audience in 100,000ths, greater than nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

impl Share {
    /// The whole audience.
    pub const ALL: Self = Self(SPLIT_TOTAL);

    /// Returns the share of `percentage` percent; `None` unless it is in (0, 100] with at most three decimals.
    pub fn from_percentage(percentage: f64) -> Option<Self> {
        let scaled = percentage * PER_PERCENT;
        let rounded = scaled.round();
        let exact = (scaled - rounded).abs() < 1e-6;
        (exact && (1.0..=f64::from(SPLIT_TOTAL)).contains(&rounded)).then_some(Self(rounded as u32))
    }

    /// Returns what is left of the audience; the share itself where nothing is.
    pub(crate) fn rest(self) -> Self {
        if self == Self::ALL { self } else { Self(SPLIT_TOTAL - self.0) }
    }

    /// Returns the share as a weight of a split: 100,000ths.
    pub fn weight(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", f64::from(self.0) / PER_PERCENT)
    }
}
