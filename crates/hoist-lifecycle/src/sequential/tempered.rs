//! Evidence from events of units that may have many of them.

use super::count::{CountEvidence, CountTest};
use super::numeric::log_add;

/// Dispersion beyond which restarts are left out: their increments were tempered by what was known then.
const RESTARTS_UP_TO: f64 = 1.5;

/// Returns the natural logarithm of the evidence of harm, tempered by a dispersion of at least 1: that of events which are not
/// independent, as [`super::guard_dispersion`] measures it over 128 buckets of units.
///
/// Requests of one user share a fate, and one client in a crash loop may cause a thousand events. With dispersion `f`,
/// `E = 1/2 sum_k w_k exp(L_k/f) + 1/2 E'`, where `L_k` are the sums without restarts and `E'` is the mixture with restarts
/// whose increments were divided by the dispersion known before each flush; `E'` counts as 0 while `f` is above 1.5. Where
/// stays are told apart, the first half is a mixture over the stay in which harm began, and `L_k/f` is the sum of those since
/// then, each stay's divided by its own dispersion; `E'` counts as 0 once the dispersion of any stay was above 1.5.
/// This is quasi-likelihood and not exact: `make bench-guards` measures its false alarms. Where units have a key, count
/// affected units instead.
pub fn tempered_log_harm(counts: &CountEvidence, test: &CountTest, dispersion: f64) -> f64 {
    let largest = counts.largest_dispersion(dispersion);
    if counts.tells_stays_apart() && largest <= 1.0 {
        return counts.log_harm(test);
    }
    let half = 0.5_f64.ln();
    let tempered = half + counts.log_harm_plain(test, dispersion);
    if largest > RESTARTS_UP_TO { tempered } else { log_add(tempered, half + counts.log_harm(test)) }
}

/// Returns the natural logarithm of the evidence of harm as a rollout has it: tempered where events of any stay came in clusters,
/// and as it is where they are independent. `dispersion` is the present stay's, at least 1.
pub(crate) fn settled_log_harm(counts: &CountEvidence, test: &CountTest, dispersion: f64) -> f64 {
    if counts.largest_dispersion(dispersion) <= 1.0 {
        return counts.log_harm(test);
    }
    tempered_log_harm(counts, test, dispersion)
}
