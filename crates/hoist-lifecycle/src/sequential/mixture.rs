//! Mixtures over alternatives, and over times of onset.

use serde::{Deserialize, Serialize};

use super::numeric::{log_add, log_mean};
use super::stakes::Stakes;

/// Largest change of a log sum by one update. Keeps absurd counters from producing infinities; evidence of e^1,000,000
/// is a breach at any alpha.
const INCREMENT_MAX: f64 = 1e6;
/// Log sums stay within this, so that they stay numbers in JSON.
const LOG_MAX: f64 = 1e12;

/// The sums of an e-process with one alternative per `N`, in logarithms.
///
/// With `S_k` the sum of alternative `k`, `w_k` its weight and `u_j` what the [`Stakes`] have not spent after `j` restarts,
/// the evidence is `E = sum_k w_k S_k + u_j`. `S_k` starts at `1 - u_0`; restart `j >= 1` adds `u_(j-1) - u_j`; every
/// observation multiplies it by the likelihood ratio of its alternative.
///
/// This is the mean, weighted by the stakes, of one process for each moment of onset, which stays at 1 until then, and of
/// 1, which is what the last term has. A mean of e-processes with fixed weights that add up to 1 is an e-process, so any
/// stakes are valid; they only say where time is saved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "StoredMixture<N>")]
pub struct Mixture<const N: usize> {
    /// Restarts so far.
    restarts: u64,
    /// Those that the sums were begun with.
    stakes: Stakes,
    /// ln S_k.
    #[serde(serialize_with = "array::serialize")]
    log_sums: [f64; N],
}

/// The sums as they are stored. Those from before there was a choice of stakes say nothing of them, and were begun with even
/// ones.
#[derive(Deserialize)]
pub(super) struct StoredMixture<const N: usize> {
    restarts: u64,
    pub(super) stakes: Option<Stakes>,
    #[serde(deserialize_with = "array::deserialize")]
    log_sums: [f64; N],
}

impl<const N: usize> From<StoredMixture<N>> for Mixture<N> {
    fn from(stored: StoredMixture<N>) -> Self {
        let StoredMixture { restarts, stakes, log_sums } = stored;
        Self { restarts, stakes: stakes.unwrap_or_default(), log_sums }
    }
}

impl<const N: usize> Default for Mixture<N> {
    fn default() -> Self {
        Self::new(Stakes::default())
    }
}

impl<const N: usize> Mixture<N> {
    /// Returns sums without observations, begun with these stakes.
    pub fn new(stakes: Stakes) -> Self {
        Self { restarts: 0, stakes, log_sums: [stakes.at_start().ln(); N] }
    }

    /// Returns the number of restarts so far.
    pub fn restarts(&self) -> u64 {
        self.restarts
    }

    /// Restarts until `count` restarts have happened; nothing if that many have. Restarts without an observation
    /// between them add up to one stake.
    pub fn restart_until(&mut self, count: u64) {
        if count <= self.restarts {
            return;
        }
        let stake = (self.stakes.unspent(self.restarts) - self.stakes.unspent(count)).ln();
        for sum in &mut self.log_sums {
            *sum = log_add(*sum, stake);
        }
        self.restarts = count;
    }

    /// Multiplies each sum by its likelihood ratio, given as a logarithm.
    pub fn observe(&mut self, log_ratios: [f64; N]) {
        multiply(&mut self.log_sums, log_ratios);
    }

    /// Multiplies each sum by what many observations came to.
    pub(super) fn observe_sums(&mut self, sums: &Sums<N>) {
        multiply(&mut self.log_sums, sums.log_sums);
    }

    /// Returns ln E for the given weights, which add up to 1.
    pub fn log_evidence(&self, weights: [f64; N]) -> f64 {
        let unspent = self.stakes.unspent(self.restarts).ln();
        let sums = self.log_sums.iter().copied().zip(weights);
        log_mean(sums.chain(std::iter::once((unspent, 1.0))))
    }
}

/// The sums of an e-process that never restarts: `E = sum_k w_k exp(L_k)`, with `L_k` the increments of alternative `k`
/// added up. The order of observations does not matter, so the sums of two parts of the data merge by adding.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sums<const N: usize> {
    /// L_k.
    #[serde(with = "array")]
    log_sums: [f64; N],
}

impl<const N: usize> Default for Sums<N> {
    fn default() -> Self {
        Self { log_sums: [0.0; N] }
    }
}

impl<const N: usize> Sums<N> {
    /// Adds one increment to each sum.
    pub fn observe(&mut self, log_ratios: [f64; N]) {
        multiply(&mut self.log_sums, log_ratios);
    }

    /// Adds what another part of the data says.
    pub fn merge(&mut self, other: &Self) {
        multiply(&mut self.log_sums, other.log_sums);
    }

    /// Returns these sums divided by `dispersion`, at least 1.
    #[must_use]
    pub fn tempered(&self, dispersion: f64) -> Self {
        Self { log_sums: self.log_sums.map(|sum| sum / dispersion.max(1.0)) }
    }

    /// Returns ln E for the given weights, which add up to 1, each sum divided by `dispersion`, which is at least 1.
    pub fn log_evidence(&self, weights: [f64; N], dispersion: f64) -> f64 {
        log_mean(self.log_sums.iter().map(|sum| sum / dispersion).zip(weights))
    }
}

/// Adds increments to log sums. What cannot be computed says nothing.
fn multiply<const N: usize>(log_sums: &mut [f64; N], log_ratios: [f64; N]) {
    for (sum, log_ratio) in log_sums.iter_mut().zip(log_ratios) {
        let increment = if log_ratio.is_nan() { 0.0 } else { log_ratio.clamp(-INCREMENT_MAX, INCREMENT_MAX) };
        *sum = (*sum + increment).clamp(-LOG_MAX, LOG_MAX);
    }
}

/// Arrays of any length, which serde leaves to us.
mod array {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(super) fn serialize<S: Serializer, const N: usize>(sums: &[f64; N], serializer: S) -> Result<S::Ok, S::Error> {
        sums.as_slice().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(source: D) -> Result<[f64; N], D::Error> {
        let sums = Vec::<f64>::deserialize(source)?;
        sums.try_into().map_err(|_| D::Error::custom("has another number of alternatives"))
    }
}
