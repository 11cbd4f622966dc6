//! Latency: log-normal with mean 165 ms and a spread of 0.8 in the logarithm.

use hoist_lifecycle::sequential::{
    BUCKETS, CountTest, Direction, Edge, Effects, Histogram, MeanEvidence, MeanFlush, MeanTest, Moments, combine,
};
use rand::RngExt;

use crate::Effort;
use crate::groups::{Grouped, GroupedFlush};
use crate::method::{Row, errors, reached};
use crate::others::{Z_95, growthbook_width};
use crate::report::{Column, Report};
use crate::simulate::{Alarms, note, random, spread};
use crate::speeds;
use crate::trace::{Random, WINDOW, binomial, poisson};

const MEAN: f64 = 165.0;
/// Standard deviation of the logarithm.
pub const SPREAD: f64 = 0.8;
/// What 2 % of the requests take longer in one scenario, in milliseconds.
const STALL: f64 = 3_000.0;

const ON_MEAN: &str = "Hoist, normal mixture on the capped mean";
const ON_P95: &str = "Hoist, values above the control's p95";
const ON_P99: &str = "Hoist, values above the control's p99";
const ON_ALL: &str = "Hoist, mean of all three";

/// What is wrong with the treatment.
#[derive(Clone, Copy, PartialEq)]
enum Harm {
    None,
    Slower(f64),
    Stalls(f64),
}

/// A distribution as atoms of equal spacing in the logarithm: 250 times faster to draw a window from than by value.
struct Atoms(Vec<(f64, f64)>);

impl Atoms {
    /// Log-normal values, between five deviations, each `scale` times as large.
    fn new(scale: f64) -> Self {
        let (centre, sigma) = ((MEAN * scale).ln() - 0.5 * SPREAD * SPREAD, SPREAD);
        let parts = 200;
        let width = 10.0 / f64::from(parts);
        let below = |z: f64| 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
        let atom = |part: i32| {
            let z = -5.0 + f64::from(part) * width;
            ((centre + sigma * (z + 0.5 * width)).exp(), below(z + width) - below(z))
        };
        Self((0..parts).map(atom).collect())
    }

    /// Draws how many of `n` values each atom gets, `shift` added to each value.
    fn draw(&self, n: f64, shift: f64, random: &mut Random, values: &mut Vec<(f64, f64)>) {
        let (mut left, mut share) = (n, 1.0);
        for (value, probability) in &self.0 {
            if left <= 0.0 {
                break;
            }
            let count = binomial(left, (probability / share).min(1.0), random);
            left -= count;
            share = (share - probability).max(1e-300);
            if count > 0.0 {
                values.push((value + shift, count));
            }
        }
    }
}

/// Values beyond thresholds of the control, as a rollout judges them: tempered by how much groups of units differ.
#[derive(Default)]
struct Beyond {
    /// Empty while the first window is to come, whose control says what they are.
    thresholds: Vec<(Edge, Grouped)>,
}

impl Beyond {
    /// Judges a window of requests that have nothing to do with one another.
    fn absorb(&mut self, test: &CountTest, epoch: u64, [treatment, control]: [&Histogram; 2], random: &mut Random) {
        if self.thresholds.is_empty() {
            let edges = [0.95, 0.99].into_iter().filter_map(|quantile| control.quantile(quantile));
            self.thresholds = edges.map(|edge| (edge, Grouped::new())).collect();
            return;
        }
        for (edge, evidence) in &mut self.thresholds {
            let mut flush = GroupedFlush::default();
            for (values, groups) in [(treatment, &mut flush.treatment), (control, &mut flush.control)] {
                let beyond = values.above(*edge);
                for _ in 0..beyond {
                    let group = random.random_range(0..BUCKETS);
                    groups.n[group] += 1.0;
                    groups.x[group] += 1.0;
                }
                let within = (values.len() - beyond) as f64 / BUCKETS as f64;
                for sum in &mut groups.n {
                    *sum += poisson(within, random);
                }
            }
            evidence.absorb(test, epoch, &flush);
        }
    }
}

fn histogram(values: &[(f64, f64)]) -> Histogram {
    let mut histogram = Histogram::default();
    for (value, count) in values {
        histogram.record_many(*value, *count as u64);
    }
    histogram
}

fn moments(values: &[(f64, f64)], cap: f64) -> Moments {
    values.iter().fold(Moments::default(), |mut sum, (value, count)| {
        sum.merge(&Moments { n: *count, mean: value.min(cap), m2: 0.0, m3: 0.0 });
        sum
    })
}

/// The estimate and its standard error, without a cap.
fn gap(treatment: &Moments, control: &Moments) -> (f64, f64) {
    let error = (treatment.variance() / treatment.n + control.variance() / control.n).sqrt();
    (treatment.mean - control.mean, error)
}

fn run(name: &'static str, effort: Effort, runs: usize, harm: Harm) -> Vec<Alarms> {
    let rows = [
        Row::other("Repeated z-test on the mean, 5 %"),
        Row::other("GrowthBook sequential on the mean, 1 % vs 1 %"),
        Row::other("GrowthBook sequential on the mean, all control"),
        Row::ours(ON_MEAN, 0.05),
        Row::ours(ON_P95, 0.05),
        Row::ours(ON_P99, 0.05),
        Row::ours(ON_ALL, 0.05),
        Row::reference("Values above the control's p95, without restarts", 0.05),
    ];
    let healthy = Atoms::new(1.0);
    let harmed = Atoms::new(if let Harm::Slower(scale) = harm { scale } else { 1.0 });
    let stalls = if let Harm::Stalls(share) = harm { share } else { 0.0 };
    let cap = cap(&healthy);
    spread(
        effort.of(runs),
        &rows,
        || (),
        |(), run, times| {
            let mut random = random(name, run);
            let (count_test, mean_test) = (tests().0, tests().1);
            let (mut means, mut quantiles) = (MeanEvidence::default(), Beyond::default());
            // Of its own, so that the traffic is the same however groups are drawn.
            let mut grouping = random.clone();
            grouping.jump();
            let (mut treated, mut balanced, mut controls) =
                (Moments::default(), Moments::default(), Moments::default());
            for index in 0..360 {
                let epoch = index / 30;
                let (mut treatment, mut small, mut control) = (Vec::new(), Vec::new(), Vec::new());
                let n = poisson(100.0, &mut random);
                let stalled = binomial(n, stalls, &mut random);
                harmed.draw(n - stalled, 0.0, &mut random, &mut treatment);
                harmed.draw(stalled, STALL, &mut random, &mut treatment);
                healthy.draw(poisson(100.0, &mut random), 0.0, &mut random, &mut small);
                control.extend(&small);
                healthy.draw(poisson(9_800.0, &mut random), 0.0, &mut random, &mut control);
                treated.merge(&moments(&treatment, f64::MAX));
                balanced.merge(&moments(&small, f64::MAX));
                controls.merge(&moments(&control, f64::MAX));
                means.absorb(0, &MeanFlush { treatment: moments(&treatment, cap), control: moments(&control, cap) });
                let (slow, usual) = (histogram(&treatment), histogram(&control));
                quantiles.absorb(&count_test, epoch, [&slow, &usual], &mut grouping);
                let (difference, error) = gap(&treated, &controls);
                let (small_difference, small_error) = gap(&treated, &balanced);
                let mut alarms = vec![
                    difference > Z_95 * error,
                    small_difference > growthbook_width(small_error, treated.n + balanced.n, 0.05),
                    difference > growthbook_width(error, treated.n + controls.n, 0.05),
                ];
                let mut logs = vec![means.log_harm(&mean_test).unwrap_or_default()];
                logs.extend(quantiles.thresholds.iter().map(|(_, evidence)| evidence.log_harm(&count_test)));
                logs.resize(3, 0.0);
                let weighted: Vec<_> = logs.iter().map(|log| (*log, 1.0)).collect();
                logs.push(combine(&weighted).map_or(0.0, |combined| combined.log_evidence));
                let p95 = quantiles.thresholds.first();
                logs.push(p95.map_or(0.0, |(_, p95)| p95.log_harm_plain(&count_test)));
                for (row, log) in rows[3..].iter().zip(logs) {
                    reached(std::slice::from_ref(row), log, &mut alarms);
                }
                if note(&alarms, (index + 1) as f64 * WINDOW, times) {
                    break;
                }
            }
        },
    )
}

fn tests() -> (CountTest, MeanTest) {
    (
        errors(1.0),
        MeanTest {
            direction: Direction::Higher,
            margin: 1.0,
            effect: None,
            effects: Effects::One,
            noninferiority: None,
        },
    )
}

/// The control's 99.9th percentile, known from the day before.
fn cap(atoms: &Atoms) -> f64 {
    let mut below = 0.0;
    let beyond = atoms.0.iter().find(|(_, probability)| {
        below += probability;
        below >= 0.999
    });
    beyond.map_or(f64::MAX, |(value, _)| *value)
}

pub fn table(effort: Effort, report: &mut Report) {
    let bar =
        |bars: [f64; 4]| -> Vec<(&str, f64)> { [ON_MEAN, ON_P95, ON_P99, ON_ALL].into_iter().zip(bars).collect() };
    let columns = [
        Column::nothing("no effect, 1 h", run("latency", effort, 1_500, Harm::None)),
        Column::harm(
            "everything 15 % slower",
            run("slower", effort, 2_000, Harm::Slower(1.15)),
            &bar([70.0, 160.0, 410.0, 90.0]),
        ),
        Column::harm(
            "2 % of requests +3 s",
            run("stalls", effort, 2_000, Harm::Stalls(0.02)),
            &bar([70.0, 120.0, 40.0, 50.0]),
        ),
    ];
    report.section("Latency: 1,000 requests a second, 1 % treated, alpha 0.05", &columns);
    speeds::table(effort, report);
}
