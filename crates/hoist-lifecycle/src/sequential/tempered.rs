//! Evidence from events of units that may have many of them.

use serde::{Deserialize, Serialize};

use super::buckets::{Buckets, settled_dispersion};
use super::count::{CountEvidence, CountTest};
use super::flush::FlushFault;
use super::numeric::log_add;
use super::stakes::Stakes;
use super::version::Version;

/// Dispersion beyond which restarts are left out: their increments were tempered by what was known then.
const RESTARTS_UP_TO: f64 = 1.5;

/// Evidence from events that are not independent, tempered by their dispersion over 128 buckets of units.
///
/// Requests of one user share a fate, and one client in a crash loop may cause a thousand events. With dispersion `f`,
/// `E = 1/2 sum_k w_k exp(L_k/f) + 1/2 E'`, where `L_k` are the sums without restarts and `E'` is the mixture with restarts
/// whose increments were divided by the dispersion known before each flush; `E'` counts as 0 while `f` is above 1.5. Where
/// stays are told apart, the first half is a mixture over the stay in which harm began, and `L_k/f` is the sum of those since
/// then, each stay's divided by its own dispersion; `E'` counts as 0 once the dispersion of any stay was above 1.5.
/// This is quasi-likelihood and not exact: `make bench-guards` measures its false alarms. Where units have a key, count
/// affected units instead. About 3 KiB as JSON.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TemperedEvidence {
    version: Version<1>,
    counts: CountEvidence,
    buckets: Buckets,
    /// What the buckets say now.
    #[serde(default)]
    dispersion: f64,
    /// What they said at the end of the stay before.
    #[serde(default)]
    former: f64,
}

impl TemperedEvidence {
    /// Returns evidence without counts that does not tell stays apart, begun with these stakes.
    pub fn new(stakes: Stakes) -> Self {
        Self { counts: CountEvidence::new(stakes), ..Self::default() }
    }

    /// Returns evidence without counts that tells stays apart, as a rollout does, begun with these stakes.
    pub fn by_stays(stakes: Stakes) -> Self {
        Self { counts: CountEvidence::by_stays(stakes), ..Self::default() }
    }

    /// Ends a stay: the buckets of the next one begin empty. `moves` says whether that is one of another stage.
    pub fn end_stay(&mut self, moves: bool) {
        self.counts.end_stay(self.dispersion(), moves);
        self.former = self.dispersion();
        self.buckets = Buckets::default();
    }

    /// Counts one flush of stage `stage` in restart epoch `epoch`, by bucket. A flush that is refused changes nothing.
    pub fn absorb(&mut self, test: &CountTest, stage: u32, epoch: u64, flush: &Buckets) -> Result<(), FlushFault> {
        self.counts.absorb(test, stage, epoch, &flush.totals(), self.dispersion())?;
        self.buckets.merge(flush);
        let counts = self.buckets.totals();
        let own = self.buckets.guard_dispersion();
        let former = if self.counts.tells_stays_apart() { self.former } else { 1.0 };
        self.dispersion = settled_dispersion(own, former, counts.x_treatment + counts.x_control);
        Ok(())
    }

    /// Returns the dispersion, at least 1.
    pub fn dispersion(&self) -> f64 {
        self.dispersion.max(1.0)
    }

    /// Returns what was counted, bucket by bucket forgotten.
    pub fn counts(&self) -> &CountEvidence {
        &self.counts
    }

    /// Returns the natural logarithm of the evidence of harm.
    pub fn log_harm(&self, test: &CountTest) -> f64 {
        tempered_log_harm(&self.counts, test, self.dispersion())
    }

    /// Returns the natural logarithm of the evidence of safety; `None` if none is tested.
    pub fn log_safe(&self, test: &CountTest) -> Option<f64> {
        self.counts.log_safe(test, self.dispersion())
    }
}

/// Returns the natural logarithm of the evidence of harm as a rollout has it: tempered where events of any stay came in clusters,
/// and as it is where they are independent. `dispersion` is the present stay's, at least 1.
pub(crate) fn settled_log_harm(counts: &CountEvidence, test: &CountTest, dispersion: f64) -> f64 {
    if counts.largest_dispersion(dispersion) <= 1.0 {
        return counts.log_harm(test);
    }
    tempered_log_harm(counts, test, dispersion)
}

/// Returns the natural logarithm of the evidence of harm, tempered by a dispersion of at least 1: half of it is that without
/// restarts, half that with restarts, which is left out where clusters are large.
pub fn tempered_log_harm(counts: &CountEvidence, test: &CountTest, dispersion: f64) -> f64 {
    let largest = counts.largest_dispersion(dispersion);
    if counts.tells_stays_apart() && largest <= 1.0 {
        return counts.log_harm(test);
    }
    let half = 0.5_f64.ln();
    let tempered = half + counts.log_harm_plain(test, dispersion);
    if largest > RESTARTS_UP_TO { tempered } else { log_add(tempered, half + counts.log_harm(test)) }
}
