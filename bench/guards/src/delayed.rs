//! Conversions that take their time: with a maturity, and without.

use std::collections::VecDeque;

use hoist_lifecycle::sequential::{CountEvidence, CountFlush, CountKind, CountTest, Direction, Grid};

use crate::Effort;
use crate::method::{Clock, Row, reached};
use crate::report::{Column, Report};
use crate::simulate::{Alarms, note, random, spread};
use crate::trace::{Random, WINDOW, binomial, poisson};

const HOUR: f64 = 3_600.0;
const AT_RISK: &str = "Hoist without a maturity: count kernel on units at risk";
const AT_RISK_PROPORTION: &str = "The same units by the proportion kernel";
const MATURE: &str = "Hoist with a maturity of 10 min: proportion kernel on closed cohorts";
/// Units that come in a second, by arm.
const UNITS: [f64; 2] = [1.0, 99.0];
/// Seconds that a conversion takes on average.
const DELAY: f64 = 120.0;
/// Windows of a maturity.
const MATURITY: usize = 60;

/// The units of one arm that came in one window.
#[derive(Default)]
struct Cohort {
    units: f64,
    /// Units that will convert, and have not yet.
    pending: f64,
    converted: f64,
}

/// One arm.
#[derive(Default)]
struct Arm {
    /// Those younger than the maturity, the oldest first.
    cohorts: VecDeque<Cohort>,
    /// Older units that will convert, and have not yet.
    pending: f64,
    /// Units that have not converted.
    at_risk: f64,
}

/// Opportunities and events of one arm in one window, by either way of counting.
struct Counted {
    at_risk: [f64; 2],
    mature: [f64; 2],
}

impl Arm {
    fn window(&mut self, units: f64, rate: f64, random: &mut Random) -> Counted {
        let units = poisson(units * WINDOW, random);
        self.cohorts.push_back(Cohort { units, pending: binomial(units, rate, random), converted: 0.0 });
        let soon = -(-WINDOW / DELAY).exp_m1();
        let mut events = binomial(self.pending, soon, random);
        self.pending -= events;
        for cohort in &mut self.cohorts {
            let now = binomial(cohort.pending, soon, random);
            cohort.pending -= now;
            cohort.converted += now;
            events += now;
        }
        let exposed = self.at_risk + units;
        self.at_risk = exposed - events;
        let closed = if self.cohorts.len() > MATURITY { self.cohorts.pop_front() } else { None };
        let closed = closed.unwrap_or_default();
        self.pending += closed.pending;
        Counted { at_risk: [exposed, events], mature: [closed.units, closed.converted] }
    }
}

fn run(name: &'static str, effort: Effort, runs: usize, hours: f64, rates: [f64; 2]) -> Vec<Alarms> {
    let rows = [Row::ours(AT_RISK, 0.05), Row::reference(AT_RISK_PROPORTION, 0.05), Row::ours(MATURE, 0.05)];
    let test =
        |kind| CountTest { kind, grid: Grid::Product, direction: Direction::Lower, margin: 1.0, noninferiority: None };
    let tests = [CountKind::Rate, CountKind::Proportion, CountKind::Proportion].map(test);
    spread(
        effort.of(runs),
        &rows,
        || (),
        |(), run, times| {
            let (mut random, mut clock) = (random(name, run), Clock::default());
            let mut arms = [Arm::default(), Arm::default()];
            let mut evidence = tests.each_ref().map(CountEvidence::of);
            for index in 0..(hours * HOUR / WINDOW) as usize {
                let epoch = clock.epoch(0, index);
                let [treatment, control] =
                    [0, 1].map(|arm: usize| arms[arm].window(UNITS[arm], rates[arm], &mut random));
                let flush = |treatment: [f64; 2], control: [f64; 2]| CountFlush {
                    n_treatment: treatment[0],
                    n_control: control[0],
                    x_treatment: treatment[1],
                    x_control: control[1],
                };
                let at_risk = flush(treatment.at_risk, control.at_risk);
                let flushes = [at_risk, at_risk, flush(treatment.mature, control.mature)];
                let mut alarms = Vec::with_capacity(rows.len());
                for (((row, test), evidence), flush) in rows.iter().zip(&tests).zip(&mut evidence).zip(&flushes) {
                    let taken = evidence.absorb(test, 0, epoch, flush, 1.0);
                    debug_assert!(taken.is_ok());
                    reached(std::slice::from_ref(row), evidence.log_harm(test), &mut alarms);
                }
                if note(&alarms, (index + 1) as f64 * WINDOW, times) {
                    break;
                }
            }
        },
    )
}

pub fn table(effort: Effort, report: &mut Report) {
    let columns = [
        Column::nothing("no effect at 40 %, 6 h", run("delayed", effort, 1_500, 6.0, [0.4, 0.4])),
        Column::harm("40 to 36 %", run("delayed 36 %", effort, 1_500, 6.0, [0.36, 0.4]), &[]),
        Column::harm("40 to 20 %", run("delayed 20 %", effort, 1_500, 6.0, [0.2, 0.4]), &[]),
    ];
    report.section("Conversions that take 2 min on average: 100 units a second, 1 % treated, alpha 0.05", &columns);
}
