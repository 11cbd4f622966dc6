//! What a person should know before the start.

use serde::{Deserialize, Serialize};

use crate::limits::{GRACE_QUIET, QUIET_PER_SECOND};
use crate::plan::{Guard, GuardKey, LimitDraft, OnNoData};
use crate::rollout::RolloutSpec;
use crate::rollout::state::StageIndex;

use super::facts::Facts;

/// How much a note matters. The order is that in which notes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// As things are today the rollout cannot come to its end, or would be rolled back at once.
    Blocks,
    /// Something is weaker than it looks.
    Doubt,
    /// Something is not known.
    Unknown,
}

/// One thing that a person should know before the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// How much it matters.
    pub severity: Severity,
    /// The stage that it is about, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The guard that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<GuardKey>,
    /// What it is, in words.
    pub message: String,
}

impl Note {
    /// Returns a note about the whole rollout.
    pub(crate) fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self { severity, stage: None, guard: None, message: message.into() }
    }

    /// Returns the note as one about a stage.
    pub(crate) fn at(mut self, stage: &str) -> Self {
        self.stage = Some(stage.to_owned());
        self
    }

    /// Returns the note as one about a guard.
    pub(crate) fn of(mut self, guard: &GuardKey) -> Self {
        self.guard = Some(guard.clone());
        self
    }
}

/// Notes what is not known of the traffic, and that nothing is watched.
pub(super) fn traffic(spec: &RolloutSpec, facts: &Facts, notes: &mut Vec<Note>) {
    let observed = facts.traffic.and_then(|traffic| traffic.evaluations_per_second());
    match observed {
        None => {
            let message =
                "how often the flag is asked for is not known: this server has not watched it for long enough";
            notes.push(Note::new(Severity::Unknown, message));
            if spec.plan().defaults().is_some() {
                let message = "that the flag is asked for less than once a second is not known either, so guards that do not \
                               say hold silence no longer than at more";
                notes.push(Note::new(Severity::Unknown, message));
            }
        }
        Some(rate) if rate <= 0.0 => {
            let message = "nobody asks for the flag here: no stage that wants treated units can be left, and nothing is \
                           exposed; is the code that asks for it deployed?";
            notes.push(Note::new(Severity::Blocks, message));
        }
        Some(rate) if rate < QUIET_PER_SECOND => notes.extend(spec.plan().guards().iter().filter_map(quiet)),
        Some(_) => {}
    }
    if facts.traffic.and_then(|traffic| traffic.units_per_hour()).is_none() {
        let message = "distinct units are not known: they are counted once a rollout of the flag has run for an hour";
        notes.push(Note::new(Severity::Unknown, message));
    }
    let guards = spec.plan().guards();
    if guards.is_empty() {
        let message = "the plan has no guards, nor has a service of the flag: nothing is watched, and nothing rolls back by \
                       itself";
        notes.push(Note::new(Severity::Doubt, message));
    } else if !guards.iter().any(|guard| matches!(guard.limit(), LimitDraft::Control(_))) {
        let message = "no guard compares with control: a regression that stays within the limits is not found, and an \
                       outage that has nothing to do with the flag rolls it back";
        notes.push(Note::new(Severity::Doubt, message));
    }
}

/// Notes the stages at which several audiences are drawn by different shares.
pub(super) fn audiences(spec: &RolloutSpec, notes: &mut Vec<Note>) {
    let compared = spec.watches().iter().any(|watch| matches!(watch.guard().limit(), LimitDraft::Control(_)));
    if !compared {
        return;
    }
    for (index, stage) in spec.plan().stages().iter().enumerate() {
        let Some(population) = spec.population(StageIndex(index)) else { continue };
        let others: Vec<_> = population
            .others
            .iter()
            .map(|other| match other {
                Some(audience) => format!("`{audience}`"),
                None => "everyone else".to_owned(),
            })
            .collect();
        if others.is_empty() {
            continue;
        }
        let message = format!(
            "{} keeps another share while this stage lasts, so those units are no part of its comparison. Queries that count by \
             variant see them all the same, and differ by who is in the arms; units whose evaluations come over OTLP do not \
             say who drew them, and are left out, as are sums that come without units",
            others.join(" and ")
        );
        notes.push(Note::new(Severity::Doubt, message).at(stage.name()));
    }
}

/// Notes that the rollout keeps to a part of the units, so that it compares fewer of them.
pub(super) fn part(spec: &RolloutSpec, notes: &mut Vec<Note>) {
    if spec.is_parted() {
        let message = "the other rollout has half of the units, which are in neither arm here: times are those of the other \
                       half, and shares stay shares of everyone";
        notes.push(Note::new(Severity::Doubt, message));
    }
}

/// Notes that a guard would act on a silence that is nothing remarkable where a flag is asked for less than once a second.
fn quiet(guard: &Guard) -> Option<Note> {
    let would = match guard.on_no_data() {
        OnNoData::Hold => return None,
        OnNoData::Pause => "pauses",
        OnNoData::StepBack => "steps back",
        OnNoData::RollBack => "rolls back",
    };
    let grace = guard.no_data_grace();
    (grace < GRACE_QUIET).then(|| {
        let message = format!(
            "the flag is asked for less than once a second, so silence is to be expected, and the guard {would} after {grace} \
             of it; give it a `no_data_grace` such as {GRACE_QUIET}"
        );
        Note::new(Severity::Doubt, message).of(guard.key())
    })
}
