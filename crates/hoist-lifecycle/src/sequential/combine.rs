//! Many guards, one decision.

use super::numeric::log_mean;

/// The evidence of several guards taken together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Combined {
    /// Natural logarithm of the combined evidence.
    pub log_evidence: f64,
    /// Position of the guard that contributes most.
    pub decisive: usize,
}

/// Returns the weighted mean of e-values, given as pairs of `ln E` and weight: `E = sum w E / sum w`.
///
/// A mean of e-processes is an e-process whatever they have to do with one another, so one threshold `1/alpha` serves all
/// guards; it never decides later than `alpha` split by the same weights (Vovk and Wang, "E-values: calibration,
/// combination and applications", 2021). Guards of weight 0 are shown and do not count. `None` without a positive, finite
/// weight. Weights and guards are fixed before data arrive; another set is another process.
pub fn combine(evidence: &[(f64, f64)]) -> Option<Combined> {
    let counted = |weight: f64| if weight.is_finite() { weight.max(0.0) } else { 0.0 };
    let total: f64 = evidence.iter().map(|(_, weight)| counted(*weight)).sum();
    if total <= 0.0 {
        return None;
    }
    let shares = evidence.iter().map(|(log, weight)| (*log, counted(*weight) / total));
    let contributions =
        shares.clone().map(|(log, share)| if share > 0.0 { log + share.ln() } else { f64::NEG_INFINITY });
    let (decisive, _) = contributions.enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    Some(Combined { log_evidence: log_mean(shares), decisive })
}

/// Returns the chance that a harmless rollout ever shows evidence this high: `min(1, 1/E)` of the highest evidence so far.
pub fn anytime_p(highest_log_evidence: f64) -> f64 {
    (-highest_log_evidence).exp().min(1.0)
}
