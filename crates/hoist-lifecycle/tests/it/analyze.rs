//! Recordings and what an analysis makes of them.

use hoist_lifecycle::analyze::{Analysis, Outcome, RecordingDraft, analyze};
use serde_json::{Value, json};

fn check(recording: Value) -> Analysis {
    let draft: RecordingDraft = serde_json::from_value(recording).unwrap();
    analyze(&draft.check().unwrap())
}

fn close(actual: f64, expected: f64) {
    assert!((actual - expected).abs() <= 1e-9 * expected.abs(), "{actual} is not {expected}");
}

#[test]
fn the_evidence_of_a_recording_matches_another_implementation() {
    let recording = serde_json::from_str(include_str!("../data/recording.json")).unwrap();
    let analysis = check(recording);
    let expected: Vec<Value> =
        include_str!("../data/recording_looks.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(analysis.looks.len(), expected.len());
    for (look, expected) in analysis.looks.iter().zip(&expected) {
        close(look.at, expected["at"].as_f64().unwrap());
        close(look.log_e_harm, expected["log_e_harm"].as_f64().unwrap());
        close(look.log_e_srm, expected["log_e_srm"].as_f64().unwrap());
        for (metric, log) in &look.log_e_safe {
            close(*log, expected["log_e_safe"][metric].as_f64().unwrap());
        }
    }
    let decisions: Vec<Outcome> = analysis.looks.iter().map(|look| look.decision).collect();
    assert_eq!(decisions, [Outcome::Collecting, Outcome::Proceed, Outcome::Rollback, Outcome::Rollback]);
    assert_eq!(analysis.looks[2].metric.as_deref(), Some("errors"));
    assert_eq!((analysis.summary.decision, analysis.summary.at), (Outcome::Rollback, 400.0));
    close(analysis.summary.anytime_p, (-analysis.looks[3].log_e_harm).exp());
}

fn guard() -> Value {
    json!({ "metric": "errors", "kind": "event_rate" })
}

fn flush(at: u32, counts: [u32; 4]) -> Value {
    let [n_treatment, n_control, x_treatment, x_control] = counts;
    json!({ "at": at, "share": 0.01, "metric": "errors", "n_treatment": n_treatment, "n_control": n_control,
            "x_treatment": x_treatment, "x_control": x_control })
}

const HEALTHY: [u32; 4] = [100, 9_900, 1, 99];

/// Before the first restart `even` is `(E+1)/2` and `early` is `(4E+1)/5`, with `E` the mixture over sizes.
#[test]
fn a_recording_says_how_the_stake_is_divided() {
    let log = |stakes: Value| {
        let mut recording = json!({ "guards": [guard()], "flushes": [flush(10, [100, 9_900, 4, 99])] });
        if !stakes.is_null() {
            recording["stakes"] = stakes;
        }
        check(recording).looks[0].log_e_harm
    };
    let (even, early) = (log(Value::Null), log(json!("early")));
    close(log(json!("even")), even);
    close(early.exp(), (4.0 * (2.0 * even.exp() - 1.0) + 1.0) / 5.0);
}

fn decisions(flushes: &[Value]) -> Vec<(u32, Outcome)> {
    let analysis = check(json!({ "guards": [guard()], "flushes": flushes }));
    analysis.looks.iter().map(|look| (look.at as u32, look.decision)).collect()
}

#[test]
fn a_healthy_stage_is_left_on_evidence() {
    let all = decisions(&(0..40).map(|look| flush(look * 10, HEALTHY)).collect::<Vec<_>>());
    let first = all.iter().find(|(_, decision)| *decision == Outcome::Proceed).unwrap().0;
    assert!((60..250).contains(&first), "{first} s");
    assert!(all.iter().all(|(_, decision)| matches!(decision, Outcome::Collecting | Outcome::Proceed)));
}

#[test]
fn a_rollback_stands() {
    let mut flushes: Vec<Value> = (0..3).map(|look| flush(look * 10, [100, 9_900, 12, 99])).collect();
    flushes.extend((3..2_000).map(|look| flush(look * 10, HEALTHY)));
    let all = decisions(&flushes);
    let first = all.iter().position(|(_, decision)| *decision == Outcome::Rollback).unwrap();
    assert!(all[first..].iter().all(|(_, decision)| *decision == Outcome::Rollback));
}

#[test]
fn a_suspicion_is_held_until_it_is_over() {
    let mut flushes = vec![flush(0, HEALTHY), flush(10, [100, 9_900, 8, 99])];
    flushes.extend((2..200).map(|look| flush(look * 10, HEALTHY)));
    let all = decisions(&flushes);
    assert_eq!(all[1], (10, Outcome::Hold));
    let over = all.iter().skip(1).find(|(_, decision)| *decision != Outcome::Hold).unwrap().0;
    assert!(over >= 310, "a suspicion lasts five minutes, not until {over} s");
    assert!(all.iter().all(|(_, decision)| *decision != Outcome::Rollback));
}

/// Five minutes are not enough while the evidence stays close to what raised the suspicion.
#[test]
fn a_suspicion_lasts_while_the_evidence_is_high() {
    let errors = |look: u32| match look {
        1 => 8,
        2..40 if look.is_multiple_of(3) => 2,
        _ => 1,
    };
    let flushes: Vec<Value> = (0..200).map(|look| flush(look * 10, [100, 9_900, errors(look), 99])).collect();
    let analysis = check(json!({ "guards": [guard()], "flushes": flushes }));
    let held: Vec<_> = analysis.looks.iter().filter(|look| look.decision == Outcome::Hold).collect();
    assert!(held.iter().any(|look| look.at > 330.0 && look.log_e_harm < 10_f64.ln()), "held below 10");
    let last = held.last().unwrap().at;
    let next = analysis.looks.iter().find(|look| look.at > last).unwrap();
    assert!(next.log_e_harm < 3_f64.ln(), "{} at {}", next.log_e_harm, next.at);
}

#[test]
fn silence_is_no_data() {
    let mut flushes: Vec<Value> = (0..20).map(|look| flush(look * 10, HEALTHY)).collect();
    flushes.extend((20..30).map(|look| flush(look * 10, [0, 9_900, 0, 99])));
    flushes.push(flush(310, HEALTHY));
    let all = decisions(&flushes);
    // The last data are of 190 s and fresh for a minute.
    let silent: Vec<u32> = all.iter().filter(|(_, decision)| *decision == Outcome::NoData).map(|(at, _)| *at).collect();
    assert_eq!(silent, [260, 270, 280, 290]);
}

#[test]
fn units_that_do_not_arrive_are_unhealthy_and_hide_no_harm() {
    let recording = |errors: u32| {
        let flushes: Vec<Value> = (0..60)
            .map(|look| {
                let mut each = flush(look * 10, [100, 9_900, errors, 99]);
                each["first_exposures_treatment"] = 50.into();
                each["first_exposures_control"] = 9_900.into();
                each
            })
            .collect();
        check(json!({ "guards": [guard()], "flushes": flushes })).summary
    };
    let summary = recording(1);
    assert_eq!((summary.decision, summary.at < 120.0), (Outcome::Unhealthy, true));
    assert_eq!(recording(10).decision, Outcome::Rollback);
}

/// First exposures are of units: two metrics of the same window do not count them twice.
#[test]
fn first_exposures_count_once() {
    let exposed = |metric: &str| {
        let mut each = flush(0, HEALTHY);
        each["metric"] = metric.into();
        each["first_exposures_treatment"] = 80.into();
        each["first_exposures_control"] = 9_900.into();
        each
    };
    let mut other = guard();
    other["metric"] = "crashes".into();
    let one = check(json!({ "guards": [guard()], "flushes": [exposed("errors")] }));
    let both = check(json!({ "guards": [guard(), other], "flushes": [exposed("errors"), exposed("crashes")] }));
    close(both.looks[0].log_e_srm, one.looks[0].log_e_srm);
}

#[test]
fn a_limit_needs_no_control() {
    let recording = |errors: u32| {
        let flushes: Vec<Value> = (0..60)
            .map(|look| json!({ "at": look * 10, "metric": "errors", "n_treatment": 1_000, "x_treatment": errors }))
            .collect();
        let guard = json!({ "metric": "errors", "kind": "absolute", "absolute": 0.02 });
        check(json!({ "guards": [guard], "flushes": flushes }))
    };
    assert_eq!(recording(40).summary.decision, Outcome::Rollback);
    assert_eq!(recording(10).summary.decision, Outcome::Proceed);
    assert!(recording(10).summary.ratio.is_empty());
}

#[test]
fn guards_of_no_weight_are_shown_only() {
    let guard = json!({ "metric": "errors", "kind": "event_rate", "weight": 0 });
    let flushes: Vec<Value> = (0..60).map(|look| flush(look * 10, [100, 9_900, 50, 99])).collect();
    let analysis = check(json!({ "guards": [guard], "flushes": flushes }));
    assert_eq!(analysis.summary.decision, Outcome::Collecting);
    assert!(analysis.summary.ratio["errors"].lower.unwrap() > 10.0);
}

/// Parts of one window, such as regions, may be given one by one, and flushes in any order.
#[test]
fn order_does_not_matter() {
    let mut flushes: Vec<Value> =
        (0..40).flat_map(|look| [flush(look * 10, HEALTHY), flush(look * 10, [200, 800, 9, 20])]).collect();
    let forward = check(json!({ "guards": [guard()], "flushes": flushes }));
    flushes.reverse();
    let backward = check(json!({ "guards": [guard()], "flushes": flushes }));
    assert_eq!(forward.looks.len(), 40);
    for (left, right) in forward.looks.iter().zip(&backward.looks) {
        close(left.log_e_harm, right.log_e_harm);
    }
}

#[test]
fn faults_name_their_place() {
    let guards = json!([guard()]);
    let fine = flush(0, HEALTHY);
    let with = |field: &str, value: Value| {
        let mut each = fine.clone();
        each[field] = value;
        json!({ "guards": guards, "flushes": [fine, each] })
    };
    let guarded = |field: &str, value: Value| {
        let mut each = guard();
        each[field] = value;
        json!({ "guards": [each], "flushes": [fine] })
    };
    let rows = [
        (with("n_treatment", json!(-1)), "flushes[1].n_treatment"),
        (with("x_control", json!(null)), "flushes[1].x_control"),
        (with("n_treatment", json!(0)), "flushes[1].x_treatment"),
        (with("metric", json!("latency")), "flushes[1].metric"),
        (with("at", json!(-10)), "flushes[1].at"),
        (with("share", json!(1.5)), "flushes[1].share"),
        (with("stage", json!(99)), "flushes[1].stage"),
        (with("first_exposures_control", json!(-3)), "flushes[1].first_exposures_control"),
        (guarded("margin", json!(0.5)), "guards[0].margin"),
        (guarded("noninferiority", json!(0)), "guards[0].noninferiority"),
        (guarded("weight", json!(-1)), "guards[0].weight"),
        (guarded("absolute", json!(0.5)), "guards[0].absolute"),
        (guarded("kind", json!("absolute")), "guards[0].absolute"),
        (guarded("metric", json!("")), "guards[0].metric"),
        (json!({ "guards": [guard(), guard()], "flushes": [fine] }), "guards[1].metric"),
        (json!({ "guards": [], "flushes": [fine] }), "guards"),
        (json!({ "guards": guards, "flushes": [] }), "flushes"),
        (json!({ "alpha": 0.7, "guards": guards, "flushes": [fine] }), "alpha"),
        (json!({ "beta": 0, "guards": guards, "flushes": [fine] }), "beta"),
        (json!({ "hold": 1, "guards": guards, "flushes": [fine] }), "hold"),
    ];
    for (recording, place) in rows {
        let draft: RecordingDraft = serde_json::from_value(recording.clone()).unwrap();
        let problems = draft.check().unwrap_err();
        assert!(problems.iter().any(|problem| problem.path == place), "{place}: {problems:?}");
    }
    // A unit has one failure at most where units are counted.
    let mut units = guard();
    units["kind"] = "affected_units".into();
    let recording = json!({ "guards": [units], "flushes": [flush(0, [5, 5, 6, 0])] });
    let draft: RecordingDraft = serde_json::from_value(recording).unwrap();
    assert_eq!(draft.check().unwrap_err()[0].path, "flushes[0].x_treatment");
}

#[test]
fn what_both_arms_did_is_added_up() {
    let recording = json!({ "guards": [guard()], "flushes": [flush(10, [1, 99, 0, 2]), flush(0, [2, 98, 1, 3])] });
    let draft: RecordingDraft = serde_json::from_value(recording).unwrap();
    let recording = draft.check().unwrap();
    let pooled = recording.pooled();
    let [(metric, flushes)] = pooled.as_slice() else { panic!("{pooled:?}") };
    let told: Vec<_> =
        flushes.iter().map(|(at, interval)| (*at as u32, interval.total as u32, interval.events as u32)).collect();
    assert_eq!((*metric, told), ("errors", vec![(0, 100, 4), (10, 100, 2)]));
}

/// Every flush once for each treatment: the control is that of all.
fn of(treatment: &str, at: u32, counts: [u32; 4]) -> Value {
    let mut flush = flush(at, counts);
    flush["treatment"] = treatment.into();
    flush
}

/// A name alone changes nothing: there is one treatment still.
#[test]
fn one_treatment_is_judged_the_same_whether_it_has_a_name_or_not() {
    let of_two = |first: Value, second: Value| {
        let analysis = check(json!({ "guards": [guard()], "flushes": [first, second] }));
        let looks: Vec<String> = analysis.looks.iter().map(|look| serde_json::to_string(look).unwrap()).collect();
        (looks, serde_json::to_string(&analysis.summary).unwrap())
    };
    let (unnamed, summary) = of_two(flush(10, HEALTHY), flush(20, [100, 9_900, 30, 99]));
    assert_eq!(
        of_two(of("blue", 10, HEALTHY), of("blue", 20, [100, 9_900, 30, 99])),
        (unnamed.clone(), summary.clone())
    );
    assert!(!unnamed[0].contains("treatments") && !summary.contains("treatments"));
}

#[test]
fn several_treatments_are_decided_about_one_by_one_and_the_flag_by_their_mean() {
    let alone = |counts| check(json!({ "guards": [guard()], "flushes": [flush(10, counts)] })).looks[0].log_e_harm;
    let both = |blue, green| {
        let flushes = [of("green", 10, green), of("blue", 10, blue)];
        check(json!({ "guards": [guard()], "flushes": flushes }))
    };
    let (well, harmful) = (HEALTHY, [100, 9_900, 25, 99]);
    let analysis = both(well, harmful);
    let look = &analysis.looks[0];
    let mean = f64::midpoint(alone(well).exp(), alone(harmful).exp());
    close(look.log_e_harm, mean.ln());
    close(look.treatments["blue"].log_e_harm, alone(well));
    close(look.treatments["green"].log_e_harm, alone(harmful));
    let decisions = |analysis: &Analysis| {
        let look = &analysis.looks[0];
        (look.decision, look.treatments["blue"].decision, look.treatments["green"].decision)
    };
    assert_eq!(decisions(&analysis), (Outcome::Rollback, Outcome::Collecting, Outcome::Rollback));
    assert_eq!(look.metric.as_deref(), Some("errors"));
    let summary = &analysis.summary;
    assert!(summary.ratio.is_empty() && summary.treatments["green"].ratio["errors"].lower.unwrap() > 1.0);
    assert_eq!(summary.treatments["blue"].decision, Outcome::Collecting);
    // Between 1/alpha and k/alpha for each of them: some treatment harms, and nobody knows which.
    let recording = |alpha: f64| {
        let flushes = [of("green", 10, [100, 9_900, 9, 99]), of("blue", 10, [100, 9_900, 9, 99])];
        check(json!({ "alpha": alpha, "hold": 1e5, "guards": [guard()], "flushes": flushes }))
    };
    let alpha = 1.0 / (1.2 * alone([100, 9_900, 9, 99]).exp() / 1.5);
    let (_, blue, green) = decisions(&recording(alpha));
    assert_eq!(
        (recording(alpha).looks[0].decision, blue, green),
        (Outcome::Rollback, Outcome::Collecting, Outcome::Collecting)
    );
}

#[test]
fn treatments_that_are_not_told_apart_are_refused() {
    let problems = |flushes: Vec<Value>| {
        let draft: RecordingDraft = serde_json::from_value(json!({ "guards": [guard()], "flushes": flushes })).unwrap();
        let problems = draft.check().unwrap_err();
        problems.into_iter().map(|problem| problem.path).collect::<Vec<_>>()
    };
    assert_eq!(problems(vec![of("blue", 10, HEALTHY), flush(10, HEALTHY)]), ["flushes[1].treatment"]);
    assert_eq!(problems(vec![of("", 10, HEALTHY)]), ["flushes[0].treatment"]);
    let many = (0..17).map(|index| of(&format!("t{index}"), 10, HEALTHY)).collect();
    assert_eq!(problems(many), ["flushes"]);
}

/// The control is counted once, whoever it is compared with.
#[test]
fn the_past_has_the_control_of_several_treatments_once() {
    let flushes = [of("blue", 10, HEALTHY), of("green", 10, HEALTHY), of("green", 20, HEALTHY)];
    let draft: RecordingDraft = serde_json::from_value(json!({ "guards": [guard()], "flushes": flushes })).unwrap();
    let recording = draft.check().unwrap();
    let pooled: Vec<(f64, f64)> =
        recording.pooled()[0].1.iter().map(|(_, window)| (window.total, window.events)).collect();
    assert_eq!(pooled, [(10_000.0, 100.0), (100.0, 1.0), (10_000.0, 100.0)]);
}

/// A flush of a metric that nobody watches has its other faults named as well.
#[test]
fn an_unknown_metric_hides_no_other_fault() {
    let mut lost = flush(10, HEALTHY);
    lost["metric"] = "erors".into();
    lost["share"] = 7.into();
    lost["n_treatment"] = (-1).into();
    let draft: RecordingDraft =
        serde_json::from_value(json!({ "guards": [guard()], "flushes": [flush(10, HEALTHY), lost] })).unwrap();
    let paths: Vec<String> = draft.check().unwrap_err().into_iter().map(|problem| problem.path).collect();
    assert_eq!(paths, ["flushes[1].metric", "flushes[1].share", "flushes[1].n_treatment"]);
}
