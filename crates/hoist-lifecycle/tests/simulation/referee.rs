//! The referee knows the true time and the true readings, and checks after every change that nothing forbidden has
//! happened. Each invariant is a function with a name; the name is what a failure prints.

use std::sync::Arc;

use hoist_eval::Timestamp;
use hoist_eval::draft::AllocationDraft;
use hoist_lifecycle::plan::{Gate, GuardMode, LimitDraft, OnBreach, OnMaximumTime, Stage};
use hoist_lifecycle::rollout::decision::{Decision, Rule};
use hoist_lifecycle::rollout::evidence::{Command, Input, Reading};
use hoist_lifecycle::rollout::rationale::Action;
use hoist_lifecycle::rollout::state::{EntryId, Phase, RolloutState, StageEntry};
use hoist_lifecycle::rollout::{RolloutSpec, Watch, step};
use hoist_lifecycle::sequential::{CountFlush, Direction, Grid, kernel};

use crate::plans::{INTERVAL, RELAXED, STALENESS};
use crate::store::Flag;
use crate::world::{BASE_RATE, REQUESTS_PER_SECOND};

/// What a reading really was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Fresh, and within the limit.
    Good,
    /// Fresh, and beyond the limit.
    Bad,
    /// Nothing that may be judged.
    Odd,
    /// A counter, whose meaning depends on the one before.
    Counter,
    /// Counters of both arms, of which the treated one did worse than the other since they were read before.
    Worse,
    /// Counters of which those of one arm may stand still. What was said before stands while it is fresh, and only the guard
    /// knows whether they have moved since it last counted.
    Silent,
}

/// A decision later than this after its look may find its readings stale.
const PROMPT: u64 = 4_000_000;
/// Most stages of a simulated plan.
const STAGES_MAX: usize = 4;
/// What guards against control take for no harm.
const MARGIN: f64 = 1.05;
/// Most guards of a simulated plan.
pub(crate) const GUARDS: usize = 2;

/// What a node looked at, and when that was by the true clock.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub(crate) truth: u64,
    pub(crate) process: u64,
    pub(crate) entry: EntryId,
    pub(crate) enabled: bool,
    pub(crate) undrifted: bool,
    pub(crate) treated: u64,
    pub(crate) kinds: [Option<Kind>; GUARDS],
}

/// Why a change was made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cause<'a> {
    Tick(&'a Look),
    Command(&'a Command),
}

/// One applied change.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own that invariants ask for")]
pub(crate) struct Change<'a> {
    pub(crate) spec: &'a RolloutSpec,
    pub(crate) before: &'a RolloutState,
    pub(crate) input: &'a Input,
    pub(crate) decision: &'a Decision,
    pub(crate) now: Timestamp,
    pub(crate) cause: Cause<'a>,
    pub(crate) flag_before: &'a Flag,
    pub(crate) flag_after: &'a Flag,
    pub(crate) version_before: u64,
    pub(crate) version_after: u64,
    /// True time of the decision.
    pub(crate) decided: u64,
    /// Whether any clock has jumped so far. Then nobody can tell how old a sample is.
    pub(crate) jumped: bool,
    /// Whether the treated arm has done worse than the other at some time.
    pub(crate) harmed: bool,
    /// Whether the counters of one arm have missed something at some time.
    pub(crate) blurred: bool,
    /// Whether both arms have failed alike at some time.
    pub(crate) outages: bool,
    /// Whether the controller is the real one. A mutant must be caught by what it does, not by not being `step`.
    pub(crate) genuine: bool,
}

#[derive(Debug, Clone, Default)]
struct Stay {
    baked: u64,
    last: Option<(u64, u64, bool)>,
    good_at: [Option<u64>; GUARDS],
    treated: u64,
    promoted: bool,
    arms: Seen,
}

/// What was read of both arms within one stay.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// The first reading, and the time of the last one that counts.
    since: Option<(CountFlush, Timestamp)>,
    /// Everything since the first reading, if the last reading counts.
    total: Option<CountFlush>,
    /// Something odd was read, so that nobody but the guard knows what counts.
    odd: bool,
}

#[derive(Debug)]
pub(crate) struct Referee {
    baseline: Option<Arc<AllocationDraft>>,
    next_entry: u64,
    stay: Stay,
    bad_seen: [u32; GUARDS],
    /// True time spent at each stage.
    spent: [u64; STAGES_MAX],
    changed_at: u64,
}

type Invariant = fn(&Referee, &Change<'_>) -> bool;

/// Every invariant, in the order in which they are checked.
pub(crate) const INVARIANTS: &[(&str, Invariant)] = &[
    ("terminal phases absorb", terminal_absorbs),
    ("each stage is entered once, in order, from the stay before", entries_in_order),
    ("credited bake was really observed", credit_is_earned),
    ("a stage is left only when baked", bake_before_leaving),
    ("a stage is left only while every guard passes on fresh data", guards_pass_to_leave),
    ("a stage is left only with enough treated units", treated_before_leaving),
    ("an approval gate is passed only by a person", approval_before_leaving),
    ("a paused rollout waits for a person", paused_stays),
    ("nothing advances while the flag is off", nothing_while_off),
    ("a person's edit survives", edits_survive),
    ("a breach is acted on by the tick that sees it", breach_acted_on),
    ("nobody is rolled back without a breach", alarms_have_cause),
    ("a stage is left only on evidence that the treatment is not much worse", evidence_before_leaving),
    ("what has taken too long does what its stage says", overdue_as_planned),
    ("proven harm is acted on by the tick that sees it, held or paused", harm_acted_on),
    ("a rollback restores the exact baseline", rollback_restores),
    ("the share rises only by advancing, and falls only by going back", share_moves_rightly),
    ("one decision per version", one_decision_per_version),
    ("a decision asks to be woken unless it is the last", wake_is_set),
    ("a stored decision can be replayed", replays),
];

impl Referee {
    pub(crate) fn new(state: &RolloutState) -> Self {
        let baseline = state.baseline.clone();
        let (bad_seen, spent) = ([0; GUARDS], [0; STAGES_MAX]);
        Self { baseline, next_entry: 1, stay: Stay::default(), bad_seen, spent, changed_at: 0 }
    }

    /// Takes note of a change. Returns the name of the invariant that it breaks.
    pub(crate) fn check(&mut self, change: &Change<'_>) -> Option<&'static str> {
        self.observe(change);
        let broken = INVARIANTS.iter().find(|(_, holds)| !holds(self, change));
        self.settle(change);
        broken.map(|(name, _)| *name)
    }

    /// Works out for itself what the tick observed.
    fn observe(&mut self, change: &Change<'_>) {
        let truth = change.decided.max(self.changed_at);
        if let Some(stage) = stage(change.before) {
            self.spent[stage] += truth - self.changed_at;
        }
        self.changed_at = truth;
        self.stay.arms.observe(change);
        let (Cause::Tick(look), Some(entry)) = (change.cause, change.before.phase.entry()) else {
            if let Cause::Command(Command::Promote { .. }) = change.cause {
                self.stay.promoted = true;
            }
            return;
        };
        if look.entry != entry.id {
            self.stay.last = None;
            return;
        }
        self.stay.treated = self.stay.treated.max(look.treated);
        let mut healthy = look.enabled && look.undrifted && matches!(change.before.phase, Phase::Progressing(_));
        for (index, watch) in change.spec.watches().iter().enumerate() {
            if watch.is_compared() && change.spec.control_at(entry.stage).is_none() {
                continue;
            }
            match look.kinds[index] {
                Some(Kind::Good | Kind::Counter | Kind::Worse | Kind::Silent) => {
                    self.stay.good_at[index] = Some(look.truth);
                }
                Some(kind) if !change.jumped => {
                    self.stay.good_at[index] = None;
                    self.bad_seen[index] += u32::from(kind == Kind::Bad);
                }
                Some(_) => self.bad_seen[index] += 1,
                None => {}
            }
            let fresh = |at: u64| change.jumped || change.decided - at <= STALENESS.as_micros();
            healthy &= self.stay.good_at[index].is_some_and(fresh);
        }
        if let Some((process, truth, true)) = self.stay.last
            && healthy
            && process == look.process
        {
            self.stay.baked += look.truth.saturating_sub(truth).min(2 * INTERVAL.as_micros());
        }
        self.stay.last = Some((look.process, look.truth, healthy));
    }

    fn settle(&mut self, change: &Change<'_>) {
        let (before, after) = (entry_id(change.before), entry_id(&change.decision.next));
        if after != before {
            self.next_entry = self.next_entry.max(after.0 + 1);
            self.stay = Stay::default();
        }
    }
}

fn entry_id(state: &RolloutState) -> EntryId {
    state.entry_id()
}

fn stage(state: &RolloutState) -> Option<usize> {
    state.phase.entry().map(|entry| entry.stage.0)
}

/// Whether the controller left a stage of its own accord.
fn leaves<'c>(change: &Change<'c>) -> Option<&'c StageEntry> {
    let left = matches!(change.decision.rationale.action, Action::Advance | Action::Complete);
    let asked = change.decision.rationale.rule == Rule::Promoted;
    change.before.phase.entry().filter(|_| left && !asked)
}

fn terminal_absorbs(_: &Referee, change: &Change<'_>) -> bool {
    let same = change.decision.next.phase == change.before.phase && change.flag_before == change.flag_after;
    !change.before.phase.is_terminal() || same
}

fn entries_in_order(referee: &Referee, change: &Change<'_>) -> bool {
    let next = &change.decision.next;
    if next.phase.is_terminal() || entry_id(next) == entry_id(change.before) {
        return true;
    }
    let expected = match (&change.before.phase, stage(change.before), change.decision.rationale.action) {
        (Phase::Scheduled { .. }, _, Action::Start) => Some(0),
        (Phase::Progressing(_), Some(stage), Action::Advance) => Some(stage + 1),
        (Phase::Paused { .. }, Some(stage), Action::Resume) => Some(stage),
        (_, Some(stage), Action::StepBack) => stage.checked_sub(1),
        _ => None,
    };
    entry_id(next) == EntryId(referee.next_entry) && expected.is_some() && stage(next) == expected
}

fn credit_is_earned(referee: &Referee, change: &Change<'_>) -> bool {
    let next = &change.decision.next;
    match next.phase.entry() {
        Some(entry) if entry_id(next) == entry_id(change.before) => entry.baked.as_micros() <= referee.stay.baked,
        Some(entry) => entry.baked.is_zero(),
        None => true,
    }
}

fn bake_before_leaving(referee: &Referee, change: &Change<'_>) -> bool {
    let stage = leaves(change).and_then(|entry| change.spec.stage(entry.stage));
    stage.is_none_or(|stage| referee.stay.baked >= stage.bake().as_micros())
}

fn guards_pass_to_leave(referee: &Referee, change: &Change<'_>) -> bool {
    leaves(change).is_none() || referee.stay.last.is_some_and(|(_, _, healthy)| healthy)
}

fn treated_before_leaving(referee: &Referee, change: &Change<'_>) -> bool {
    let stage = leaves(change).and_then(|entry| change.spec.stage(entry.stage));
    stage.is_none_or(|stage| referee.stay.treated >= stage.minimum_treated())
}

fn approval_before_leaving(referee: &Referee, change: &Change<'_>) -> bool {
    let left = matches!(change.decision.rationale.action, Action::Advance | Action::Complete);
    let stage = change.before.phase.entry().and_then(|entry| change.spec.stage(entry.stage));
    !left || stage.is_none_or(|stage| stage.gate() == Gate::Automatic || referee.stay.promoted)
}

fn paused_stays(_: &Referee, change: &Change<'_>) -> bool {
    let paused = matches!(change.before.phase, Phase::Paused { .. }) && matches!(change.cause, Cause::Tick(_));
    !paused || matches!(change.decision.next.phase, Phase::Paused { .. } | Phase::RolledBack { .. })
}

fn nothing_while_off(_: &Referee, change: &Change<'_>) -> bool {
    let off = matches!(change.cause, Cause::Tick(look) if !look.enabled);
    let action = change.decision.rationale.action;
    !off || !matches!(action, Action::Start | Action::Advance | Action::Complete)
}

fn edits_survive(_: &Referee, change: &Change<'_>) -> bool {
    let edited = change.flag_before.allocation != change.before.allocation;
    let may = matches!(change.decision.rationale.action, Action::RollBack | Action::Resume);
    !edited || may || change.flag_after.allocation == change.flag_before.allocation
}

fn breach_acted_on(_: &Referee, change: &Change<'_>) -> bool {
    let Cause::Tick(look) = change.cause else { return true };
    let prompt = change.decided - look.truth <= 4_000_000;
    if change.jumped || !prompt || look.entry != entry_id(change.before) {
        return true;
    }
    let action = change.decision.rationale.action;
    let down = matches!(action, Action::RollBack | Action::StepBack);
    let paused = matches!(change.before.phase, Phase::Paused { .. });
    let breached = |index: usize| look.kinds[index] == Some(Kind::Bad);
    change.spec.watches().iter().enumerate().all(|(index, watch)| {
        let guard = watch.guard();
        let immediate = guard.mode() == GuardMode::Immediate && breached(index);
        !immediate
            || match guard.on_breach() {
                OnBreach::RollBack => action == Action::RollBack,
                OnBreach::StepBack => down,
                OnBreach::Pause => down || action == Action::Pause || paused,
                OnBreach::Notify => leaves(change).is_none(),
            }
    })
}

fn alarms_have_cause(referee: &Referee, change: &Change<'_>) -> bool {
    if change.decision.rationale.rule != Rule::Breach {
        return true;
    }
    let Some(key) = &change.decision.rationale.guard else { return false };
    let position = change.spec.watches().iter().position(|watch| watch.guard().key() == key);
    let Some((index, watch)) = position.and_then(|index| Some((index, change.spec.watches().get(index)?))) else {
        return false;
    };
    if watch.is_compared() {
        // Only what the treatment alone suffered is harm, and only if all of it together says so.
        let combined = change.decision.rationale.combined.as_ref();
        let proven = combined.is_some_and(|combined| combined.log_evidence >= -change.spec.plan().alpha().ln());
        // A counter that began anew and has overtaken its old value since it was read, or that missed an outage of both arms,
        // cannot be told from one that went on.
        return proven && (change.harmed || (change.outages && change.blurred));
    }
    let needed = match (watch.guard().mode(), key.as_str()) {
        (_, "counts") => 0,
        (GuardMode::Immediate, _) => 1,
        (GuardMode::Sequential, _) => 3,
    };
    referee.bad_seen[index] >= needed
}

/// Requests come at a constant rate and fail at a constant rate, so the time spent at a stage says how much evidence there
/// can be at most.
fn evidence_before_leaving(referee: &Referee, change: &Change<'_>) -> bool {
    let left = matches!(change.decision.rationale.action, Action::Advance | Action::Complete);
    let compared = change.spec.watches().iter().any(Watch::is_compared);
    let Some(entry) = change.before.phase.entry().filter(|_| left && compared && !referee.stay.promoted) else {
        return true;
    };
    let (Some(share), Some(stage)) = (change.spec.treated_share(entry.stage), change.spec.stage(entry.stage)) else {
        return true;
    };
    let requests = REQUESTS_PER_SECOND * referee.spent[entry.stage.0] as f64 / 1e6;
    let (n_treatment, n_control) = (requests * share, requests * (1.0 - share));
    // An outage makes errors ten times as frequent, and evidence with them.
    let rate = BASE_RATE * if change.outages { 10.0 } else { 1.0 };
    let flush = CountFlush { n_treatment, n_control, x_treatment: n_treatment * rate, x_control: n_control * rate };
    let shown = |ratio: f64, chance: f64| mixture(&flush, ratio, Direction::Lower) >= -chance.ln() - 1e-6;
    let is_relaxed = change
        .spec
        .watches()
        .iter()
        .any(|watch| matches!(watch.guard().limit(), LimitDraft::Control(limit) if limit.relaxed == Some(RELAXED)));
    shown(stage.noninferiority(), change.spec.plan().beta()) || (is_relaxed && shown(RELAXED, 0.025))
}

fn overdue_as_planned(_: &Referee, change: &Change<'_>) -> bool {
    let Some(entry) = change.before.phase.entry().filter(|_| change.decision.rationale.rule == Rule::MaximumTime)
    else {
        return true;
    };
    let expected = match change.spec.stage(entry.stage).map(Stage::on_maximum_time) {
        Some(OnMaximumTime::RollBack) => Action::RollBack,
        _ => Action::Pause,
    };
    change.decision.rationale.action == expected
}

fn harm_acted_on(referee: &Referee, change: &Change<'_>) -> bool {
    let Some(total) = referee.stay.arms.total.filter(|_| !referee.stay.arms.odd && !change.jumped) else {
        return true;
    };
    let Cause::Tick(look) = change.cause else { return true };
    if change.decided - look.truth > PROMPT || look.entry != entry_id(change.before) {
        return true;
    }
    // Ten thousand times what is needed: the stake of a restart is a small part of the whole.
    let proven = mixture(&total, MARGIN, Direction::Higher) >= (1e6_f64).ln();
    !proven || matches!(change.decision.rationale.action, Action::RollBack | Action::StepBack)
}

/// The evidence of the count kernel for everything at once, mixed over sizes.
fn mixture(total: &CountFlush, boundary: f64, direction: Direction) -> f64 {
    let weights = Grid::Error.weights();
    let logs = kernel::counts(total, Grid::Error, direction, boundary);
    logs.iter().zip(weights).map(|(log, weight)| weight * log.min(700.0).exp()).sum::<f64>().ln()
}

impl Seen {
    fn observe(&mut self, change: &Change<'_>) {
        self.total = None;
        self.odd |= change.blurred;
        let (Cause::Tick(look), Input::Tick(evidence)) = (change.cause, change.input) else { return };
        let position = change.spec.watches().iter().position(Watch::is_compared);
        let Some(index) = position.filter(|_| look.entry == entry_id(change.before)) else { return };
        let key = change.spec.watches()[index].guard().key();
        let Some(reading) = evidence.readings.iter().find(|reading| reading.guard == *key) else { return };
        let (Some(Kind::Counter | Kind::Worse), Reading::Arms { treatment, control, .. }) =
            (look.kinds[index].filter(|_| change.decided - look.truth <= PROMPT), &reading.reading)
        else {
            self.odd = true;
            return;
        };
        let now = CountFlush {
            n_treatment: treatment.n,
            n_control: control.n,
            x_treatment: treatment.x,
            x_control: control.x,
        };
        match &mut self.since {
            None => self.since = Some((now, reading.at)),
            Some((first, at)) if reading.at >= at.saturating_add(INTERVAL) => {
                *at = reading.at;
                let total = CountFlush {
                    n_treatment: now.n_treatment - first.n_treatment,
                    n_control: now.n_control - first.n_control,
                    x_treatment: now.x_treatment - first.x_treatment,
                    x_control: now.x_control - first.x_control,
                };
                self.odd |= total.check(false).is_err();
                self.total = Some(total);
            }
            // Too early to count.
            Some(_) => {}
        }
    }
}

fn rollback_restores(referee: &Referee, change: &Change<'_>) -> bool {
    let rolled = matches!(change.decision.next.phase, Phase::RolledBack { .. });
    !rolled || (change.flag_after.allocation == referee.baseline && !change.flag_after.concluded)
}

fn share_moves_rightly(_: &Referee, change: &Change<'_>) -> bool {
    let share = |flag: &Flag| ["internal", ""].map(|audience| weight(flag, audience));
    let ([inside, outside], [inside_after, outside_after]) = (share(change.flag_before), share(change.flag_after));
    match change.decision.rationale.action {
        Action::Advance | Action::Complete => inside_after >= inside && outside_after >= outside,
        Action::StepBack => inside_after <= inside && outside_after <= outside,
        Action::RollBack => true,
        Action::Start => change.flag_after.allocation.as_ref() == change.spec.allocation(stage_zero()),
        Action::Resume => {
            change.flag_after.allocation == change.flag_before.allocation
                || change.flag_after.allocation == change.before.allocation
        }
        _ => change.flag_after == change.flag_before,
    }
}

fn stage_zero() -> hoist_lifecycle::rollout::state::StageIndex {
    hoist_lifecycle::rollout::state::StageIndex(0)
}

/// Who is nearer to the treatment: the share of everything but the control.
fn weight(flag: &Flag, audience: &str) -> u32 {
    if flag.concluded {
        return 100_000;
    }
    let entries = flag.allocation.as_ref().map_or(&[][..], |allocation| &allocation.entries);
    let entry = entries.iter().find(|entry| entry.audience.as_deref().is_none_or(|other| other == audience));
    entry.map_or(0, |entry| entry.weights.iter().filter(|w| w.variant != "off").map(|w| w.weight).sum())
}

fn one_decision_per_version(_: &Referee, change: &Change<'_>) -> bool {
    change.version_after == change.version_before + 1
}

fn wake_is_set(_: &Referee, change: &Change<'_>) -> bool {
    match change.decision.wake_at {
        None => change.decision.next.phase.is_terminal(),
        Some(at) => !change.decision.next.phase.is_terminal() && at.since(change.now).as_micros() <= 60_000_000,
    }
}

/// One in eight, and every last one: replaying costs as much as everything else together.
fn replays(_: &Referee, change: &Change<'_>) -> bool {
    let sampled = change.genuine && (change.version_before % 8 == 3 || change.decision.next.phase.is_terminal());
    !sampled || step(change.spec, change.before, change.input, change.now).as_ref() == Ok(change.decision)
}
