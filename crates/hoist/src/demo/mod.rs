//! `hoist demo`: a whole rollout, with a shop as real traffic and a bug that Hoist has to find.
//!
//! The server is the real one, on embedded storage, reached over HTTP. The shop ([`shop`]) evaluates its flag over
//! OFREP and lets itself be scraped. Hoist decides from what Prometheus reads and from nothing else: the story
//! ([`story`]) breaks and mends the shop, starts rollouts and watches, but never tells Hoist what it knows.

pub mod backdrop;
pub mod checks;
pub mod climb;
pub mod plan;
pub mod prometheus;
pub mod props;
pub mod report;
pub mod shop;
pub mod story;
pub mod timeline;
pub mod web;

use std::cell::Cell;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

use backdrop::Rig;
use report::Report;
use timeline::Timeline;

/// How the demo runs.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// End after the story.
    pub once: bool,
    /// What bake times are divided by.
    pub speed: u32,
    /// Never use an installed Prometheus.
    pub built_in_metrics: bool,
}

/// Runs the demo, and clears everything away however it ends.
pub async fn run(options: Options, out: Output) -> Result<Exit, Failure> {
    let mut rig = Rig::new()?;
    let interrupted = interrupt()?;
    // After the story an interrupt is how the demo ends; before, somebody ended it early.
    let so_far = Cell::new(Exit::Failure);
    let outcome = tokio::select! {
        outcome = play(options, out, &mut rig, &so_far) => outcome,
        () = interrupted => {
            out.say("Clearing away");
            Ok(so_far.get())
        }
    };
    rig.strike().await;
    outcome
}

/// Sets everything up, tells the story, reports, and unless asked otherwise goes on until interrupted.
async fn play(options: Options, out: Output, rig: &mut Rig, so_far: &Cell<Exit>) -> Result<Exit, Failure> {
    let mut timeline = Timeline::new(out);
    let backdrop = rig.raise(options, &mut timeline).await?;
    if !options.once {
        backdrop.show_console(out).await;
    }
    let story = story::tell(&backdrop, options, &mut timeline).await?;
    let report = Report::new(&story, &timeline, &backdrop, options);
    report.show(out)?;
    so_far.set(if report.held() { Exit::Success } else { Exit::Failure });
    if !options.once {
        backdrop.invite(&rig.data(), out).await;
        std::future::pending::<()>().await;
    }
    Ok(so_far.get())
}

/// Returns what ends when a person interrupts the demo or the system asks it to end.
fn interrupt() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed = |error: std::io::Error| Failure::io("cannot listen for signals", &error);
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
