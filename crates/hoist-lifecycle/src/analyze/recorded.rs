//! What a rollout was judged by, as a recording: from the looks that are kept.
//!
//! A look has what was judged up to it, so the difference of two is what was judged between them, however many looks in
//! between were let go. What was never judged, such as an interval in which a counter began anew, is not in it, and no more
//! are arrivals of units and events that came after their stage was left.

use std::collections::BTreeMap;

use hoist_eval::Timestamp;
use serde::Serialize;

use crate::metric::MetricSource;
use crate::plan::GuardKey;
use crate::rollout::state::{RolloutState, StageIndex};
use crate::rollout::{ControlTest, Look, RolloutSpec, Watch};
use crate::sequential::{CountFlush, CountKind, Direction, Grid, Stakes};

use super::draft::{FlushDraft, GuardDraft, Kind, RecordingDraft};

/// What a rollout was judged by.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recorded {
    /// What [`super::analyze()`] judges. Nothing can be made of it while it has no flushes.
    pub recording: RecordingDraft,
    /// Guards that are not in it: those with a limit that is a number, on values, of a kind that recordings do not have, or
    /// on the metric of an earlier guard.
    pub left_out: Vec<GuardKey>,
}

/// Returns what a rollout was judged by. In `state` it is said whether it keeps to a part of the units, and since when.
pub fn recorded(spec: &RolloutSpec, state: &RolloutState, looks: &[Look]) -> Recorded {
    let mut guards: BTreeMap<GuardKey, GuardDraft> = BTreeMap::new();
    let mut left_out = Vec::new();
    for watch in spec.watches().iter().filter(|watch| !watch.is_goal()) {
        let key = watch.guard().key().clone();
        match guard(watch).filter(|new| guards.values().all(|known| known.metric != new.metric)) {
            Some(guard) => drop(guards.insert(key, guard)),
            None => left_out.push(key),
        }
    }
    // A recording has the same stakes for all guards. A rollout of an earlier version may have had two kinds.
    let held = spec.watches().iter().filter(|watch| guards.contains_key(watch.guard().key()));
    let even = held.filter_map(|watch| watch.comparison.as_ref()).any(|comparison| comparison.stakes == Stakes::Even);
    let stakes = if even { Stakes::Even } else { Stakes::Early };
    let flushes = flushes(spec, state, looks, &guards);
    let guards: Vec<GuardDraft> = guards.into_values().collect();
    let plan = spec.plan();
    let (alpha, hold, beta) = (plan.alpha(), plan.hold(), plan.beta());
    Recorded { recording: RecordingDraft { alpha, hold, beta, stakes, guards, flushes }, left_out }
}

/// Returns how a recording has a guard; nothing of one that it cannot have.
fn guard(watch: &Watch) -> Option<GuardDraft> {
    let comparison = watch.comparison.as_ref()?;
    let ControlTest::Count(test) = comparison.test else { return None };
    let kind = match (test.kind, test.grid, test.direction) {
        (CountKind::Rate, Grid::Error, Direction::Higher) => match watch.source {
            MetricSource::AffectedUnits { .. } => Kind::AffectedUnits,
            MetricSource::LatencyQuantile { .. } => return None,
            _ => Kind::EventRate,
        },
        (CountKind::Proportion, Grid::Product, Direction::Lower) => Kind::Conversion,
        _ => return None,
    };
    // A recording has one for all stages. Where they differ it goes by the defaults for their shares, which is what they mostly are.
    let first = comparison.noninferiority.first().copied();
    let one = comparison.noninferiority.iter().all(|ratio| Some(*ratio) == first);
    Some(GuardDraft {
        metric: watch.guard().metric().to_string(),
        kind,
        direction: Some(test.direction),
        margin: Some(test.margin),
        noninferiority: first.filter(|_| one),
        weight: Some(comparison.weight),
        absolute: None,
    })
}

fn flushes(
    spec: &RolloutSpec,
    state: &RolloutState,
    looks: &[Look],
    guards: &BTreeMap<GuardKey, GuardDraft>,
) -> Vec<FlushDraft> {
    let within = spec.within(state);
    let parted = |at: Timestamp| state.part.as_ref().is_some_and(|part| part.since <= at);
    let points = looks.iter().flat_map(|look| look.guards.iter().map(move |point| (look, point)));
    let judged = points.filter_map(|(look, point)| Some((look, guards.get_key_value(&point.guard)?, point.judged?)));
    let mut began: Option<Timestamp> = None;
    let mut last: BTreeMap<(&GuardKey, usize), CountFlush> = BTreeMap::new();
    let mut flushes = Vec::new();
    for (look, (key, guard), judged) in judged {
        let began = *began.get_or_insert_with(|| look.at.saturating_sub(judged.elapsed));
        let before = last.insert((key, look.stage), judged.counts).unwrap_or_default();
        let now = judged.counts;
        let flush = CountFlush {
            n_treatment: now.n_treatment - before.n_treatment,
            n_control: now.n_control - before.n_control,
            x_treatment: now.x_treatment - before.x_treatment,
            x_control: now.x_control - before.x_control,
        };
        if flush.has_negative() || !flush.has_both_arms() {
            continue;
        }
        flushes.push(FlushDraft {
            at: look.at.since(began).as_seconds_f64(),
            stage: u32::try_from(look.stage).unwrap_or(u32::MAX),
            share: if parted(look.at) { &within } else { spec }.treated_share(StageIndex(look.stage)),
            metric: guard.metric.clone(),
            treatment: None,
            n_treatment: flush.n_treatment,
            n_control: Some(flush.n_control),
            x_treatment: flush.x_treatment,
            x_control: Some(flush.x_control),
            first_exposures_treatment: None,
            first_exposures_control: None,
        });
    }
    flushes
}
