//! The figures behind the checks on the comparison itself.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::metric::MetricKey;
use crate::sequential::CountFlush;

use super::words::{Count, Odds, Part, Significant};

/// Whether units arrive in the shares that the allocation sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShareFacts {
    /// Treated units exposed for the first time in this stay.
    pub treatment: u64,
    /// The same of the control.
    pub control: u64,
    /// The share that should be treated.
    pub expected: f64,
    /// Natural logarithm of the evidence that they arrive otherwise.
    pub log_evidence: f64,
    /// What makes a mismatch.
    pub log_needed: f64,
    /// Whether treated units are missing, and not those of the control.
    pub is_deficit: bool,
}

/// Whether both arms are heard of alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TelemetryFacts {
    /// What each metric heard of the units that came to this stay.
    pub metrics: Vec<ReportingFacts>,
    /// Natural logarithm of the evidence that one arm falls silent, over all metrics.
    pub log_evidence: f64,
    /// What makes a loss.
    pub log_needed: f64,
}

/// What one metric heard of the units that came to this stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportingFacts {
    /// The metric.
    pub metric: MetricKey,
    /// `n` units that came, and `x` of them that were heard of.
    pub counts: CountFlush,
    /// Natural logarithm of the evidence that one arm is heard of less.
    pub log_evidence: f64,
}

impl ShareFacts {
    /// Returns whether units do not arrive as they are sent, beyond doubt.
    pub fn is_mismatch(&self) -> bool {
        self.log_evidence >= self.log_needed
    }
}

impl TelemetryFacts {
    /// Returns whether one arm falls silent, beyond doubt.
    pub fn is_loss(&self) -> bool {
        self.log_evidence >= self.log_needed
    }

    /// Returns whether that is the treatment.
    pub fn is_deficit(&self) -> bool {
        self.worst().is_some_and(|ReportingFacts { counts, .. }| {
            counts.x_treatment * counts.n_control < counts.x_control * counts.n_treatment
        })
    }

    /// Returns the metric that says most.
    pub fn worst(&self) -> Option<&ReportingFacts> {
        self.metrics.iter().max_by(|one, other| one.log_evidence.total_cmp(&other.log_evidence))
    }
}

impl fmt::Display for ShareFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = (self.treatment + self.control) as f64;
        let share = Significant(100.0 * self.treatment as f64 / all.max(1.0));
        write!(f, "{} of {} units treated ({share} %)", Count(self.treatment as f64), Count(all))?;
        write!(f, ", {} % were sent; ", Significant(100.0 * self.expected))?;
        write!(f, "evidence {}, needed {}", Odds(self.log_evidence), Odds(self.log_needed))
    }
}

/// `metric spending heard of 300 of 1,000 treated units (30 %), 8,100 of 9,000 of the control (90 %); evidence 1e9, needed 1,000`.
impl fmt::Display for TelemetryFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ReportingFacts { metric, counts, .. }) = self.worst() {
            write!(f, "metric {metric} heard of {}", Part(counts.x_treatment, counts.n_treatment, " treated units"))?;
            write!(f, ", {}; ", Part(counts.x_control, counts.n_control, " of the control"))?;
        }
        write!(f, "evidence {}, needed {}", Odds(self.log_evidence), Odds(self.log_needed))
    }
}
