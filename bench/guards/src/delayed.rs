//! Units whose outcome comes after a while: conversions with a maturity and without, failures soon after the exposure.

use std::collections::VecDeque;

use hoist_lifecycle::sequential::{CountEvidence, CountFlush, CountKind, CountTest, Direction, Grid};

use crate::Effort;
use crate::method::{Clock, Row, STAKES, errors, reached};
use crate::report::{Column, Report};
use crate::simulate::{Alarms, note, random, spread};
use crate::trace::{Random, WINDOW, binomial, poisson};

const HOUR: f64 = 3_600.0;
const ALLOCATED: &str = "Hoist without a maturity: count kernel by the allocation";
const AT_RISK: &str = "The same conversions by the units at risk";
const AT_RISK_PROPORTION: &str = "The same by the proportion kernel";
const MATURE: &str = "Hoist with a maturity of 10 min: proportion kernel on closed cohorts";
const AFFECTED: &str = "Hoist, affected units at margin 1: count kernel by the allocation";
const AFFECTED_AT_RISK: &str = "The same by the units at risk";
const AFFECTED_DEFAULT: &str = "Hoist, affected units, default (alpha 0.01, margin 1.05): count kernel by the allocation";
const AFFECTED_DEFAULT_AT_RISK: &str = "The same by the units at risk, alpha 0.01, margin 1.05";
const PER_UNIT: &str = "Hoist, events per unit that came";
/// Units that come in a second to a large site, by arm.
const UNITS: [f64; 2] = [1.0, 99.0];
/// The same of a small one, where what the number at risk is off by is large beside what comes.
const FEW: [f64; 2] = [0.02, 1.98];
/// The treated share of them.
const SHARE: f64 = 0.01;
/// Seconds that a conversion takes on average.
const DELAY: f64 = 120.0;
/// Seconds after which a failure comes on average, if it comes.
const SOON: f64 = 20.0;
/// Medians that rows have to reach, in seconds, where 5 % of units fail and 7.5 % of the treated ones.
const HARMED: &[(&str, f64)] = &[(AFFECTED, 655.0), (AFFECTED_DEFAULT, 1_250.0), (PER_UNIT, 650.0)];
/// The same where 40 % fail and 44 % of the treated ones.
const MANY_HARMED: &[(&str, f64)] = &[(AFFECTED, 2_465.0), (AFFECTED_DEFAULT, 14_500.0), (PER_UNIT, 2_565.0)];
/// Windows of a maturity.
const MATURITY: usize = 60;

/// The units of one arm that came in one window.
#[derive(Default)]
struct Cohort {
    units: f64,
    /// Units that will have the event, and have not yet.
    pending: f64,
    converted: f64,
}

/// One arm.
#[derive(Default)]
struct Arm {
    /// Those younger than the maturity, the oldest first.
    cohorts: VecDeque<Cohort>,
    /// Older units that will have the event, and have not yet.
    pending: f64,
    /// Units that have not had it.
    at_risk: f64,
    /// Units that came.
    came: f64,
}

/// Opportunities and events of one arm in one window, by each way of counting.
struct Counted {
    at_risk: [f64; 2],
    came: [f64; 2],
    mature: [f64; 2],
}

impl Arm {
    /// Draws a window: how many units come in a second, how many of them have the event, after how long on average.
    fn window(&mut self, units: f64, rate: f64, delay: f64, random: &mut Random) -> Counted {
        let units = poisson(units * WINDOW, random);
        self.cohorts.push_back(Cohort { units, pending: binomial(units, rate, random), converted: 0.0 });
        let soon = -(-WINDOW / delay).exp_m1();
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
        self.came += units;
        let closed = if self.cohorts.len() > MATURITY { self.cohorts.pop_front() } else { None };
        let closed = closed.unwrap_or_default();
        self.pending += closed.pending;
        Counted { at_risk: [exposed, events], came: [self.came, events], mature: [closed.units, closed.converted] }
    }
}

fn both(treatment: [f64; 2], control: [f64; 2]) -> CountFlush {
    CountFlush { n_treatment: treatment[0], n_control: control[0], x_treatment: treatment[1], x_control: control[1] }
}

/// How one row judges a window: its test, and the flush that it sees.
type Judge = (Row, CountTest, fn(&Counted, &Counted) -> CountFlush);

fn at_risk(treatment: &Counted, control: &Counted) -> CountFlush {
    both(treatment.at_risk, control.at_risk)
}

fn allocated(treatment: &Counted, control: &Counted) -> CountFlush {
    at_risk(treatment, control).allocated(SHARE)
}

/// What is simulated.
struct World {
    hours: f64,
    /// Units that come in a second, by arm.
    units: [f64; 2],
    /// Seconds until the event on average, for units that have it.
    delay: f64,
    /// Their share, by arm.
    rates: [f64; 2],
}

fn run(name: &'static str, runs: crate::simulate::Runs, world: &World, judges: &[Judge]) -> Vec<Alarms> {
    let World { hours, units, delay, rates } = *world;
    let rows: Vec<Row> = judges.iter().map(|(row, ..)| row.clone()).collect();
    spread(
        runs,
        &rows,
        || (),
        |(), run, times| {
            let (mut random, mut clock) = (random(name, run), Clock::default());
            let mut arms = [Arm::default(), Arm::default()];
            let mut evidence: Vec<CountEvidence> = judges.iter().map(|_| CountEvidence::new(STAKES)).collect();
            for index in 0..(hours * HOUR / WINDOW) as usize {
                let epoch = clock.epoch(0, index);
                let [treatment, control] =
                    [0, 1].map(|arm: usize| arms[arm].window(units[arm], rates[arm], delay, &mut random));
                let mut alarms = Vec::with_capacity(judges.len());
                for ((row, test, see), evidence) in judges.iter().zip(&mut evidence) {
                    let taken = evidence.absorb(test, 0, epoch, &see(&treatment, &control), 1.0);
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
    let test =
        |kind| CountTest { kind, grid: Grid::Product, direction: Direction::Lower, margin: 1.0, noninferiority: None };
    let (rate, proportion) = (test(CountKind::Rate), test(CountKind::Proportion));
    let judges: [Judge; 4] = [
        (Row::ours(ALLOCATED, 0.05), rate, allocated),
        (Row::reference(AT_RISK, 0.05), rate, at_risk),
        (Row::reference(AT_RISK_PROPORTION, 0.05), proportion, at_risk),
        (Row::ours(MATURE, 0.05), proportion, |treatment, control| both(treatment.mature, control.mature)),
    ];
    let converted = |name, runs, rates: [f64; 2]| {
        run(name, effort.of(runs), &World { hours: 6.0, units: UNITS, delay: DELAY, rates }, &judges)
    };
    let columns = [
        Column::nothing("no effect at 40 %, 6 h", converted("delayed", 2_000, [0.4, 0.4])),
        Column::harm("40 to 36 %", converted("delayed 36 %", 600, [0.36, 0.4]), &[]),
        Column::harm("40 to 20 %", converted("delayed 20 %", 600, [0.2, 0.4]), &[]),
    ];
    report.section("Conversions that take 2 min on average: 100 units a second, 1 % treated, alpha 0.05", &columns);
    affected(effort, report);
}

/// Affected units of large and small sites, from few of the units to most.
fn affected(effort: Effort, report: &mut Report) {
    let judges: [Judge; 5] = [
        (Row::ours(AFFECTED, 0.05), errors(1.0), allocated),
        (Row::reference(AFFECTED_AT_RISK, 0.05), errors(1.0), at_risk),
        (Row::ours(AFFECTED_DEFAULT, 0.01), errors(1.05), allocated),
        (Row::reference(AFFECTED_DEFAULT_AT_RISK, 0.01), errors(1.05), at_risk),
        (Row::ours(PER_UNIT, 0.05), errors(1.0), |treatment, control| both(treatment.came, control.came)),
    ];
    let failed = |name, runs, rates: [f64; 2]| {
        run(name, effort.of(runs), &World { hours: 6.0, units: UNITS, delay: SOON, rates }, &judges)
    };
    let later = |name, (hours, units), rate: f64| {
        let world = World { hours, units, delay: 60.0, rates: [rate, rate] };
        run(name, effort.of(2_000), &world, &judges[..4])
    };
    let columns = [
        Column::nothing("no effect at 5 %, 6 h", failed("soon", 2_000, [0.05, 0.05])),
        Column::nothing("no effect at 40 %, 6 h", failed("soon many", 2_000, [0.4, 0.4])),
        Column::nothing("no effect at 70 %, after 60 s, 6 h", later("later most", (6.0, UNITS), 0.7)),
        Column::nothing("no effect at 90 %, after 60 s, 6 h", later("later nearly all", (6.0, UNITS), 0.9)),
        Column::harm("5 to 7.5 %", failed("soon harmed", 600, [0.075, 0.05]), HARMED),
        Column::harm("40 to 44 %", failed("soon many harmed", 600, [0.44, 0.4]), MANY_HARMED),
    ];
    report.section("Failures 20 s after the exposure: 100 units a second, 1 % treated", &columns);

    let columns = [
        Column::nothing("no effect at 40 %, after 60 s, 24 h", later("few", (24.0, FEW), 0.4)),
        Column::nothing("no effect at 70 %, after 60 s, 24 h", later("few most", (24.0, FEW), 0.7)),
        Column::nothing("no effect at 90 %, after 60 s, 24 h", later("few nearly all", (24.0, FEW), 0.9)),
    ];
    report.section("Failures of few units: 2 units a second, 1 % treated", &columns);
}
