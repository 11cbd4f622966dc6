//! Hoist's evaluator beside its peers and beside the floor, in one run: `cargo run --release`.
//!
//! Every engine is checked to give the right answer first. Times are medians in nanoseconds; the ratio is to Hoist.
//! Where valgrind is installed, instructions are counted too: they do not depend on how busy the machine is. A row of
//! Hoist above its goal makes the program fail, unless `--report` is given.

mod callgrind;
mod engines;
mod measure;
mod scenario;

use std::process::ExitCode;

use engines::{ENGINES, Engine};
use measure::{Work, medians};
use scenario::Scenario;

const OURS: &str = "hoist";
/// Slower rows of others than this are not counted: emulating them takes minutes and says nothing new.
const COUNTED_NANOS_MAX: f64 = 5_000.0;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments.as_slice() {
        ["repeat", engine, row, repeats] => repeat(engine, row, repeats),
        _ => table(arguments.contains(&"--report")),
    }
}

/// Runs one row of one engine and prints nothing: what callgrind counts.
fn repeat(engine: &str, row: &str, repeats: &str) -> ExitCode {
    let engine = ENGINES.iter().find(|one| one.name == engine);
    let scenario = Scenario::ALL.into_iter().find(|scenario| scenario.name() == row);
    let (Some(engine), Some(scenario), Ok(repeats)) = (engine, scenario, repeats.parse()) else {
        return ExitCode::from(2);
    };
    let Some(work) = (engine.prepare)(scenario) else { return ExitCode::from(2) };
    std::hint::black_box(work(repeats));
    ExitCode::SUCCESS
}

fn prepare(engine: &'static Engine, scenario: Scenario) -> Option<(&'static Engine, Work)> {
    let work = (engine.prepare)(scenario)?;
    if !engine.name.starts_with("floor") {
        let answer = work(1);
        assert!(scenario.expected().contains(&answer), "{} answers {answer} for {}", engine.name, scenario.name());
    }
    Some((engine, work))
}

fn table(only_report: bool) -> ExitCode {
    let counts = callgrind::is_available();
    let mut missed = Vec::new();
    println!(
        "{:<14} {:<34} {:>14} {:>9} {:>12} {:>14}",
        "row", "engine", "median ns", "to hoist", "goal ns", "instructions"
    );
    for scenario in Scenario::ALL {
        let (engines, works): (Vec<&Engine>, Vec<Work>) =
            ENGINES.iter().filter_map(|engine| prepare(engine, scenario)).unzip();
        let medians = medians(&works);
        let ours = engines.iter().zip(&medians).find(|(engine, _)| engine.name == OURS).map_or(f64::NAN, |(_, ns)| *ns);
        for (engine, nanos) in engines.iter().zip(&medians) {
            let is_ours = engine.name == OURS;
            let goal = if is_ours { format!("{:.0}", scenario.goal()) } else { String::new() };
            let counted = (counts && (is_ours || *nanos < COUNTED_NANOS_MAX))
                .then(|| callgrind::instructions(engine.name, scenario.name(), *nanos))
                .flatten()
                .map_or_else(String::new, |count| count.to_string());
            let ratio = nanos / ours;
            println!("{:<14} {:<34} {nanos:>14.1} {ratio:>9.2} {goal:>12} {counted:>14}", scenario.name(), engine.name);
            if is_ours && *nanos > scenario.goal() {
                missed.push(scenario.name());
            }
        }
    }
    if missed.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("above the goal: {}", missed.join(", "));
    ExitCode::from(u8::from(!only_report))
}
