//! The world: nodes that crash, pause and misread the time, people who interfere, and a service that may be ill.

use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;

use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::rollout::decision::Decision;
use hoist_lifecycle::rollout::evidence::{
    ArmSums, Command, Evidence, GuardReading, Input, InvalidReading, Observer, Reading, SourceFault,
};
use hoist_lifecycle::rollout::state::{EntryId, RolloutState, StageIndex};
use hoist_lifecycle::rollout::{RolloutSpec, StartFacts, due_guards, is_due_at, start, step};

use crate::mutant::{Memory, Mutant};
use crate::plans::ARMS;
use crate::referee::{Cause, Change, GUARDS, Kind, Look, Referee};
use crate::rng::Rng;
use crate::store::{Checks, Flag, Store};

const SECOND: u64 = 1_000_000;
/// A Monday, 00:00 UTC, when the true clock shows zero.
const DAWN: i64 = 1_736_121_600_000_000;
/// Requests of both arms.
pub(crate) const REQUESTS_PER_SECOND: f64 = 2_000.0;
/// Share of the control's requests that fail.
pub(crate) const BASE_RATE: f64 = 0.02;
const YEAR: i64 = 31_536_000_000_000;
/// Moments of one simulated rollout.
const MOMENTS: usize = 80;
/// Moments after the end, in which stragglers may still do harm.
const AFTERMATH: usize = 8;

/// An invariant that was broken, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) moment: usize,
    pub(crate) invariant: &'static str,
}

/// What happened in one run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) changes: u64,
    pub(crate) advances: u64,
    pub(crate) conflicts: u64,
    pub(crate) completed: u64,
    pub(crate) rolled_back: u64,
}

/// What a node has in its hands between two moments.
#[derive(Debug)]
enum Hands {
    Empty,
    Looked { version: u64, fence: u64, last: Rc<Decision>, evidence: Evidence, look: Look },
    Decided { version: u64, fence: u64, input: Input, decision: Rc<Decision>, now: Timestamp, decided: u64, look: Look },
}

#[derive(Debug)]
struct Node {
    process: u64,
    booted: u64,
    offset: i64,
    asleep_until: u64,
    fence: u64,
    hands: Hands,
    memory: Memory,
}

/// What the metric source is like at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Fine,
    Missing,
    Failing,
    NotANumber,
    Stale,
    Absurd,
    /// The control is not heard of.
    OneArm,
    /// The counters of one arm begin anew.
    Reset,
}

/// Requests and errors of both arms so far, and when that was. They grow by what is to be expected, not by chance: what
/// evidence there is, is certain.
#[derive(Debug, Clone, Copy, Default)]
struct Arms {
    treatment: ArmSums,
    control: ArmSums,
    at: u64,
}

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is something that goes wrong by itself")]
pub(crate) struct World<'s> {
    spec: &'s RolloutSpec,
    mutant: Option<Mutant>,
    checks: Checks,
    rng: Rng,
    /// How much goes wrong: 0 is a quiet day.
    chaos: u64,
    truth: u64,
    store: Store,
    store_offset: i64,
    nodes: Vec<Node>,
    processes: u64,
    ill: bool,
    mood: Mood,
    counters: (f64, f64, u64),
    arms: Arms,
    /// Both arms fail alike.
    outage: bool,
    /// They have done so at some time.
    outages: bool,
    /// The treated arm has done worse at some time.
    harmed: bool,
    /// Counters of one arm have missed something at some time.
    blurred: bool,
    /// The treated arm fails a little more often than the other.
    queasy: bool,
    entered: (EntryId, u64),
    jumped: bool,
    referee: Referee,
    broken: Option<&'static str>,
    pub(crate) tally: Tally,
    pub(crate) trace: Option<String>,
}

macro_rules! note {
    ($world:expr, $($words:tt)*) => {
        if let Some(trace) = &mut $world.trace {
            let _infallible = writeln!(trace, $($words)*);
        }
    };
}

impl<'s> World<'s> {
    pub(crate) fn new(seed: u64, specs: &'s [RolloutSpec], mutant: Option<Mutant>, traced: bool) -> Self {
        let mut rng = Rng::new(seed);
        let spec = &specs[rng.below(specs.len() as u64) as usize];
        // Now and then the flag already has an allocation, left by an earlier rollout.
        let baseline = rng.percent(20).then(|| spec.allocation(StageIndex(0)).map(|a| (**a).clone())).flatten();
        let facts = StartFacts {
            variants: ["off", "dark", "on"].map(String::from).to_vec(),
            segments: vec!["internal".into()],
            allocation: baseline,
            start_at: None,
        };
        let now = Timestamp::from_micros(DAWN);
        let state = start(spec, &facts, now).unwrap();
        let flag = Flag { enabled: true, allocation: state.allocation.clone(), concluded: false };
        let referee = Referee::new(&state);
        let chaos = rng.below(4);
        let nodes = (0..=rng.below(3)).map(|process| Node {
            process,
            booted: 0,
            offset: 0,
            asleep_until: 0,
            fence: 0,
            hands: Hands::Empty,
            memory: Memory::default(),
        });
        Self {
            spec,
            mutant,
            checks: mutant.map_or(Checks::ALL, Mutant::checks),
            chaos,
            truth: 0,
            store: Store::new(state, flag, now),
            store_offset: 0,
            nodes: nodes.collect(),
            processes: 3,
            ill: false,
            mood: Mood::Fine,
            counters: (0.0, 0.0, 0),
            arms: Arms::default(),
            outage: false,
            outages: false,
            blurred: false,
            harmed: false,
            queasy: false,
            entered: (EntryId::NONE, 0),
            jumped: false,
            referee,
            broken: None,
            tally: Tally::default(),
            trace: traced.then(String::new),
            rng,
        }
    }

    /// Makes the store accept decisions of nodes that have lost the lease.
    pub(crate) fn without_fence(&mut self) {
        self.checks.fence = false;
    }

    /// Runs to the end, or to the first broken invariant.
    pub(crate) fn run(&mut self) -> Result<(), Broken> {
        let mut aftermath = AFTERMATH;
        for moment in 0..MOMENTS {
            self.truth += self.rng.below(6 * SECOND);
            self.moment();
            if let Some(invariant) = self.broken {
                note!(self, "{moment}: BROKEN: {invariant}");
                return Err(Broken { moment, invariant });
            }
            if self.store.state().phase.is_terminal() {
                aftermath -= 1;
                if aftermath == 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    fn moment(&mut self) {
        let node = self.rng.below(self.nodes.len() as u64) as usize;
        let chance = self.rng.below(1_000);
        let chaos = self.chaos;
        if chance < 8 * chaos {
            self.person();
        } else if chance < 12 * chaos {
            self.edit();
        } else if chance < 20 * chaos {
            self.switch();
        } else if chance < 28 * chaos {
            self.jump(node);
        } else if chance < 36 * chaos {
            self.crash(node);
        } else if chance < 44 * chaos {
            self.nodes[node].asleep_until = self.truth + self.rng.below(90 * SECOND);
        } else if chance < 60 * chaos {
            self.weather();
        } else if self.truth >= self.nodes[node].asleep_until {
            self.act(node);
        }
    }

    // ---- What goes wrong --------------------------------------------------------------------------------------

    fn jump(&mut self, node: usize) {
        const JUMPS: [i64; 10] = [
            0,
            3_000_000,
            -3_000_000,
            100_000_000,
            -100_000_000,
            3_600_000_000,
            -3_600_000_000,
            10 * YEAR,
            -10 * YEAR,
            0,
        ];
        let offset = JUMPS[self.rng.below(10) as usize];
        if self.rng.percent(25) {
            self.store_offset = offset;
        } else {
            self.jumped |= offset != 0;
            self.nodes[node].offset = offset;
        }
        note!(self, "{} node {node}: a clock is off by {offset} us", self.truth);
    }

    fn crash(&mut self, node: usize) {
        let (process, truth) = (self.processes, self.truth);
        self.processes += 1;
        let node_state = &mut self.nodes[node];
        node_state.process = process;
        node_state.booted = truth;
        node_state.hands = Hands::Empty;
        node_state.memory = Memory::default();
        note!(self, "{} node {node}: crashed, is process {process} now", self.truth);
    }

    fn weather(&mut self) {
        use Mood::{Absurd, Failing, Fine, Missing, NotANumber, OneArm, Reset, Stale};
        match self.rng.below(10) {
            0..=2 => self.ill = !self.ill,
            3 => {
                self.outage = !self.outage;
                self.outages = true;
            }
            4 => self.queasy = !self.queasy,
            _ => {
                let moods = [Fine, Fine, Missing, Failing, NotANumber, Stale, Absurd, OneArm, Reset];
                self.mood = moods[self.rng.below(9) as usize];
            }
        }
        let Self { truth, ill, outage, queasy, mood, .. } = self;
        note!(self, "{truth} service ill: {ill}, a little: {queasy}, both arms: {outage}, source {mood:?}");
    }

    fn switch(&mut self) {
        self.store.flag.enabled = !self.store.flag.enabled;
        note!(self, "{} flag enabled: {}", self.truth, self.store.flag.enabled);
    }

    /// A person writes the allocation that the rollout owns.
    fn edit(&mut self) {
        let stage = self.rng.below(4) as usize;
        self.store.flag.allocation = self.spec.allocation(StageIndex(stage)).filter(|_| stage < 3).map(Arc::clone);
        note!(self, "{} a person edits the allocation", self.truth);
    }

    fn person(&mut self) {
        let reason = String::new();
        let entry =
            self.rng.percent(50).then(|| EntryId(self.store.state().entry_id().0.saturating_sub(self.rng.below(2))));
        let command = match self.rng.below(16) {
            0..=3 => Command::Pause { reason },
            4..=7 => Command::Promote { reason, entry },
            13 => Command::RollBack { reason },
            14 => Command::Cancel { reason },
            _ => Command::Resume { reason },
        };
        let now = self.store_now();
        let last = Rc::clone(self.store.last());
        let input = Input::Command(command);
        let Ok(mut decision) = step(self.spec, &last.next, &input, now) else { return };
        let Input::Command(command) = &input else { return };
        if let Some(mutant) = self.mutant {
            mutant.command(&last.next, command, &mut decision);
        }
        let version = self.store.version;
        self.apply(version, None, &input, &Rc::new(decision), now, self.truth, Cause::Command(command));
    }

    // ---- What a node does -------------------------------------------------------------------------------------

    fn act(&mut self, node: usize) {
        if matches!(self.nodes[node].hands, Hands::Empty) {
            self.look(node);
            if self.rng.below(100) < 6 * self.chaos {
                return;
            }
        }
        if matches!(self.nodes[node].hands, Hands::Looked { .. }) {
            self.decide(node);
            if self.rng.below(100) < 6 * self.chaos {
                return;
            }
        }
        self.finish(node);
    }

    fn look(&mut self, node: usize) {
        let visits = self.mutant.is_some_and(Mutant::visits_terminal);
        let store_now = self.store_now();
        let due = is_due_at(self.store.last().wake_at, store_now) || (visits && self.store.last().wake_at.is_none());
        if !due {
            return;
        }
        match self.store.acquire(node, store_now.as_micros()) {
            Some(fence) => self.nodes[node].fence = fence,
            // Now and then a node does not notice that it has lost the lease.
            None if self.rng.below(100) < 20 * self.chaos => {}
            None => return,
        }
        let now = self.now(node);
        let last = Rc::clone(self.store.last());
        let (evidence, look) = self.gather(node, &last.next, now);
        let (version, fence) = (self.store.version, self.nodes[node].fence);
        self.nodes[node].hands = Hands::Looked { version, fence, last, evidence, look };
    }

    fn gather(&mut self, node: usize, state: &RolloutState, now: Timestamp) -> (Evidence, Look) {
        let entry = state.entry_id();
        let mut readings = Vec::new();
        let mut kinds = [None; GUARDS];
        for due in due_guards(self.spec, state, now) {
            let watches = self.spec.watches();
            let Some(index) = watches.iter().position(|watch| *watch.guard().key() == due.guard) else { continue };
            let (reading, kind) = match due.guard.as_str() {
                ARMS => self.read_arms(state, now),
                guard => self.read(guard == "counts", now),
            };
            kinds[index] = Some(kind);
            readings.push(GuardReading { guard: due.guard, at: now, reading });
        }
        if self.entered.0 != entry {
            self.entered = (entry, self.truth);
        }
        let treated = (self.truth - self.entered.1) / SECOND * 12;
        let flag = &self.store.flag;
        let (process, booted) = (self.nodes[node].process, self.nodes[node].booted);
        // Monotonic clocks begin anywhere.
        let monotonic = Span::from_micros(self.truth - booted + process * 7_919 * SECOND);
        let look = Look {
            truth: self.truth,
            process,
            entry,
            enabled: flag.enabled,
            undrifted: flag.allocation == state.allocation,
            treated,
            kinds,
        };
        let (allocation, enabled) = (flag.allocation.clone(), flag.enabled);
        let observer = Observer { process, monotonic };
        (
            Evidence {
                observer,
                entry,
                allocation,
                enabled,
                treated,
                readings,
                first_exposures: None,
                waits_for: Vec::new(),
                candidates: Vec::new(),
            },
            look,
        )
    }

    fn read(&mut self, counters: bool, now: Timestamp) -> (Reading, Kind) {
        let beyond = self.ill || self.rng.below(1_000) < 6 * self.chaos;
        if counters {
            let (events, total, at) = self.counters;
            let seconds = (self.truth - at) as f64 / SECOND as f64;
            let rate = if beyond { 0.2 } else { 0.002 };
            self.counters = (events + 100.0 * rate * seconds, total + 100.0 * seconds, self.truth);
        }
        let (events, total, _) = self.counters;
        let value = if beyond { 0.5 } else { 0.001 };
        let kind = if beyond { Kind::Bad } else { Kind::Good };
        let fine = |sampled_at| {
            if counters {
                (Reading::Counters { events, total, sampled_at }, Kind::Counter)
            } else {
                (Reading::Value { value, sampled_at }, kind)
            }
        };
        match self.mood {
            Mood::Fine | Mood::OneArm | Mood::Reset => fine(now),
            Mood::Missing => (Reading::Missing, Kind::Odd),
            Mood::Failing => (Reading::Failed(SourceFault::Timeout), Kind::Odd),
            Mood::NotANumber if self.rng.percent(50) => {
                (Reading::Value { value: f64::NAN, sampled_at: now }, Kind::Odd)
            }
            Mood::NotANumber => (Reading::Invalid(InvalidReading::NotANumber), Kind::Odd),
            Mood::Stale => (fine(now.saturating_sub(Span::from_seconds(21 + self.rng.below(600)))).0, Kind::Odd),
            Mood::Absurd => (Reading::Value { value: -3.0, sampled_at: now }, Kind::Odd),
        }
    }

    fn read_arms(&mut self, state: &RolloutState, now: Timestamp) -> (Reading, Kind) {
        let share = state.phase.entry().and_then(|entry| self.spec.treated_share(entry.stage)).unwrap_or(1.0);
        let silent = self.mood == Mood::OneArm;
        let requests = REQUESTS_PER_SECOND * (self.truth - self.arms.at) as f64 / SECOND as f64;
        let common = if self.outage { 10.0 } else { 1.0 };
        let worse = if self.ill { 10.0 } else { 1.0 } * if self.queasy { 1.6 } else { 1.0 };
        self.harmed |= worse > 1.0;
        let grow = |sums: &mut ArmSums, requests: f64, rate: f64| {
            sums.n += requests;
            sums.x += requests * rate.min(0.9);
        };
        self.blurred |= matches!(self.mood, Mood::OneArm | Mood::Reset);
        if self.mood == Mood::Reset {
            self.arms.treatment = ArmSums::default();
            self.mood = Mood::Fine;
        }
        grow(&mut self.arms.treatment, requests * share, BASE_RATE * common * worse);
        grow(&mut self.arms.control, if silent { 0.0 } else { requests * (1.0 - share) }, BASE_RATE * common);
        self.arms.at = self.truth;
        let Arms { treatment, control, .. } = self.arms;
        let fine = |sampled_at| Reading::Arms { treatment, control, sampled_at, dispersion: None, earlier: Vec::new() };
        match self.mood {
            Mood::Missing => (Reading::Missing, Kind::Odd),
            Mood::Failing => (Reading::Failed(SourceFault::Timeout), Kind::Odd),
            Mood::NotANumber => (Reading::Invalid(InvalidReading::NotANumber), Kind::Odd),
            Mood::Stale => (fine(now.saturating_sub(Span::from_seconds(21 + self.rng.below(600)))), Kind::Odd),
            Mood::Absurd => {
                let absurd = ArmSums { x: -treatment.n, ..treatment };
                (
                    Reading::Arms {
                        treatment: absurd,
                        control,
                        sampled_at: now,
                        dispersion: None,
                        earlier: Vec::new(),
                    },
                    Kind::Odd,
                )
            }
            Mood::OneArm => (fine(now), Kind::Silent),
            Mood::Fine | Mood::Reset if worse > 1.0 => (fine(now), Kind::Worse),
            Mood::Fine | Mood::Reset => (fine(now), Kind::Counter),
        }
    }

    fn decide(&mut self, node: usize) {
        let now = self.now(node);
        let hands = std::mem::replace(&mut self.nodes[node].hands, Hands::Empty);
        let Hands::Looked { mut version, mut fence, mut last, evidence, look } = hands else { return };
        if self.mutant.is_some_and(Mutant::mixes_looks) {
            (version, fence, last) = (self.store.version, self.nodes[node].fence, Rc::clone(self.store.last()));
        }
        let (input, decision) = if let Some(mutant) = self.mutant {
            mutant.tick(self.spec, &last.next, evidence, now, &mut self.nodes[node].memory)
        } else {
            let input = Input::Tick(evidence);
            let decision = step(self.spec, &last.next, &input, now).unwrap();
            (input, decision)
        };
        let (decided, decision) = (self.truth, Rc::new(decision));
        self.nodes[node].hands = Hands::Decided { version, fence, input, decision, now, decided, look };
    }

    fn finish(&mut self, node: usize) {
        let hands = std::mem::replace(&mut self.nodes[node].hands, Hands::Empty);
        let Hands::Decided { version, fence, input, decision, now, decided, look } = hands else { return };
        self.apply(version, Some(fence), &input, &decision, now, decided, Cause::Tick(&look));
        // The answer of the commit is lost, and the node will try again.
        if self.rng.below(100) < 3 * self.chaos {
            self.nodes[node].hands = Hands::Decided { version, fence, input, decision, now, decided, look };
        }
    }

    #[expect(clippy::too_many_arguments, reason = "everything that a record of a decision holds")]
    fn apply(
        &mut self,
        version: u64,
        fence: Option<u64>,
        input: &Input,
        decision: &Rc<Decision>,
        now: Timestamp,
        decided: u64,
        cause: Cause<'_>,
    ) {
        let (before, version_before) = (Rc::clone(self.store.last()), self.store.version);
        let flag_before = self.store.flag.clone();
        if !self.store.apply(version, fence, decision, self.checks) {
            self.tally.conflicts += 1;
            note!(self, "{} conflict", self.truth);
            return;
        }
        note!(self, "{} v{version_before}: {}", self.truth, decision.rationale);
        let change = Change {
            spec: self.spec,
            before: &before.next,
            input,
            decision,
            now,
            cause,
            flag_before: &flag_before,
            flag_after: &self.store.flag,
            version_before,
            version_after: self.store.version,
            decided,
            jumped: self.jumped,
            harmed: self.harmed,
            blurred: self.blurred,
            outages: self.outages,
            genuine: self.mutant.is_none(),
        };
        self.broken = self.broken.or(self.referee.check(&change));
        self.count(decision);
    }

    fn count(&mut self, decision: &Decision) {
        use hoist_lifecycle::rollout::rationale::Action;
        self.tally.changes += 1;
        match decision.rationale.action {
            Action::Advance => self.tally.advances += 1,
            Action::Complete => self.tally.completed += 1,
            Action::RollBack => self.tally.rolled_back += 1,
            _ => {}
        }
    }

    fn now(&self, node: usize) -> Timestamp {
        Timestamp::from_micros(DAWN + self.truth as i64 + self.nodes[node].offset)
    }

    fn store_now(&self) -> Timestamp {
        Timestamp::from_micros(DAWN + self.truth as i64 + self.store_offset)
    }
}
