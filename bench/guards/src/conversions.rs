//! Conversions: less is harm. One treated and 99 control units a second.

use hoist_lifecycle::sequential::{CountKind, CountTest, Direction, Grid};

use crate::Effort;
use crate::method::{Counted, Proportions, Row, Shipped};
use crate::others::{Floor, GrowthBook, Repeated};
use crate::report::{Column, Report};
use crate::simulate::{Alarms, counts};
use crate::trace::{Rates, WINDOW};

const HOUR: f64 = 3_600.0;
const FIVE: &str = "Hoist default kind, product grid, alpha 0.05";
const PLAIN: &str = "The same without restarts, alpha 0.05";
const ONE: &str = "Hoist default kind, product grid, alpha 0.01";

fn methods(control: f64, treatment: f64) -> Vec<Counted> {
    let lower = Direction::Lower;
    let test = |kind, grid| CountTest { kind, grid, direction: lower, margin: 1.0, noninferiority: None };
    let mut all: Vec<Counted> = vec![
        Box::new(Repeated(lower)),
        GrowthBook::boxed("GrowthBook sequential, 1 % vs 1 %, min 150", Some(150.0), true, lower),
        GrowthBook::boxed("Same formula, 1 % vs all control, min 150", Some(150.0), false, lower),
        Shipped::boxed(
            test(CountKind::Rate, Grid::Error),
            vec![Row::reference("Count kernel, error grid, alpha 0.05", 0.05)],
            Vec::new(),
        ),
        Proportions::new(Grid::Error, vec![Row::reference("Bernoulli kernel, error grid, alpha 0.05", 0.05)]),
        Proportions::new(
            Grid::Product,
            vec![
                Row::reference("Bernoulli kernel, product grid, alpha 0.05", 0.05),
                Row::reference("Bernoulli kernel, product grid, alpha 0.01", 0.01),
            ],
        ),
        Shipped::boxed(
            test(CountKind::Proportion, Grid::Product),
            vec![Row::ours(FIVE, 0.05), Row::ours(ONE, 0.01)],
            vec![Row::reference(PLAIN, 0.05)],
        ),
    ];
    if treatment < control {
        all.push(Box::new(Floor { control, treatment }));
    }
    all
}

fn run(name: &str, effort: Effort, runs: usize, hours: f64, control: f64, treatment: f64) -> Vec<Alarms> {
    let rates = move |_| Rates { requests: 100.0 * WINDOW, share: 0.01, treatment, control, stage: 0 };
    counts(name, effort.of(runs), hours * HOUR, || methods(control, treatment), rates)
}

pub fn table(effort: Effort, report: &mut Report) {
    let columns = [
        Column::nothing("no effect at 40 %, 6 h", run("c40", effort, 8_000, 6.0, 0.4, 0.4)),
        Column::nothing("no effect at 5 %, 6 h", run("c5", effort, 8_000, 6.0, 0.05, 0.05)),
        Column::harm("40 to 36 %", run("c36", effort, 4_000, 6.0, 0.4, 0.36), &[(FIVE, 935.0), (ONE, 1_490.0)]),
        Column::harm("5 to 4 %", run("c4", effort, 4_000, 6.0, 0.05, 0.04), &[(FIVE, 2_855.0), (ONE, 4_470.0)]),
        Column::harm("5 to 0 %", run("c0", effort, 4_000, 1.0, 0.05, 0.0), &[(FIVE, 130.0), (ONE, 160.0)]),
    ];
    report.section("Conversions: 100 units a second, 1 % treated", &columns);
}
