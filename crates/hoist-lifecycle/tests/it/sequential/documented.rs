//! Figures that docs/statistics.md states and that follow from the formulas alone.

use hoist_lifecycle::sequential::{FirstFailures, NormalMixture, information_rate, requests_to_decide};

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

#[test]
fn one_unit_in_50_is_taken_for_an_old_one_after_10_000() {
    let mut seen = FirstFailures::default();
    // Splitmix64 mixes all 64 bits.
    let hash = |unit: u64| {
        let z = unit.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    for unit in 0..10_000 {
        seen.insert(hash(unit));
    }
    let mistaken = (10_000..20_000).filter(|unit| !seen.clone().insert(hash(*unit))).count();
    assert!((150..250).contains(&mistaken), "{mistaken} of 10,000");
}
