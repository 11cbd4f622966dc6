//! Laws of the count kernels: valid under no harm, and indifferent to what must not matter.

use hoist_eval::Span;
use hoist_lifecycle::sequential::{
    CountEvidence, CountFlush, CountKind, CountTest, Direction, Ends, Epochs, Grid, kernel, ratio_sequence, worst_ratio,
};
use proptest::prelude::*;

/// Draws of each law of expectations.
const DRAWS: usize = 200_000;

/// Uniform in [0, 1) by splitmix64.
struct Uniform(u64);

impl Uniform {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn log_between(&mut self, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.next())
    }
}

/// The natural logarithm of the expectation of a Bernoulli or Poisson count's increment, which is linear in the events.
fn log_expectation(
    flush: &CountFlush,
    treated: f64,
    control: f64,
    poisson: bool,
    log: impl Fn(&CountFlush) -> f64,
) -> f64 {
    let at = |x_treatment, x_control| log(&CountFlush { x_treatment, x_control, ..*flush });
    let none = at(0.0, 0.0);
    let arm = |n: f64, rate: f64, one: f64| {
        let mean = rate * (one - none).exp_m1();
        n * if poisson { mean } else { mean.ln_1p() }
    };
    none + arm(flush.n_treatment, treated, at(1.0, 0.0)) + arm(flush.n_control, control, at(0.0, 1.0))
}

/// How far rounding may take a sum whose parts cancel.
fn rounding(flush: &CountFlush) -> f64 {
    1e-12 * (1.0 + flush.n_treatment + flush.n_control)
}

fn sizes(uniform: &mut Uniform) -> CountFlush {
    CountFlush {
        n_treatment: uniform.log_between(1.0, 1e6).round(),
        n_control: uniform.log_between(1.0, 1e6).round(),
        ..CountFlush::default()
    }
}

#[test]
fn no_harm_is_not_expected_to_grow_the_count_kernel() {
    let mut uniform = Uniform(1);
    let mut highest = f64::NEG_INFINITY;
    for draw in 0..DRAWS {
        let flush = sizes(&mut uniform);
        let direction = if draw % 2 == 0 { Direction::Higher } else { Direction::Lower };
        let boundary = direction.boundary(uniform.log_between(1.0, 3.0));
        let alternative = direction.beyond(boundary, uniform.log_between(1.001, 40.0));
        let harmless = direction.reversed().beyond(boundary, uniform.log_between(1.0, 10.0));
        let ratio = if draw % 3 == 0 { boundary } else { harmless };
        let control = uniform.log_between(1e-5, 1.0) * (1.0 / ratio).min(1.0);
        let poisson = draw % 5 == 0;
        let log = |flush: &CountFlush| kernel::count(flush, boundary, alternative);
        let expectation = log_expectation(&flush, ratio * control, control, poisson, log);
        assert!(expectation <= rounding(&flush), "{expectation} for {flush:?}, {boundary}, {alternative}, {control}");
        highest = highest.max(expectation);
    }
    assert!(highest > -1e-3, "the bound is never reached, so nothing was tested: {highest}");
}

#[test]
fn no_harm_is_not_expected_to_grow_the_proportion_kernel() {
    let mut uniform = Uniform(2);
    for draw in 0..DRAWS {
        let flush = sizes(&mut uniform);
        let direction = if draw % 2 == 0 { Direction::Higher } else { Direction::Lower };
        let alternative = direction.beyond(1.0, uniform.log_between(1.001, 40.0));
        let learned = 0.001 + 0.998 * uniform.next();
        let control = if draw % 3 == 0 { learned } else { uniform.next() };
        let harmless = match direction {
            Direction::Higher => control * uniform.next(),
            Direction::Lower => control + (1.0 - control) * uniform.next(),
        };
        let treated = if draw % 4 == 0 { harmless } else { control };
        let log = |flush: &CountFlush| kernel::proportion(flush, learned, alternative);
        let expectation = log_expectation(&flush, treated, control, false, log);
        // Rates close to one lose digits to cancellation.
        assert!(
            expectation <= 1e3 * rounding(&flush),
            "{expectation} for {flush:?}, {learned}, {alternative}, {control}"
        );
    }
}

#[test]
fn no_harm_is_not_expected_to_grow_the_one_sample_kernel() {
    let mut uniform = Uniform(3);
    for draw in 0..DRAWS {
        let total = uniform.log_between(1.0, 1e6).round();
        let direction = if draw % 2 == 0 { Direction::Higher } else { Direction::Lower };
        let limit = uniform.log_between(1e-5, 1.0);
        let ratio = direction.beyond(1.0, uniform.log_between(1.001, 40.0));
        let harmless = direction.reversed().beyond(limit, uniform.log_between(1.0, 10.0));
        let rate = if draw % 3 == 0 { limit } else { harmless.min(1.0) };
        let none = kernel::absolute(0.0, total, limit, ratio);
        let mean = rate * kernel::absolute(1.0, 0.0, limit, ratio).exp_m1();
        let expectation = none + total * if draw % 5 == 0 { mean } else { mean.ln_1p() };
        assert!(expectation <= 1e-10 * total, "{expectation} for {total}, {limit}, {ratio}, {rate}");
    }
}

fn test(kind: CountKind) -> CountTest {
    CountTest { kind, grid: Grid::Error, direction: Direction::Higher, margin: 1.05, noninferiority: Some(2.0) }
}

fn flushes() -> impl Strategy<Value = CountFlush> {
    (0_u32..2_000, 0_u32..50_000, 0.0..1.0, 0.0..1.0).prop_map(
        |(n_treatment, n_control, treated, control): (_, _, f64, f64)| CountFlush {
            n_treatment: n_treatment.into(),
            n_control: n_control.into(),
            x_treatment: (f64::from(n_treatment) * treated * treated).floor(),
            x_control: (f64::from(n_control) * control * control).floor(),
        },
    )
}

fn evidence(flushes: &[CountFlush], kind: CountKind) -> CountEvidence {
    let mut evidence = CountEvidence::default();
    for flush in flushes {
        evidence.absorb(&test(kind), 0, 0, flush, 1.0).unwrap();
    }
    evidence
}

fn logs(flushes: &[CountFlush]) -> [f64; 3] {
    let (evidence, test) = (evidence(flushes, CountKind::Rate), test(CountKind::Rate));
    [evidence.log_harm(&test), evidence.log_harm_plain(&test, 1.0), evidence.log_safe(&test, 1.0).unwrap()]
}

fn agree(left: [f64; 3], right: [f64; 3]) {
    for (left, right) in left.into_iter().zip(right) {
        assert!((left - right).abs() <= 1e-9 * (1.0 + left.abs()), "{left} is not {right}");
    }
}

proptest! {
    /// Cutting a window in parts of the same allocation changes nothing.
    #[test]
    fn flushes_of_equal_shares_add_up(flush in flushes(), parts in 2_u32..6) {
        let each = 1.0 / f64::from(parts);
        let part = CountFlush {
            n_treatment: flush.n_treatment * each,
            n_control: flush.n_control * each,
            x_treatment: flush.x_treatment * each,
            x_control: flush.x_control * each,
        };
        agree(logs(&[flush]), logs(&vec![part; parts as usize]));
    }

    #[test]
    fn the_order_of_flushes_does_not_matter(mut all in prop::collection::vec(flushes(), 1..8)) {
        let forward = logs(&all);
        all.reverse();
        agree(forward, logs(&all));
    }

    /// An arm without units leaves nothing to compare, and a flush without events of a tiny arm says little.
    #[test]
    fn a_flush_of_one_arm_says_nothing(all in prop::collection::vec(flushes(), 1..4), n in 0_u32..1_000_000) {
        let before = logs(&all);
        for lone in [
            CountFlush { n_treatment: n.into(), ..CountFlush::default() },
            CountFlush { n_control: n.into(), ..CountFlush::default() },
        ] {
            let more: Vec<_> = all.iter().copied().chain([lone]).collect();
            agree(before, logs(&more));
        }
    }

    /// Only the ratio of the arms' sizes matters: what multiplies both, such as an unknown length of the window, cancels.
    #[test]
    fn what_scales_both_arms_cancels(flush in flushes(), scale in 1e-3..1e3_f64) {
        let scaled = CountFlush { n_treatment: flush.n_treatment * scale, n_control: flush.n_control * scale, ..flush };
        agree(logs(&[flush]), logs(&[scaled]));
    }

    /// One more event in the treatment never speaks for it, one more in the control never against it.
    #[test]
    fn events_speak_for_their_side(flush in flushes()) {
        prop_assume!(flush.has_both_arms());
        let now = logs(&[flush]);
        let treated = logs(&[CountFlush { x_treatment: flush.x_treatment + 1.0, ..flush }]);
        let control = logs(&[CountFlush { x_control: flush.x_control + 1.0, ..flush }]);
        for index in [0, 1] {
            prop_assert!(treated[index] >= now[index] && control[index] <= now[index]);
        }
        prop_assert!(treated[2] <= now[2] && control[2] >= now[2]);
    }

    /// Whatever finite numbers arrive, evidence stays a number, and what is refused changes nothing.
    #[test]
    fn absurd_counts_stay_numbers(counts in prop::array::uniform4(prop::num::f64::ANY), proportion: bool) {
        let [n_treatment, n_control, x_treatment, x_control] = counts;
        let flush = CountFlush { n_treatment, n_control, x_treatment, x_control };
        let kind = if proportion { CountKind::Proportion } else { CountKind::Rate };
        let typical = CountFlush { n_treatment: 100.0, n_control: 900.0, x_treatment: 20.0, x_control: 180.0 };
        let mut evidence = evidence(&[typical], kind);
        let before = evidence.clone();
        if evidence.absorb(&test(kind), 0, 7, &flush, 1.0).is_err() {
            prop_assert_eq!(&evidence, &before);
        }
        let log = [evidence.log_harm(&test(kind)), evidence.log_safe(&test(kind), 3.0).unwrap()];
        prop_assert!(log.iter().all(|log| log.is_finite()), "{:?}", log);
        let all = kernel::counts(&flush, Grid::Error, Direction::Higher, 1.05);
        let finite = counts.iter().all(|count| count.is_finite());
        prop_assert!(!finite || all.iter().all(|log| log.is_finite()), "{:?}", all);
    }

    /// Evidence comes back from a record as it was.
    #[test]
    fn evidence_is_stored_exactly(all in prop::collection::vec(flushes(), 0..6)) {
        let evidence = evidence(&all, CountKind::Rate);
        let stored = serde_json::to_string(&evidence).unwrap();
        prop_assert!(stored.len() < 1_500, "{} bytes", stored.len());
        prop_assert_eq!(serde_json::from_str::<CountEvidence>(&stored).unwrap(), evidence);
    }
}

#[test]
fn another_layout_is_refused() {
    let mut stored = serde_json::to_value(CountEvidence::default()).unwrap();
    stored["version"] = 3.into();
    let error = serde_json::from_value::<CountEvidence>(stored).unwrap_err().to_string();
    assert!(error.contains("layout 2"), "{error}");
}

#[test]
fn another_margin_of_safety_starts_anew() {
    let flush = CountFlush { n_treatment: 1e4, n_control: 1e6, x_treatment: 100.0, x_control: 1e4 };
    let mut evidence = CountEvidence::default();
    let mut test = test(CountKind::Rate);
    evidence.absorb(&test, 0, 0, &flush, 1.0).unwrap();
    assert!(evidence.log_safe(&test, 1.0).unwrap() > 20.0);
    test.noninferiority = Some(1.2);
    assert!(evidence.log_safe(&test, 1.0).unwrap().abs() < 1e-12);
    evidence.absorb(&test, 1, 1, &flush, 1.0).unwrap();
    let mut fresh = CountEvidence::default();
    fresh.absorb(&test, 1, 0, &flush, 1.0).unwrap();
    assert_eq!(evidence.log_safe(&test, 1.0), fresh.log_safe(&test, 1.0));
}

#[test]
fn restarts_come_with_stages_and_every_five_minutes() {
    let mut epochs = Epochs::default();
    let rows = [(0, 0, 0), (0, 299, 0), (0, 300, 1), (0, 1_000, 3), (1, 0, 4), (1, 299, 4), (1, 650, 6), (3, 0, 7)];
    for (stay, seconds, expected) in rows {
        assert_eq!(epochs.at(stay, Span::from_seconds(seconds)), expected, "{seconds} s into stay {stay}");
    }
}

/// One end by itself is that of the whole interval, and events that come in clusters move it away from 1.
#[test]
fn the_end_that_says_harm_is_that_of_the_sequence() {
    let mut uniform = Uniform(7);
    let mut told = 0;
    for _ in 0..300 {
        let mut flush = sizes(&mut uniform);
        flush.x_treatment = (flush.n_treatment * uniform.log_between(1e-3, 0.5)).round();
        flush.x_control = (flush.n_control * uniform.log_between(1e-3, 0.5)).round();
        for direction in [Direction::Higher, Direction::Lower] {
            let whole = ratio_sequence(&[flush], Grid::Error, Ends::even(0.05));
            let end = |dispersion| worst_ratio(flush, Grid::Error, direction, 0.025, dispersion);
            let (expected, away) = match direction {
                Direction::Higher => (whole.upper, 1.0),
                Direction::Lower => (whole.lower, -1.0),
            };
            assert_eq!(end(1.0), expected, "{flush:?}");
            let Some((narrow, wide)) = end(1.0).zip(end(4.0)) else { continue };
            assert!(away * (wide - narrow) > 0.0, "{narrow} to {wide}: {flush:?}");
            told += 1;
        }
    }
    assert!(told > 100, "{told}");
}
