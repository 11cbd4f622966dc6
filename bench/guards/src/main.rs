//! Simulated rollouts, judged by ours and by others' rules on the same traffic.
//!
//! `--quick` runs a thirtieth of everything, which shows that nothing is badly off within a minute. A full run proves the
//! false-alarm rates: the upper 95 % bound of each must not exceed the alpha that the method promises. Exit code 1 if any
//! cell of ours misses.

mod clusters;
mod conversions;
mod delayed;
mod errors;
mod groups;
mod latency;
mod method;
mod others;
mod report;
mod rollout;
mod samples;
mod simulate;
mod speeds;
mod stays;
mod trace;
mod values;

use std::process::ExitCode;
use std::time::Instant;

use report::Report;
use simulate::Runs;

/// Runs that other systems' rules, and variants of ours that do not ship, judge at most.
const OTHERS: usize = 1_000;
/// Runs at least.
const LEAST: usize = 20;

/// How many runs.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    divisor: usize,
}

impl Effort {
    /// Returns how many runs stand for `full` ones.
    pub fn of(self, full: usize) -> Runs {
        let scaled = |runs: usize| (runs / self.divisor).max(LEAST);
        Runs { all: scaled(full), others: scaled(full.min(OTHERS)) }
    }
}

/// One part: its name for `--only`, and what it does.
type Part = (&'static str, fn(Effort, &mut Report));

const PARTS: &[Part] = &[
    ("errors", errors::main_table),
    ("late", errors::late),
    ("confounded", errors::confounded),
    ("clusters", clusters::table),
    ("stays", stays::table),
    ("many", errors::many),
    ("conversions", conversions::table),
    ("delayed", delayed::table),
    ("latency", latency::table),
    ("values", values::table),
    ("proceed", errors::proceed),
    ("samples", samples::table),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let only = arguments.iter().position(|argument| argument == "--only").and_then(|index| arguments.get(index + 1));
    if only.is_some_and(|only| PARTS.iter().all(|(name, _)| name != only)) {
        eprintln!(
            "error: no such part; there are: {}",
            PARTS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
        );
        return ExitCode::from(2);
    }
    let effort = Effort { divisor: if quick { 30 } else { 1 } };
    let mut report = Report { quick, misses: Vec::new(), known: Vec::new() };
    let started = Instant::now();
    for (name, part) in PARTS.iter().filter(|(name, _)| only.is_none_or(|only| only == name)) {
        let begun = Instant::now();
        part(effort, &mut report);
        eprintln!("{name}: {:.1} s", begun.elapsed().as_secs_f64());
    }
    println!("\n{:.0} s in all.", started.elapsed().as_secs_f64());
    if !report.known.is_empty() {
        println!("\nKnown misses:\n");
        for miss in &report.known {
            println!("- {miss}");
        }
        println!();
    }
    if report.misses.is_empty() {
        println!("Nothing {}misses.", if report.known.is_empty() { "" } else { "else " });
        return ExitCode::SUCCESS;
    }
    println!("\nMisses:\n");
    for miss in &report.misses {
        println!("- {miss}");
    }
    ExitCode::from(1)
}
