//! One rollout, played through the past by the function that plays the real ones.

use hoist_eval::{Span, Timestamp};

use crate::limits::CREDIT_TICKS_MAX;
use crate::plan::{GuardKey, Stage};
use crate::rollout::decision::{Decision, Rule};
use crate::rollout::evidence::{Command, Evidence, GuardReading, Input, Observer};
use crate::rollout::rationale::Action;
use crate::rollout::state::{EntryId, PauseReason, Phase, RollbackCause, RolloutState, StageIndex};
use crate::rollout::{RolloutSpec, StartFacts, frozen_guards, start, step};

use super::arms::{Arms, Split};
use super::chance::Chance;
use super::history::History;

/// How a replay ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Completed,
    RolledBack,
    Paused,
    /// The past was over first.
    Unfinished,
}

/// A guard that acted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Alarm {
    /// The guard; absent where it was not a guard's doing.
    pub(super) guard: Option<GuardKey>,
    /// Whether it was silence, and no breach.
    pub(super) silent: bool,
    pub(super) stage: usize,
    pub(super) at: Timestamp,
    /// Time since the start.
    pub(super) after: Span,
    /// Treated opportunities since the start, of the guard that had most; absent where nothing is counted.
    pub(super) treated: Option<f64>,
    /// Events that the regression had brought, of the guard that acted; absent where nothing is counted.
    pub(super) excess: Option<f64>,
}

/// Time that a stage was held for a reason.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Held {
    pub(super) stage: usize,
    pub(super) rule: Rule,
    pub(super) guard: Option<GuardKey>,
    pub(super) time: Span,
}

/// What became of one replay.
#[derive(Debug)]
pub(super) struct Replay {
    pub(super) ending: Ending,
    /// The stage that it ended in.
    pub(super) last_stage: Option<usize>,
    /// Time since the start.
    pub(super) time: Span,
    /// Time in each stage that was left upwards, in order.
    pub(super) left: Vec<(usize, Span)>,
    pub(super) alarm: Option<Alarm>,
    pub(super) held: Vec<Held>,
    /// Steps that it took.
    pub(super) steps: u64,
}

/// A replay on its way.
struct Player<'h> {
    spec: &'h RolloutSpec,
    history: &'h History,
    arms: Vec<(GuardKey, Arms<'h>)>,
    chance: Chance,
    regression: f64,
    begun: Timestamp,
    /// Intervals that have passed.
    passed: usize,
    /// The stay of the last tick.
    entry: EntryId,
    /// Treated opportunities of earlier stays, by guard.
    before: Vec<f64>,
    told: Replay,
}

/// Plays the rollout from the end of interval `first` on, until it is over or waits for a person, or until the past is over.
/// Approvals are given as soon as they are asked for.
pub(super) fn replay(
    spec: &RolloutSpec,
    history: &History,
    first: usize,
    regression: f64,
    chance: Chance,
    steps_left: u64,
) -> Option<Replay> {
    let begun = history.end_of(first);
    let mut state = start(spec, &facts(spec), begun).ok()?;
    let known = spec.watches().iter().filter(|watch| !watch.is_goal());
    let arms: Vec<_> = known
        .filter_map(|watch| {
            let guard = watch.guard();
            Some((guard.key().clone(), Arms::new(watch, history.of(guard.metric()))?))
        })
        .collect();
    let before = vec![0.0; arms.len()];
    let told = Replay {
        ending: Ending::Unfinished,
        last_stage: None,
        time: Span::ZERO,
        left: Vec::new(),
        alarm: None,
        held: Vec::new(),
        steps: 0,
    };
    let entry = EntryId::NONE;
    let mut player = Player { spec, history, arms, chance, regression, begun, passed: first, entry, before, told };
    let pace = pace(spec, history.step);
    let mut now = begun;
    while now <= history.to() && player.told.steps < steps_left {
        let decision = player.tick(&state, now, pace)?;
        state = decision.next;
        if matches!(state.phase, Phase::Paused { .. }) || state.phase.is_terminal() {
            break;
        }
        now = now.saturating_add(pace);
    }
    player.told.time = now.min(history.to()).since(begun);
    Some(player.told)
}

/// Returns the time between two ticks: an even part of an interval, short enough that all of it is credited.
fn pace(spec: &RolloutSpec, interval: Span) -> Span {
    let longest = spec.plan().tick().saturating_mul(CREDIT_TICKS_MAX).as_micros().max(1);
    let parts = interval.as_micros().div_ceil(longest).max(1);
    Span::from_micros((interval.as_micros() / parts).max(1))
}

/// Returns what is known of a flag that suits the plan.
fn facts(spec: &RolloutSpec) -> StartFacts {
    let stages = spec.plan().stages();
    let variants = stages.iter().map(Stage::variant).chain([spec.control()]);
    StartFacts {
        variants: variants.map(ToString::to_string).collect(),
        segments: stages.iter().filter_map(Stage::audience).map(ToString::to_string).collect(),
        allocation: None,
        start_at: None,
    }
}

impl Player<'_> {
    /// Lets time pass until `now`, and takes one step. `None` if a step is refused, which no tick and no promotion of a
    /// stay that asks for it is.
    fn tick(&mut self, state: &RolloutState, now: Timestamp, pace: Span) -> Option<Decision> {
        self.enter(state);
        let readings = self.read(state, now);
        let evidence = Evidence {
            observer: Observer { process: 1, monotonic: now.since(self.begun) },
            entry: state.entry_id(),
            allocation: state.allocation.clone(),
            enabled: true,
            treated: self.treated(),
            readings,
            first_exposures: None,
            waits_for: Vec::new(),
            candidates: Vec::new(),
        };
        let mut decision = step(self.spec, state, &Input::Tick(evidence), now).ok()?;
        self.told.steps += 1;
        self.note(state, &decision, now, pace);
        if decision.rationale.rule == Rule::Approval {
            let approve = Command::Promote { reason: "approved by the back-test".to_owned(), entry: None };
            decision = step(self.spec, &decision.next, &Input::Command(approve), now).ok()?;
        }
        Some(decision)
    }

    /// Begins a stay, if the state is at another one than before.
    fn enter(&mut self, state: &RolloutState) {
        if state.entry_id() == self.entry {
            return;
        }
        self.entry = state.entry_id();
        for ((_, arms), before) in self.arms.iter_mut().zip(&mut self.before) {
            *before += arms.treated;
            arms.enter(&mut self.chance);
        }
    }

    /// Lets the intervals pass that are over, and returns what the guards read then; nothing while none is.
    fn read(&mut self, state: &RolloutState, now: Timestamp) -> Vec<GuardReading> {
        let over = self.history.over_at(now);
        if over <= self.passed {
            return Vec::new();
        }
        // Before the first stage nobody has the treatment; where there is no control, everybody has.
        let share = state.phase.entry().map_or(0.0, |entry| self.spec.treated_share(entry.stage).unwrap_or(1.0));
        let split = Split { share, regression: self.regression };
        for index in self.passed..over {
            for (_, arms) in &mut self.arms {
                arms.pass(index, split, &mut self.chance);
            }
        }
        self.passed = over;
        let frozen: Vec<&GuardKey> = frozen_guards(self.spec, state).collect();
        let readings = self.arms.iter().map(|(guard, arms)| GuardReading {
            guard: guard.clone(),
            at: now,
            reading: arms.reading(now, frozen.contains(&guard)),
        });
        readings.collect()
    }

    /// Returns treated units of the stay: as many as there were treated opportunities, for nobody knows better; any number
    /// where nothing is counted.
    fn treated(&self) -> u64 {
        let counted = self.arms.iter().filter(|(_, arms)| arms.counts()).map(|(_, arms)| arms.treated as u64);
        counted.max().unwrap_or(u64::MAX)
    }

    /// Takes note of what a decision means for the replay.
    fn note(&mut self, state: &RolloutState, decision: &Decision, now: Timestamp, pace: Span) {
        let rationale = &decision.rationale;
        let Some(entry) = state.phase.entry() else { return };
        let StageIndex(stage) = entry.stage;
        self.told.last_stage = Some(stage);
        match rationale.action {
            Action::Advance => self.told.left.push((stage, now.since(entry.since))),
            Action::Complete => {
                self.told.left.push((stage, now.since(entry.since)));
                self.told.ending = Ending::Completed;
            }
            Action::Hold => self.hold(stage, decision, now.since(entry.since), pace),
            _ => {}
        }
        let (guard, silent) = match &decision.next.phase {
            Phase::RolledBack { cause, .. } => {
                self.told.ending = Ending::RolledBack;
                match cause {
                    RollbackCause::Breach { guard } => (Some(guard), false),
                    RollbackCause::NoData { guard } => (Some(guard), true),
                    RollbackCause::MaximumTime => {
                        self.overdue(stage, rationale.rule, entry.observed);
                        return;
                    }
                    RollbackCause::Command { .. } | RollbackCause::SampleRatio | RollbackCause::Telemetry => {
                        (None, false)
                    }
                }
            }
            Phase::Paused { reason, .. } => {
                self.told.ending = Ending::Paused;
                match reason {
                    PauseReason::Breach { guard } => (Some(guard), false),
                    PauseReason::NoData { guard } => (Some(guard), true),
                    _ => {
                        self.overdue(stage, rationale.rule, entry.observed);
                        return;
                    }
                }
            }
            _ => return,
        };
        self.alarm(guard.cloned(), silent, stage, now);
    }

    /// Notes that nobody was alarmed, and the stage took too long.
    fn overdue(&mut self, stage: usize, rule: Rule, time: Span) {
        self.told.held.push(Held { stage, rule, guard: None, time });
    }

    fn alarm(&mut self, guard: Option<GuardKey>, silent: bool, stage: usize, now: Timestamp) {
        let counted = || self.arms.iter().zip(&self.before).filter(|((_, arms), _)| arms.counts());
        let treated = counted().map(|((_, arms), before)| before + arms.treated).reduce(f64::max);
        let of_guard = counted().find(|((key, arms), _)| Some(key) == guard.as_ref() && arms.counts_events());
        let excess = of_guard.map(|((_, arms), _)| arms.excess);
        let after = now.since(self.begun);
        self.told.alarm = Some(Alarm { guard, silent, stage, at: now, after, treated, excess });
    }

    /// Notes for what a stage was held. Its bake is no reason, and the first readings of a stay have nothing to be
    /// compared with.
    fn hold(&mut self, stage: usize, decision: &Decision, stayed: Span, pace: Span) {
        let (rule, guard) = (decision.rationale.rule, decision.rationale.guard.as_ref());
        let settling = rule == Rule::NoData && stayed <= self.history.step.saturating_mul(2);
        if matches!(rule, Rule::Bake | Rule::Approval) || settling {
            return;
        }
        let known = |held: &&mut Held| held.stage == stage && held.rule == rule && held.guard.as_ref() == guard;
        match self.told.held.iter_mut().find(known) {
            Some(held) => held.time = held.time.saturating_add(pace),
            None => self.told.held.push(Held { stage, rule, guard: guard.cloned(), time: pace }),
        }
    }
}
