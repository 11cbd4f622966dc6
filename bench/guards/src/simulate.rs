//! Runs a scenario many times on both cores, and counts what alarms when.

use std::ops::Range;
use std::thread;

use rand::SeedableRng;

use crate::method::{Counted, Row};
use crate::others::Z_95;
use crate::trace::{Look, MINUTE, Random, Rates, WINDOW, Window, draw};

/// How many runs a scenario has.
#[derive(Debug, Clone, Copy)]
pub struct Runs {
    /// Judged by ours.
    pub all: usize,
    /// The first of them, judged by every other row as well: what others promise is so far off that fewer show it.
    pub others: usize,
}

/// Alarms of one row.
#[derive(Debug, Clone)]
pub struct Alarms {
    pub row: Row,
    /// Time of the alarm of each run, in seconds; infinite if there was none.
    pub times: Vec<f64>,
    /// What each run adds to the share instead, where runs were drawn so that most of them alarm; empty otherwise.
    pub weights: Vec<f64>,
}

impl Alarms {
    pub fn runs(&self) -> usize {
        self.times.len() + self.weights.len()
    }

    pub fn alarmed(&self) -> usize {
        self.times.iter().filter(|time| time.is_finite()).count()
    }

    pub fn share(&self) -> f64 {
        if !self.weights.is_empty() {
            return self.weights.iter().sum::<f64>() / self.runs() as f64;
        }
        self.alarmed() as f64 / self.runs().max(1) as f64
    }

    /// Median over all runs; infinite if half of them do not alarm.
    pub fn median(&self) -> f64 {
        median(self.times.clone())
    }

    /// Lower and upper 95 % bound of the median, by ranks.
    pub fn median_bounds(&self) -> [f64; 2] {
        let mut times = self.times.clone();
        times.sort_unstable_by(f64::total_cmp);
        let (runs, last) = (times.len() as f64, times.len().saturating_sub(1));
        let reach = Z_95 * 0.5 * runs.sqrt();
        let ranks = [(0.5 * runs - reach).floor().max(0.0), (0.5 * runs + reach).ceil()];
        ranks.map(|rank| times.get((rank as usize).min(last)).copied().unwrap_or_default())
    }

    /// Upper or lower 95 % bound of the share (Clopper and Pearson), by bisection on the binomial tail; of a mean of
    /// weights, which are bounded and many, the normal one.
    pub fn bound(&self, upper: bool) -> f64 {
        if !self.weights.is_empty() {
            let (mean, runs) = (self.share(), self.runs() as f64);
            let squares: f64 = self.weights.iter().map(|weight| (weight - mean) * (weight - mean)).sum();
            let reach = Z_95 * (squares / (runs - 1.0) / runs).sqrt();
            return if upper { mean + reach } else { mean - reach };
        }
        let (hits, runs) = (self.alarmed() as f64, self.runs() as f64);
        if upper && hits >= runs {
            return 1.0;
        }
        if !upper && hits <= 0.0 {
            return 0.0;
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            let tail = if upper { at_most(hits, runs, middle) } else { 1.0 - at_most(hits - 1.0, runs, middle) };
            if (tail > 0.05) == upper { low = middle } else { high = middle }
        }
        f64::midpoint(low, high)
    }
}

/// Returns the median of times; infinite ones are late.
pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    let middle = times.len() / 2;
    match times.len() {
        0 => f64::INFINITY,
        even if even % 2 == 0 && times[middle].is_finite() => f64::midpoint(times[middle - 1], times[middle]),
        _ => times[middle],
    }
}

/// Probability of at most `hits` of `runs`.
fn at_most(hits: f64, runs: f64, rate: f64) -> f64 {
    let choose = |k: f64| libm::lgamma(runs + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(runs - k + 1.0);
    let term = |k: u64| (choose(k as f64) + k as f64 * rate.ln() + (runs - k as f64) * (-rate).ln_1p()).exp();
    (0..=hits as u64).map(term).sum()
}

/// Splits runs over two threads. `run` plays one run and writes the time of each row's first alarm; rows that do not judge
/// this run begin as NaN, which [`note`] leaves alone.
pub fn spread<S>(
    runs: Runs,
    rows: &[Row],
    prepare: impl Fn() -> S + Sync,
    run: impl Fn(&mut S, usize, &mut [f64]) + Sync,
) -> Vec<Alarms> {
    let threads = thread::available_parallelism().map_or(1, usize::from).clamp(1, 2);
    let parts: Vec<Vec<Vec<f64>>> = thread::scope(|scope| {
        let (prepare, run) = (&prepare, &run);
        let work = move |thread: usize| {
            let mut state = prepare();
            let mine = (thread..runs.all).step_by(threads);
            mine.map(|number| {
                let judges = |row: &Row| if row.ours || number < runs.others { f64::INFINITY } else { f64::NAN };
                let mut times: Vec<f64> = rows.iter().map(judges).collect();
                run(&mut state, number, &mut times);
                times
            })
            .collect()
        };
        let handles: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        handles.into_iter().map(|handle| handle.join().expect("a simulation does not panic")).collect()
    });
    let times = |row: usize| {
        let all = parts.iter().flatten().map(|times: &Vec<f64>| times[row]);
        all.filter(|time| !time.is_nan()).collect()
    };
    rows.iter()
        .enumerate()
        .map(|(index, row)| Alarms { row: row.clone(), times: times(index), weights: Vec::new() })
        .collect()
}

/// Returns the random numbers of a run: the same for every method, and other ones for every scenario.
pub fn random(scenario: &str, run: usize) -> Random {
    let name = scenario
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    Random::seed_from_u64(name ^ (run as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// Notes the first alarm of each row, and returns whether all that judge have alarmed.
pub fn note(alarms: &[bool], at: f64, times: &mut [f64]) -> bool {
    let mut all = true;
    for (alarm, time) in alarms.iter().zip(times) {
        if *alarm && time.is_infinite() {
            *time = at;
        }
        all &= !time.is_infinite();
    }
    all
}

/// Runs methods on counts over a trace that `rates` describes by the time at which a window begins.
pub fn counts(
    scenario: &str,
    runs: Runs,
    horizon: f64,
    methods: impl Fn() -> Vec<Counted> + Sync,
    rates: impl Fn(f64) -> Rates + Sync,
) -> Vec<Alarms> {
    let make = |_: &mut Random| ();
    windows(scenario, runs, horizon, methods, make, |(), start, random| {
        let rates = rates(start);
        (draw(&rates, random), rates.stage)
    })
}

/// Runs methods on counts over a trace that `window` draws, with a world of its own for each run.
pub fn windows<W>(
    scenario: &str,
    runs: Runs,
    horizon: f64,
    methods: impl Fn() -> Vec<Counted> + Sync,
    world: impl Fn(&mut Random) -> W + Sync,
    window: impl Fn(&mut W, f64, &mut Random) -> (Window, u32) + Sync,
) -> Vec<Alarms> {
    let rows: Vec<Row> = methods().iter().flat_map(|method| method.rows()).collect();
    // Each method with the position of its first row.
    let placed = || {
        let mut next = 0;
        let place = |method: Counted| {
            let first = next;
            next += method.rows().len();
            (method, first..next)
        };
        methods().into_iter().map(place).collect()
    };
    spread(runs, &rows, placed, |methods: &mut Vec<(Counted, Range<usize>)>, run, times| {
        let mut random = random(scenario, run);
        let mut world = world(&mut random);
        methods.iter_mut().for_each(|(method, _)| method.begin());
        let (mut total, mut minute) = (Window::default(), Window::default());
        let mut alarms = Vec::new();
        for index in 0..(horizon / WINDOW) as usize {
            let (drawn, stage) = window(&mut world, index as f64 * WINDOW, &mut random);
            total.add(&drawn);
            minute.add(&drawn);
            let is_minute = (index + 1) % MINUTE == 0;
            let look = Look { index, stage, window: &drawn, total: &total, minute: is_minute.then_some(&minute) };
            let mut all = true;
            for (method, rows) in methods.iter_mut() {
                let times = &mut times[rows.clone()];
                // What comes after the alarm changes nothing.
                if times.iter().any(|time| time.is_infinite()) {
                    alarms.clear();
                    method.look(&look, &mut alarms);
                    all &= note(&alarms, look.at(), times);
                }
            }
            if all {
                break;
            }
            if is_minute {
                minute = Window::default();
            }
        }
    })
}
