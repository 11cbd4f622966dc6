//! `hoist cleanup`: shows, writes or commits the removal of a flag.

mod brief;
mod commit;
mod markdown;
mod mentioned;
mod pull_request;
mod run;
mod sarif;
mod served;
mod show;
mod verify;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use hoist_cleanup::Level;
use hoist_eval::FlagKey;

use crate::cli::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Format;
use crate::source_tree::SourceTree;

/// Remove a retired flag, and the code that only served it, from a source tree
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct CleanupArgs {
    /// The flag's key
    #[arg(value_name = "KEY")]
    key: FlagKey,
    /// The folder to work in
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// The value that the flag ended with, such as `true` or `blue`; asked of the server unless given
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    value: Option<String>,
    /// How far to go [default: fold; with `--commit`: deep]
    #[arg(long, value_enum, value_name = "LEVEL")]
    level: Option<LevelArg>,
    /// Write the files instead of showing the difference
    #[arg(long, conflicts_with = "commit")]
    write: bool,
    /// Make a branch of up to three commits, in a worktree of its own
    #[arg(long)]
    commit: bool,
    /// Name the rule of each change
    #[arg(long)]
    explain: bool,
    /// Write what is left for a person to a file, with the code around it
    #[arg(long, value_name = "FILE")]
    brief: Option<PathBuf>,
    /// End with code 1 if anything is left for a person
    #[arg(long)]
    strict: bool,
    /// Take the value that was typed, although protected environments serve something else
    #[arg(long, requires = "value")]
    force: bool,
    /// Do not ask the server: neither what the flag serves, nor whether it is to be left alone
    #[arg(long, requires = "value", conflicts_with_all = ["force", "set_aside"])]
    offline: bool,
    /// Clean up a flag that is to be left alone; needs --reason
    #[arg(long = "override", requires = "reason")]
    set_aside: bool,
    /// Why, for the commits and the text of the pull request
    #[arg(long, value_name = "TEXT", requires = "set_aside", value_parser = one_line)]
    reason: Option<String>,
}

const AFTER_HELP: &str = "\
Examples:
  hoist cleanup new-nav --value true src          show what would change
  hoist cleanup new-nav --value true --commit     make the branch `hoist/cleanup/new-nav`
  hoist cleanup new-nav -o sarif > cleanup.sarif  show it to code scanning, with fixes
  hoist cleanup new-nav --brief left.md           and write down what is left for a person
  hoist cleanup new-nav --override --reason 'the exporter goes'   although `hoist stale` leaves it alone

A server that is known is asked, even with --value: flags that are meant to stay, switches for operations, permissions,
flags that others need and flags in a rollout are left alone, and the value has to be the one that is served.

Levels: `constant` replaces the calls, `fold` also removes what that decides, `deep` also removes functions, constants
and types that nothing uses any more, and files of which nothing is left.";

/// How far a cleanup goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LevelArg {
    /// Replace the calls by the value
    Constant,
    /// Fold what is constant, and remove unused variables and imports
    Fold,
    /// Remove unused private functions, constants and types too, and files of which nothing is left
    Deep,
}

impl From<LevelArg> for Level {
    fn from(level: LevelArg) -> Self {
        match level {
            LevelArg::Constant => Self::Constant,
            LevelArg::Fold => Self::Fold,
            LevelArg::Deep => Self::Deep,
        }
    }
}

/// Returns a text that fits into the line of a commit message.
fn one_line(typed: &str) -> Result<String, String> {
    let trimmed = typed.trim();
    if trimmed.is_empty() || trimmed.chars().any(char::is_control) {
        return Err("must be one line of text".to_owned());
    }
    Ok(trimmed.to_owned())
}

impl CleanupArgs {
    /// Returns how far to go. A branch has a commit for each level, so it goes all the way.
    fn level(&self) -> Level {
        let default = if self.commit { LevelArg::Deep } else { LevelArg::Fold };
        self.level.unwrap_or(default).into()
    }
}

/// Carries out the command.
pub async fn run(args: CleanupArgs, context: Context) -> Result<Exit, Failure> {
    let served = served::ask(&args, &context).await?;
    let out = context.out;
    if args.commit && out.format() == Format::Sarif {
        return Err(Failure::usage("a branch is not written as `sarif`").hint("leave `--commit` or `-o sarif` out"));
    }
    let (key, strict, offline) = (args.key.clone(), args.strict, args.offline);
    let runtime = tokio::task::spawn_blocking(move || run::on_large_stack(move || work(&args, &served, out)));
    let made = runtime.await.map_err(|error| Failure::new(Exit::Failure, "internal", error.to_string()))??;
    if let Some(branch) = made.branch.as_ref().filter(|_| !offline) {
        register(&key, branch, &context).await;
    }
    Ok(if strict && made.left > 0 { Exit::Failure } else { Exit::Success })
}

/// Tells the server that a change which takes the flag out is on its way. The branch is there either way.
async fn register(key: &FlagKey, branch: &commit::Branch, context: &Context) {
    if context.connection.target().is_err() {
        return;
    }
    let Some(url) = &branch.url else {
        let way = format!("tell it with `hoist stale cleanup {key} --repository NAME --at URL`");
        context.out.say(&format!("The server was not told, because the repository has no remote on the web; {way}"));
        return;
    };
    let body = serde_json::json!({ "repository": branch.repository, "url": url });
    let told = async {
        let client = context.client()?;
        client.put(&client.in_project(&["flags", key.as_str(), "cleanup"]), &body, None).await
    };
    match told.await {
        Ok(_) => context.out.say(&format!("The server knows that {url} takes the flag out")),
        Err(failure) => context.out.say(&format!("The server was not told: {}", failure.message)),
    }
}

/// What came of the work.
struct Made {
    /// How many places are left for a person.
    left: usize,
    branch: Option<commit::Branch>,
}

fn work(args: &CleanupArgs, served: &served::Served, out: crate::output::Output) -> Result<Made, Failure> {
    if args.commit {
        let (left, branch) = commit::commit(args, served, out)?;
        return Ok(Made { left, branch });
    }
    let left = {
        let tree = SourceTree::open(&args.path)?;
        let mut done = run::cleanup(&tree, args.key.as_str(), &served.value, args.level())?;
        for line in done.about_unread().iter().chain(&done.about_absence(args.key.as_str())) {
            out.say(line);
        }
        if args.write {
            let report = verify::write(&tree, &mut done, args.level())?;
            for line in report {
                out.say(&line);
            }
        }
        show::show(args, served, &done, out)?;
        brief::write(args, &done, &tree)?;
        done.outcome.refusals.len()
    };
    Ok(Made { left, branch: None })
}
