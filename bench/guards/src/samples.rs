//! Sample ratio: 50 units a second, 1 % of them to be treated.

use hoist_lifecycle::sequential::SrmEvidence;

use crate::Effort;
use crate::method::{Row, reached};
use crate::report::{Column, Report};
use crate::simulate::{Alarms, note, random, spread};
use crate::trace::{WINDOW, poisson};

const HOUR: f64 = 3_600.0;
const SHARE: f64 = 0.01;
const UNITS: f64 = 50.0;
const OURS: &str = "Hoist tilt e-process, alpha 0.001";
/// Points of the chi-square distribution with one degree of freedom.
const CHI_SQUARE: [f64; 2] = [10.827_566_170_662_733, 6.634_896_601_021_213];

/// The evidence of Lindon and Malek: a Dirichlet mixture with `k` units of prior weight.
fn dirichlet(k: f64, treated: f64, control: f64) -> f64 {
    let arm = |share: f64, x: f64| libm::lgamma(k * share + x) - libm::lgamma(k * share) - x * share.ln();
    libm::lgamma(k) - libm::lgamma(k + treated + control) + arm(SHARE, treated) + arm(1.0 - SHARE, control)
}

fn run(name: &'static str, effort: Effort, runs: usize, hours: f64, reporting: f64) -> Vec<Alarms> {
    let rows = [
        Row::other("Chi-square p < 0.001 at every look"),
        Row::other("Chi-square p < 0.01 at every look"),
        Row::other("Lindon-Malek Dirichlet k = 100, alpha 0.001"),
        Row::other("Lindon-Malek Dirichlet k = 10, alpha 0.001"),
        Row::ours(OURS, 0.001),
    ];
    spread(
        effort.of(runs),
        &rows,
        || (),
        |(), run, times| {
            let mut random = random(name, run);
            let mut evidence = SrmEvidence::default();
            let (mut treated, mut control) = (0.0, 0.0);
            for index in 0..(hours * HOUR / WINDOW) as usize {
                let now = poisson(UNITS * WINDOW * SHARE * reporting, &mut random);
                let others = poisson(UNITS * WINDOW * (1.0 - SHARE), &mut random);
                treated += now;
                control += others;
                evidence.absorb(SHARE, now, others);
                let units = treated + control;
                let gap = treated - SHARE * units;
                let statistic = gap * gap / (SHARE * (1.0 - SHARE) * units);
                let mut alarms = CHI_SQUARE.map(|point| statistic > point).to_vec();
                alarms.extend([100.0, 10.0].map(|k| dirichlet(k, treated, control) >= 1_000_f64.ln()));
                reached(&rows[4..], evidence.log_evidence(), &mut alarms);
                if note(&alarms, (index + 1) as f64 * WINDOW, times) {
                    break;
                }
            }
        },
    )
}

pub fn table(effort: Effort, report: &mut Report) {
    let columns = [
        Column::nothing("no mismatch, 1 h", run("srm 1 h", effort, 8_000, 1.0, 1.0)),
        Column::nothing("no mismatch, 24 h", run("srm 24 h", effort, 12_000, 24.0, 1.0)),
        Column::harm("20 % never report", run("srm 20 %", effort, 1_000, 6.0, 0.8), &[(OURS, 805.0)]),
        Column::harm("60 % never report", run("srm 60 %", effort, 1_000, 1.0, 0.4), &[(OURS, 80.0)]),
    ];
    report.section("Sample ratio", &columns);
}
