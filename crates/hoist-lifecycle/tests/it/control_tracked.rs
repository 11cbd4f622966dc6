//! Guards on what Hoist counts itself: units, clusters of events, latencies.

use hoist_lifecycle::plan::LimitDraft;
use hoist_lifecycle::rollout::decision::Verdict;
use hoist_lifecycle::rollout::due_guards;
use hoist_lifecycle::rollout::evidence::{Dispersion, Reading};

use crate::control::{Arms, patient, same};
use crate::support::{is_rolled_back, seconds};

/// Units that have had their event are no longer at risk, and a unit counts once.
#[test]
fn affected_units_are_counted_out_of_those_at_risk() {
    let mut arms = Arms::new(|plan| {
        plan.guards[0].metric = "units".into();
        patient(plan);
    });
    arms.sums = vec![("errors", [0.0; 4])];
    // (units at risk and affected so far, treated and control)
    for (look, sums) in [[100.0, 0.0, 9_900.0, 0.0], [190.0, 10.0, 18_800.0, 1_000.0], [180.0, 20.0, 17_800.0, 2_000.0]]
        .into_iter()
        .enumerate()
    {
        arms.sums = vec![("errors", sums)];
        arms.look([0.0; 4]);
        assert!(arms.verdict().bakes(), "look {look}: what Hoist tracks begins at nothing");
    }
    let here = arms.guard().compared.as_ref().unwrap().here();
    assert_eq!((here.x_treatment, here.x_control), (20.0, 2_000.0));
    // At risk in each window: those at its end and those who had their event within it. The allocation divides them.
    let at_risk = (100.0 + 200.0 + 190.0) + (9_900.0 + 19_800.0 + 18_800.0);
    same(here.n_treatment + here.n_control, at_risk, "both arms");
    same(here.n_treatment, 0.01 * at_risk, "by the allocation");
    // People are told of units: each once, however often they were looked at.
    let summary = arms.guard().summary();
    assert!(summary.contains("treated 20 of 200 units (10 %), control 2,000 of 19,800 units ("), "{summary}");
}

/// Units that a full table has forgotten came all the same.
#[test]
fn people_are_told_of_forgotten_units_too() {
    let mut arms = Arms::new(|plan| {
        plan.guards[0].metric = "units".into();
        patient(plan);
    });
    arms.sums = vec![("errors", [180.0, 20.0, 17_800.0, 2_000.0])];
    arms.bench.pass(seconds(10));
    let (guard, mut reading) = arms.readings().remove(0);
    if let Reading::Arms { treatment, .. } = &mut reading {
        treatment.forgotten = 300.0;
    }
    arms.bench.tick(&[(guard, reading)]);
    let summary = arms.guard().summary();
    assert!(summary.contains("treated 20 of 500 units (4 %)"), "{summary}");
}

/// Two servers count each affected unit at the same moment, and before the next look one of them takes its own back. In a
/// small arm that stands alone, in a large one it disappears in what came meanwhile; neither is held against an arm for good.
#[test]
fn units_that_are_taken_back_are_judged_once() {
    const LOOKS: u32 = 27;
    let judged = |twice: bool| {
        let mut arms = Arms::new(|plan| {
            plan.guards[0].metric = "units".into();
            patient(plan);
        });
        for look in 1..=LOOKS {
            // One treated unit is affected in every other look, and 50 of a hundred times as many others in each.
            let (treated, others) = (f64::from(look.div_ceil(2)), 50.0 * f64::from(look));
            let [again, others_again] = match (twice && look < LOOKS, look % 2) {
                (false, _) => [0.0, 0.0],
                (true, 1) => [1.0, 50.0],
                (true, _) => [0.0, 50.0],
            };
            arms.sums = vec![("errors", [1e4, treated + again, 1e6, others + others_again])];
            arms.look([0.0; 4]);
        }
        let compared = arms.guard().compared.as_ref().unwrap();
        (compared.here(), compared.log_harm)
    };
    let ((once, log_once), (twice, log_twice)) = (judged(false), judged(true));
    assert_eq!((once.x_treatment, once.x_control), (14.0, 1_350.0));
    assert_eq!((twice.x_treatment, twice.x_control), (14.0, 1_350.0));
    assert!((log_once - log_twice).abs() < 0.01, "{log_once} is not {log_twice}");
}

#[test]
fn clustered_events_are_tempered() {
    let evidence = |dispersion: Option<Dispersion>| {
        let mut arms = Arms::new(patient);
        for _ in 0..8 {
            arms.bench.pass(seconds(10));
            arms.add("errors", [100.0, 2.0, 9_900.0, 99.0]);
            let (guard, mut reading) = arms.readings().remove(0);
            if let Reading::Arms { dispersion: of, .. } = &mut reading {
                *of = dispersion;
            }
            arms.bench.tick(&[(guard, reading)]);
        }
        arms.combined().log_evidence
    };
    let crash_loop = Dispersion { control: 1.0, treatment: 9.0, treatment_sd: 0.2, events: None };
    let noise = Dispersion { control: 0.9, treatment: 1.2, treatment_sd: 0.2, events: None };
    same(evidence(None), evidence(Some(noise)), "what does not stand out is chance");
    assert!(evidence(Some(crash_loop)) < evidence(None) / 2.0);
}

/// A quantile of latency is first learned from the control, then it is a threshold, and only what comes after counts.
#[test]
fn a_threshold_is_frozen_before_it_judges() {
    let mut arms = Arms::new(|plan| {
        plan.guards[0].metric = "slow".into();
        patient(plan);
    });
    let threshold = |arms: &Arms| {
        let later = arms.bench.now.saturating_add(seconds(10));
        due_guards(&arms.bench.spec, &arms.bench.state, later)[0].threshold
    };
    for (control_n, expected) in [(400.0, None), (1_200.0, Some(0.3)), (2_400.0, Some(0.3))] {
        arms.bench.pass(seconds(10));
        let value = if control_n < 2_000.0 { 0.3 } else { 0.9 };
        let reading = Reading::Quantile { control_n, value, sampled_at: arms.bench.now };
        arms.bench.tick(&[("errors", reading)]);
        assert_eq!((arms.verdict(), threshold(&arms)), (Verdict::NoData, expected));
    }
    arms.sums = vec![("errors", [20.0, 20.0, 2_000.0, 100.0])];
    arms.look([0.0; 4]);
    assert_eq!(arms.verdict(), Verdict::NoData, "what was before the threshold has taught it");
    arms.looks(3, [100.0, 5.0, 9_900.0, 495.0]);
    assert!(arms.verdict().bakes(), "{}", arms.bench.summary());
    assert_eq!(threshold(&arms), Some(0.3));
    same(arms.guard().compared.as_ref().unwrap().here().x_treatment, 15.0, "what came after");
}

/// A limit that is a number works on what Hoist tracks itself as well.
#[test]
fn tracked_units_can_have_an_absolute_limit() {
    let mut arms = Arms::new(|plan| {
        plan.guards[0].metric = "units".into();
        plan.guards[0].limit = LimitDraft::Above(0.02);
        patient(plan);
    });
    arms.sums = vec![("errors", [0.0; 4])];
    for _ in 0..30 {
        if !is_rolled_back(&arms.bench.state.phase) {
            arms.look([90.0, 10.0, 9_900.0, 0.0]);
        }
    }
    assert!(is_rolled_back(&arms.bench.state.phase), "{}", arms.bench.summary());
}
