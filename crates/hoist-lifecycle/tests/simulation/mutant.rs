//! Controllers with one thing wrong. The suite must catch each of them, or a green run means nothing.
//!
//! A mutant tampers with what goes into a step, with what comes out of it, or with what the store checks. The product
//! has no hook for this: nothing here can be switched on in a release.

use hoist_eval::Timestamp;
use hoist_lifecycle::plan::{ControlLimitDraft, GuardDraft, LimitDraft, OnMaximumTime, PlanDraft, Stage};
use hoist_lifecycle::rollout::decision::{Decision, Effect, Rule};
use hoist_lifecycle::rollout::evidence::{Command, Evidence, Input, InvalidReading, Observer, Reading};
use hoist_lifecycle::rollout::rationale::Action;
use hoist_lifecycle::rollout::state::{Phase, RolloutState, StageEntry, StageIndex};
use hoist_lifecycle::rollout::{RolloutSpec, step};

use crate::plans::{INTERVAL, relaxed};
use crate::store::Checks;
use crate::world::BASE_RATE;

macro_rules! mutants {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// One thing that is wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Mutant { $($(#[doc = $doc])+ $name,)+ }

        impl Mutant {
            pub(crate) const ALL: &[Self] = &[$(Self::$name),+];

            /// What is wrong, in words.
            pub(crate) fn describe(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+),)+ }
            }
        }
    };
}

mutants! {
    /// lease only, wall-clock bake
    LeaseOnlyWallClock,
    /// lease only, credited bake
    LeaseOnlyCredited,
    /// fence and compare-and-set, wall-clock bake
    FencedWallClock,
    /// fence and compare-and-set, credit never reset
    CreditNeverReset,
    /// fence and compare-and-set, credit reset on own advance only
    CreditResetOnOwnAdvance,
    /// fence, no compare-and-set, keyed credit
    NoCompareAndSet,
    /// credit without a bound on the gap between two observations
    CreditUnbounded,
    /// monotonic clocks of two processes compared
    CreditAcrossProcesses,
    /// a resume keeps the credit of the stay before
    ResumeKeepsCredit,
    /// missing and failed readings pass
    PassOnNoData,
    /// NaN passes
    NanPasses,
    /// old samples count as fresh
    StalePasses,
    /// evidence of another stay is used
    EvidenceOfAnotherStay,
    /// a breach is ignored while the stage bakes
    BreachWhileBakingIgnored,
    /// a paused rollout is not guarded
    PausedIsUnguarded,
    /// a switched-off flag is ignored
    FlagOffIgnored,
    /// an edit by a person is ignored
    DriftIgnored,
    /// advances two stages at once
    AdvanceTwoStages,
    /// rolls back to the previous stage
    RollBackToPreviousStage,
    /// a terminal phase goes on
    TerminalGoesOn,
    /// the minimum of treated units is ignored
    MinimumTreatedIgnored,
    /// the approval gate is ignored
    ApprovalIgnored,
    /// a pause does not hold
    PauseIgnored,
    /// a stage is left before it is shown that the treatment is not much worse
    SafetyIgnored,
    /// a stage is left by a relaxed limit that its plan does not have
    RelaxedUnwritten,
    /// the maximum time rolls back where its stage does not say so
    MaximumTimeRollsBack,
    /// the maximum time pauses where its stage says that it rolls back
    MaximumTimePauses,
    /// suspicion rolls back
    SuspicionRollsBack,
    /// suspicion is not guarded
    SuspicionIsUnguarded,
    /// an outage of both arms is taken for harm
    OutageIsHarm,
}

/// What a node remembers between ticks. A correct controller remembers nothing; everything is in the state.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory {
    last_good: Option<Observer>,
    entry: Option<StageEntry>,
}

impl Mutant {
    pub(crate) fn checks(self) -> Checks {
        match self {
            Self::LeaseOnlyWallClock | Self::LeaseOnlyCredited => Checks { version: false, fence: false, flag: false },
            Self::NoCompareAndSet => Checks { version: false, fence: true, flag: false },
            Self::DriftIgnored => Checks { flag: false, ..Checks::ALL },
            _ => Checks::ALL,
        }
    }

    /// Whether the controller looks at rollouts that are over.
    pub(crate) fn visits_terminal(self) -> bool {
        self == Self::TerminalGoesOn
    }

    /// Whether the controller takes evidence from an old look at the world into a new one.
    pub(crate) fn mixes_looks(self) -> bool {
        self == Self::EvidenceOfAnotherStay
    }

    /// A tick of the broken controller.
    pub(crate) fn tick(
        self,
        spec: &RolloutSpec,
        state: &RolloutState,
        mut evidence: Evidence,
        now: Timestamp,
        memory: &mut Memory,
    ) -> (Input, Decision) {
        let mut state = state.clone();
        self.tamper_with_state(&mut state, &evidence, now, memory);
        self.tamper_with_evidence(spec, &state, &mut evidence, now);
        let input = Input::Tick(evidence);
        let mut decision = step(spec, &state, &input, now).unwrap();
        self.tamper_with_decision(spec, &state, &input, &mut decision, now);
        if let Input::Tick(evidence) = &input {
            self.remember(evidence, &decision, memory);
        }
        (input, decision)
    }

    /// A command carried out by the broken controller.
    pub(crate) fn command(self, state: &RolloutState, command: &Command, decision: &mut Decision) {
        if let (Self::ResumeKeepsCredit, Command::Resume { .. }, Some(before), Phase::Progressing(after)) =
            (self, command, state.phase.entry(), &mut decision.next.phase)
        {
            after.baked = before.baked;
        }
    }

    fn tamper_with_state(self, state: &mut RolloutState, evidence: &Evidence, now: Timestamp, memory: &Memory) {
        match (self, &mut state.phase) {
            (Self::LeaseOnlyWallClock | Self::FencedWallClock, Phase::Progressing(entry)) => {
                entry.baked = entry.baked.max(now.since(entry.since));
            }
            (Self::CreditNeverReset | Self::CreditResetOnOwnAdvance, Phase::Progressing(entry)) => {
                if let (None, Some(last)) = (entry.last_seen, memory.last_good) {
                    entry.last_seen = Some(last);
                    entry.healthy = true;
                }
            }
            (Self::CreditUnbounded, Phase::Progressing(entry)) => {
                let same = entry.last_seen.filter(|last| last.process == evidence.observer.process && entry.healthy);
                if let Some(last) = same {
                    let gap = evidence.observer.monotonic.saturating_sub(last.monotonic);
                    entry.baked = entry.baked.saturating_add(gap.saturating_sub(INTERVAL.saturating_mul(2)));
                }
            }
            (Self::TerminalGoesOn, phase) if phase.is_terminal() => {
                if let Some(entry) = &memory.entry {
                    *phase = Phase::Progressing(entry.clone());
                }
            }
            (Self::PauseIgnored, phase) => {
                if let Phase::Paused { entry, .. } = phase {
                    *phase = Phase::Progressing(entry.clone());
                }
            }
            _ => {}
        }
    }

    fn tamper_with_evidence(self, spec: &RolloutSpec, state: &RolloutState, evidence: &mut Evidence, now: Timestamp) {
        let good = |evidence: &mut Evidence, odd: fn(&Reading) -> bool| {
            for reading in evidence.readings.iter_mut().filter(|reading| odd(&reading.reading)) {
                reading.reading = Reading::Value { value: 0.001, sampled_at: reading.at };
            }
        };
        match self {
            Self::PassOnNoData => good(evidence, |r| matches!(r, Reading::Missing | Reading::Failed(_))),
            Self::NanPasses => good(evidence, |r| matches!(r, Reading::Invalid(InvalidReading::NotANumber))),
            Self::StalePasses => {
                for reading in &mut evidence.readings {
                    let at = reading.at;
                    if let Reading::Value { sampled_at, .. } | Reading::Counters { sampled_at, .. } =
                        &mut reading.reading
                    {
                        *sampled_at = at;
                    }
                }
            }
            Self::EvidenceOfAnotherStay => {
                evidence.entry = state.entry_id();
                evidence.allocation.clone_from(&state.allocation);
                for reading in &mut evidence.readings {
                    reading.at = now;
                    if let Reading::Value { sampled_at, .. } = &mut reading.reading {
                        *sampled_at = now;
                    }
                }
            }
            Self::BreachWhileBakingIgnored => {
                let entry = state.phase.entry();
                let bake = entry.and_then(|entry| spec.stage(entry.stage)).map(Stage::bake);
                if entry.map(|entry| entry.baked) < bake {
                    good(evidence, |r| matches!(r, Reading::Value { value, .. } if *value > 0.02));
                }
            }
            Self::SuspicionIsUnguarded if state.phase.entry().is_some_and(|entry| entry.suspect.is_some()) => {
                evidence.readings.clear();
            }
            Self::OutageIsHarm => {
                for reading in &mut evidence.readings {
                    if let Reading::Arms { control, .. } = &mut reading.reading {
                        control.x = control.n * BASE_RATE;
                    }
                }
            }
            Self::PausedIsUnguarded if matches!(state.phase, Phase::Paused { .. }) => evidence.readings.clear(),
            Self::FlagOffIgnored => evidence.enabled = true,
            Self::DriftIgnored => evidence.allocation.clone_from(&state.allocation),
            Self::MinimumTreatedIgnored => evidence.treated = u64::MAX,
            Self::CreditAcrossProcesses => evidence.observer.process = 1,
            Self::TerminalGoesOn => evidence.entry = state.entry_id(),
            _ => {}
        }
    }

    fn tamper_with_decision(
        self,
        spec: &RolloutSpec,
        state: &RolloutState,
        input: &Input,
        decision: &mut Decision,
        now: Timestamp,
    ) {
        match (self, decision.rationale.action, decision.rationale.rule) {
            (Self::AdvanceTwoStages, Action::Advance, _) => {
                if let Phase::Progressing(entry) = &mut decision.next.phase {
                    let further = StageIndex(entry.stage.0 + 1);
                    if let Some(allocation) = spec.allocation(further) {
                        entry.stage = further;
                        serve(decision, allocation);
                    }
                }
            }
            (Self::RollBackToPreviousStage, Action::RollBack, _) => {
                let stage = state.phase.entry().map_or(0, |entry| entry.stage.0);
                if let Some(allocation) = stage.checked_sub(1).and_then(|stage| spec.allocation(StageIndex(stage))) {
                    serve(decision, allocation);
                }
            }
            (Self::SuspicionRollsBack, _, Rule::Suspect) => {
                let (guard, combined) = (decision.rationale.guard.clone(), decision.rationale.combined.clone());
                let command = Input::Command(Command::RollBack { reason: String::new() });
                *decision = step(spec, state, &command, now).unwrap();
                decision.rationale.rule = Rule::Breach;
                (decision.rationale.guard, decision.rationale.combined) = (guard, combined);
            }
            (Self::ApprovalIgnored, _, Rule::Approval) | (Self::SafetyIgnored, _, Rule::Collecting) => {
                let mut state = state.clone();
                if let Phase::Progressing(entry) = &mut state.phase {
                    entry.promoted = Some(String::new());
                }
                *decision = step(spec, &state, input, now).unwrap();
            }
            (Self::RelaxedUnwritten, _, Rule::Collecting) => {
                let planned = replanned(spec, |plan| plan.guards = plan.guards.drain(..).map(unwritten).collect());
                *decision = step(&planned, state, input, now).unwrap();
            }
            (Self::MaximumTimeRollsBack, _, Rule::MaximumTime) => {
                *decision = step(&overdue(spec, OnMaximumTime::RollBack), state, input, now).unwrap();
            }
            (Self::MaximumTimePauses, _, Rule::MaximumTime) => {
                *decision = step(&overdue(spec, OnMaximumTime::Pause), state, input, now).unwrap();
            }
            _ => {}
        }
    }

    fn remember(self, evidence: &Evidence, decision: &Decision, memory: &mut Memory) {
        if let Some(entry) = decision.next.phase.entry() {
            memory.entry = Some(entry.clone());
            if entry.healthy || decision.rationale.action == Action::Advance {
                memory.last_good = Some(evidence.observer);
            }
        }
        if self == Self::CreditResetOnOwnAdvance && decision.rationale.action == Action::Advance {
            memory.last_good = None;
        }
    }
}

/// The same rollout by another plan.
fn replanned(spec: &RolloutSpec, change: impl FnOnce(&mut PlanDraft)) -> RolloutSpec {
    let mut draft = spec.to_draft();
    change(&mut draft.plan);
    RolloutSpec::parse(&draft).unwrap()
}

fn overdue(spec: &RolloutSpec, policy: OnMaximumTime) -> RolloutSpec {
    replanned(spec, |plan| plan.stages.iter_mut().for_each(|stage| stage.on_maximum_time = policy))
}

fn unwritten(guard: GuardDraft) -> GuardDraft {
    match guard.limit {
        LimitDraft::Control(ControlLimitDraft { relaxed: None, .. }) => relaxed(guard),
        _ => guard,
    }
}

fn serve(decision: &mut Decision, allocation: &std::sync::Arc<hoist_eval::draft::AllocationDraft>) {
    decision.next.allocation = Some(allocation.clone());
    for effect in &mut decision.effects {
        if let Effect::SetAllocation { to, .. } | Effect::ForceAllocation { to } = effect {
            *to = Some(allocation.clone());
        }
    }
}
