//! Several treatments of one flag: what is said of the flag, and of each of them.

use hoist_lifecycle::limits::TREATMENTS_MAX;
use hoist_lifecycle::sequential::{CountEvidence, CountFlush, CountKind, CountTest, Direction, Grid, Treatments};
use proptest::prelude::*;

const ALPHA: f64 = 0.05;
const TEST: CountTest = CountTest {
    kind: CountKind::Rate,
    grid: Grid::Error,
    direction: Direction::Higher,
    margin: 1.0,
    noninferiority: None,
};

/// SplitMix64.
struct Draws(u64);

impl Draws {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn events(&mut self, units: u32, rate: f64) -> f64 {
        f64::from(u32::try_from((0..units).filter(|_| self.unit() < rate).count()).unwrap())
    }
}

/// Plays treatments of these rates beside a control of 5 %, all of them against the same control, and returns what was
/// decided in the end.
fn play(seed: u64, rates: &[f64]) -> Treatments {
    let mut draws = Draws(seed);
    let mut treatments = Treatments::new(ALPHA, rates.len()).unwrap();
    let mut evidence: Vec<CountEvidence> = rates.iter().map(|_| CountEvidence::default()).collect();
    for look in 0..24_u64 {
        let x_control = draws.events(120, 0.05);
        for (index, (rate, evidence)) in rates.iter().zip(&mut evidence).enumerate() {
            let flush =
                CountFlush { n_treatment: 40.0, n_control: 120.0, x_treatment: draws.events(40, *rate), x_control };
            evidence.absorb(&TEST, 0, look / 8, &flush, 1.0).unwrap();
            treatments.observe(index, evidence.log_harm(&TEST));
        }
        treatments.decide();
    }
    treatments
}

/// The treatments share a control, so their evidence depends on one another: a control that is low by chance makes all of them
/// look bad at once. The mean does not mind, and neither does the union.
#[test]
fn harmless_treatments_are_rolled_back_no_more_often_than_alpha() {
    const RUNS: u64 = 1_500;
    let (mut flag, mut any, mut each) = (0, 0, [0; 3]);
    for seed in 0..RUNS {
        let treatments = play(seed, &[0.05; 3]);
        flag += u64::from(treatments.is_flag_harmful());
        any += u64::from((0..3).any(|index| treatments.is_harmful(index)));
        for (index, count) in each.iter_mut().enumerate() {
            *count += u64::from(treatments.is_harmful(index));
        }
    }
    let share = |count: u64| count as f64 / RUNS as f64;
    assert!(share(flag) <= ALPHA, "the flag in {flag} of {RUNS}");
    assert!(share(any) <= ALPHA, "any of them in {any} of {RUNS}");
    assert!(each.iter().all(|count| share(*count) <= ALPHA / 3.0 + 0.005), "each of them in {each:?} of {RUNS}");
    assert!(flag > 0, "a bound that nothing comes near is not seen to be one");
}

#[test]
fn the_harmful_one_is_named_and_the_others_are_not() {
    let mut named = 0;
    for seed in 0..100 {
        let treatments = play(seed, &[0.05, 0.2, 0.05]);
        named += u32::from(treatments.is_harmful(1));
        assert!(!treatments.is_harmful(1) || treatments.is_flag_harmful());
    }
    assert!(named >= 90, "named in {named} of 100");
}

#[test]
fn there_is_a_treatment_at_least_and_a_bound_on_how_many() {
    for (count, expected) in [(0, false), (1, true), (TREATMENTS_MAX, true), (TREATMENTS_MAX + 1, false)] {
        assert_eq!(Treatments::new(ALPHA, count).is_some(), expected, "{count}");
    }
    let mut one = Treatments::new(0.01, 1).unwrap();
    one.observe(0, f64::NAN);
    one.observe(7, 1e9);
    one.decide();
    assert!(!one.is_flag_harmful() && !one.is_harmful(7));
    one.observe(0, 4.7);
    one.decide();
    one.observe(0, 0.0);
    one.decide();
    assert!(one.is_flag_harmful() && one.is_harmful(0), "what was decided stands");
}

proptest! {
    /// Whichever treatment is taken away by itself could have taken the flag with it; and the mean is one of evidence.
    #[test]
    fn what_is_proven_of_one_is_proven_of_the_flag(logs in prop::collection::vec(-30.0..30.0_f64, 1..TREATMENTS_MAX), alpha in 0.001..0.4_f64) {
        let mut treatments = Treatments::new(alpha, logs.len()).unwrap();
        for (index, log) in logs.iter().enumerate() {
            treatments.observe(index, *log);
        }
        treatments.decide();
        let mean = logs.iter().map(|log| log.exp()).sum::<f64>() / logs.len() as f64;
        prop_assert!((treatments.log_evidence() - mean.ln()).abs() < 1e-9);
        for index in 0..logs.len() {
            prop_assert!(!treatments.is_harmful(index) || treatments.is_flag_harmful());
        }
    }
}
