//! Sample ratio: are as many units treated as the allocation says?

use serde::{Deserialize, Serialize};

use super::flush::CountFlush;
use super::kernel;
use super::mixture::Sums;
use super::version::Version;

/// Number of tilts.
const TILTS: usize = 14;
/// Odds of being counted in the treatment, relative to the allocation's, that are looked for, in equal parts.
pub const ODDS: [f64; TILTS] = [0.02, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 1.05, 1.1, 1.2, 1.4, 2.0, 4.0, 50.0];

/// Evidence that units do not arrive in the allocation's ratio.
///
/// `E = mean over r of prod_s r^uT_s / (p_s r + 1 - p_s)^(uT_s + uC_s)` over the stages `s` with treated share `p_s`: the
/// likelihood ratio of the arms of first exposures, given how many there were. As fast as the Dirichlet test of Lindon
/// and Malek ("Anytime-valid inference for multinomial count data", NeurIPS 2022) with `k` = 100, and unlike it
/// composes over stages of different shares. Needs each unit counted once per rollout.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct SrmEvidence {
    version: Version<1>,
    /// One sum per tilt.
    tilts: Sums<TILTS>,
    /// Units seen in the treatment.
    treated: f64,
    /// Units that the allocation should have put there.
    expected: f64,
}

impl SrmEvidence {
    /// Counts units seen for the first time under an allocation that treats `share` of them, strictly between 0 and 1.
    /// Anything else says nothing.
    pub fn absorb(&mut self, share: f64, treated: f64, control: f64) {
        let counts = CountFlush { n_treatment: treated, n_control: control, ..CountFlush::default() };
        if !(share > 0.0 && share < 1.0) || counts.check(false).is_err() {
            return;
        }
        self.tilts.observe(ODDS.map(|odds| treated * odds.ln() - (treated + control) * (share * (odds - 1.0)).ln_1p()));
        self.treated += treated;
        self.expected += share * (treated + control);
    }

    /// Adds the units of another part of the traffic.
    pub fn merge(&mut self, other: &Self) {
        self.tilts.merge(&other.tilts);
        self.treated += other.treated;
        self.expected += other.expected;
    }

    /// Returns the natural logarithm of the evidence.
    pub fn log_evidence(&self) -> f64 {
        mean(&self.tilts)
    }

    /// Returns whether fewer units are treated than should be. A deficit may be harm itself: the client crashed before it
    /// could report.
    pub fn is_deficit(&self) -> bool {
        self.treated < self.expected
    }
}

/// Evidence that one arm loses more of its reports of a metric than the other.
///
/// Of the units that were exposed in a window so many reported the metric at all. If both arms lose the same share, this
/// is a count with the exposures as opportunities and the reports as events: the count kernel with the tilts of
/// [`SrmEvidence`], exact whatever the share of reports is.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct TelemetryEvidence {
    version: Version<1>,
    tilts: Sums<TILTS>,
}

impl TelemetryEvidence {
    /// Counts a window: `n` are the units exposed, `x` those of them that reported. A flush that is not possible says
    /// nothing.
    pub fn absorb(&mut self, flush: &CountFlush) {
        if flush.check(true).is_ok() {
            self.tilts.observe(ODDS.map(|odds| kernel::count(flush, 1.0, odds)));
        }
    }

    /// Adds what another part of the traffic says.
    pub fn merge(&mut self, other: &Self) {
        self.tilts.merge(&other.tilts);
    }

    /// Returns the natural logarithm of the evidence.
    pub fn log_evidence(&self) -> f64 {
        mean(&self.tilts)
    }
}

fn mean(tilts: &Sums<TILTS>) -> f64 {
    tilts.log_evidence([1.0 / TILTS as f64; TILTS], 1.0)
}
