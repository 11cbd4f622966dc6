//! Latency of units: some are always slow, and one may send far more than others.

use hoist_lifecycle::intake::Buckets;
use hoist_lifecycle::rollout::Method;
use hoist_lifecycle::sequential::BUCKETS;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

use crate::Effort;
use crate::groups::GroupedFlush;
use crate::latency::SPREAD;
use crate::method::Row;
use crate::report::{Column, Report};
use crate::rollout::{Plan, Rollout, SETTINGS, Watched, rows};
use crate::simulate::{Alarms, note, random, spread};
use crate::trace::{Random, WINDOW, poisson};

const ALIKE: &str = "Method 2: requests taken for independent";
const APART: &str = "Hoist, by groups of units";
const APART_STRICT: &str = "Hoist, by groups of units, alpha 0.05, margin 1";
const APART_DEFAULT: &str = "Hoist, by groups of units, alpha 0.01, margin 1.05";
/// Users, and how many of them are treated at each stage.
const USERS: usize = 10_000;
/// See [`USERS`].
const TREATED: [usize; 2] = [100, 500];
/// The same as shares, in percent.
const SHARES: [f64; 2] = [1.0, 5.0];
/// Requests a second of one user.
const PACE: f64 = 0.1;
/// Windows of a stage, an hour.
const WINDOWS: usize = 360;
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

/// Treated users and the others, stage by stage. Whoever is treated in the first is treated in the second. Values are logarithms, relative to the median of all.
fn crowds(case: Case, random: &mut Random) -> [[Crowd; 2]; 2] {
    let users: Vec<(usize, f64)> = (0..USERS)
        .map(|_| {
            let deviate: f64 = StandardNormal.sample(random);
            (random.random_range(0..BUCKETS), case.spread * deviate)
        })
        .collect();
    let (_, control) = users.split_at(TREATED[0]);
    let mut values: Vec<f64> = (0..TEACHING)
        .map(|_| {
            let deviate: f64 = StandardNormal.sample(random);
            control[random.random_range(0..control.len())].1 + SPREAD * deviate
        })
        .collect();
    values.sort_unstable_by(f64::total_cmp);
    let threshold = values[(QUANTILE * TEACHING as f64) as usize];
    TREATED.map(|treated| {
        let (treated, control) = users.split_at(treated);
        [Crowd::of(treated, case.slower, threshold), Crowd::of(control, 1.0, threshold)]
    })
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

/// Alarms of the whole run. Where nothing is wrong a second stage follows.
fn run(name: &'static str, effort: Effort, runs: usize, case: Case) -> Vec<Alarms> {
    let named = [rows(ALIKE, Row::reference), rows(APART, Row::ours)].concat();
    let plans: Vec<Plan> = [Method::Second, Method::Third]
        .into_iter()
        .flat_map(|method| SETTINGS.map(|setting| Plan::new(method, Watched::Quantile, SHARES, setting)))
        .collect();
    spread(
        effort.of(runs),
        &named,
        || (),
        |(), run, times| {
            let mut random = random(name, run);
            let crowds = crowds(case, &mut random);
            let mut rollouts: Vec<Rollout<'_>> = plans.iter().map(Rollout::begin).collect();
            rollouts.iter_mut().for_each(Rollout::teach);
            let stages = if case.slower > 1.0 { 1 } else { TREATED.len() };
            for index in 0..stages * WINDOWS {
                if index == WINDOWS {
                    rollouts.iter_mut().for_each(Rollout::promote);
                }
                let drawn = window(case, &crowds[index / WINDOWS], &mut random);
                rollouts.iter_mut().for_each(|rollout| rollout.look_at(&drawn));
                let alarms: Vec<bool> = rollouts.iter().map(Rollout::is_rolled_back).collect();
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
            &[(APART_STRICT, 30.0), (APART_DEFAULT, 50.0)],
        ),
        Column::harm(
            "speeds differ by 0.25, everything 30 % slower",
            run("speeds quarter slower", effort, 1_000, Case { slower: 1.3, ..quarter }),
            &[(APART_STRICT, 40.0), (APART_DEFAULT, 60.0)],
        ),
    ];
    report.section("Latency of 10,000 users, p95, an hour at 1 %, then an hour at 5 %", &columns);
}
