//! What events are held against, and by which choices of the statistics a rollout is judged to its end.

use hoist_lifecycle::metric::MetricKey;
use hoist_lifecycle::plan::{ControlLimitDraft, GuardDraft, LimitDraft, PlanDraft};
use hoist_lifecycle::rollout::decision::Rule;
use hoist_lifecycle::rollout::evidence::{ArmSums, Dispersion, EarlierArms, FirstExposures, Input, Reading};
use hoist_lifecycle::rollout::state::EntryId;
use hoist_lifecycle::rollout::{Method, RolloutSpecDraft};
use hoist_lifecycle::sequential::{CountFlush, Direction, Ends, Grid, Mixture, Stakes, kernel, ratio_sequence};
use serde_json::json;

use crate::control::{Arms, HEALTHY, against, patient, same};
use crate::support::{guard, is_rolled_back, pause, plan, promote, resume, seconds, spec_draft};

/// The share that the first stage treats.
const SHARE: f64 = 0.01;

fn on(metric: &'static str) -> impl FnOnce(&mut PlanDraft) {
    move |plan| {
        plan.guards[0].metric = metric.into();
        patient(plan);
    }
}

/// Units that have not had the event and those that have so far, treated and control: far fewer treated ones than the
/// allocation sends.
const LOOKS: [[f64; 4]; 2] = [[60.0, 10.0, 9_000.0, 900.0], [70.0, 24.0, 9_500.0, 1_800.0]];

/// What happens in each of [`LOOKS`].
fn flushes() -> [CountFlush; 2] {
    let flush =
        |[nt, xt, nc, xc]: [f64; 4]| CountFlush { n_treatment: nt, n_control: nc, x_treatment: xt, x_control: xc };
    [flush([70.0, 10.0, 9_900.0, 900.0]), flush([84.0, 14.0, 10_400.0, 900.0])]
}

/// Each kind by each method: the stakes, what is held against what, and how the interval is divided.
#[test]
fn a_rollout_is_judged_by_the_method_that_it_began_with() {
    let (higher, lower) = ((Direction::Higher, Grid::Error, 1.05), (Direction::Lower, Grid::Product, 1.0));
    let at = |margin| (Direction::Higher, Grid::Error, margin);
    for (method, metric, (direction, grid, margin), stakes, allocated, ends) in [
        (Method::First, "units", higher, Stakes::Even, false, Stakes::Even),
        (Method::First, "converted", lower, Stakes::Early, false, Stakes::Even),
        (Method::Second, "units", higher, Stakes::Early, false, Stakes::Early),
        (Method::Second, "converted", lower, Stakes::Early, true, Stakes::Early),
        (Method::Third, "units", higher, Stakes::Early, true, Stakes::Early),
        (Method::Third, "converted", lower, Stakes::Early, true, Stakes::Early),
        // No margin covers what units at risk are off by.
        (Method::Second, "units", at(1.0), Stakes::Early, false, Stakes::Early),
        (Method::Third, "units", at(1.0), Stakes::Early, true, Stakes::Early),
        (Method::Third, "units", at(2.0), Stakes::Early, true, Stakes::Early),
    ] {
        let mut arms = Arms::by(method, |plan| {
            on(metric)(plan);
            let limit = ControlLimitDraft { margin: Some(margin), ..ControlLimitDraft::default() };
            plan.guards[0].limit = LimitDraft::Control(limit);
        });
        for sums in LOOKS {
            arms.sums = vec![("errors", sums)];
            arms.look([0.0; 4]);
        }
        let (mut mixture, mut all) = (Mixture::new(stakes), CountFlush::default());
        for flush in flushes().map(|flush| if allocated { flush.allocated(SHARE) } else { flush }) {
            mixture.observe(kernel::counts(&flush, grid, direction, direction.boundary(margin)));
            all.add(&flush);
        }
        let what = format!("{metric} by {method:?} at {margin}");
        let compared = arms.guard().compared.as_ref().unwrap();
        same(compared.log_harm, mixture.log_evidence(grid.weights()), &what);
        let (shown, expected) = (compared.ratio(), ratio_sequence(&[all], grid, Ends::of(ends, direction, 0.01)));
        same(shown.lower.unwrap_or_default(), expected.lower.unwrap_or_default(), &what);
        same(shown.upper.unwrap_or_default(), expected.upper.unwrap_or_default(), &what);
        // People are told of units all the same.
        let summary = arms.guard().summary();
        assert!(summary.contains("treated 24 of 94 units"), "{what}: {summary}");
    }
}

#[test]
fn a_specification_without_a_method_means_the_first() {
    let mut stored = serde_json::to_value(spec_draft(plan(vec![guard()]))).unwrap();
    assert_eq!(stored["method"], json!(3), "what starts now");
    stored.as_object_mut().unwrap().remove("method");
    let read: RolloutSpecDraft = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(read.method, Method::First);
    assert_eq!(serde_json::to_value(read).unwrap(), stored, "and is stored as it was");
    stored["method"] = json!(4);
    let refused = serde_json::from_value::<RolloutSpecDraft>(stored).unwrap_err().to_string();
    assert!(refused.contains("is not a method that this version knows"), "{refused}");
}

/// A unit converts by the stage of its exposure, however late: each stage has the share of its own.
#[test]
fn late_conversions_are_held_against_the_allocation_of_their_stage() {
    let mut arms = Arms::new(|plan| {
        on("converted")(plan);
        plan.stages[1].bake = plan.stages[0].bake;
    });
    arms.sums = vec![("errors", LOOKS[0])];
    arms.look([0.0; 4]);
    arms.bench.command(promote()).unwrap();
    arms.look([0.0; 4]);
    let sums = |n, x| ArmSums { n, x, ..ArmSums::default() };
    arms.bench.pass(seconds(10));
    let earlier = EarlierArms { entry: EntryId(1), treatment: sums(60.0, 14.0), control: sums(9_000.0, 1_300.0) };
    let reading = Reading::Arms {
        treatment: sums(30.0, 8.0),
        control: sums(900.0, 70.0),
        sampled_at: arms.bench.now,
        dispersion: None,
        earlier: vec![earlier],
    };
    arms.bench.tick(&[("errors", reading)]);
    let compared = arms.guard().compared.as_ref().unwrap();
    assert_eq!((compared.late.treatment, compared.late.control), (4.0, 400.0));
    let shares: Vec<f64> =
        compared.strata.iter().map(|s| s.counts.n_treatment / (s.counts.n_treatment + s.counts.n_control)).collect();
    let sent =
        [0, 1].map(|stage| arms.bench.spec.treated_share(hoist_lifecycle::rollout::state::StageIndex(stage)).unwrap());
    assert!(sent[1] > sent[0]);
    same(shares[0], sent[0], "the first stage");
    same(shares[1], sent[1], "the second");
}

/// While nobody of the treatment is at risk, conversions of the others count: left out, they would favour the treatment.
#[test]
fn conversions_of_one_arm_count_before_the_other_has_units() {
    let mut arms = Arms::new(on("converted"));
    for sums in [[0.0, 0.0, 300.0, 40.0], LOOKS[0]] {
        arms.sums = vec![("errors", sums)];
        arms.look([0.0; 4]);
    }
    let here = arms.guard().compared.as_ref().unwrap().here();
    assert_eq!((here.x_treatment, here.x_control), (10.0, 900.0));
    same(here.n_treatment, SHARE * (here.n_treatment + here.n_control), "all of them by the allocation");
    same(here.n_treatment + here.n_control, 340.0 + (60.0 + 10.0) + (9_000.0 + 860.0), "and all of them");
}

/// One look, with units that came for the first time so far.
fn tick(arms: &mut Arms, [treatment, control]: [u64; 2]) {
    arms.bench.pass(seconds(10));
    let readings = arms.readings();
    let mut evidence = arms.bench.evidence(&readings);
    evidence.first_exposures = Some(FirstExposures { treatment, control, reporting: Vec::new() });
    arms.bench.play(&Input::Tick(evidence)).unwrap();
}

/// Three of four treated units are lost on their way, and with them their conversions: nothing is wrong with those that came.
#[test]
fn conversions_that_are_lost_with_their_units_hold_and_do_not_roll_back() {
    let run = |treated: u64, errors: f64| {
        let second = GuardDraft { key: "others".into(), metric: "other-counts".into(), ..against() };
        let mut arms = Arms::new(|plan| {
            on("converted")(plan);
            plan.guards.push(second);
        });
        let mut is_withheld = false;
        for look in 1..60_u64 {
            if !arms.bench.state.phase.is_terminal() {
                let all = look as f64;
                // A quarter of the treated units that were sent converted, as many as came; 400 of a thousand others.
                arms.sums = vec![
                    ("errors", [0.75 * 10.0 * all, 2.5 * 0.4 * all, 600.0 * all, 396.0 * all]),
                    ("others", [100.0 * all, errors * all, 9_900.0 * all, 99.0 * all]),
                ];
                tick(&mut arms, [treated * look, 990 * look]);
                is_withheld |= arms.bench.last.as_ref().unwrap().rationale.combined.as_ref().unwrap().withheld;
            }
        }
        (arms, is_withheld)
    };
    let (arms, is_withheld) = run(10, 1.0);
    assert!(is_rolled_back(&arms.bench.state.phase) && !is_withheld, "all units came: {}", arms.bench.summary());
    let (arms, is_withheld) = run(3, 1.0);
    assert_eq!((arms.bench.phase(), is_withheld), ("progressing", true), "{}", arms.bench.summary());
    assert_eq!(arms.bench.rule(), Rule::Unhealthy);
    assert!(arms.bench.summary().contains("units do not arrive as they are sent"), "{}", arms.bench.summary());
    let (arms, _) = run(3, 8.0);
    assert!(is_rolled_back(&arms.bench.state.phase), "what relies on no share acts");
    let metric: MetricKey = "other-counts".parse().unwrap();
    assert_eq!(arms.bench.spec.watches()[1].guard().metric(), &metric);
}

/// What a decision of an earlier method rests on has nothing that was unknown to it, so that one that was stored then equals the
/// one that is made again.
#[test]
fn earlier_methods_say_nothing_of_what_recordings_take() {
    for (method, told) in [(Method::First, false), (Method::Second, false), (Method::Third, true)] {
        let mut arms = Arms::by(method, on("rate"));
        let dispersion = Dispersion { control: 4.0, treatment: 4.0, treatment_sd: 0.1, events: None };
        for look in 1..=3_u32 {
            let all = f64::from(look);
            arms.bench.pass(seconds(10));
            let sums = |n, x| ArmSums { n: n * all, x: x * all, ..ArmSums::default() };
            let reading = Reading::Arms {
                treatment: sums(100.0, 10.0),
                control: sums(9_900.0, 990.0),
                sampled_at: arms.bench.now,
                dispersion: Some(dispersion),
                earlier: Vec::new(),
            };
            arms.bench.tick(&[("errors", reading)]);
        }
        let compared = arms.guard().compared.as_ref().unwrap();
        assert_eq!(compared.dispersion > 1.0, told, "{method:?}: {compared:?}");
    }
}

/// A treatment that crashes: six of ten treated units never report, and of those that do six times as many fail. What is missing
/// makes it look better than it is, so it is no reason to wait. The same number of units lost by the control would be.
#[test]
fn harm_that_missing_units_hide_rolls_back() {
    // Units that came to each arm in every look, how many of them failed, and what is to come of it.
    for (metric, method, [treated, failed, control, others], ends) in [
        ("units", Method::Second, [4, 2, 990, 99], true),
        ("units", Method::Third, [4, 2, 990, 99], true),
        // Units of the control are missing, and their failures with them.
        ("units", Method::Third, [10, 1, 330, 33], false),
        // Where less is harm it is the other way round, and the second method told neither from the other.
        ("converted", Method::Second, [30, 1, 990, 396], false),
        ("converted", Method::Third, [30, 1, 990, 396], true),
        ("converted", Method::Third, [3, 1, 990, 396], false),
    ] {
        let mut arms = Arms::by(method, |plan| {
            on(metric)(plan);
            plan.stages[0].maximum_time = Some(hoist_eval::Span::from_hours(48));
        });
        let mut is_withheld = false;
        for look in 1..100_u64 {
            if !arms.bench.state.phase.is_terminal() {
                let all = |units: u64| (units * look) as f64;
                arms.sums = vec![("errors", [all(treated - failed), all(failed), all(control - others), all(others)])];
                tick(&mut arms, [treated * look, control * look]);
                is_withheld |= arms.combined().withheld;
            }
        }
        let what = format!("{metric} by {method:?}, {treated} to {control}: {}", arms.bench.summary());
        assert_eq!((is_rolled_back(&arms.bench.state.phase), is_withheld), (ends, !ends), "{what}");
    }
}

/// Of units at risk of a stay that is over only their events are told: nobody of them is an opportunity anew at each look.
#[test]
fn a_stay_that_is_over_grows_by_its_events_alone() {
    for (method, grows) in [(Method::Second, true), (Method::Third, false)] {
        let mut arms = Arms::by(method, on("units"));
        arms.sums = vec![("errors", LOOKS[0])];
        arms.look([0.0; 4]);
        arms.bench.command(promote()).unwrap();
        arms.bench.tick(&[]);
        let sums = |[nt, xt, nc, xc]: [f64; 4]| {
            let arm = |n, x| ArmSums { n, x, ..ArmSums::default() };
            (arm(nt, xt), arm(nc, xc))
        };
        let mut counted = Vec::new();
        for late in [LOOKS[0], LOOKS[0], LOOKS[1]] {
            arms.bench.pass(seconds(10));
            let ((treatment, control), (late_treatment, late_control)) = (sums(LOOKS[0]), sums(late));
            let earlier = vec![EarlierArms { entry: EntryId(1), treatment: late_treatment, control: late_control }];
            let sampled_at = arms.bench.now;
            let reading = Reading::Arms { treatment, control, sampled_at, dispersion: None, earlier };
            arms.bench.tick(&[("errors", reading)]);
            counted.push(arms.guard().compared.as_ref().unwrap().strata[0].counts);
        }
        assert_eq!(counted[1].n_treatment > counted[0].n_treatment, grows, "{method:?}: {counted:?}");
        same(counted[2].x_treatment - counted[1].x_treatment, 14.0, "what is new counts");
    }
}

/// A plan whose stages all have to rule out the same.
fn rules_out_twice(plan: &mut PlanDraft) {
    let limit = ControlLimitDraft { noninferiority: Some(2.0), ..ControlLimitDraft::default() };
    plan.guards[0].limit = LimitDraft::Control(limit);
    patient(plan);
    plan.stages[1].bake = plan.stages[0].bake;
}

fn log_safe(arms: &Arms) -> f64 {
    arms.guard().compared.as_ref().unwrap().log_safe
}

/// The treatment may become harmful at another stage, so what an earlier one has shown does not let this one be left.
#[test]
fn a_stage_is_left_on_what_it_has_shown_itself() {
    for (method, anew) in [(Method::Second, false), (Method::Third, true)] {
        let mut arms = Arms::by(method, rules_out_twice);
        arms.looks(41, HEALTHY);
        let shown = log_safe(&arms);
        assert!(shown > 20_f64.ln(), "{method:?}: {shown}");
        // The same stage after a pause: nothing has moved.
        arms.bench.command(pause()).unwrap();
        arms.bench.command(resume()).unwrap();
        arms.look(HEALTHY);
        same(log_safe(&arms), shown, "a pause");
        arms.look(HEALTHY);
        assert!(log_safe(&arms) > shown, "{method:?} goes on after a pause");
        let shown = log_safe(&arms);
        arms.bench.command(promote()).unwrap();
        // The stage is entered, and its counters are read for the first time.
        arms.looks(2, [0.0; 4]);
        arms.look([1_000.0, 10.0, 9_000.0, 90.0]);
        let entered = log_safe(&arms);
        assert_eq!(entered < 20_f64.ln(), anew, "{method:?}: {entered} after {shown}");
        let mut alone = Arms::by(method, rules_out_twice);
        alone.looks(2, [1_000.0, 10.0, 9_000.0, 90.0]);
        if anew {
            same(entered, log_safe(&alone), "as the stage alone");
        }
    }
}

/// What comes late belongs to the stage of its exposure, and does not let another one be left.
#[test]
fn late_events_of_another_stage_show_nothing_of_this_one() {
    let tells = |arms: &mut Arms, late: f64| {
        let sums = |n, x| ArmSums { n, x, ..ArmSums::default() };
        arms.bench.pass(seconds(10));
        let earlier = EarlierArms {
            entry: EntryId(1),
            treatment: sums(2_000.0 + late, 20.0),
            control: sums(180_000.0 + 90.0 * late, 1_800.0 + 0.9 * late),
        };
        let (treatment, control) = (sums(1_000.0, 10.0), sums(9_000.0, 90.0));
        let (sampled_at, earlier) = (arms.bench.now, vec![earlier]);
        arms.bench.tick(&[("errors", Reading::Arms { treatment, control, sampled_at, dispersion: None, earlier })]);
    };
    for (method, enters) in [(Method::Second, true), (Method::Third, false)] {
        let safe = |late| {
            let mut arms = Arms::by(method, |plan| {
                plan.guards[0].metric = "rate".into();
                rules_out_twice(plan);
            });
            arms.sums = vec![("errors", [2_000.0, 20.0, 180_000.0, 1_800.0])];
            arms.look([0.0; 4]);
            arms.bench.command(promote()).unwrap();
            arms.bench.tick(&[]);
            tells(&mut arms, late);
            let compared = arms.guard().compared.as_ref().unwrap();
            assert_eq!(compared.late.control > 0.0, late > 0.0);
            log_safe(&arms)
        };
        let (with, without) = (safe(1_000.0), safe(0.0));
        assert_eq!((with - without).abs() > 1e-9, enters, "{method:?}: {with} beside {without}");
    }
}

/// One treated client crashes in a loop at the first stage, where its group stands out. The buckets of the second begin empty, and
/// must not let loose what the first has tempered.
#[test]
fn a_crash_loop_at_one_stage_does_not_roll_the_next_one_back() {
    for (method, is_let_loose) in [(Method::Second, true), (Method::Third, false)] {
        let mut arms = Arms::by(method, on("rate"));
        let look = |arms: &mut Arms, [nt, xt, nc, xc]: [f64; 4], treated: Dispersion| {
            arms.bench.pass(seconds(10));
            let sums = |n, x| ArmSums { n, x, ..ArmSums::default() };
            let reading = Reading::Arms {
                treatment: sums(nt, xt),
                control: sums(nc, xc),
                sampled_at: arms.bench.now,
                dispersion: Some(treated),
                earlier: Vec::new(),
            };
            arms.bench.tick(&[("errors", reading)]);
        };
        let looping = Dispersion { control: 1.0, treatment: 90.0, treatment_sd: 0.2, events: None };
        for window in 1..=6 {
            look(&mut arms, [120.0, 21.0, 9_900.0, 99.0].map(|sum| sum * f64::from(window)), looping);
        }
        assert_eq!((arms.bench.phase(), arms.bench.rule() == Rule::Breach), ("progressing", false), "{method:?}");
        arms.bench.command(promote()).unwrap();
        arms.bench.tick(&[]);
        let usual = Dispersion { control: 1.0, treatment: 1.0, treatment_sd: 0.2, events: None };
        for window in 1..=30 {
            if !arms.bench.state.phase.is_terminal() {
                look(&mut arms, [1_000.0, 10.0, 9_000.0, 90.0].map(|sum| sum * f64::from(window)), usual);
            }
        }
        assert_eq!(is_rolled_back(&arms.bench.state.phase), is_let_loose, "{method:?}: {}", arms.bench.summary());
        if !is_let_loose {
            // A stage that is harmful itself is rolled back all the same.
            for window in 31..=60 {
                if !arms.bench.state.phase.is_terminal() {
                    let [nt, xt, nc, xc] = [1_000.0, 10.0, 9_000.0, 90.0].map(|sum| sum * f64::from(window));
                    look(&mut arms, [nt, xt + 30.0 * f64::from(window - 30), nc, xc], usual);
                }
            }
            assert!(is_rolled_back(&arms.bench.state.phase), "{}", arms.bench.summary());
        }
    }
}
