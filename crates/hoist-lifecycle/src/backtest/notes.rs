//! What a back-test cannot say, or says with a reservation.

use crate::plan::{Gate, LimitDraft};
use crate::preview::{Note, Severity};
use crate::rollout::{RolloutSpec, Watch};

use super::Terms;
use super::history::{Absence, History, Series};

/// What is noted where every guard was left out.
pub const NOTHING_TESTED: &str = "the past of no guard is known, so nothing was tested";

/// Notes what the past does not say about the plan. `left_out` are the guards that could not be played.
pub(super) fn of(spec: &RolloutSpec, history: &History, left_out: &[&Watch], notes: &mut Vec<Note>) {
    for watch in left_out {
        let guard = watch.guard();
        let series = history.of(guard.metric());
        let (severity, message) = unplayed(series);
        let mut message = message.to_owned();
        if matches!(series, Series::Unknown(Absence::NotRecorded)) {
            let named: Vec<String> = history.series.keys().map(|metric| format!("`{metric}`")).collect();
            message = format!("{message} `{}`; it has {}", guard.metric(), named.join(", "));
        }
        notes.push(Note::new(severity, message).of(guard.key()));
    }
    let plan = spec.plan();
    if plan.guards().is_empty() {
        let message = "the plan has no guards: a back-test shows how long it takes, and nothing else";
        notes.push(Note::new(Severity::Doubt, message));
    } else if left_out.len() == plan.guards().len() {
        notes.push(Note::new(Severity::Blocks, NOTHING_TESTED));
    }
    let least = plan.stages().iter().fold(hoist_eval::Span::ZERO, |sum, stage| sum.saturating_add(stage.bake()));
    let length = history.to().since(history.from);
    if least >= length {
        let message =
            format!("the plan bakes for {least} and the past that is known lasts {length}: no replay comes to the end");
        notes.push(Note::new(Severity::Blocks, message));
    }
    for stage in plan.stages() {
        if stage.audience().is_some() {
            let message = "how much of the traffic belongs to the audience is not known: played as if everyone did";
            notes.push(Note::new(Severity::Doubt, message).at(stage.name()));
        }
        if stage.gate() == Gate::Approval {
            let message = "approval is given as soon as it is asked for";
            notes.push(Note::new(Severity::Unknown, message).at(stage.name()));
        }
    }
    of_guards(spec, history, notes);
}

fn of_guards(spec: &RolloutSpec, history: &History, notes: &mut Vec<Note>) {
    let played =
        || spec.plan().guards().iter().filter(|guard| !matches!(history.of(guard.metric()), Series::Unknown(_)));
    for guard in played().filter(|guard| guard.interval() < history.step) {
        let (step, interval) = (history.step, guard.interval());
        let message =
            format!("the past is known every {step} and the guard asks every {interval}: played every {step}");
        notes.push(Note::new(Severity::Unknown, message).of(guard.key()));
    }
    let has = |series: fn(&Series) -> bool| {
        played().any(|guard| matches!(guard.limit(), LimitDraft::Control(_)) && series(history.of(guard.metric())))
    };
    if has(|series| matches!(series, Series::Sums(_))) {
        let message = "what single units had is not known: the sums of both arms were drawn from the mean and the variance \
                       that were recorded, as sums of many are";
        notes.push(Note::new(Severity::Unknown, message));
    }
    if has(|series| matches!(series, Series::Clusters(..))) {
        let message = "events were divided in clusters of one size, which vary as much as was recorded";
        notes.push(Note::new(Severity::Unknown, message));
    }
    if has(|series| matches!(series, Series::Counts(_))) {
        let message = "requests were divided one by one: where a unit makes many that share a fate, a real rollout \
                       varies more than the replays";
        notes.push(Note::new(Severity::Doubt, message));
    }
    if spec.plan().stages().iter().any(|stage| stage.minimum_treated() > 0) {
        let message = "distinct units are not known: every treated opportunity was taken for a unit, or any number of \
                       them where nothing is counted, so that `minimum_treated` is met too soon";
        notes.push(Note::new(Severity::Unknown, message));
    }
}

/// Notes that fewer replays were played than were asked for.
pub(super) fn cut(played: u64, terms: &Terms) -> Note {
    let asked = terms.replays;
    let message = format!(
        "{played} of {asked} replays were played: so many steps are the most of one back-test; a shorter past or a plan \
         with shorter stages takes fewer"
    );
    Note::new(Severity::Doubt, message)
}

/// Says why a guard was left out, and how much that matters.
fn unplayed(series: &Series) -> (Severity, &'static str) {
    match series {
        Series::Unknown(Absence::CountedWhileExposed) => (
            Severity::Unknown,
            "left out: Hoist counts the metric itself, and only while a rollout exposes units; give a recording",
        ),
        Series::Unknown(Absence::NotRecorded) => (Severity::Doubt, "left out: the recording has no metric"),
        Series::Unknown(Absence::Missing) => (
            Severity::Doubt,
            "left out: nothing was recorded about those who have what everyone has; ask the query by hand",
        ),
        Series::Unknown(Absence::Invalid(_)) => {
            (Severity::Blocks, "left out: the query does not answer one number at a time, and would hold the rollout")
        }
        Series::Unknown(Absence::Failed(_)) => {
            (Severity::Blocks, "left out: the query failed, and would hold the rollout; preview shows its answer")
        }
        Series::Counts(_) | Series::Clusters(..) | Series::Values(_) => {
            (Severity::Unknown, "left out: counts of the past say nothing about a guard of this kind")
        }
        Series::Sums(_) => (Severity::Unknown, "left out: the past has values of units, and the guard is about counts"),
    }
}
