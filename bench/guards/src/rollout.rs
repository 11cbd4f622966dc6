//! A rollout as it ships, driven by [`step`]: two stages that last for as long as the simulation likes.

use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::intake::{Measure, MetricBook, dispersion_of};
use hoist_lifecycle::metric::{Direction, EventName, MetricDraft, MetricSourceDraft};
use hoist_lifecycle::plan::{ControlLimitDraft, GuardDraft, GuardMode, LimitDraft, OnBreach, OnNoData};
use hoist_lifecycle::plan::{GuardKey, PlanDraft, StageDraft};
use hoist_lifecycle::rollout::evidence::{ArmSums, Command, Dispersion, Evidence, GuardReading, Input};
use hoist_lifecycle::rollout::evidence::{Observer, Reading};
use hoist_lifecycle::rollout::state::{Phase, RolloutState};
use hoist_lifecycle::rollout::{Method, RolloutSpec, RolloutSpecDraft, StartFacts, start, step};

use crate::groups::GroupedFlush;
use crate::method::Row;
use crate::trace::WINDOW;

/// What a guard watches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Watched {
    /// Events per request.
    Rate,
    /// Requests beyond the control's 95th percentile.
    Quantile,
    /// A value per unit, of which more is harm.
    Mean,
    /// A value per event, of which more is harm.
    Ratio,
}

/// The strict setting and the shipped one: alpha and margin, each the row of a table.
pub const SETTINGS: [(f64, f64); 2] = [(0.05, 1.0), (0.01, 1.05)];

/// Returns the rows of both [`SETTINGS`].
pub fn rows(name: &str, of: fn(&str, f64) -> Row) -> [Row; 2] {
    SETTINGS.map(|(alpha, margin)| of(&format!("{name}, alpha {alpha}, margin {margin}"), alpha))
}

/// What does not differ between runs.
#[derive(Clone)]
pub struct Plan {
    spec: RolloutSpec,
    guard: GuardKey,
    measure: Measure,
}

fn event(name: &str) -> EventName {
    name.parse().expect("a name of an event")
}

impl Plan {
    /// Returns a plan of stages with these shares, in percent, with one guard.
    pub fn new(method: Method, watched: Watched, shares: [f64; 2], (alpha, margin): (f64, f64)) -> Self {
        let (source, direction, cap) = match watched {
            Watched::Rate => {
                let source = MetricSourceDraft::EventRate { event: "error".into(), per: Some("request".into()) };
                (source, Direction::HigherIsWorse, None)
            }
            Watched::Quantile => {
                let source = MetricSourceDraft::LatencyQuantile { event: "request".into(), quantile: None };
                (source, Direction::HigherIsWorse, None)
            }
            Watched::Mean => {
                (MetricSourceDraft::Mean { event: "paid".into() }, Direction::HigherIsWorse, Some(crate::values::CAP))
            }
            Watched::Ratio => {
                let source = MetricSourceDraft::Ratio { event: "paid".into(), per: "order".into() };
                (source, Direction::HigherIsWorse, Some(crate::values::CAP))
            }
        };
        let metric = MetricDraft { direction: Some(direction), cap, ..MetricDraft::new("watched", source) };
        let stages = shares.map(|share| StageDraft {
            bake: Span::from_hours(24 * 7),
            maximum_time: None,
            ..StageDraft::new(format!("{share} %"), share)
        });
        let limit = ControlLimitDraft { margin: Some(margin), ..ControlLimitDraft::default() };
        let guard = GuardDraft {
            key: "watched".into(),
            metric: "watched".into(),
            limit: LimitDraft::Control(limit),
            mode: GuardMode::Sequential,
            alpha: None,
            interval: Some(window()),
            plausible: None,
            maximum_staleness: None,
            on_breach: OnBreach::RollBack,
            on_no_data: OnNoData::Hold,
            no_data_grace: None,
            stages: Vec::new(),
        };
        let plan =
            PlanDraft { guards: vec![guard], alpha: Some(alpha), ..PlanDraft::new("bench", "on", stages.into()) };
        let draft = RolloutSpecDraft {
            rollout: "r".into(),
            project: "bench".into(),
            environment: "bench".into(),
            flag: "flag".into(),
            control: "off".into(),
            salt: "00112233445566778899aabbccddeeff".into(),
            plan,
            metrics: vec![metric],
            overlaps: Vec::new(),
            inherited: Vec::new(),
            method,
        };
        let measure = match watched {
            Watched::Quantile => Measure::LatencyQuantile { event: event("request") },
            _ => Measure::EventRate { event: event("error"), per: Some(event("request")) },
        };
        let spec = RolloutSpec::parse(&draft).expect("a plan of the simulation");
        Self { spec, guard: "watched".parse().expect("a key"), measure }
    }
}

fn window() -> Span {
    Span::from_micros((WINDOW * 1e6) as u64)
}

/// One rollout.
pub struct Rollout<'p> {
    plan: &'p Plan,
    state: RolloutState,
    /// Time since it began, by all clocks.
    passed: Span,
    /// What the present stay has had by groups of units.
    book: MetricBook,
}

impl<'p> Rollout<'p> {
    /// Returns a rollout at its first stage.
    pub fn begin(plan: &'p Plan) -> Self {
        let variants = ["off", "on"].map(String::from).to_vec();
        let facts = StartFacts { variants, segments: Vec::new(), allocation: None, start_at: None };
        let state = start(&plan.spec, &facts, Timestamp::EPOCH).expect("a rollout of the simulation");
        let mut rollout = Self { plan, state, passed: Span::ZERO, book: MetricBook::default() };
        rollout.tick(None);
        rollout
    }

    /// Enters the next stage.
    pub fn promote(&mut self) {
        let command = Command::Promote { reason: "the simulation goes on".into(), entry: None };
        self.play(&Input::Command(command));
        self.tick(None);
        self.book = MetricBook::default();
        // Of a quantile values are sums, which are read once before anything is compared with them.
        self.read(ArmSums::default(), ArmSums::default(), None);
    }

    /// Tells a quantile's threshold; what the number is makes no difference, for values come as within or beyond it.
    pub fn teach(&mut self) {
        self.pass();
        let sampled_at = self.now();
        self.tick(Some(Reading::Quantile { control_n: 1e4, value: 1.0, sampled_at }));
        self.read(ArmSums::default(), ArmSums::default(), None);
    }

    /// Takes a window of events by groups of units.
    pub fn look_at(&mut self, flush: &GroupedFlush) {
        let arms = [(&mut self.book.treatment, &flush.treatment), (&mut self.book.control, &flush.control)];
        let [treatment, control] = arms.map(|(arm, more)| {
            let sums = arm.buckets.get_or_insert_default();
            for (sums, more) in [(&mut sums.n, &more.n), (&mut sums.x, &more.x)] {
                sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            }
            ArmSums { n: sums.n.iter().sum(), x: sums.x.iter().sum(), ..ArmSums::default() }
        });
        let dispersion = dispersion_of(&self.plan.measure, &self.book);
        self.read(treatment, control, dispersion);
    }

    /// Takes the sums of a stay, a window after the ones before.
    pub fn read(&mut self, treatment: ArmSums, control: ArmSums, dispersion: Option<Dispersion>) {
        self.pass();
        let sampled_at = self.now();
        self.tick(Some(Reading::Arms { treatment, control, sampled_at, dispersion, earlier: Vec::new() }));
    }

    /// Returns whether it was rolled back.
    pub fn is_rolled_back(&self) -> bool {
        matches!(self.state.phase, Phase::RolledBack { .. })
    }

    fn now(&self) -> Timestamp {
        Timestamp::EPOCH.saturating_add(self.passed)
    }

    fn pass(&mut self) {
        self.passed = self.passed.saturating_add(window());
    }

    fn tick(&mut self, reading: Option<Reading>) {
        let at = self.now();
        let readings = reading.map(|reading| GuardReading { guard: self.plan.guard.clone(), at, reading });
        let evidence = Evidence {
            observer: Observer { process: 1, monotonic: self.passed },
            entry: self.state.entry_id(),
            allocation: self.state.allocation.clone(),
            enabled: true,
            treated: 1_000_000,
            readings: readings.into_iter().collect(),
            first_exposures: None,
            waits_for: Vec::new(),
            candidates: Vec::new(),
        };
        self.play(&Input::Tick(evidence));
    }

    fn play(&mut self, input: &Input) {
        // Whoever was rolled back before has nothing to be asked.
        if !self.state.phase.is_terminal() {
            self.state = step(&self.plan.spec, &self.state, input, self.now()).expect("a step of the simulation").next;
        }
    }
}
