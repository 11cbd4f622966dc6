//! Units that have many events, over two stages: what the first stage has shown must not be let loose in the second.

use hoist_lifecycle::sequential::{BUCKETS, Bucket, Buckets, TemperedEvidence};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

use crate::Effort;
use crate::method::{Clock, Row, STAKES, errors, reached};
use crate::report::{Column, Report};
use crate::simulate::{Alarms, note, random, spread};
use crate::trace::{Random, WINDOW, poisson};

const TOGETHER: &str = "Stays together, by the last one's dispersion, alpha 0.05";
const APART: &str = "Hoist, stays apart, alpha 0.05";
const APART_STRICT: &str = "Hoist, stays apart, alpha 0.01";
/// Users, and how many of them are treated at each stage.
const USERS: usize = 10_000;
const TREATED: [usize; 2] = [100, 500];
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

fn window(case: Case, crowds: &[Crowd; 2], harm: f64, start: f64, random: &mut Random) -> Buckets {
    let mut buckets = Buckets::default();
    let [treated, control] = crowds;
    let events = [treated.events(harm, random), control.events(1.0, random)];
    for index in 0..BUCKETS {
        buckets.add(
            index,
            &Bucket {
                n_treatment: treated.requests[index],
                n_control: control.requests[index],
                x_treatment: events[0][index],
                x_control: events[1][index],
            },
        );
    }
    let (bucket, failures, times) = LOOP;
    if case.loops && times.contains(&start) {
        buckets.add(bucket, &Bucket { n_treatment: failures, x_treatment: failures, ..Bucket::default() });
    }
    buckets
}

/// Alarms of the whole run, or since the second stage began where the treatment is harmful there.
fn run(name: &'static str, effort: Effort, runs: usize, case: Case) -> Vec<Alarms> {
    let rows = [Row::reference(TOGETHER, 0.05), Row::ours(APART, 0.05), Row::ours(APART_STRICT, 0.01)];
    let test = errors(1.0);
    spread(
        effort.of(runs),
        &rows,
        || (),
        |(), run, times| {
            let mut random = random(name, run);
            let crowds = crowds(case, &mut random);
            // What a rollout did before stays were told apart: sums of all stays, and the buckets of the last.
            let (mut together, mut apart) = (TemperedEvidence::new(STAKES), TemperedEvidence::by_stays(STAKES));
            let (mut clock, mut stage) = (Clock::default(), 0);
            for index in 0..((case.first + SECOND) / WINDOW) as usize {
                let start = index as f64 * WINDOW;
                let second = start >= case.first;
                if second && stage == 0 {
                    stage = 1;
                    together.end_stay(true);
                    apart.end_stay(true);
                }
                let harm = if second { case.harm } else { 1.0 };
                let drawn = window(case, &crowds[stage], harm, start, &mut random);
                let epoch = clock.epoch(stage as u32, index);
                for evidence in [&mut together, &mut apart] {
                    let taken = evidence.absorb(&test, stage as u32, epoch, &drawn);
                    debug_assert!(taken.is_ok());
                }
                if case.harm > 1.0 && !second {
                    continue;
                }
                let mut alarms = Vec::with_capacity(rows.len());
                reached(&rows[..1], together.log_harm(&test), &mut alarms);
                reached(&rows[1..], apart.log_harm(&test), &mut alarms);
                let since = if case.harm > 1.0 { case.first } else { 0.0 };
                if note(&alarms, start + WINDOW - since, times) {
                    break;
                }
            }
        },
    )
}

pub fn table(effort: Effort, report: &mut Report) {
    let unequal = Case { spread: 1.0, first: 6.0 * 3_600.0, harm: 1.0, loops: false };
    let hour = Case { first: 3_600.0, ..unequal };
    let alike = Case { spread: 0.0, ..hour };
    let columns = [
        Column::nothing("unequal users, 6 h at 1 %, then 5 %", run("stays users", effort, 1_000, unequal)),
        Column::nothing(
            "a client in a crash loop at 1 %, then 5 %",
            run("stays loop", effort, 1_000, Case { loops: true, ..alike }),
        ),
        Column::harm(
            "equal users, twice as many errors at 5 %",
            run("stays harmed", effort, 1_000, Case { harm: 2.0, ..alike }),
            &[(APART, 60.0)],
        ),
        Column::harm(
            "unequal users, twice as many errors at 5 %",
            run("stays unequal harmed", effort, 1_000, Case { harm: 2.0, ..hour }),
            &[(APART, 70.0)],
        ),
    ];
    report.section("Units with many events over two stages", &columns);
}
