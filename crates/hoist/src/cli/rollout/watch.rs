//! `hoist rollout watch`: a full-screen view at a terminal, one line per decision elsewhere.

use std::time::Duration;

use clap::Args;
use hoist_eval::Span;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::cli::Context;
use crate::clock;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::watch::feed::{self, News};
use crate::watch::lines::{event, line};
use crate::watch::outcome::{Until, outcome};
use crate::watch::parting::hint;
use crate::watch::screen::{self, Watched};

use super::{WhichArgs, find};

/// Follow a rollout until it is over
#[derive(Debug, Args)]
#[command(after_help = "\
At a terminal the view takes keys: p pause, r resume, a promote, k roll back, q leave; each is confirmed,
and a promotion asks for its reason.
Elsewhere there is one line per decision, or one JSON document per line with --json.

Exit codes: 0 completed or reached, 20 rolled back, 21 waits for a person, 22 time is up, 23 cancelled or switched off")]
pub struct WatchArgs {
    #[command(flatten)]
    which: WhichArgs,
    /// What to wait for: finished, paused, or stage=NAME
    #[arg(long, value_name = "WHAT", default_value = "finished")]
    until: Until,
    /// How long to wait, such as 30m
    #[arg(long, value_name = "TIME")]
    timeout: Option<Span>,
    /// Print lines even at a terminal
    #[arg(long)]
    plain: bool,
}

/// Watches the rollout.
pub async fn run(args: WatchArgs, context: Context) -> Result<Exit, Failure> {
    let client = context.client()?;
    let (_, rollout) = find::latest(&client, &args.which).await?;
    let (to, from) = mpsc::channel(16);
    let mut tasks = JoinSet::new();
    tasks.spawn(feed::run(client.clone(), rollout.id.clone(), to));
    let timeout = args.timeout.map(Duration::from);
    if context.out.is_terminal() && !args.plain {
        let watched = Watched { client: &client, id: &rollout.id, until: &args.until, timeout };
        watch_screen(watched, from, context.out).await
    } else {
        watch_lines(context.out, &args.until, timeout, from).await
    }
}

/// Shows the screen, and leaves behind what it showed last: nothing of the screen itself stays in the terminal.
async fn watch_screen(watched: Watched<'_>, news: mpsc::Receiver<News>, out: Output) -> Result<Exit, Failure> {
    let mut last = None;
    let outcome = screen::run(watched, news, &mut last).await;
    if let Some(seen) = &last {
        out.write(|to| seen.lines().into_iter().try_for_each(|line| writeln!(to, "{line}")))?;
        if let Ok(exit) = &outcome {
            out.hint(&hint(&seen.rollout, *exit));
        }
    }
    outcome
}

async fn watch_lines(
    out: Output,
    until: &Until,
    timeout: Option<Duration>,
    mut news: mpsc::Receiver<News>,
) -> Result<Exit, Failure> {
    let begun = clock::moment();
    let mut printed = None;
    loop {
        let left = timeout.map(|most| most.saturating_sub(begun.elapsed()));
        let told = tokio::select! {
            told = news.recv() => told,
            () = wait(left) => {
                out.say("Time is up; the rollout goes on unwatched");
                return Ok(Exit::TimedOut);
            }
        };
        match told {
            Some(News::Now(rollout, decisions)) => {
                let fresh = decisions.iter().rev().filter(|decided| printed.is_none_or(|last| decided.seq > last));
                for decided in fresh {
                    out.event(&event(&rollout, decided), &line(&rollout, decided))?;
                }
                printed = decisions.first().map(|decided| decided.seq).or(printed);
                if let Some(exit) = outcome(&rollout, until, false) {
                    if exit == Exit::Waiting {
                        out.hint(&hint(&rollout, exit));
                    }
                    return Ok(exit);
                }
            }
            Some(News::Disconnected(why)) => out.say(&format!("{why}; trying again")),
            Some(News::Failed(failure)) => return Err(failure),
            None => return Ok(Exit::Failure),
        }
    }
}

async fn wait(left: Option<Duration>) {
    match left {
        Some(left) => clock::wait(left).await,
        None => std::future::pending().await,
    }
}
