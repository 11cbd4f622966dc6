//! The text of the pull request: why now, what changed, what is left, what to look at, and what to do in which order.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hoist_cleanup::Outcome;

use super::CleanupArgs;
use super::run::Done;
use super::served::Served;
use super::show::{sentence, value};

/// Returns the text, in Markdown.
pub(super) fn text(args: &CleanupArgs, served: &Served, done: &Done) -> String {
    let outcome = &done.outcome;
    let mut text = format!("# Remove the flag `{}`, which is `{}`\n", args.key, value(served));
    // Writing to a string does not fail.
    let _ = evidence(&mut text, served);
    let _ = changes(&mut text, outcome);
    let gone = outcome.files.iter().filter(|file| file.goes(done.accepted(file, args.level())));
    let gone: Vec<String> = gone.map(|file| format!("`{}`", file.path)).collect();
    if !gone.is_empty() {
        let _ =
            writeln!(text, "\nDeleted, because nothing of them is left and nothing names them: {}.", gone.join(", "));
    }
    let _ = left(&mut text, outcome);
    let _ = risks(&mut text, outcome);
    text.push_str(ORDER);
    text
}

const ORDER: &str = "
## Order of operations

1. Review commit by commit: the first only replaces calls by the value, the second only removes what that decides, the
   third only removes what nothing uses any more and can be reverted alone.
2. Merge and deploy.
3. Wait until no deployment evaluates the flag any more.
4. Archive the flag: `hoist flag archive KEY`.

To go back, revert the merge. The flag still exists and serves the same value until it is archived.
";

fn evidence(text: &mut String, served: &Served) -> std::fmt::Result {
    if served.evidence.is_empty() {
        return writeln!(text, "\nThe value was given on the command line.");
    }
    writeln!(text, "\n## Why now\n\n| environment | serves |\n|---|---|")?;
    served.evidence.iter().try_for_each(|(place, what)| writeln!(text, "| {place} | {what} |"))?;
    if served.owner.is_empty() { Ok(()) } else { writeln!(text, "\nOwner: {}", served.owner) }
}

fn changes(text: &mut String, outcome: &Outcome) -> std::fmt::Result {
    writeln!(text, "\n## What changed\n\n{} calls in {} files.\n", outcome.replaced, outcome.files.len())?;
    let mut rules: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    for change in &outcome.changes {
        rules.entry(change.rule.id).or_insert((change.rule.name, 0)).1 += 1;
    }
    writeln!(text, "| rule | | times |\n|---|---|---|")?;
    rules.iter().try_for_each(|(id, (name, times))| writeln!(text, "| {id} | {name} | {times} |"))
}

fn left(text: &mut String, outcome: &Outcome) -> std::fmt::Result {
    writeln!(text, "\n## Left for you\n")?;
    if outcome.refusals.is_empty() {
        return writeln!(text, "Nothing.");
    }
    outcome.refusals.iter().try_for_each(|refusal| writeln!(text, "- [ ] {}", sentence(refusal)))
}

fn risks(text: &mut String, outcome: &Outcome) -> std::fmt::Result {
    writeln!(text, "\n## Look at\n")?;
    if outcome.risks.is_empty() {
        return writeln!(text, "Nothing special.");
    }
    outcome.risks.iter().try_for_each(|risk| {
        let what = match risk.code {
            "optional-receiver" => "without a client the result used to be missing; now it is the value",
            "empty-file" => "nothing but imports and comments is left; delete the file if nothing names it",
            _ => "an error path goes, because a constant cannot fail",
        };
        writeln!(text, "- {}:{}: {}: {what}", risk.file, risk.line, risk.code)
    })
}
