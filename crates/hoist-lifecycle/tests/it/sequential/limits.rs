//! Evidence against a fixed limit: the figures that the documentation states, and the laws it obeys.

use hoist_lifecycle::plan::LimitDraft;
use hoist_lifecycle::sequential::{Breaches, Rate};

#[test]
fn breaches_in_a_row_until_one_in_a_hundred() {
    for (good, expected) in [(0, 3), (10, 4), (60, 5)] {
        let mut breaches = Breaches::default();
        (0..good).for_each(|_| breaches.observe(false));
        let mut bad = 0;
        while breaches.log_evidence() < 100_f64.ln() {
            breaches.observe(true);
            bad += 1;
        }
        assert_eq!(bad, expected, "after {good} good polls");
    }
}

#[test]
fn absurd_counters_stay_numbers() {
    let limit = LimitDraft::Above(0.02);
    for (events, total) in [(f64::MAX, 1.0), (0.0, f64::MAX), (f64::MAX, f64::MAX), (1e300, 1e-300)] {
        let mut rate = Rate::default();
        for epoch in [0, 1, 1_000_000, u64::MAX] {
            rate.observe(events, total, limit, epoch);
            assert!(rate.log_evidence().is_finite(), "{events} of {total} in epoch {epoch}");
        }
    }
}

/// A service exactly at its limit is the worst healthy one: over many runs with many looks each, few may ever alarm.
#[test]
fn a_rate_at_its_limit_rarely_alarms() {
    let mut seed = 7_u64;
    let mut alarms = 0;
    for _ in 0..1_000 {
        let mut rate = Rate::default();
        for look in 0..120 {
            let events = (0..200).filter(|_| uniform(&mut seed) < 0.02).count();
            rate.observe(events as f64, 200.0, LimitDraft::Above(0.02), look / 30);
            if rate.log_evidence() >= 20_f64.ln() {
                alarms += 1;
                break;
            }
        }
    }
    assert!(alarms <= 50, "{alarms} of 1000 healthy runs alarmed at alpha 0.05");
    assert!(alarms > 0, "a test that never alarms has no power");
}

/// Uniform in [0, 1) by splitmix64.
fn uniform(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}
