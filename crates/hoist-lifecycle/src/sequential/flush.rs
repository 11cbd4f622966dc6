//! What both arms did in one window of time.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::limits::FLUSH_COUNT_MAX;

/// Counts of one metric in one window, both arms over the same window and under the same allocation.
///
/// `n` is the number of opportunities: requests, exposed units, or units still at risk. `x` is how many of them had the
/// event. Rates differ between windows as they like; they are compared inside a window only.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct CountFlush {
    /// Opportunities of the treatment.
    pub n_treatment: f64,
    /// Opportunities of the control.
    pub n_control: f64,
    /// Events of the treatment.
    pub x_treatment: f64,
    /// Events of the control.
    pub x_control: f64,
}

/// Why a flush is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FlushFault {
    /// A count is negative, not finite, or beyond what a window can hold.
    #[error("{0} must be a finite number from 0 to {max:e}", max = FLUSH_COUNT_MAX)]
    Count(&'static str),
    /// An arm has events and no opportunities.
    #[error("{0} has events without opportunities")]
    Events(&'static str),
    /// An arm has more events than units, for a metric of which a unit has one at most.
    #[error("{0} is larger than the number of units")]
    Proportion(&'static str),
}

impl FlushFault {
    /// Returns what is wrong, without the name of the count.
    pub fn reason(self) -> String {
        match self {
            Self::Count(_) => format!("must be a finite number from 0 to {FLUSH_COUNT_MAX:e}"),
            Self::Events(_) => "must be 0 where there are no opportunities".to_owned(),
            Self::Proportion(_) => "must not be larger than the number of units".to_owned(),
        }
    }
}

impl CountFlush {
    /// Returns whether neither arm has opportunities: nobody was there.
    pub fn is_empty(&self) -> bool {
        self.n_treatment <= 0.0 && self.n_control <= 0.0
    }

    /// Returns whether both arms have opportunities, so that they can be compared.
    pub fn has_both_arms(&self) -> bool {
        self.n_treatment > 0.0 && self.n_control > 0.0
    }

    /// Returns whether a count is below 0, as a difference is when a sum began anew.
    pub fn has_negative(&self) -> bool {
        let Self { n_treatment, n_control, x_treatment, x_control } = *self;
        [n_treatment, n_control, x_treatment, x_control].iter().any(|count| *count < 0.0)
    }

    /// Adds the counts of another flush of the same stage.
    pub fn add(&mut self, other: &Self) {
        self.n_treatment += other.n_treatment;
        self.n_control += other.n_control;
        self.x_treatment += other.x_treatment;
        self.x_control += other.x_control;
    }

    /// Returns the flush with the opportunities of both arms as an allocation divides them that treats `share` of the units:
    /// what first events of units are held against whose outcome is never known for good.
    ///
    /// An allocation draws a unit's arm by the hash of its key. Where the treatment changes nothing, neither whether the unit
    /// has its event nor when depends on the arm, so the first event of each unit that has one is treated with probability
    /// `share` exactly, independently of those of all other units, whatever the base rate and the delays are. Given how many
    /// there were, how many of them are treated is binomial, and the count kernel with `nT : nC = share : 1 - share` is its
    /// likelihood ratio (Lindon and Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022). With a treated
    /// chance `r` times the control's the probability is `r share/(r share + 1 - share)`, which is what the kernel takes for
    /// `r`. Units still at risk would not do: those that never have their event stay among them, and their number, once off by
    /// chance, stays off, while events come from units that are new.
    #[must_use]
    pub fn allocated(self, share: f64) -> Self {
        let all = self.n_treatment + self.n_control;
        Self { n_treatment: share * all, n_control: (1.0 - share) * all, ..self }
    }

    /// Checks the counts; `proportion` says that a unit has at most one event. A flush that fails must be dropped whole:
    /// dropping one arm would favour the other.
    pub fn check(&self, proportion: bool) -> Result<(), FlushFault> {
        let Self { n_treatment, n_control, x_treatment, x_control } = *self;
        let counts = [
            ("n_treatment", n_treatment),
            ("n_control", n_control),
            ("x_treatment", x_treatment),
            ("x_control", x_control),
        ];
        // Written so that NaN is outside.
        if let Some((name, _)) = counts.iter().find(|(_, count)| !(0.0..=FLUSH_COUNT_MAX).contains(count)) {
            return Err(FlushFault::Count(name));
        }
        for (name, events, opportunities) in
            [("x_treatment", x_treatment, n_treatment), ("x_control", x_control, n_control)]
        {
            if opportunities <= 0.0 && events > 0.0 {
                return Err(FlushFault::Events(name));
            }
            if proportion && events > opportunities {
                return Err(FlushFault::Proportion(name));
            }
        }
        Ok(())
    }
}
