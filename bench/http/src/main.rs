//! Measures the `hoist` executable beside a bare hyper server that reads the same bodies and answers the same bytes.
//!
//! Rounds of both alternate within one run, and what is compared is the processor time of the servers, so that a busy
//! machine burdens both alike. Each server has the first core to itself from its start, and the load has the second. Figures are medians. Run it with `scripts/bench-http.sh`.

mod bare;
mod fleet;
mod load;
mod process;
mod seed;

use anyhow::{Context, Result, bail};

use fleet::Size;
use load::Case;
use process::Server;

const ROUNDS: usize = 5;
const FLAGS: usize = 500;
const FLEETS: [Size; 2] = [
    Size { count: 1_000, changes: 11, commit_goal: "at most 200 ms", memory_goal: "" },
    Size { count: 10_000, changes: 5, commit_goal: "at most 1000 ms", memory_goal: "at most 256 MiB" },
];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("bare") => bare::run(&arguments.next().context("an address")?),
        Some("run") => {
            let hoist = arguments.next().context("the path of the hoist executable")?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(run(&hoist))
        }
        _ => bail!("usage: hoist-bench-http run PATH-OF-HOIST"),
    }
}

async fn run(program: &str) -> Result<()> {
    // Both ends of every stream are here and in the server, which inherits this.
    process::raise_descriptors();
    let data = tempfile::tempdir()?;
    let token = seed::seed(data.path(), FLAGS).await?;
    let hoist = Server::hoist(program, data.path()).await?;
    let bare = Server::bare().await?;
    process::stay_on_second_core();
    println!("server processor time in ms per 1,000 requests, 64 connections, medians of {ROUNDS} alternating rounds");
    println!("{:<28}{:>9}{:>9}{:>8}   goal", "request", "hoist", "bare", "ratio");
    for case in [Case::one(&token), Case::all(&token, FLAGS), Case::unchanged(&token)] {
        let case = case.prepare(&hoist).await?;
        bare::teach(&bare, &case).await?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(case.measure(&hoist).await?);
            theirs.push(case.measure(&bare).await?);
        }
        let (ours, theirs) = (median(&mut ours), median(&mut theirs));
        println!("{:<28}{ours:>9.1}{theirs:>9.1}{:>8.2}   {}", case.name, ours / theirs, case.goal);
    }
    println!("resident memory after it     {:>9.1} MiB   40 MiB", hoist.resident_kib()? as f64 / 1_024.0);
    drop((bare, hoist));
    process::use_every_core();
    let mut largest = None;
    for size in &FLEETS {
        // A fleet has a server of its own, so that its memory is what this fleet takes.
        drop(largest.take());
        let hoist = Server::hoist_everywhere(program, data.path()).await?;
        let fleet = fleet::run(&hoist, data.path(), &token, size).await?;
        largest = Some((hoist, fleet));
    }
    let (mut hoist, fleet) = largest.context("no fleet")?;
    fleet::come_back(&mut hoist, &token, fleet).await
}

pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
