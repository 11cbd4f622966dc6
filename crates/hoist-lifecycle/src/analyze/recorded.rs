//! What a rollout was judged by, as a recording: from the looks that are kept.
//!
//! A look has what was judged up to it, so the difference of two is what was judged between them, however many looks in
//! between were let go. What was never judged, such as an interval in which a counter began anew, is not in it, and no more
//! are arrivals of units and events that came after their stage was left. Of values a look has the latest stays as they were, so
//! what came late of those is in it.

use std::collections::{BTreeMap, BTreeSet};

use hoist_eval::Timestamp;
use serde::Serialize;

use crate::metric::MetricSource;
use crate::plan::GuardKey;
use crate::rollout::rationale::StayFacts;
use crate::rollout::state::{EntryId, RolloutState, StageIndex};
use crate::rollout::{ControlTest, Judged, Look, RolloutSpec, Watch};
use crate::sequential::{CountFlush, CountKind, CountTest, Direction, Effects, Grid, Stakes};

use super::draft::{FlushDraft, GuardDraft, Kind, RecordingDraft};

/// What a rollout was judged by.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recorded {
    /// What [`super::analyze()`] judges. Nothing can be made of it while it has no flushes.
    pub recording: RecordingDraft,
    /// Guards that are not in it: those with a limit that is a number, of a kind that recordings do not have, or on the metric of
    /// an earlier guard.
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
    let stakes = stakes(spec, &mut guards);
    for point in looks.iter().flat_map(|look| &look.guards) {
        if let (Some(guard), Some(judged)) = (guards.get_mut(&point.guard), &point.judged) {
            guard.threshold = judged.threshold.or(guard.threshold);
            guard.effect = judged.effect.or(guard.effect);
        }
    }
    let flushes = flushes(spec, state, looks, &guards);
    let guards: Vec<GuardDraft> = guards.into_values().collect();
    let plan = spec.plan();
    let (alpha, hold, beta) = (plan.alpha(), plan.hold(), plan.beta());
    Recorded { recording: RecordingDraft { alpha, hold, beta, stakes, guards, flushes }, left_out }
}

/// Returns the stakes of the recording, and notes them on guards that have others: quantiles have, and a rollout of an earlier
/// version may have had two kinds.
fn stakes(spec: &RolloutSpec, guards: &mut BTreeMap<GuardKey, GuardDraft>) -> Stakes {
    let of = |watch: &Watch| Some((watch.guard().key().clone(), watch.comparison.as_ref()?.stakes));
    let all: Vec<(GuardKey, Stakes)> = spec.watches().iter().filter_map(of).collect();
    let counted = all.iter().filter(|(key, stakes)| guards.contains_key(key) && *stakes != Stakes::Foremost);
    let most = counted.map(|(_, stakes)| *stakes).min_by_key(|stakes| *stakes != Stakes::Even).unwrap_or(Stakes::Early);
    for (key, stakes) in all.iter().filter(|(_, stakes)| *stakes != most) {
        if let Some(guard) = guards.get_mut(key).filter(|guard| !matches!(guard.kind, Kind::Mean | Kind::Ratio)) {
            guard.stakes = Some(*stakes);
        }
    }
    most
}

/// Returns how a recording has a guard; nothing of one that it cannot have.
fn guard(watch: &Watch) -> Option<GuardDraft> {
    let comparison = watch.comparison.as_ref()?;
    // What values came to is told of stays, which earlier methods did not tell apart.
    let is_told = !watch.source.has_values() || watch.method.tells_stays_apart();
    let kind = match (&comparison.test, &watch.source) {
        _ if !is_told => return None,
        (ControlTest::Value(_), MetricSource::Ratio { .. }) => Kind::Ratio,
        (ControlTest::Value(_), _) => Kind::Mean,
        (ControlTest::Count(test), source) => kind(test, source)?,
    };
    // A recording has one for all stages. Where they differ, flushes say what their stage has to rule out.
    let first = comparison.noninferiority.first().copied();
    let one = comparison.noninferiority.iter().all(|ratio| Some(*ratio) == first);
    Some(GuardDraft {
        metric: watch.guard().metric().to_string(),
        kind,
        direction: Some(comparison.test.direction()),
        margin: Some(comparison.test.margin()),
        noninferiority: first.filter(|_| one),
        weight: Some(comparison.weight),
        absolute: None,
        stakes: None,
        effect: None,
        effects: effects(&comparison.test),
        threshold: None,
    })
}

/// Returns the sizes of harm that a guard on values looks for, where they are not the usual ones.
fn effects(test: &ControlTest) -> Option<Effects> {
    match test {
        ControlTest::Value(test) => Some(test.effects).filter(|effects| *effects != Effects::Many),
        ControlTest::Count(_) => None,
    }
}

fn kind(test: &CountTest, source: &MetricSource) -> Option<Kind> {
    match (test.kind, test.grid, test.direction) {
        (CountKind::Rate, Grid::Error, Direction::Higher) => Some(match source {
            MetricSource::AffectedUnits { .. } => Kind::AffectedUnits,
            MetricSource::LatencyQuantile { .. } => Kind::LatencyQuantile,
            _ => Kind::EventRate,
        }),
        (CountKind::Proportion, Grid::Product, Direction::Lower) => Some(Kind::Conversion),
        _ => None,
    }
}

fn flushes(
    spec: &RolloutSpec,
    state: &RolloutState,
    looks: &[Look],
    guards: &BTreeMap<GuardKey, GuardDraft>,
) -> Vec<FlushDraft> {
    let within = spec.within(state);
    let parting = state.part.as_ref().map(|part| part.since);
    let is_parted = |at: Timestamp| parting.is_some_and(|since| since < at);
    let by_stays = by_stays(spec, looks);
    let points = looks.iter().flat_map(|look| look.guards.iter().map(move |point| (look, point)));
    let judged =
        points.filter_map(|(look, point)| Some((look, guards.get_key_value(&point.guard)?, point.judged.as_ref()?)));
    let mut began: Option<Timestamp> = None;
    let mut last = Last::default();
    let mut flushes = Vec::new();
    for (look, (key, guard), judged) in judged {
        let began = *began.get_or_insert_with(|| look.at.saturating_sub(judged.elapsed));
        let share = |stage: usize| if is_parted(look.at) { &within } else { spec }.treated_share(StageIndex(stage));
        let must_rule_out = |stage: usize| {
            let watch = spec.watches().iter().find(|watch| watch.guard().key() == key)?;
            let ratio = watch.comparison.as_ref()?.noninferiority.get(stage).copied();
            ratio.filter(|_| guard.noninferiority.is_none())
        };
        let blank = FlushDraft {
            noninferiority: must_rule_out(look.stage),
            at: look.at.since(began).as_seconds_f64(),
            stage: u32::try_from(look.stage).unwrap_or(u32::MAX),
            share: share(look.stage),
            metric: guard.metric.clone(),
            ..FlushDraft::default()
        };
        if matches!(guard.kind, Kind::Mean | Kind::Ratio) {
            let new = last.values(key, &judged.stays);
            flushes.extend(new.map(|stay| {
                let stage = stay.stage as usize;
                FlushDraft { share: share(stage), noninferiority: must_rule_out(stage), ..blank.of_values(stay) }
            }));
            continue;
        }
        // What was counted before the units were parted counts for itself, and the stage anew.
        let place = (look.stage, is_parted(look.at));
        let Some(flush) = last.counts(key, place, judged) else { continue };
        let stay = judged.stay.filter(|_| by_stays.contains(key)).map(|EntryId(stay)| stay);
        flushes.push(FlushDraft {
            n_treatment: flush.n_treatment,
            n_control: Some(flush.n_control),
            x_treatment: flush.x_treatment,
            x_control: Some(flush.x_control),
            stay,
            observed: stay.map(|_| judged.elapsed.as_seconds_f64()),
            dispersion: judged.dispersion.filter(|_| stay.is_some()),
            ..blank
        });
    }
    flushes
}

/// Returns the guards whose evidence tells stays apart, as far as every look says which stay it is of: those of earlier versions
/// do not, and a rollout may have outlived one.
fn by_stays<'s>(spec: &'s RolloutSpec, looks: &[Look]) -> BTreeSet<&'s GuardKey> {
    let is_unnamed = |key: &GuardKey| {
        let judged = looks.iter().flat_map(|look| &look.guards).filter(|point| point.guard == *key);
        judged.filter_map(|point| point.judged.as_ref()).any(|judged| judged.stay.is_none())
    };
    let apart = spec.watches().iter().filter(|watch| watch.comparison.as_ref().is_some_and(|with| with.by_stays));
    apart.map(|watch| watch.guard().key()).filter(|key| !is_unnamed(key)).collect()
}

/// A stage, and whether units were parted there: arms of both are not the same.
type Where = (usize, bool);

/// What each guard had at the look before.
#[derive(Default)]
struct Last<'l> {
    counts: BTreeMap<(&'l GuardKey, Where), (CountFlush, Option<f64>)>,
    values: BTreeMap<(&'l GuardKey, EntryId), StayFacts>,
}

impl<'l> Last<'l> {
    /// Returns what was counted at a place since the look before; `None` where nothing was that can be compared, and how much
    /// events vary is as before.
    fn counts(&mut self, key: &'l GuardKey, place: Where, judged: &Judged) -> Option<CountFlush> {
        let before = self.counts.insert((key, place), (judged.counts, judged.dispersion));
        let (counts, dispersion) = before.unwrap_or_default();
        let now = judged.counts;
        let flush = CountFlush {
            n_treatment: now.n_treatment - counts.n_treatment,
            n_control: now.n_control - counts.n_control,
            x_treatment: now.x_treatment - counts.x_treatment,
            x_control: now.x_control - counts.x_control,
        };
        let is_new = flush.has_both_arms() || (flush == CountFlush::default() && judged.dispersion != dispersion);
        (is_new && !flush.has_negative()).then_some(flush)
    }

    /// Returns the stays that are not as they were, those that are over first.
    fn values(&mut self, key: &'l GuardKey, stays: &[StayFacts]) -> impl Iterator<Item = StayFacts> {
        let mut new = stays.to_vec();
        new.retain(|stay| self.values.insert((key, stay.stay), *stay) != Some(*stay));
        new.into_iter()
    }
}

impl FlushDraft {
    /// Returns the flush with what both arms had in one stay.
    fn of_values(&self, StayFacts { stay, stage, treatment, control }: StayFacts) -> Self {
        Self {
            stage,
            n_treatment: treatment.units,
            n_control: Some(control.units),
            x_treatment: treatment.groups.numerator,
            x_control: Some(control.groups.numerator),
            stay: Some(stay.0),
            values_treatment: Some(treatment.into()),
            values_control: Some(control.into()),
            ..self.clone()
        }
    }
}
