//! Values of units that have many of them, as rollouts judge them: a mean per unit and a value per order, over two stages.

use hoist_lifecycle::rollout::Method;
use hoist_lifecycle::rollout::evidence::{ArmSums, ValueSums};
use hoist_lifecycle::sequential::{BUCKETS, Clusters};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

use crate::Effort;
use crate::method::Row;
use crate::report::{Column, Report};
use crate::rollout::{Plan, Rollout, SETTINGS, Watched, rows};
use crate::simulate::{Alarms, note, random, spread};
use crate::trace::{Random, WINDOW, poisson};

/// Largest value that counts, as a multiple of the median.
pub const CAP: f64 = 8.0;
/// Units, and how many of them are treated at each stage.
const UNITS: usize = 10_000;
const TREATED: [usize; 2] = [500, 2_000];
/// The same as shares, in percent.
const SHARES: [f64; 2] = [5.0, 20.0];
/// Orders in a window, of all units.
const ORDERS: f64 = 100.0;
/// Seconds of a stage, and of its beginning in which its units come.
const STAGE: f64 = 3_600.0;
const COMING: f64 = 1_800.0;
/// Windows between two looks: there are no restarts within a stage, so that the time between them makes no difference.
const LOOK: usize = 3;
/// Deviation of the logarithm of a value, given the unit.
const SPREAD: f64 = 0.8;

/// What differs between scenarios.
#[derive(Debug, Clone, Copy)]
struct Case {
    /// How much values differ between units: the deviation of their logarithms.
    units: f64,
    /// How many times as large values of the treatment are at the second stage.
    effect: f64,
}

/// One arm of one stay: units so far, and by group the values and the orders.
struct Arm {
    units: f64,
    came: [f64; BUCKETS],
    orders: [f64; BUCKETS],
    paid: [f64; BUCKETS],
}

impl Arm {
    fn new() -> Self {
        Self { units: 0.0, came: [0.0; BUCKETS], orders: [0.0; BUCKETS], paid: [0.0; BUCKETS] }
    }

    fn sums(&self, n: f64, below: &[f64; BUCKETS]) -> ArmSums {
        let clusters = Clusters::of(n, self.paid.iter().copied().zip(below.iter().copied()));
        ArmSums { n, x: n, values: Some(ValueSums::from(clusters)), ..ArmSums::default() }
    }
}

/// Plays one stay until the end, or until all rows have alarmed; says whether they have.
fn stay(
    case: Case,
    units: &[(usize, f64)],
    stage: usize,
    rollouts: &mut [Rollout<'_>],
    times: &mut [f64],
    random: &mut Random,
) -> bool {
    let mut arms = [Arm::new(), Arm::new()];
    let arm_of = |unit: usize| usize::from(unit >= TREATED[stage]);
    let effect = if stage == 1 { case.effect } else { 1.0 };
    let arrivals: Vec<f64> = units.iter().map(|_| random.random::<f64>() * COMING).collect();
    for index in 0..(STAGE / WINDOW) as usize {
        let start = index as f64 * WINDOW;
        for (unit, (bucket, _)) in units.iter().enumerate() {
            if (start..start + WINDOW).contains(&arrivals[unit]) {
                let arm = &mut arms[arm_of(unit)];
                arm.units += 1.0;
                arm.came[*bucket] += 1.0;
            }
        }
        for _ in 0..poisson(ORDERS, random) as usize {
            let unit = random.random_range(0..units.len());
            // Whoever has not come yet has no order.
            if arrivals[unit] < start + WINDOW {
                let (bucket, like) = units[unit];
                let deviate: f64 = StandardNormal.sample(random);
                let times = if arm_of(unit) == 0 { effect } else { 1.0 };
                let arm = &mut arms[arm_of(unit)];
                arm.orders[bucket] += 1.0;
                arm.paid[bucket] += ((like + SPREAD * deviate).exp() * times).min(CAP);
            }
        }
        if (index + 1) % LOOK != 0 {
            continue;
        }
        let mut alarms = Vec::with_capacity(rollouts.len());
        for (rollout, watched) in rollouts.iter_mut().zip(WATCHED) {
            let [treatment, control] = [0, 1].map(|arm: usize| {
                let arm = &arms[arm];
                match watched {
                    Watched::Ratio => arm.sums(arm.orders.iter().sum(), &arm.orders),
                    _ => arm.sums(arm.units, &arm.came),
                }
            });
            rollout.read(treatment, control, None);
            alarms.push(rollout.is_rolled_back());
        }
        // Of a treatment that does harm at the second stage the first is nothing to be timed.
        let is_harmful = case.effect.total_cmp(&1.0).is_ne();
        if is_harmful && stage == 0 {
            continue;
        }
        let since = if is_harmful { 0.0 } else { stage as f64 * STAGE };
        if note(&alarms, since + start + WINDOW, times) {
            return true;
        }
    }
    false
}

/// What each row watches, as [`table`] names them.
const WATCHED: [Watched; 4] = [Watched::Mean, Watched::Mean, Watched::Ratio, Watched::Ratio];

fn run(name: &'static str, effort: Effort, runs: usize, case: Case) -> Vec<Alarms> {
    let named = [rows("Hoist, a mean per unit", Row::ours), rows("Hoist, a value per order", Row::ours)].concat();
    let plans: Vec<Plan> = WATCHED
        .into_iter()
        .zip(SETTINGS.into_iter().cycle())
        .map(|(watched, setting)| Plan::new(Method::default(), watched, SHARES, setting))
        .collect();
    spread(
        effort.of(runs),
        &named,
        || (),
        |(), run, times| {
            let mut random = random(name, run);
            let units: Vec<(usize, f64)> = (0..UNITS)
                .map(|_| {
                    let deviate: f64 = StandardNormal.sample(&mut random);
                    (random.random_range(0..BUCKETS), case.units * deviate)
                })
                .collect();
            let mut rollouts: Vec<Rollout<'_>> = plans.iter().map(Rollout::begin).collect();
            if !stay(case, &units, 0, &mut rollouts, times, &mut random) {
                rollouts.iter_mut().for_each(Rollout::promote);
                stay(case, &units, 1, &mut rollouts, times, &mut random);
            }
        },
    )
}

pub fn table(effort: Effort, report: &mut Report) {
    let alike = Case { units: 0.0, effect: 1.0 };
    let unequal = Case { units: 0.7, effect: 1.0 };
    let columns = [
        Column::nothing("independent values", run("values alike", effort, 800, alike)),
        Column::nothing("unequal units", run("values unequal", effort, 800, unequal)),
        Column::harm(
            "unequal units, values 1.3 times as large at 20 %",
            run("values larger", effort, 300, Case { effect: 1.3, ..unequal }),
            // What was measured when sizes of harm were last changed.
            &[
                ("Hoist, a mean per unit, alpha 0.05, margin 1", 1_305.0),
                ("Hoist, a mean per unit, alpha 0.01, margin 1.05", 2_310.0),
                ("Hoist, a value per order, alpha 0.05, margin 1", 1_290.0),
                ("Hoist, a value per order, alpha 0.01, margin 1.05", 2_070.0),
            ],
        ),
    ];
    report.section("Values of 10,000 units, an hour at 5 %, then an hour at 20 %", &columns);
}
