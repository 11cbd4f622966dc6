//! How long a stage will take, told before it begins.

/// What not knowing the size of the harm beforehand costs, in units of evidence.
const MIXTURE_COST: f64 = 2.5;

/// Returns the evidence per treated request, in nats, that a rate `ratio` times the control's brings against "at most
/// `boundary` times" (or "at least", if `ratio` is smaller): the Kullback-Leibler divergence of the count kernel.
///
/// With treated share `p`, control rate `q`, `m = q (p r + 1 - p)/p` events per treated request, of which the treatment has
/// `p1 = p r/(p r + 1 - p)` and at the boundary would have `p0`: `m (p1 ln(p1/p0) + (1-p1) ln((1-p1)/(1-p0)))`.
/// 0 unless the share is strictly between 0 and 1 and everything else positive.
pub fn information_rate(share: f64, base_rate: f64, ratio: f64, boundary: f64) -> f64 {
    let is_share = share > 0.0 && share < 1.0;
    if !is_share || ![base_rate, ratio, boundary].iter().all(|number| number.is_finite() && *number > 0.0) {
        return 0.0;
    }
    let all = |ratio: f64| share * ratio + 1.0 - share;
    let treated = |ratio: f64| share * ratio / all(ratio);
    let (actual, limit) = (treated(ratio), treated(boundary));
    let divergence = actual * (actual / limit).ln() + (1.0 - actual) * ((1.0 - actual) / (1.0 - limit)).ln();
    (base_rate * all(ratio) / share * divergence).max(0.0)
}

/// Returns about how many treated requests it takes until evidence `1/alpha` is reached, by guards that mix over sizes;
/// `None` if it is never reached.
pub fn requests_to_decide(nats_per_request: f64, alpha: f64) -> Option<f64> {
    let requests = ((1.0 / alpha).ln() + MIXTURE_COST) / nats_per_request;
    Some(requests).filter(|requests| requests.is_finite() && *requests >= 0.0)
}
