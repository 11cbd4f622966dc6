//! Kinds of evidence, each with the case that it exists for.

use hoist_lifecycle::sequential::{
    BUCKETS, CountEvidence, CountFlush, CountKind, CountTest, Counters, Difference, Direction, Effects, Estimate, Grid,
    MeanEvidence, MeanFlush, MeanTest, Moments, SrmEvidence, Stakes, TelemetryEvidence, clustered_ratio, combine,
    default_noninferiority, dispersion, few_buckets, guard_dispersion, information_rate, ln_normal_cdf,
    requests_to_decide, t_to_z, tempered_log_harm, treated_dispersion,
};

const TEST: CountTest = CountTest {
    kind: CountKind::Rate,
    grid: Grid::Error,
    direction: Direction::Higher,
    margin: 1.0,
    noninferiority: Some(2.0),
};

fn counts(n_treatment: f64, n_control: f64, x_treatment: f64, x_control: f64) -> CountFlush {
    CountFlush { n_treatment, n_control, x_treatment, x_control }
}

/// A hash of a unit, by splitmix64.
fn mix(unit: u64) -> u64 {
    let mut z = (unit + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Opportunities and events of the treatment, then of the control, by bucket.
type Groups = Vec<[f64; 4]>;

/// Units with ten requests each, every tenth of them treated, by bucket; `failures` says how many requests of a unit fail.
fn bucketed(units: u64, failures: impl Fn(u64, bool) -> f64) -> Groups {
    let mut groups = vec![[0.0; 4]; BUCKETS];
    for unit in 0..units {
        let group = &mut groups[(mix(unit) >> 57) as usize];
        let treated = unit % 10 == 0;
        let arm = if treated { 0 } else { 2 };
        group[arm] += 10.0;
        group[arm + 1] += failures(unit, treated);
    }
    groups
}

/// Evidence of one flush, tempered as a rollout does it.
struct Tempered {
    counts: CountEvidence,
    dispersion: f64,
}

impl Tempered {
    fn of(groups: &Groups) -> Self {
        let sum = |index: usize| groups.iter().map(|group| group[index]).sum();
        let mut counts = CountEvidence::by_stays(Stakes::Early);
        counts.absorb(&TEST, 0, 0, &self::counts(sum(0), sum(2), sum(1), sum(3)), 1.0).unwrap();
        let treatment = groups.iter().map(|group| (group[1], group[0]));
        let control = groups.iter().map(|group| (group[3], group[2]));
        let dispersion = guard_dispersion(treated_dispersion(treatment, control.clone()), dispersion(control));
        Self { counts, dispersion }
    }

    fn log_harm(&self) -> f64 {
        tempered_log_harm(&self.counts, &TEST, self.dispersion)
    }
}

#[test]
fn one_crashing_client_is_no_regression() {
    // 2,000 units with a failure each now and then, and one treated unit that fails all the time.
    let evidence =
        Tempered::of(&bucketed(2_000, |unit, _| if unit == 40 { 60.0 } else { f64::from(u8::from(unit % 7 == 0)) }));
    let untempered = evidence.counts.log_harm(&TEST);
    assert!(untempered > 100_f64.ln(), "the raw events alarm: {untempered}");
    assert!(evidence.dispersion > 5.0, "{}", evidence.dispersion);
    assert!(evidence.log_harm() < 10_f64.ln(), "{}", evidence.log_harm());
}

/// A client in a crash loop sends the requests that fail: among them its failures are no surprise.
#[test]
fn a_client_that_only_fails_is_no_regression() {
    let mut groups = bucketed(2_000, |unit, _| f64::from(u8::from(unit % 7 == 0)));
    groups[5][0] += 600.0;
    groups[5][1] += 600.0;
    let evidence = Tempered::of(&groups);
    assert!(evidence.counts.log_harm(&TEST) > 100_f64.ln());
    let own = evidence.log_harm();
    assert!(own < 10_f64.ln(), "{own} at dispersion {}", evidence.dispersion);
    assert!(evidence.dispersion > 300.0, "relative to its own requests it would be far less: {}", evidence.dispersion);
}

#[test]
fn independent_events_are_hardly_tempered() {
    let fails =
        |unit: u64, treated: bool| f64::from(u8::from(mix(unit + 1_000_000) % 1_000 < if treated { 300 } else { 100 }));
    let evidence = Tempered::of(&bucketed(5_000, fails));
    assert!(evidence.dispersion < 1.5, "{}", evidence.dispersion);
    assert!(evidence.log_harm() > 100_f64.ln(), "{}", evidence.log_harm());
    assert!(evidence.counts.log_safe(&TEST, evidence.dispersion).unwrap() < 0.0);
}

#[test]
fn what_both_arms_have_alike_is_no_crash_loop() {
    let check = |treatment: &[(f64, f64)], control: &[(f64, f64)], want: &str| {
        let pairs =
            |arm: &[(f64, f64)]| arm.iter().copied().chain([(0.0, 0.0); BUCKETS]).take(BUCKETS).collect::<Vec<_>>();
        let (treatment, control) = (pairs(treatment), pairs(control));
        let plain = dispersion(treatment.iter().copied()).unwrap().dispersion;
        let taken = treated_dispersion(treatment.into_iter(), control.into_iter()).unwrap().dispersion;
        assert_eq!(if taken > plain { "even" } else { "plain" }, want, "{taken} beside {plain}");
    };
    // Ten events of each unit, and more units in some groups than in others.
    let units = |count: usize, each: f64| -> Vec<(f64, f64)> {
        (0..count).map(|group| (10.0 * each * (1 + group % 5) as f64, 200.0 * each * (1 + group % 5) as f64)).collect()
    };
    check(&units(40, 1.0), &units(128, 20.0), "plain");
    check(&units(40, 1.0), &units(40, 1.0), "plain");
    // The same with one client that only fails.
    let mut looping = units(40, 1.0);
    looping.push((5_000.0, 5_000.0));
    check(&looping, &units(128, 20.0), "even");
}

#[test]
fn counters_become_windows() {
    let mut counters = Counters::default();
    let rows = [
        (counts(100.0, 900.0, 1.0, 9.0), Difference::First),
        (counts(100.0, 900.0, 1.0, 9.0), Difference::Unchanged),
        (counts(150.0, 1_400.0, 2.0, 14.0), Difference::Flush(counts(50.0, 500.0, 1.0, 5.0))),
        // Events ahead of their requests wait for them.
        (counts(150.0, 1_500.0, 3.0, 15.0), Difference::Waiting),
        (counts(160.0, 1_500.0, 3.0, 15.0), Difference::Flush(counts(10.0, 100.0, 1.0, 1.0))),
        // A process of the control began anew.
        (counts(170.0, 3.0, 3.0, 0.0), Difference::Reset),
        (counts(180.0, 103.0, 3.0, 1.0), Difference::Flush(counts(10.0, 100.0, 0.0, 1.0))),
        (counts(f64::NAN, 103.0, 3.0, 1.0), Difference::Unchanged),
        (counts(190.0, 203.0, 3.0, 1.0), Difference::Flush(counts(10.0, 100.0, 0.0, 0.0))),
    ];
    for (now, expected) in rows {
        assert_eq!(counters.observe(now), expected, "{now:?}");
    }
    counters.forget();
    assert_eq!(counters.observe(counts(1e6, 1e6, 0.0, 0.0)), Difference::First);
}

fn wave(n: u32, mean: f64) -> Moments {
    Moments::of((0..n).map(|index| mean + f64::from(index % 21) - 10.0), f64::MAX)
}

#[test]
fn a_mean_needs_its_sample() {
    let test = MeanTest {
        direction: Direction::Higher,
        margin: 1.0,
        effect: None,
        effects: Effects::One,
        noninferiority: Some(1.5),
    };
    let mut evidence = MeanEvidence::default();
    evidence.absorb(0, &MeanFlush { treatment: wave(300, 105.0), control: wave(900, 100.0) });
    super::close(evidence.log_harm(&test).unwrap_err().treated_needed, 400.0);
    evidence.absorb(0, &MeanFlush { treatment: wave(300, 105.0), control: wave(900, 100.0) });
    assert!((evidence.effect(&test).unwrap() - 10.0).abs() < 0.1);
    assert!(evidence.log_harm(&test).unwrap() > 100_f64.ln());
    assert!(evidence.log_safe(&test).unwrap().unwrap() > 100_f64.ln());
    // The other way round it is an improvement.
    let lower = MeanTest { direction: Direction::Lower, ..test };
    assert!(evidence.log_harm(&lower).unwrap() < 0.0);
    assert!(evidence.log_safe(&MeanTest { noninferiority: None, ..test }).is_none());
    // A heavy tail asks for more than there is, where it does not lie on the side that is tested.
    let revenue = Moments::of((0..500).map(|unit| if unit % 100 == 0 { 100.0 } else { 0.0 }), f64::MAX);
    let mut heavy = MeanEvidence::default();
    heavy.absorb(0, &MeanFlush { treatment: revenue, control: revenue });
    assert!(heavy.log_harm(&lower).unwrap_err().treated_needed > 30_000.0);
    assert!(heavy.log_safe(&test).unwrap().unwrap_err().treated_needed > 30_000.0);
    assert!(heavy.log_harm(&MeanTest { effect: Some(1.0), ..test }).is_ok());
}

/// Returns how many standard errors apart both arms must be until the evidence is 100, if the harm that was derived is `size`
/// standard errors.
fn deviations_needed(effects: Effects, size: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1_000.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        let reached = effects.log_evidence(Estimate { value: middle, variance: 1.0 }, size) >= 100_f64.ln();
        if reached { high = middle } else { low = middle }
    }
    high
}

#[test]
fn harm_that_is_larger_than_what_was_derived_is_found() {
    let nothing = Effects::Many.log_evidence(Estimate { value: 0.0, variance: 1e30 }, 1.0);
    assert!(nothing.abs() < 1e-9, "the weights are one stake: {nothing}");
    // Were the size known, it would be 3.4 at least.
    for (size, one, many) in [
        (3.0, 3.35, 3.54),
        (1.0, 4.13, 3.83),
        (0.3, 9.78, 3.90),
        (0.1, 28.12, 3.91),
        (0.01, 280.0, 3.92),
        (0.003, 930.0, 4.03),
    ] {
        let found = (deviations_needed(Effects::One, size), deviations_needed(Effects::Many, size));
        assert!((found.0 - one).abs() < 0.01 * one && (found.1 - many).abs() < 0.01, "{size}: {found:?}");
    }
}

/// Pooling both stages would say that the treatment is worse; within each it is the same.
#[test]
fn a_ramp_does_not_mix_its_stages() {
    let test = MeanTest {
        direction: Direction::Higher,
        margin: 1.0,
        effect: Some(1.0),
        effects: Effects::One,
        noninferiority: None,
    };
    let mut evidence = MeanEvidence::default();
    evidence.absorb(0, &MeanFlush { treatment: wave(1_050, 50.0), control: wave(105_000, 50.0) });
    evidence.absorb(1, &MeanFlush { treatment: wave(10_500, 80.0), control: wave(31_500, 80.0) });
    assert!(evidence.difference(&test).unwrap().value.abs() < 1e-9);
    assert!(evidence.log_harm(&test).unwrap() < 0.0);
}

#[test]
fn missing_units_and_missing_reports_are_noticed() {
    let (mut srm, mut fair) = (SrmEvidence::default(), SrmEvidence::default());
    let mut telemetry = TelemetryEvidence::default();
    for _ in 0..100 {
        srm.absorb(0.01, 80.0, 9_900.0);
        fair.absorb(0.01, 100.0, 9_900.0);
        telemetry.absorb(&counts(100.0, 9_900.0, 60.0, 8_910.0));
    }
    assert!(srm.log_evidence() > 1_000_f64.ln() && srm.is_deficit());
    assert!(fair.log_evidence() < 0.0);
    assert!(telemetry.log_evidence() > 1_000_f64.ln());
    // Shares that are no shares, and counts that are no counts, say nothing.
    let before = srm;
    for (share, treated, control) in [(0.0, 1.0, 1.0), (1.0, 1.0, 1.0), (f64::NAN, 1.0, 1.0), (0.5, -1.0, 1.0)] {
        srm.absorb(share, treated, control);
    }
    assert_eq!(srm, before);
}

#[test]
fn many_guards_are_one_decision() {
    let combined = combine(&[(0.0, 1.0), (6.0, 1.0), (50.0, 0.0), (5.0, 4.0)]).unwrap();
    assert_eq!(combined.decisive, 3, "the weight counts");
    assert!(combined.log_evidence < 6.0, "a guard of weight 0 does not count");
    assert_eq!(combine(&[]), None);
    assert_eq!(combine(&[(3.0, 0.0), (3.0, f64::NAN)]), None);
}

#[test]
fn few_buckets_are_less_certain() {
    let arm = |shift: f64| {
        (0..40).map(move |bucket| (10.0 + shift + f64::from(bucket % 5), 100.0)).collect::<Vec<_>>().into_iter()
    };
    let (treatment, control) = (clustered_ratio(arm(1.5)).unwrap(), clustered_ratio(arm(0.0)).unwrap());
    let gap = hoist_lifecycle::sequential::difference(treatment, control, Direction::Higher, 1.0, 0.0);
    let wider = few_buckets(gap, (treatment.variance, 40.0), (control.variance, 40.0)).unwrap();
    assert!(wider.variance > gap.variance && wider.variance < 2.0 * gap.variance);
    assert!(few_buckets(gap, (treatment.variance, 20.0), (control.variance, 128.0)).is_none());
}

#[test]
fn plans_are_estimated_before_they_begin() {
    // 1 % to 2 % at 1 % of the traffic with alpha 0.01: 1,860 treated requests.
    let nats = information_rate(0.01, 0.01, 2.0, 1.0);
    let requests = requests_to_decide(nats, 0.01).unwrap();
    assert!((requests - 1_863.0).abs() < 1.0, "{requests}");
    assert_eq!(requests_to_decide(information_rate(0.01, 0.01, 1.0, 1.0), 0.01), None);
    super::close(information_rate(1.0, 0.01, 2.0, 1.0), 0.0);
    // No harm against "twice as bad" is told about as fast.
    assert!(information_rate(0.01, 0.01, 1.0, 2.0) > 0.5 * nats);
    for (share, expected) in [(0.01, 2.0), (0.05, 1.5), (0.25, 1.2), (1.0, 1.2)] {
        super::close(default_noninferiority(share), expected);
    }
}

/// Reference values of the normal tail from its expansion with 40 digits.
#[test]
fn the_normal_tail_does_not_underflow() {
    let rows =
        [(0.0, -std::f64::consts::LN_2), (-10.0, -53.231_285_150_512_47), (-40.0, -804.608_442_013_753_8), (40.0, 0.0)];
    for (z, expected) in rows {
        super::close(ln_normal_cdf(z), expected);
    }
    assert!((ln_normal_cdf(-30.0 + 1e-9) - ln_normal_cdf(-30.0 - 1e-9)).abs() < 1e-6);
    assert!(ln_normal_cdf(-1e200) < -1e300);
}

#[test]
fn any_t_has_a_deviate() {
    for (t, freedom) in
        [(0.0, 5.0), (1e-9, 30.0), (500.0, 1.0), (-1e6, 3.0), (5.0, 1e5), (5.0, 1e9), (3.0, f64::INFINITY)]
    {
        let z = t_to_z(t, freedom);
        assert!(z.is_finite() && z.abs() <= t.abs() && z * t >= 0.0, "{z} for {t} on {freedom}");
    }
    assert!((t_to_z(5.0, 9.9e5) - t_to_z(5.0, 1.1e6)).abs() < 1e-4);
    super::close(t_to_z(f64::NAN, 5.0), 0.0);
}
