//! `hoist rollout pause|resume|promote|rollback|cancel`.

use clap::Args;

use crate::cli::{Context, ReasonArg};
use crate::client::took;
use crate::clock;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::text;
use crate::prompt;
use crate::watch::keys::Verb as Asks;

use super::{WhichArgs, find};

/// The rollout to work on, and why.
#[derive(Debug, Args)]
pub struct VerbArgs {
    #[command(flatten)]
    which: WhichArgs,
    #[command(flatten)]
    reason: ReasonArg,
}

/// The rollout to promote, and why it may be.
#[derive(Debug, Args)]
pub struct PromoteArgs {
    #[command(flatten)]
    which: WhichArgs,
    /// Why the stage may be left now, for the audit log
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
}

fn reason(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        Err("say why the stage may be left; the audit log keeps it")
    } else {
        Ok(text.to_owned())
    }
}

impl From<PromoteArgs> for VerbArgs {
    fn from(PromoteArgs { which, reason }: PromoteArgs) -> Self {
        Self { which, reason: ReasonArg { reason } }
    }
}

/// What a person asks of a rollout.
#[derive(Debug, Clone, Copy)]
pub struct Verb {
    /// The request.
    asks: Asks,
    /// What was done, in words.
    done: &'static str,
    /// The question before it; nothing where the request is the safe direction or can be undone.
    question: Option<&'static str>,
}

/// Stay at this stage.
pub const PAUSE: Verb = Verb { asks: Asks::Pause, done: "Paused", question: None };
/// Go on.
pub const RESUME: Verb = Verb { asks: Asks::Resume, done: "Resumed", question: None };
/// Enter the next stage now.
pub const PROMOTE: Verb = Verb {
    asks: Asks::Promote,
    done: "Promoted",
    question: Some(
        "Leave this stage now, whatever is missing, unless a guard is in breach whose policy is more than notify?",
    ),
};
/// Back to the baseline.
pub const ROLL_BACK: Verb = Verb { asks: Asks::RollBack, done: "Rolled back", question: None };
/// End it.
pub const CANCEL: Verb =
    Verb { asks: Asks::Cancel, done: "Cancelled", question: Some("End the rollout and leave the flag as it is?") };

/// Returns what helps whoever is refused. Who wants to go back wants the users off the new variant, whatever the rollout
/// has come to: a finished one cannot be rolled back, but the flag can be switched off.
fn instead(asked: Asks, flag: &str, environment: &str) -> String {
    match asked {
        Asks::RollBack => format!("`hoist flag off {flag} --env {environment}` gives everyone the off variant, now"),
        _ => format!("`hoist rollout status {flag} --env {environment}` shows where the rollout is"),
    }
}

/// Carries the request out.
pub async fn run(args: VerbArgs, verb: Verb, context: Context) -> Result<Exit, Failure> {
    let client = context.client()?;
    let (_, rollout) = find::latest(&client, &args.which).await?;
    // What is over is refused whatever the answer is, so nobody is asked.
    if let Some(question) = verb.question.filter(|_| !rollout.phase.is_over()) {
        prompt::confirm(question, context.yes)?;
    }
    let path = client.in_project(&["rollouts", &rollout.id, verb.asks.as_str()]);
    let body = verb.asks.body(&args.reason.reason, rollout.entry());
    let begun = clock::moment();
    let (flag, environment) = (&rollout.flag, &rollout.environment);
    let outcome = client.post(&path, &body).await;
    let time = took(begun.elapsed());
    let answer = outcome.map_err(|failure| match failure.code.as_str() {
        "transition_refused" => failure.hint(instead(verb.asks, flag, environment)),
        _ => failure,
    })?;
    super::warn(&answer.body, context.out);
    let generation = match text(&answer.body, "generation") {
        none if none.is_empty() => String::new(),
        number => format!(": generation {number}"),
    };
    context.out.item(&answer.body, "rollout.id", |to| {
        writeln!(to, "{} {flag} in {environment}{generation}, after {time}", verb.done)
    })?;
    Ok(Exit::Success)
}
