//! What a rollout was judged by, judged again.

use std::collections::BTreeMap;

use hoist_lifecycle::analyze::{FlushDraft, Outcome, Recorded, RecordingDraft, analyze, recorded};
use hoist_lifecycle::backtest::{History, Series, Terms, backtest};
use hoist_lifecycle::metric::MetricKey;
use hoist_lifecycle::plan::GuardDraft;
use hoist_lifecycle::rollout::evidence::{Evidence, Input};
use hoist_lifecycle::rollout::{Look, look};

use crate::control::{Arms, HEALTHY, against, patient, same};
use crate::support::{T0, guard, is_rolled_back, plan, seconds};

const BAD: [f64; 4] = [100.0, 2.0, 9_900.0, 99.0];

/// Looks once more, and returns what is kept of it.
fn look_once(arms: &mut Arms, more: [f64; 4]) -> Look {
    let entry = arms.bench.state.entry_id();
    arms.look(more);
    let input = Input::Tick(Evidence { entry, ..arms.bench.evidence(&arms.readings()) });
    look(&input, arms.bench.last.as_ref().unwrap(), arms.bench.now).unwrap()
}

/// A rollout that was healthy for five minutes, then had twice the errors, and was rolled back.
fn rolled_back() -> (Arms, Vec<(Look, f64)>) {
    let mut arms = Arms::new(patient);
    let mut looks = Vec::new();
    while !is_rolled_back(&arms.bench.state.phase) {
        let more = if looks.len() < 30 { HEALTHY } else { BAD };
        let look = look_once(&mut arms, more);
        looks.push((
            look,
            arms.bench.last.as_ref().unwrap().rationale.combined.as_ref().map_or(0.0, |all| all.log_evidence),
        ));
        assert!(looks.len() < 120, "it is rolled back");
    }
    (arms, looks)
}

#[test]
fn what_was_judged_is_judged_the_same_again() {
    let (arms, looks) = rolled_back();
    let kept: Vec<Look> = looks.iter().map(|(look, _)| look.clone()).collect();
    let Recorded { recording, left_out } = recorded(&arms.bench.spec, &arms.bench.state, &kept);
    assert!(left_out.is_empty(), "{left_out:?}");
    assert_eq!(recording.flushes.len(), looks.len() - 1, "the first reading is what the second is compared with");
    let text = serde_json::to_string(&recording).unwrap();
    assert_eq!(serde_json::from_str::<RecordingDraft>(&text).unwrap(), recording);

    let analysis = analyze(&recording.check().unwrap());
    for (again, (look, log_evidence)) in analysis.looks.iter().zip(&looks[1..]) {
        same(again.log_e_harm, *log_evidence, &format!("at {:?}", look.at));
        let last = look.at == looks.last().unwrap().0.at;
        assert_eq!(again.decision == Outcome::Rollback, last, "at {:?}", look.at);
    }
    let last = analysis.looks.last().unwrap();
    assert_eq!((last.metric.as_deref(), analysis.summary.decision), (Some("error-counts"), Outcome::Rollback));
}

/// Of a long rollout every other look goes, and what it had judged does not.
#[test]
fn what_is_let_go_is_in_what_stays() {
    let (arms, looks) = rolled_back();
    let kept = looks.iter().rev().step_by(2).map(|(look, _)| look.clone());
    let kept: Vec<Look> = kept.collect::<Vec<_>>().into_iter().rev().collect();
    let sum = |looks: &[Look]| {
        let flushes = recorded(&arms.bench.spec, &arms.bench.state, looks).recording.flushes;
        flushes.iter().fold((0.0, 0.0), |(n, x), flush| (n + flush.n_treatment, x + flush.x_treatment))
    };
    let whole: Vec<Look> = looks.iter().map(|(look, _)| look.clone()).collect();
    assert_eq!(sum(&kept), sum(&whole));
    let analysis = analyze(&recorded(&arms.bench.spec, &arms.bench.state, &kept).recording.check().unwrap());
    assert_eq!(analysis.summary.decision, Outcome::Rollback);
}

#[test]
fn stages_are_told_apart_by_their_shares() {
    let mut arms = Arms::new(|_| {});
    let mut looks = Vec::new();
    while arms.bench.stage() == 0 {
        looks.push(look_once(&mut arms, HEALTHY));
    }
    for _ in 0..3 {
        looks.push(look_once(&mut arms, HEALTHY));
    }
    let flushes = recorded(&arms.bench.spec, &arms.bench.state, &looks).recording.flushes;
    let second = flushes.iter().position(|flush| flush.stage == 1).unwrap();
    assert!(flushes[..second].iter().all(|flush| flush.stage == 0 && flush.share == Some(0.01)), "{flushes:?}");
    assert!(flushes[second..].iter().all(|flush| flush.stage == 1 && flush.share == Some(0.1)), "{flushes:?}");
    let counts = |flush: &FlushDraft| (Some(flush.n_treatment), flush.n_control);
    assert!(flushes.iter().all(|flush| counts(flush) == (Some(100.0), Some(9_900.0))), "{flushes:?}");
}

#[test]
fn what_a_recording_cannot_have_is_named() {
    let limit = GuardDraft { key: "limit".into(), ..guard() };
    let again = GuardDraft { key: "again".into(), ..against() };
    let arms = Arms::of(plan(vec![against(), limit, again]));
    let Recorded { recording, left_out } = recorded(&arms.bench.spec, &arms.bench.state, &[]);
    assert_eq!(left_out.iter().map(ToString::to_string).collect::<Vec<_>>(), ["limit", "again"]);
    assert_eq!(recording.guards.iter().map(|guard| guard.metric.as_str()).collect::<Vec<_>>(), ["error-counts"]);
    assert!(recording.flushes.is_empty());
    recording.check().unwrap_err();
}

/// The whole way: a rollout, its recording as a file, judged again, and played as the past of the next plan.
#[test]
fn a_rollout_becomes_a_file_that_is_judged_and_played() {
    let (arms, looks) = rolled_back();
    let kept: Vec<Look> = looks.into_iter().map(|(look, _)| look).collect();
    let file = serde_json::to_string(&recorded(&arms.bench.spec, &arms.bench.state, &kept).recording).unwrap();
    let recording = serde_json::from_str::<RecordingDraft>(&file).unwrap().check().unwrap();
    assert_eq!(analyze(&recording).summary.decision, Outcome::Rollback);
    let step = seconds(10);
    let series = recording.pooled().into_iter().map(|(metric, windows)| {
        let last = windows.iter().map(|(at, _)| *at as usize).max().unwrap();
        (metric.parse().unwrap(), Series::from_flushes(step, last / 10 + 1, &windows))
    });
    let series: BTreeMap<MetricKey, Series> = series.collect();
    let Some(Series::Counts(counts)) = series.values().next() else { panic!("a count") };
    let history = History { from: T0, step, intervals: counts.len(), series };
    let terms = Terms { replays: 20, seed: 1, regression: 10.0, steps: u64::MAX };
    let told = backtest(&arms.bench.spec, &history, &terms);
    assert!(told.notes.iter().all(|note| !note.message.contains("left out")), "{:?}", told.notes);
    assert_eq!((told.healthy.replays, told.harmed.alarmed), (20, 20), "ten times the errors are found in every replay");
    assert!(told.healthy.alarmed <= 1, "{}", told.healthy.alarmed);
}
