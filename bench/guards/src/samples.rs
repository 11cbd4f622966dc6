//! Sample ratio: 50 units a second, 1 % of them to be treated.

use hoist_lifecycle::sequential::{ODDS, SrmEvidence};

use crate::Effort;
use crate::method::{Row, reached};
use crate::report::{Column, Report};
use crate::simulate::{Alarms, note, random, spread};
use crate::trace::{WINDOW, binomial, poisson};

const HOUR: f64 = 3_600.0;
const SHARE: f64 = 0.01;
const UNITS: f64 = 50.0;
const ALPHA: f64 = 0.001;
const OURS: &str = "Hoist tilt e-process, alpha 0.001";
/// Why a bar here may be missed.
const SAME: &str = "the bar is the median of 1,000 runs of the same formula by another program, chance and all";
const PLAIN: &str = "The same, counted in runs without a mismatch";
/// Runs with a mismatch, the same number with each of the odds.
const TILTED_RUNS: usize = 700 * ODDS.len();
/// Points of the chi-square distribution with one degree of freedom.
const CHI_SQUARE: [f64; 2] = [10.827_566_170_662_733, 6.634_896_601_021_213];

/// The evidence of Lindon and Malek: a Dirichlet mixture with `k` units of prior weight.
fn dirichlet(k: f64, treated: f64, control: f64) -> f64 {
    let arm = |share: f64, x: f64| libm::lgamma(k * share + x) - libm::lgamma(k * share) - x * share.ln();
    libm::lgamma(k) - libm::lgamma(k + treated + control) + arm(SHARE, treated) + arm(1.0 - SHARE, control)
}

fn run(name: &'static str, effort: Effort, runs: usize, hours: f64, reporting: f64) -> Vec<Alarms> {
    // Where nothing is missing, tilted runs say more, and plain ones are only to agree with them.
    let ours = if reporting < 1.0 { Row::ours(OURS, ALPHA) } else { Row::reference(PLAIN, ALPHA) };
    let rows = [
        Row::other("Chi-square p < 0.001 at every look"),
        Row::other("Chi-square p < 0.01 at every look"),
        Row::other("Lindon-Malek Dirichlet k = 100, alpha 0.001"),
        Row::other("Lindon-Malek Dirichlet k = 10, alpha 0.001"),
        ours,
    ];
    spread(
        effort.of(runs),
        &rows,
        || (),
        |(), run, times| {
            let mut random = random(name, run);
            let mut evidence = SrmEvidence::default();
            let (mut treated, mut control) = (0.0, 0.0);
            for index in 0..looks(hours) {
                let now = poisson(UNITS * WINDOW * SHARE * reporting, &mut random);
                let others = poisson(UNITS * WINDOW * (1.0 - SHARE), &mut random);
                treated += now;
                control += others;
                evidence.absorb(SHARE, now, others);
                let units = treated + control;
                let gap = treated - SHARE * units;
                let statistic = gap * gap / (SHARE * (1.0 - SHARE) * units);
                let mut alarms = CHI_SQUARE.map(|point| statistic > point).to_vec();
                let is_reached = |k: f64| dirichlet(k, treated, control) >= -ALPHA.ln();
                alarms.extend([(2, 100.0), (3, 10.0)].map(|(row, k)| times[row].is_infinite() && is_reached(k)));
                reached(&rows[4..], evidence.log_evidence(), &mut alarms);
                if note(&alarms, (index + 1) as f64 * WINDOW, times) {
                    break;
                }
            }
        },
    )
}

fn looks(hours: f64) -> usize {
    (hours * HOUR / WINDOW) as usize
}

/// The false alarms of ours from runs with a mismatch, each weighted by how much likelier it is without one.
///
/// The evidence is a likelihood ratio: that of a mixture of mismatches to none. If a run is drawn from the mixture and alarms
/// with evidence `E`, it is `1/E` times as likely without a mismatch, so the mean of `1/E` over such runs, 0 for those that do
/// not alarm, is the chance of a false alarm. Nearly every run alarms, where one in a thousand would, and the weights hardly
/// differ, so the share is known to a hundredth of itself (Siegmund, "Importance sampling in the Monte Carlo study of
/// sequential tests", 1976).
fn false_alarms(name: &'static str, effort: Effort, runs: usize, hours: f64) -> Alarms {
    let rows = [Row::ours(OURS, ALPHA)];
    let mut alarms = spread(
        effort.of(runs),
        &rows,
        || (),
        |(), run, weights| {
            let mut random = random(name, run);
            let odds = ODDS[run % ODDS.len()];
            let tilted = SHARE * odds / (SHARE * odds + 1.0 - SHARE);
            let mut evidence = SrmEvidence::default();
            weights[0] = 0.0;
            for _ in 0..looks(hours) {
                let units = poisson(UNITS * WINDOW, &mut random);
                let treated = binomial(units, tilted, &mut random);
                evidence.absorb(SHARE, treated, units - treated);
                if evidence.log_evidence() >= -ALPHA.ln() {
                    weights[0] = (-evidence.log_evidence()).exp();
                    break;
                }
            }
        },
    );
    let Alarms { row, times, .. } = alarms.remove(0);
    Alarms { row, times: Vec::new(), weights: times }
}

pub fn table(effort: Effort, report: &mut Report) {
    let healthy = |plain: [&'static str; 2], runs, hours| {
        let mut alarms = run(plain[0], effort, runs, hours, 1.0);
        alarms.push(false_alarms(plain[1], effort, TILTED_RUNS, hours));
        alarms
    };
    let columns = [
        Column::nothing("no mismatch, 1 h", healthy(["srm 1 h", "srm 1 h tilted"], 1_000, 1.0)),
        Column::nothing("no mismatch, 24 h", healthy(["srm 24 h", "srm 24 h tilted"], 1_000, 24.0)),
        Column::strict("20 % never report", run("srm 20 %", effort, 4_000, 6.0, 0.8), &[(OURS, 805.0)], SAME),
        Column::strict("60 % never report", run("srm 60 %", effort, 4_000, 1.0, 0.4), &[(OURS, 80.0)], SAME),
    ];
    report.section("Sample ratio", &columns);
}
