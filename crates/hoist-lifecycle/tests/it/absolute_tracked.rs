//! Limits that are numbers, on what Hoist counts itself: which rate each kind of metric has.

use hoist_lifecycle::metric::{MetricDraft, MetricSourceDraft};
use hoist_lifecycle::plan::{GuardDraft, GuardMode, LimitDraft};
use hoist_lifecycle::rollout::decision::Verdict;
use hoist_lifecycle::rollout::evidence::{ArmSums, Reading};
use hoist_lifecycle::rollout::{RolloutSpec, RolloutSpecDraft, start};

use crate::control::{patient, same};
use crate::support::{Bench, T0, facts, guard, is_rolled_back, plan, seconds, spec_draft};

fn metric(kind: &str) -> MetricDraft {
    let event = || "e".to_owned();
    let source = match kind {
        "affected_units" => MetricSourceDraft::AffectedUnits { event: event() },
        "event_rate" => MetricSourceDraft::EventRate { event: event(), per: Some("visit".into()) },
        _ => MetricSourceDraft::Conversion { event: event() },
    };
    let maturity = (kind == "matured").then(|| seconds(60));
    MetricDraft { maturity, ..MetricDraft::new("m", source) }
}

/// A long stage with one guard with this limit on a tracked metric of this kind.
fn bench(kind: &str, limit: LimitDraft, mode: GuardMode) -> Bench {
    bench_within(kind, limit, mode, None)
}

/// The same where only rates within a range are plausible.
fn bench_within(kind: &str, limit: LimitDraft, mode: GuardMode, plausible: Option<(f64, f64)>) -> Bench {
    let mut plan = plan(vec![GuardDraft { metric: "m".into(), limit, mode, plausible, ..guard() }]);
    patient(&mut plan);
    let draft = RolloutSpecDraft { metrics: vec![metric(kind)], ..spec_draft(plan.clone()) };
    let spec = RolloutSpec::parse(&draft).unwrap();
    let state = start(&spec, &facts(), T0).unwrap();
    plan.guards.clear();
    let mut bench = Bench { spec, state, ..Bench::new(plan) };
    bench.tick(&[]);
    bench
}

/// Ten seconds later the sums of the treated are these.
fn look(bench: &mut Bench, n: f64, x: f64) -> Verdict {
    look_after(bench, n, x, 0.0)
}

/// The same where so many units without an event were counted and forgotten.
fn look_after(bench: &mut Bench, n: f64, x: f64, forgotten: f64) -> Verdict {
    bench.pass(seconds(10));
    let treatment = ArmSums { n, x, values: None, forgotten };
    let control = ArmSums { n: 0.0, x: 0.0, values: None, ..ArmSums::default() };
    let reading = Reading::Arms { treatment, control, sampled_at: bench.now, dispersion: None, earlier: Vec::new() };
    bench.tick(&[("errors", reading)]);
    said(bench).0
}

fn said(bench: &Bench) -> (Verdict, Option<f64>) {
    let guard = &bench.last.as_ref().unwrap().rationale.guards[0];
    (guard.verdict, guard.value)
}

/// Half of the units do it, in the numbers that each kind of metric has for that.
#[test]
fn every_kind_has_the_rate_that_it_means() {
    // (kind, n and x after 100 units of which 50 did it)
    for (kind, n, x) in [
        ("affected_units", 50.0, 50.0),
        ("conversion", 50.0, 50.0),
        ("matured", 100.0, 50.0),
        ("event_rate", 100.0, 50.0),
    ] {
        for (limit, breaks) in [(LimitDraft::Above(0.6), false), (LimitDraft::Above(0.4), true)] {
            let mut bench = bench(kind, limit, GuardMode::Immediate);
            look(&mut bench, 0.0, 0.0);
            let verdict = look(&mut bench, n, x);
            assert_eq!(verdict == Verdict::Breach, breaks, "{kind} {limit:?}: {}", bench.summary());
            same(said(&bench).1.unwrap(), 0.5, kind);
        }
    }
}

/// A conversion that keeps above its limit is healthy, however long one looks.
#[test]
fn a_lower_limit_holds_for_units_whose_outcome_is_known() {
    let mut healthy = bench("matured", LimitDraft::Below(0.4), GuardMode::Sequential);
    let mut ill = bench("matured", LimitDraft::Below(0.6), GuardMode::Sequential);
    for looks in 0..40 {
        let matured = 100.0 * f64::from(looks);
        assert_ne!(look(&mut healthy, matured, matured / 2.0), Verdict::Breach, "{}", healthy.summary());
        if !is_rolled_back(&ill.state.phase) {
            look(&mut ill, matured, matured / 2.0);
        }
    }
    assert!(is_rolled_back(&ill.state.phase), "{}", ill.summary());
}

/// Everybody crashes before the first look: the counts of a stay begin at nothing, so the first look judges.
#[test]
fn what_came_before_the_first_look_is_judged() {
    for mode in [GuardMode::Immediate, GuardMode::Sequential] {
        let mut bench = bench("affected_units", LimitDraft::Above(0.02), mode);
        look(&mut bench, 0.0, 5.0);
        assert!(is_rolled_back(&bench.state.phase), "{mode:?}: {}", bench.summary());
    }
}

/// An audience that came in the first minute can fail in the second hour.
#[test]
fn units_that_fail_long_after_they_came_are_judged() {
    let mut bench = bench("affected_units", LimitDraft::Above(0.02), GuardMode::Sequential);
    let mut failed = 0.0;
    for _ in 0..100 {
        assert_ne!(look(&mut bench, 1_000.0 - failed, failed), Verdict::Breach);
        bench.pass(seconds(20));
    }
    while !is_rolled_back(&bench.state.phase) {
        failed += 1.0;
        look(&mut bench, 1_000.0 - failed, failed);
        assert!(failed < 100.0, "one in ten has failed: {}", bench.summary());
    }
    assert!(failed > 20.0, "two in a hundred are allowed, {failed} have failed");
    same(said(&bench).1.unwrap(), failed / 1_000.0, "the rate is that of all who came");
}

/// A share within the limit is no breach, however late the events come and however often the clock of evidence began anew.
#[test]
fn a_share_within_the_limit_is_healthy_whenever_events_come() {
    for mode in [GuardMode::Immediate, GuardMode::Sequential] {
        let mut bench = bench("affected_units", LimitDraft::Above(0.02), mode);
        for failed in 0..=15 {
            let failed = f64::from(failed);
            for _ in 0..30 {
                look(&mut bench, 1_000.0 - failed, failed);
                bench.pass(seconds(20));
            }
        }
        // The next unit is one more of a thousand, and not the one that all events since then are held against.
        look(&mut bench, 985.0, 16.0);
        assert_eq!(bench.phase(), "progressing", "{mode:?}: {}", bench.summary());
    }
}

/// A ledger that was full forgets half of its units. The rate goes on from those that were counted.
#[test]
fn units_that_are_forgotten_stay_counted() {
    let mut bench = bench("affected_units", LimitDraft::Above(0.02), GuardMode::Immediate);
    look(&mut bench, 990.0, 10.0);
    look_after(&mut bench, 495.0, 10.0, 495.0);
    assert_eq!(look_after(&mut bench, 590.0, 15.0, 495.0), Verdict::Pass, "{}", bench.summary());
    same(said(&bench).1.unwrap(), 15.0 / 1_100.0, "a thousand and a hundred came");
}

/// A reading that cannot be judged costs its interval, and not the units in it: they are in the share of the next one.
#[test]
fn units_of_a_reading_that_is_not_plausible_come_with_the_next() {
    let mut bench = bench_within("affected_units", LimitDraft::Above(0.95), GuardMode::Immediate, Some((0.0, 0.9)));
    assert_eq!(look(&mut bench, 0.0, 5.0), Verdict::NoData, "all of five are not plausible");
    assert_eq!(look(&mut bench, 95.0, 5.0), Verdict::Pass, "{}", bench.summary());
    same(said(&bench).1.unwrap(), 0.05, "five of a hundred");
}

/// A state of an earlier version knows the last reading of the stay and no share of it: the reading is the share so far.
#[test]
fn a_state_without_a_share_goes_on_from_its_last_reading() {
    let mut bench = bench("affected_units", LimitDraft::Above(0.5), GuardMode::Immediate);
    look(&mut bench, 990.0, 10.0);
    let mut state = serde_json::to_value(&bench.state).unwrap();
    let text = state.to_string();
    let mut dropped = 0;
    forget_units(&mut state, &mut dropped);
    assert_eq!(dropped, 1, "{text}");
    bench.state = serde_json::from_value(state).unwrap();
    assert_eq!(look(&mut bench, 986.0, 15.0), Verdict::Pass, "{}", bench.summary());
    same(said(&bench).1.unwrap(), 15.0 / 1_001.0, "five late events and one new unit are no five hundred per cent");
}

/// Takes away what a guard keeps of the units of a stay.
fn forget_units(value: &mut serde_json::Value, dropped: &mut u32) {
    match value {
        serde_json::Value::Object(fields) => {
            if fields.contains_key("last") && fields.get("units").is_some_and(|units| !units.is_null()) {
                fields.remove("units");
                *dropped += 1;
            }
            fields.values_mut().for_each(|field| forget_units(field, dropped));
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| forget_units(item, dropped)),
        _ => {}
    }
}

/// Two servers counted the same units, and one took its own back: the share and the evidence are as if they had counted once.
#[test]
fn units_that_are_taken_back_were_never_there() {
    let told = |looks: &[(f64, f64)]| {
        let mut bench = bench("affected_units", LimitDraft::Above(0.5), GuardMode::Sequential);
        for (n, x) in looks {
            look(&mut bench, *n, *x);
        }
        let guard = &bench.last.as_ref().unwrap().rationale.guards[0];
        (guard.value.unwrap(), guard.log_evidence.unwrap())
    };
    // Ten units of which three failed, counted by two servers.
    let (twice, once) = (told(&[(14.0, 6.0), (7.0, 3.0), (17.0, 3.0)]), told(&[(7.0, 3.0), (17.0, 3.0)]));
    same(twice.0, 0.15, "three of twenty");
    assert!((twice.1 - once.1).abs() < 1e-9, "{twice:?} {once:?}");
}
