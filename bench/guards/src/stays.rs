//! Units that have many events, over two stages: what the first stage has shown must not be let loose in the second.

use hoist_lifecycle::rollout::Method;
use hoist_lifecycle::sequential::BUCKETS;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

use crate::Effort;
use crate::groups::GroupedFlush;
use crate::method::Row;
use crate::report::{Column, Report};
use crate::rollout::{Plan, Rollout, SETTINGS, Watched, rows};
use crate::simulate::{Alarms, note, random, spread};
use crate::trace::{Random, WINDOW, poisson};

const TOGETHER: &str = "Method 2: stays together, by the last one's dispersion";
const APART: &str = "Hoist, stays apart";
const APART_STRICT: &str = "Hoist, stays apart, alpha 0.05, margin 1";
const APART_DEFAULT: &str = "Hoist, stays apart, alpha 0.01, margin 1.05";
/// Users, and how many of them are treated at each stage.
const USERS: usize = 10_000;
const TREATED: [usize; 2] = [100, 500];
/// The same as shares, in percent.
const SHARES: [f64; 2] = [1.0, 5.0];
/// Requests a second of one user.
const PACE: f64 = 0.1;
/// How long the second stage is simulated, in seconds.
const SECOND: f64 = 1_800.0;
/// The bucket of the client in a crash loop, its failures in a window, and from when to when it has them.
const LOOP: (usize, f64, std::ops::Range<f64>) = (7, 2.0 * WINDOW, 600.0..900.0);

/// What differs between scenarios.
#[derive(Debug, Clone, Copy)]
struct Case {
    /// How much propensities differ: the deviation of their logarithms.
    spread: f64,
    /// How long the first stage lasts, in seconds.
    first: f64,
    /// How many times as often treated users fail in the second stage.
    harm: f64,
    /// Events that come at once.
    burst: f64,
    /// Whether a treated client crashes in a loop in the first stage.
    loops: bool,
}

/// The users of one arm at one stage.
struct Crowd {
    /// Events in a window.
    mean: f64,
    /// Shares of the buckets, added up.
    shares: Vec<f64>,
    /// Requests in a window by bucket.
    requests: [f64; BUCKETS],
}

impl Crowd {
    fn new(users: &[(usize, f64)]) -> Self {
        let (mut rates, mut requests) = ([0.0; BUCKETS], [0.0; BUCKETS]);
        for (bucket, rate) in users {
            rates[*bucket] += rate * WINDOW;
            requests[*bucket] += PACE * WINDOW;
        }
        let mean: f64 = rates.iter().sum();
        let mut below = 0.0;
        let shares = rates.iter().map(|rate| {
            below += rate / mean;
            below
        });
        Self { mean, shares: shares.collect(), requests }
    }

    fn events(&self, harm: f64, random: &mut Random) -> [f64; BUCKETS] {
        let mut events = [0.0; BUCKETS];
        for _ in 0..poisson(self.mean * harm, random) as usize {
            let draw: f64 = random.random();
            events[self.shares.partition_point(|share| *share < draw).min(BUCKETS - 1)] += 1.0;
        }
        events
    }
}

/// Both arms of both stages. Whoever is treated in the first is treated in the second.
fn crowds(case: Case, random: &mut Random) -> [[Crowd; 2]; 2] {
    let users: Vec<(usize, f64)> = (0..USERS)
        .map(|_| {
            let deviate: f64 = StandardNormal.sample(random);
            let rate = PACE * 0.01 * (case.spread * deviate - 0.5 * case.spread * case.spread).exp();
            (random.random_range(0..BUCKETS), rate)
        })
        .collect();
    TREATED.map(|treated| [Crowd::new(&users[..treated]), Crowd::new(&users[treated..])])
}

fn window(case: Case, crowds: &[Crowd; 2], harm: f64, start: f64, random: &mut Random) -> GroupedFlush {
    let mut flush = GroupedFlush::default();
    let [treated, control] = crowds;
    let events = [treated.events(harm * case.burst.recip(), random), control.events(case.burst.recip(), random)];
    for group in 0..BUCKETS {
        let [x_treatment, x_control] = [0, 1].map(|arm: usize| case.burst * events[arm][group]);
        flush.add(group, [treated.requests[group], x_treatment, control.requests[group], x_control]);
    }
    let (group, failures, times) = LOOP;
    if case.loops && times.contains(&start) {
        flush.add(group, [failures, failures, 0.0, 0.0]);
    }
    flush
}

/// Alarms of the whole run, or since the second stage began where the treatment is harmful there.
fn run(name: &'static str, effort: Effort, runs: usize, case: Case) -> Vec<Alarms> {
    let named = [rows(TOGETHER, Row::reference), rows(APART, Row::ours)].concat();
    let plans: Vec<Plan> = [Method::Second, Method::Third]
        .into_iter()
        .flat_map(|method| SETTINGS.map(|setting| Plan::new(method, Watched::Rate, SHARES, setting)))
        .collect();
    spread(
        effort.of(runs),
        &named,
        || (),
        |(), run, times| {
            let mut random = random(name, run);
            let crowds = crowds(case, &mut random);
            let mut rollouts: Vec<Rollout<'_>> = plans.iter().map(Rollout::begin).collect();
            let mut stage = 0;
            for index in 0..((case.first + SECOND) / WINDOW) as usize {
                let start = index as f64 * WINDOW;
                let second = start >= case.first;
                if second && stage == 0 {
                    stage = 1;
                    rollouts.iter_mut().for_each(Rollout::promote);
                }
                let harm = if second { case.harm } else { 1.0 };
                let drawn = window(case, &crowds[stage], harm, start, &mut random);
                rollouts.iter_mut().for_each(|rollout| rollout.look_at(&drawn));
                if case.harm > 1.0 && !second {
                    continue;
                }
                let alarms: Vec<bool> = rollouts.iter().map(Rollout::is_rolled_back).collect();
                let since = if case.harm > 1.0 { case.first } else { 0.0 };
                if note(&alarms, start + WINDOW - since, times) {
                    break;
                }
            }
        },
    )
}

pub fn table(effort: Effort, report: &mut Report) {
    let unequal = Case { spread: 1.0, first: 6.0 * 3_600.0, harm: 1.0, burst: 1.0, loops: false };
    let hour = Case { first: 3_600.0, ..unequal };
    let alike = Case { spread: 0.0, ..hour };
    let columns = [
        Column::nothing("unequal users, 6 h at 1 %, then 5 %", run("stays users", effort, 1_000, unequal)),
        Column::nothing(
            "a client in a crash loop at 1 %, then 5 %",
            run("stays loop", effort, 1_000, Case { loops: true, ..alike }),
        ),
        Column::nothing(
            "bursts of 5, 1 h at 1 %, then 5 %",
            run("stays bursts", effort, 1_000, Case { burst: 5.0, ..alike }),
        ),
        Column::harm(
            "equal users, twice as many errors at 5 %",
            run("stays harmed", effort, 1_000, Case { harm: 2.0, ..alike }),
            &[(APART_STRICT, 60.0), (APART_DEFAULT, 80.0)],
        ),
        Column::harm(
            "unequal users, twice as many errors at 5 %",
            run("stays unequal harmed", effort, 1_000, Case { harm: 2.0, ..hour }),
            &[(APART_STRICT, 70.0), (APART_DEFAULT, 100.0)],
        ),
    ];
    report.section("Units with many events over two stages", &columns);
}
