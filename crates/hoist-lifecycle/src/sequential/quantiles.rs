//! Evidence about the slow end: quantiles become counts.

use serde::{Deserialize, Serialize};

use super::count::{CountEvidence, CountTest};
use super::flush::{CountFlush, FlushFault};
use super::histogram::{Edge, Histogram};
use super::numeric::log_mean;
use super::stakes::Stakes;
use super::version::Version;

/// Values of the control from which the thresholds are frozen.
const FREEZE_FROM: u64 = 1_000;

/// Number of quantiles that are watched.
const QUANTILES: usize = 2;
/// The quantiles.
const WATCHED: [f64; QUANTILES] = [0.95, 0.99];

/// Values of both arms in one window.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct QuantileFlush {
    /// Of the treatment.
    pub treatment: Histogram,
    /// Of the control.
    pub control: Histogram,
}

/// Evidence that more of the treatment's values are beyond the control's 95th or 99th percentile than of the control's.
///
/// The first 1,000 values of the control, or a histogram from before the rollout, say where the percentiles are. From then
/// on these are constants, and how many values exceed them is a count like errors, with the same exact evidence. What
/// taught the thresholds is not scored.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct QuantileEvidence {
    version: Version<1>,
    /// Those that counts begin with.
    #[serde(default)]
    stakes: Stakes,
    /// What teaches the thresholds; emptied once it has.
    #[serde(default, skip_serializing_if = "Histogram::is_empty")]
    learned: Histogram,
    /// Empty, or one per quantile.
    exceedances: Vec<Exceedances>,
}

/// How many values exceed one threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Exceedances {
    edge: Edge,
    counts: CountEvidence,
}

impl QuantileEvidence {
    /// Returns evidence without values, whose counts begin with these stakes.
    pub fn new(stakes: Stakes) -> Self {
        Self { stakes, ..Self::default() }
    }

    /// Returns evidence whose thresholds come from values of the control before the rollout, if there are 1,000.
    pub fn learned_before(control: &Histogram) -> Self {
        let mut evidence = Self::default();
        evidence.learn(control);
        evidence
    }

    fn learn(&mut self, control: &Histogram) {
        self.learned.merge(control);
        if self.learned.len() < FREEZE_FROM {
            return;
        }
        let edges = WATCHED.iter().filter_map(|quantile| self.learned.quantile(*quantile));
        self.exceedances = edges.map(|edge| Exceedances { edge, counts: CountEvidence::new(self.stakes) }).collect();
        self.learned = Histogram::default();
    }

    /// Counts one flush of stage `stage` in restart epoch `epoch`; one that comes before the thresholds teaches them.
    pub fn absorb(
        &mut self,
        test: &CountTest,
        stage: u32,
        epoch: u64,
        flush: &QuantileFlush,
    ) -> Result<(), FlushFault> {
        if self.exceedances.is_empty() {
            self.learn(&flush.control);
            return Ok(());
        }
        for each in &mut self.exceedances {
            let counts = CountFlush {
                n_treatment: flush.treatment.len() as f64,
                n_control: flush.control.len() as f64,
                x_treatment: flush.treatment.above(each.edge) as f64,
                x_control: flush.control.above(each.edge) as f64,
            };
            each.counts.absorb(test, stage, epoch, &counts, 1.0)?;
        }
        Ok(())
    }

    /// Returns quantile, threshold and counts of each quantile that is watched; nothing before the thresholds are known.
    pub fn watched(&self) -> impl Iterator<Item = (f64, f64, &CountEvidence)> {
        let all = WATCHED.iter().zip(&self.exceedances);
        all.map(|(quantile, each)| (*quantile, each.edge.value(), &each.counts))
    }

    /// Returns the natural logarithm of the evidence of harm, the mean of both quantiles; 0 before the thresholds are known.
    pub fn log_harm(&self, test: &CountTest) -> f64 {
        if self.exceedances.is_empty() {
            return 0.0;
        }
        let weight = 1.0 / self.exceedances.len() as f64;
        log_mean(self.exceedances.iter().map(|each| (each.counts.log_harm(test), weight)))
    }

    /// Returns the natural logarithm of the evidence of safety, the lower of both quantiles: each must be shown. `None` if
    /// none is tested; 0 before the thresholds are known.
    pub fn log_safe(&self, test: &CountTest) -> Option<f64> {
        test.noninferiority?;
        let all = self.exceedances.iter().filter_map(|each| each.counts.log_safe(test, 1.0));
        Some(all.reduce(f64::min).unwrap_or_default())
    }
}
