//! Sums of exponentials, kept as logarithms.

/// Returns `ln(e^a + e^b)`.
pub(super) fn log_add(a: f64, b: f64) -> f64 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    if high == f64::NEG_INFINITY { high } else { high + (low - high).exp().ln_1p() }
}

/// Returns `ln(sum_k w_k e^(l_k))` for non-negative weights; minus infinity if every weight is 0.
pub(super) fn log_mean<I: Iterator<Item = (f64, f64)> + Clone>(logs_and_weights: I) -> f64 {
    let weighty = logs_and_weights.filter(|(_, weight)| *weight > 0.0);
    let highest = weighty.clone().map(|(log, _)| log).fold(f64::NEG_INFINITY, f64::max);
    if highest == f64::NEG_INFINITY {
        return highest;
    }
    highest + weighty.map(|(log, weight)| weight * (log - highest).exp()).sum::<f64>().ln()
}
