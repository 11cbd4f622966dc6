//! The controller in a world where everything goes wrong, under the eyes of a referee.
//!
//! `HOIST_SIMULATION_SEEDS` sets the number of seeds; `HOIST_SIMULATION_SEED` replays one seed and prints what happens.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests may panic")]

mod mutant;
mod plans;
mod referee;
mod rng;
mod scenarios;
mod statistics;
mod store;
mod values;
mod world;

use std::thread;

use hoist_lifecycle::rollout::RolloutSpec;

use mutant::Mutant;
use world::{Broken, Tally, World};

/// Seeds of one run of the suite.
const SEEDS: u64 = 200_000;
/// Seeds within which every mutant must be caught.
const MUTANT_SEEDS: u64 = 1_000;

fn run(seed: u64, specs: &[RolloutSpec], mutant: Option<Mutant>) -> (Result<(), Broken>, Tally) {
    let mut world = World::new(seed, specs, mutant, false);
    (world.run(), world.tally)
}

fn traced(seed: u64, specs: &[RolloutSpec]) -> (Result<(), Broken>, String) {
    let mut world = World::new(seed, specs, None, true);
    let result = world.run();
    (result, world.trace.unwrap_or_default())
}

/// Runs every `stride`-th seed from `first` on.
fn sweep(first: u64, stride: u64, seeds: u64) -> (Tally, Option<(u64, Broken)>) {
    let specs = plans::specs();
    let mut sum = Tally::default();
    for seed in (first..seeds).step_by(stride as usize) {
        let (result, tally) = run(seed, &specs, None);
        if let Err(broken) = result {
            return (sum, Some((seed, broken)));
        }
        sum.add(tally);
    }
    (sum, None)
}

#[test]
fn no_seed_breaks_an_invariant() {
    let seeds = std::env::var("HOIST_SIMULATION_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(SEEDS);
    let workers = thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let handles: Vec<_> =
        (0..workers).map(|first| thread::spawn(move || timed(|| sweep(first, workers, seeds)))).collect();
    let mut sum = Tally::default();
    let mut busy = 0.0;
    for handle in handles {
        let ((tally, broken), seconds) = handle.join().unwrap();
        busy += seconds;
        sum.add(tally);
        if let Some((seed, Broken { moment, invariant })) = broken {
            panic!("seed={seed} moment={moment}: {invariant}\nreplay: {}", command(seed));
        }
    }
    println!("{seeds} seeds, {:.0} seeds/s/core; {sum:?}", seeds as f64 / busy);
    assert!(sum.advances > seeds / 2, "a world in which nothing advances proves nothing");
    assert!(sum.rolled_back > seeds / 20 && sum.completed > seeds / 20 && sum.conflicts > seeds / 20);
}

fn command(seed: u64) -> String {
    format!("HOIST_SIMULATION_SEED={seed} cargo test -p hoist-lifecycle --test simulation replay -- --nocapture")
}

/// Returns what `work` returns, and the processor seconds it took: reported, never judged. Where the system does not
/// tell how long a thread has run, seconds by the clock stand in.
#[expect(clippy::disallowed_methods, reason = "the rate of seeds is measured and printed")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let processor = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9)
    };
    let (start, clock) = (processor(), std::time::Instant::now());
    let result = work();
    let used = processor().zip(start).map(|(end, start)| end - start);
    (result, used.unwrap_or_else(|| clock.elapsed().as_secs_f64()))
}

#[test]
fn every_mutant_is_caught() {
    let specs = plans::specs();
    let mut escaped = Vec::new();
    println!("{:<58} {:>6}  caught by", "mutant", "seed");
    for mutant in Mutant::ALL {
        let caught = (0..MUTANT_SEEDS).find_map(|seed| run(seed, &specs, Some(*mutant)).0.err().map(|b| (seed, b)));
        match caught {
            Some((seed, broken)) => println!("{:<58} {seed:>6}  {}", mutant.describe(), broken.invariant),
            None => escaped.push(mutant.describe()),
        }
    }
    assert!(escaped.is_empty(), "not caught within {MUTANT_SEEDS} seeds: {escaped:?}");
    assert!(Mutant::ALL.len() >= 12);
}

#[test]
fn a_seed_is_a_world() {
    let specs = plans::specs();
    let mut length = 0;
    for seed in 0..500 {
        let (first, second) = (traced(seed, &specs), traced(seed, &specs));
        assert_eq!(first, second, "seed {seed}");
        length += first.1.len();
    }
    assert!(length > 500_000, "the traces say something");
    assert_ne!(traced(1, &specs).1, traced(2, &specs).1);
}

/// Prints one world. See [`command`].
#[test]
fn replay() {
    let Some(seed) = std::env::var("HOIST_SIMULATION_SEED").ok().and_then(|n| n.parse().ok()) else { return };
    let (result, trace) = traced(seed, &plans::specs());
    println!("{trace}");
    assert_eq!(result, Ok(()));
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.changes += other.changes;
        self.advances += other.advances;
        self.conflicts += other.conflicts;
        self.completed += other.completed;
        self.rolled_back += other.rolled_back;
    }
}

/// Leaving out the fence does not break the state: compare-and-set alone keeps it. The fence is for effects outside the
/// store, of which a simulated controller has none.
#[test]
fn compare_and_set_alone_is_enough() {
    let specs = plans::specs();
    for seed in 0..20_000 {
        let mut world = World::new(seed, &specs, None, false);
        world.without_fence();
        assert_eq!(world.run(), Ok(()), "seed {seed}");
    }
}
