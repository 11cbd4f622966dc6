//! Units that have many events: bursts, unequal users, a client in a crash loop.

use hoist_lifecycle::rollout::Method;
use hoist_lifecycle::sequential::{BUCKETS, CountEvidence, CountFlush, CountTest, Direction};
use rand::RngExt;
use rand_distr::{Distribution, Exp1, StandardNormal};

use crate::Effort;
use crate::groups::GroupedFlush;
use crate::method::{Row, STAKES, errors, reached};
use crate::others::{GrowthBook, Repeated};
use crate::report::{Column, Report};
use crate::rollout::{Plan, Rollout, SETTINGS, Watched, rows};
use crate::simulate::{Alarms, note, random, spread};
use crate::trace::{Arm, Look, Random, WINDOW, Window, binomial, poisson};

const HOUR: f64 = 3_600.0;
const RAW: &str = "Count kernel on raw events";
const TEMPERED: &str = "Hoist, tempered by 128 buckets";
const TEMPERED_STRICT: &str = "Hoist, tempered by 128 buckets, alpha 0.05, margin 1";
const UNITS: &str = "Hoist, affected units (first failure)";
/// Events of a burst.
const BURST: f64 = 5.0;
/// Requests a second of each arm.
const REQUESTS: [f64; 2] = [10.0, 990.0];
/// The treated share of them, and of users.
const SHARE: f64 = 0.01;

/// What one window brings, twice: events by bucket, and units that fail for the first time.
struct Drawn {
    buckets: GroupedFlush,
    units: CountFlush,
}

/// A world that draws windows by the time at which they begin.
trait World {
    fn window(&mut self, start: f64, random: &mut Random) -> Drawn;
}

fn of_arm(arm: usize, n: f64, x: f64) -> [f64; 4] {
    if arm == 0 { [n, x, 0.0, 0.0] } else { [0.0, 0.0, n, x] }
}

fn flush([n_treatment, x_treatment, n_control, x_control]: [f64; 4]) -> CountFlush {
    CountFlush { n_treatment, n_control, x_treatment, x_control }
}

/// Errors come in bursts of one user each, who is not seen again.
struct Bursts {
    rates: [f64; 2],
}

impl World for Bursts {
    fn window(&mut self, _: f64, random: &mut Random) -> Drawn {
        let (mut buckets, mut units) = (GroupedFlush::default(), CountFlush::default());
        for arm in 0..2 {
            let mean = REQUESTS[arm] * WINDOW;
            let mut counts = [(0.0, 0.0); BUCKETS];
            for (n, _) in &mut counts {
                *n = poisson(mean / BUCKETS as f64, random);
            }
            let n: f64 = counts.iter().map(|(n, _)| n).sum();
            let bursts = binomial(n, self.rates[arm] / BURST, random);
            for _ in 0..bursts as usize {
                counts[random.random_range(0..BUCKETS)].1 += BURST;
            }
            for (index, (n, x)) in counts.into_iter().enumerate() {
                buckets.add(index, of_arm(arm, n, x));
            }
            units.add(&flush(of_arm(arm, n, bursts)));
        }
        Drawn { buckets, units }
    }
}

/// 100 treated and 9,900 control users, each with a propensity of its own: log-normal with mean 1 % and spread 1.
struct Users {
    /// Errors a second by arm and bucket.
    rates: [[f64; BUCKETS]; 2],
    /// Requests a second by arm and bucket.
    requests: [[f64; BUCKETS]; 2],
    /// When the users of each arm fail first, the latest first.
    failures: [Vec<f64>; 2],
}

/// Requests a second of one user.
const PACE: f64 = 0.1;

impl Users {
    fn new(random: &mut Random) -> Self {
        let mut users =
            Self { rates: [[0.0; BUCKETS]; 2], requests: [[0.0; BUCKETS]; 2], failures: [Vec::new(), Vec::new()] };
        for (arm, count) in [100, 9_900].into_iter().enumerate() {
            for _ in 0..count {
                let deviate: f64 = StandardNormal.sample(random);
                let rate = PACE * 0.01 * (deviate - 0.5).exp();
                let bucket = random.random_range(0..BUCKETS);
                users.rates[arm][bucket] += rate;
                users.requests[arm][bucket] += PACE;
                let wait: f64 = Exp1.sample(random);
                users.failures[arm].push(wait / rate);
            }
            users.failures[arm].sort_unstable_by(|a, b| b.total_cmp(a));
        }
        users
    }
}

impl World for Users {
    fn window(&mut self, start: f64, random: &mut Random) -> Drawn {
        let (mut buckets, mut units) = (GroupedFlush::default(), CountFlush::default());
        for arm in 0..2 {
            for index in 0..BUCKETS {
                let n = self.requests[arm][index] * WINDOW;
                let x = poisson(self.rates[arm][index] * WINDOW, random);
                buckets.add(index, of_arm(arm, n, x));
            }
            let at_risk = self.failures[arm].len() as f64;
            while self.failures[arm].last().is_some_and(|time| *time < start + WINDOW) {
                self.failures[arm].pop();
            }
            let failed = at_risk - self.failures[arm].len() as f64;
            units.add(&flush(of_arm(arm, at_risk, failed)));
        }
        Drawn { buckets, units }
    }
}

/// Independent errors of 1 %, and one treated client that fails twice a second from 10 to 15 min.
struct CrashLoop;

impl World for CrashLoop {
    fn window(&mut self, start: f64, random: &mut Random) -> Drawn {
        let (mut buckets, mut units) = (GroupedFlush::default(), CountFlush::default());
        for arm in 0..2 {
            for index in 0..BUCKETS {
                let n = poisson(REQUESTS[arm] * WINDOW / BUCKETS as f64, random);
                let x = binomial(n, 0.01, random);
                buckets.add(index, of_arm(arm, n, x));
                units.add(&flush(of_arm(arm, n, x)));
            }
        }
        if (600.0..900.0).contains(&start) {
            let failures = 2.0 * WINDOW;
            buckets.add(7, of_arm(0, failures, failures));
            let first = if start < 600.0 + WINDOW { 1.0 } else { 0.0 };
            units.add(&flush(of_arm(0, failures, first)));
        }
        Drawn { buckets, units }
    }
}

fn run<W: World>(
    name: &'static str,
    effort: Effort,
    runs: usize,
    hours: f64,
    world: impl Fn(&mut Random) -> W + Sync,
) -> Vec<Alarms> {
    let formula = GrowthBook {
        name: "Same formula, 1 % vs all control, min 150",
        minimum: Some(150.0),
        balanced: false,
        direction: Direction::Higher,
    };
    let rows = [
        Row::other("Repeated z-test, 5 %"),
        Row::other(formula.name),
        Row::reference(RAW, 0.05),
        Row::ours(UNITS, 0.05),
        Row::reference("Affected units without restarts", 0.05),
    ];
    let rows = [rows.as_slice(), &self::rows(TEMPERED, Row::ours)].concat();
    let plans = SETTINGS.map(|setting| Plan::new(Method::default(), Watched::Rate, [1.0, 5.0], setting));
    spread(
        effort.of(runs),
        &rows,
        || (),
        |(), run, times| {
            let mut random = random(name, run);
            let mut world = world(&mut random);
            let test: CountTest = errors(1.0);
            let (mut raw, mut units) = (CountEvidence::new(STAKES), CountEvidence::new(STAKES));
            let mut tempered = [0, 1].map(|setting: usize| Rollout::begin(&plans[setting]));
            let mut total = Window::default();
            for index in 0..(hours * HOUR / WINDOW) as usize {
                let epoch = (index as f64 * WINDOW / 300.0) as u64;
                let drawn = world.window(index as f64 * WINDOW, &mut random);
                let events = drawn.buckets.totals();
                let window = Window {
                    treatment: Arm { n: events.n_treatment, x: events.x_treatment },
                    balanced: Arm { n: events.n_control, x: events.x_control },
                    rest: Arm::default(),
                };
                total.add(&window);
                let taken = raw.absorb(&test, 0, epoch, &events, 1.0);
                debug_assert!(taken.is_ok());
                tempered.iter_mut().for_each(|rollout| rollout.look_at(&drawn.buckets));
                let taken = units.absorb(&test, 0, epoch, &drawn.units.allocated(SHARE), 1.0);
                debug_assert!(taken.is_ok());
                let look = Look { index, stage: 0, window: &window, total: &total, minute: None };
                let mut alarms = Vec::with_capacity(rows.len());
                crate::method::Method::look(&mut Repeated(Direction::Higher), &look, &mut alarms);
                alarms.push(formula.alarms(total.treatment, total.control()));
                reached(&rows[2..3], raw.log_harm_plain(&test, 1.0), &mut alarms);
                reached(&rows[3..4], units.log_harm(&test), &mut alarms);
                reached(&rows[4..5], units.log_harm_plain(&test, 1.0), &mut alarms);
                alarms.extend(tempered.iter().map(Rollout::is_rolled_back));
                if note(&alarms, look.at(), times) {
                    break;
                }
            }
        },
    )
}

pub fn table(effort: Effort, report: &mut Report) {
    let bursts = |rates: [f64; 2]| move |_: &mut Random| Bursts { rates };
    let columns = [
        Column::nothing("bursts of 5 per user, 1 h", run("bursts", effort, 2_000, 1.0, bursts([0.01, 0.01]))),
        Column::nothing("100 against 9,900 unequal users, 6 h", run("users", effort, 1_000, 6.0, Users::new)),
        Column::nothing(
            "one treated client in a crash loop, 1 h",
            run("loop", effort, 2_000, 1.0, |_: &mut Random| CrashLoop),
        ),
        Column::harm(
            "bursts, 1 to 2 %",
            run("bursts harmed", effort, 2_000, 1.0, bursts([0.02, 0.01])),
            &[(TEMPERED_STRICT, 840.0), (UNITS, 440.0)],
        ),
    ];
    report.section("Units with many events", &columns);
}
