//! Figures that docs/statistics.md states and that follow from the formulas alone.

use hoist_lifecycle::sequential::{NormalMixture, information_rate, requests_to_decide};

#[test]
fn from_1_to_2_percent_takes_1860_treated_requests() {
    let nats = information_rate(0.01, 0.01, 2.0, 1.0);
    assert!((nats - 0.00381).abs() < 5e-6, "{nats} nats a request");
    let requests = requests_to_decide(nats, 0.01).unwrap();
    assert!((requests - 1_860.0).abs() < 5.0, "{requests}");
}

/// However much information there is, and whatever harm is looked for.
#[test]
fn evidence_of_means_is_below_100_within_3_3_standard_errors() {
    let mut least = f64::INFINITY;
    for exponent in -200..=200 {
        let information = 10_f64.powf(f64::from(exponent) / 20.0);
        let needed = NormalMixture { rho: 1.0 }.one_sided_bound(information, 0.01) / information.sqrt();
        least = least.min(needed);
    }
    assert!((3.3..3.4).contains(&least), "{least} standard errors");
}
