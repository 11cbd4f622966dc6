//! Latency of units: some are always slow, and one may send far more than others.

use hoist_lifecycle::intake::Buckets;
use hoist_lifecycle::sequential::{BUCKETS, CountEvidence, CountTest};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

use crate::Effort;
use crate::groups::{Grouped, GroupedFlush};
use crate::latency::SPREAD;
use crate::method::{QUANTILE_STAKES, Row, errors, reached};
use crate::report::{Column, Report};
use crate::simulate::{Alarms, note, random, spread};
use crate::trace::{Random, WINDOW, poisson};

const ALIKE: &str = "Requests taken for independent, alpha 0.05";
const ALIKE_DEFAULT: &str = "The same, alpha 0.01, margin 1.05";
const APART: &str = "Hoist, by groups of units, alpha 0.05";
const APART_DEFAULT: &str = "Hoist, by groups of units, alpha 0.01, margin 1.05";
/// Users, and how many of them are treated.
const USERS: usize = 10_000;
/// See [`USERS`].
const TREATED: usize = 100;
/// Requests a second of one user.
const PACE: f64 = 0.1;
/// How long a run is, in seconds.
const HOUR: f64 = 3_600.0;
/// Values of the control that teach the threshold: as few as a rollout waits for.
const TEACHING: usize = 1_000;
/// The quantile.
const QUANTILE: f64 = 0.95;
/// The bucket of the slow client, and its requests in a window, each of which is slow.
const SLOW: (usize, f64) = (7, 3.0 * WINDOW);

/// What differs between scenarios.
#[derive(Debug, Clone, Copy)]
struct Case {
    /// How much speeds of users differ: the deviation of their logarithms.
    spread: f64,
    /// How many times as long requests of the treatment take.
    slower: f64,
    /// Whether one treated client is always slow and sends much.
    has_slow_client: bool,
}

/// Requests in a window by bucket of units: those within the threshold, and those beyond it.
#[derive(Debug, Clone)]
struct Crowd([(f64, f64); BUCKETS]);

impl Crowd {
    fn of(users: &[(usize, f64)], slower: f64, threshold: f64) -> Self {
        let mut means = [(0.0, 0.0); BUCKETS];
        for (bucket, speed) in users {
            let deviate = (threshold - speed - slower.ln()) / SPREAD;
            let beyond = 0.5 * libm::erfc(deviate / std::f64::consts::SQRT_2);
            means[*bucket].0 += PACE * WINDOW * (1.0 - beyond);
            means[*bucket].1 += PACE * WINDOW * beyond;
        }
        Self(means)
    }

    fn draw(&self, random: &mut Random) -> Buckets {
        let mut drawn = Buckets::default();
        for (bucket, (within, beyond)) in self.0.iter().enumerate() {
            drawn.x[bucket] = poisson(*beyond, random);
            drawn.n[bucket] = drawn.x[bucket] + poisson(*within, random);
        }
        drawn
    }
}

/// Treated users and the others. Values are logarithms, relative to the median of all.
fn crowds(case: Case, random: &mut Random) -> [Crowd; 2] {
    let users: Vec<(usize, f64)> = (0..USERS)
        .map(|_| {
            let deviate: f64 = StandardNormal.sample(random);
            (random.random_range(0..BUCKETS), case.spread * deviate)
        })
        .collect();
    let (treated, control) = users.split_at(TREATED);
    let mut values: Vec<f64> = (0..TEACHING)
        .map(|_| {
            let deviate: f64 = StandardNormal.sample(random);
            control[random.random_range(0..control.len())].1 + SPREAD * deviate
        })
        .collect();
    values.sort_unstable_by(f64::total_cmp);
    let threshold = values[(QUANTILE * TEACHING as f64) as usize];
    [Crowd::of(treated, case.slower, threshold), Crowd::of(control, 1.0, threshold)]
}

fn window(case: Case, [treated, control]: &[Crowd; 2], random: &mut Random) -> GroupedFlush {
    let mut flush = GroupedFlush { treatment: treated.draw(random), control: control.draw(random) };
    if case.has_slow_client {
        let (bucket, requests) = SLOW;
        flush.treatment.n[bucket] += requests;
        flush.treatment.x[bucket] += requests;
    }
    flush
}

/// The same evidence without and with groups of units.
struct Judged {
    test: CountTest,
    alike: CountEvidence,
    apart: Grouped,
}

impl Judged {
    fn new(margin: f64) -> Self {
        Self { test: errors(margin), alike: CountEvidence::new(QUANTILE_STAKES), apart: Grouped::new() }
    }

    fn absorb(&mut self, epoch: u64, flush: &GroupedFlush) {
        let taken = self.alike.absorb(&self.test, 0, epoch, &flush.totals(), 1.0);
        debug_assert!(taken.is_ok());
        self.apart.absorb(&self.test, epoch, flush);
    }

    fn log_harm(&self) -> [f64; 2] {
        [self.alike.log_harm(&self.test), self.apart.log_harm(&self.test)]
    }
}

fn run(name: &'static str, effort: Effort, runs: usize, case: Case) -> Vec<Alarms> {
    let rows = [
        Row::reference(ALIKE, 0.05),
        Row::reference(ALIKE_DEFAULT, 0.01),
        Row::ours(APART, 0.05),
        Row::ours(APART_DEFAULT, 0.01),
    ];
    spread(
        effort.of(runs),
        &rows,
        || (),
        |(), run, times| {
            let mut random = random(name, run);
            let crowds = crowds(case, &mut random);
            let (mut strict, mut default) = (Judged::new(1.0), Judged::new(1.05));
            for index in 0..(HOUR / WINDOW) as usize {
                let epoch = (index as f64 * WINDOW / 300.0) as u64;
                let drawn = window(case, &crowds, &mut random);
                strict.absorb(epoch, &drawn);
                default.absorb(epoch, &drawn);
                let ([alike, apart], [alike_default, apart_default]) = (strict.log_harm(), default.log_harm());
                let mut alarms = Vec::with_capacity(rows.len());
                for (row, log) in rows.iter().zip([alike, alike_default, apart, apart_default]) {
                    reached(std::slice::from_ref(row), log, &mut alarms);
                }
                if note(&alarms, (index + 1) as f64 * WINDOW, times) {
                    break;
                }
            }
        },
    )
}

pub fn table(effort: Effort, report: &mut Report) {
    let quarter = Case { spread: 0.25, slower: 1.0, has_slow_client: false };
    let half = Case { spread: 0.5, ..quarter };
    let alike = Case { spread: 0.0, ..quarter };
    let columns = [
        Column::nothing("speeds that differ by a deviation of 0.25", run("speeds quarter", effort, 1_000, quarter)),
        Column::nothing("speeds that differ by 0.5", run("speeds half", effort, 1_000, half)),
        Column::nothing(
            "one slow client",
            run("speeds client", effort, 1_000, Case { has_slow_client: true, ..alike }),
        ),
        Column::harm(
            "equal speeds, everything 30 % slower",
            run("speeds alike slower", effort, 1_000, Case { slower: 1.3, ..alike }),
            &[(APART, 30.0), (APART_DEFAULT, 50.0)],
        ),
        Column::harm(
            "speeds differ by 0.25, everything 30 % slower",
            run("speeds quarter slower", effort, 1_000, Case { slower: 1.3, ..quarter }),
            &[(APART, 40.0), (APART_DEFAULT, 60.0)],
        ),
    ];
    report.section("Latency of 10,000 users, 100 of them treated, p95, 1 h", &columns);
}
