//! Methods: what decides about a rollout, ours and others'.

use hoist_eval::Span;
use hoist_lifecycle::sequential::{CountEvidence, CountFlush, CountKind, CountTest, Direction, Epochs, Grid};
use hoist_lifecycle::sequential::{Mixture, SIZES, Stakes, kernel};

use crate::trace::{Look, WINDOW};

/// What a rollout that starts now begins its comparisons with.
pub const STAKES: Stakes = Stakes::Early;
/// How a rollout divides the stake of a comparison by a quantile.
pub const QUANTILE_STAKES: Stakes = Stakes::Foremost;

/// One line of a table.
#[derive(Debug, Clone)]
pub struct Row {
    pub name: String,
    /// The false-alarm probability that the method promises; none if it promises nothing.
    pub alpha: Option<f64>,
    /// Whether it is one of ours, whose misses count.
    pub ours: bool,
}

impl Row {
    pub fn ours(name: &str, alpha: f64) -> Self {
        Self { name: name.to_owned(), alpha: Some(alpha), ours: true }
    }

    /// A variant of ours that does not ship: shown, and not held to a bar.
    pub fn reference(name: &str, alpha: f64) -> Self {
        Self { name: name.to_owned(), alpha: Some(alpha), ours: false }
    }

    pub fn other(name: &str) -> Self {
        Self { name: name.to_owned(), alpha: None, ours: false }
    }
}

/// A method that decides by one or several thresholds, each a row.
pub trait Method<L: ?Sized> {
    fn rows(&self) -> Vec<Row>;
    /// Begins a new run.
    fn begin(&mut self);
    /// Takes a look, and says for each row whether it alarms.
    fn look(&mut self, look: &L, alarms: &mut Vec<bool>);
}

/// A boxed method on counts.
pub type Counted = Box<dyn for<'a> Method<Look<'a>>>;

pub fn flush(look: &Look<'_>) -> CountFlush {
    let (treatment, control) = (look.window.treatment, look.window.control());
    CountFlush { n_treatment: treatment.n, n_control: control.n, x_treatment: treatment.x, x_control: control.x }
}

/// Seconds since the run began, as restart epochs: one per stage and per five minutes.
#[derive(Default, Clone, Copy)]
pub struct Clock {
    epochs: Epochs,
    stage: u32,
    since: f64,
}

impl Clock {
    pub fn epoch(&mut self, stage: u32, index: usize) -> u64 {
        let start = index as f64 * WINDOW;
        if stage != self.stage {
            self.stage = stage;
            self.since = start;
        }
        self.epochs.at(stage.into(), Span::from_micros(((start - self.since) * 1e6) as u64))
    }
}

/// The evidence that ships, at several alphas.
pub struct Shipped {
    test: CountTest,
    stakes: Stakes,
    rows: Vec<Row>,
    /// Rows of the same evidence without restarts.
    plain: Vec<Row>,
    evidence: CountEvidence,
    clock: Clock,
}

impl Shipped {
    pub fn boxed(test: CountTest, rows: Vec<Row>, plain: Vec<Row>) -> Counted {
        Self::with(STAKES, test, rows, plain)
    }

    /// With other stakes than a rollout has.
    pub fn with(stakes: Stakes, test: CountTest, rows: Vec<Row>, plain: Vec<Row>) -> Counted {
        let evidence = CountEvidence::new(stakes);
        Box::new(Self { test, stakes, rows, plain, evidence, clock: Clock::default() })
    }
}

/// Errors, at a margin.
pub fn errors(margin: f64) -> CountTest {
    CountTest { kind: CountKind::Rate, grid: Grid::Error, direction: Direction::Higher, margin, noninferiority: None }
}

/// Pushes, for each row, whether evidence reaches one over its alpha.
pub fn reached(rows: &[Row], log: f64, alarms: &mut Vec<bool>) {
    alarms.extend(rows.iter().map(|row| row.alpha.is_some_and(|alpha| log >= -alpha.ln())));
}

impl Method<Look<'_>> for Shipped {
    fn rows(&self) -> Vec<Row> {
        [self.rows.as_slice(), self.plain.as_slice()].concat()
    }

    fn begin(&mut self) {
        self.evidence = CountEvidence::new(self.stakes);
        self.clock = Clock::default();
    }

    fn look(&mut self, look: &Look<'_>, alarms: &mut Vec<bool>) {
        let epoch = self.clock.epoch(look.stage, look.index);
        let taken = self.evidence.absorb(&self.test, look.stage, epoch, &flush(look), 1.0);
        debug_assert!(taken.is_ok());
        reached(&self.rows, self.evidence.log_harm(&self.test), alarms);
        if !self.plain.is_empty() {
            reached(&self.plain, self.evidence.log_harm_plain(&self.test, 1.0), alarms);
        }
    }
}

/// Evidence of safety: the row "alarms" when the stage may be left.
pub struct Safety {
    test: CountTest,
    rows: Vec<Row>,
    evidence: CountEvidence,
}

impl Safety {
    pub fn new(noninferiority: f64, rows: Vec<Row>) -> Counted {
        let test = CountTest { noninferiority: Some(noninferiority), ..errors(1.0) };
        Box::new(Self { test, rows, evidence: CountEvidence::default() })
    }
}

impl Method<Look<'_>> for Safety {
    fn rows(&self) -> Vec<Row> {
        self.rows.clone()
    }

    fn begin(&mut self) {
        self.evidence = CountEvidence::default();
    }

    fn look(&mut self, look: &Look<'_>, alarms: &mut Vec<bool>) {
        let taken = self.evidence.absorb(&self.test, look.stage, 0, &flush(look), 1.0);
        debug_assert!(taken.is_ok());
        reached(&self.rows, self.evidence.log_safe(&self.test, 1.0).unwrap_or_default(), alarms);
    }
}

/// The proportion kernel at every pooled probability, with restarts: what the shipped evidence is compared with.
pub struct Proportions {
    pub grid: Grid,
    pub rows: Vec<Row>,
    mixture: Mixture<SIZES>,
    successes: f64,
    units: f64,
    clock: Clock,
}

impl Proportions {
    pub fn new(grid: Grid, rows: Vec<Row>) -> Counted {
        let (mixture, clock) = (Mixture::new(STAKES), Clock::default());
        Box::new(Self { grid, rows, mixture, successes: 0.0, units: 0.0, clock })
    }
}

impl Method<Look<'_>> for Proportions {
    fn rows(&self) -> Vec<Row> {
        self.rows.clone()
    }

    fn begin(&mut self) {
        (self.mixture, self.clock) = (Mixture::new(STAKES), Clock::default());
        (self.successes, self.units) = (0.0, 0.0);
    }

    fn look(&mut self, look: &Look<'_>, alarms: &mut Vec<bool>) {
        self.mixture.restart_until(self.clock.epoch(look.stage, look.index));
        let flush = flush(look);
        if self.units >= 50.0 {
            let rate = (0.5 + self.successes) / (1.0 + self.units);
            self.mixture.observe(kernel::proportions(&flush, self.grid, Direction::Lower, rate));
        }
        self.successes += flush.x_treatment + flush.x_control;
        self.units += flush.n_treatment + flush.n_control;
        reached(&self.rows, self.mixture.log_evidence(self.grid.weights()), alarms);
    }
}
