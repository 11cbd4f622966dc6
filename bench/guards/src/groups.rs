//! Values beyond a threshold by groups of units, tempered as a rollout does it.

use hoist_lifecycle::intake::{Buckets, Measure, MetricBook, dispersion_of};
use hoist_lifecycle::sequential::{
    CountEvidence, CountFlush, CountTest, Overdispersion, guard_dispersion, settled_dispersion, tempered_log_harm,
};

use crate::method::QUANTILE_STAKES;

/// Values of both arms in one window by groups of units: all of them, and those beyond the threshold.
#[derive(Default)]
pub struct GroupedFlush {
    pub treatment: Buckets,
    pub control: Buckets,
}

impl GroupedFlush {
    /// Returns both arms over all groups.
    pub fn totals(&self) -> CountFlush {
        let sum = |sums: &[f64]| sums.iter().sum();
        let (treatment, control) = (&self.treatment, &self.control);
        CountFlush {
            n_treatment: sum(&treatment.n),
            n_control: sum(&control.n),
            x_treatment: sum(&treatment.x),
            x_control: sum(&control.x),
        }
    }
}

impl GroupedFlush {
    /// Counts what the units of one group had: opportunities and events of the treatment, then of the control.
    pub fn add(&mut self, group: usize, [n_treatment, x_treatment, n_control, x_control]: [f64; 4]) {
        let arms = [(&mut self.treatment, n_treatment, x_treatment), (&mut self.control, n_control, x_control)];
        for (arm, n, x) in arms {
            arm.n[group] += n;
            arm.x[group] += x;
        }
    }
}

/// Evidence of one threshold at one stay.
pub struct Grouped {
    measure: Measure,
    evidence: CountEvidence,
    book: MetricBook,
    pub dispersion: f64,
}

impl Grouped {
    pub fn new() -> Self {
        let event = "request".parse().expect("a name of an event");
        Self {
            measure: Measure::LatencyQuantile { event },
            evidence: CountEvidence::by_stays(QUANTILE_STAKES),
            book: MetricBook::default(),
            dispersion: 1.0,
        }
    }

    pub fn absorb(&mut self, test: &CountTest, epoch: u64, flush: &GroupedFlush) {
        let taken = self.evidence.absorb(test, 0, epoch, &flush.totals(), self.dispersion);
        debug_assert!(taken.is_ok());
        let arms = [(&mut self.book.treatment, &flush.treatment), (&mut self.book.control, &flush.control)];
        for (arm, more) in arms {
            let sums = arm.buckets.get_or_insert_default();
            for (sums, more) in [(&mut sums.n, &more.n), (&mut sums.x, &more.x)] {
                sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            }
        }
        let Some(found) = dispersion_of(&self.measure, &self.book) else { return };
        let arm = |dispersion, sampling_deviation| Some(Overdispersion { dispersion, sampling_deviation });
        let own = guard_dispersion(arm(found.treatment, found.treatment_sd), arm(found.control, 0.0));
        self.dispersion = settled_dispersion(own, 1.0, found.events.unwrap_or_default());
    }

    pub fn log_harm(&self, test: &CountTest) -> f64 {
        tempered_log_harm(&self.evidence, test, self.dispersion)
    }

    /// The same without restarts.
    pub fn log_harm_plain(&self, test: &CountTest) -> f64 {
        self.evidence.log_harm_plain(test, self.dispersion)
    }
}
