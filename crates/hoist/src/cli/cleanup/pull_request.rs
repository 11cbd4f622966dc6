//! The text of the pull request: why now, what changed, what is left, what to look at, and what to do in which order.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hoist_cleanup::Outcome;
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::limits::PULL_REQUEST_FILES_MAX;
use crate::output::{at, text as field};

use super::CleanupArgs;
use super::run::Done;
use super::served::Served;
use super::show::{count, sentence, value};

/// Returns the text, in Markdown.
pub(super) fn text(args: &CleanupArgs, served: &Served, done: &Done) -> String {
    let mut text = format!("# Remove the flag `{}`, which is `{}`\n", args.key, value(served));
    // Writing to a string does not fail.
    let _ = evidence(&mut text, served);
    let _ = changes(&mut text, args, done);
    let _ = deleted(&mut text, args, done);
    let _ = left(&mut text, &done.outcome);
    let _ = risks(&mut text, &done.outcome);
    let _ = order(&mut text, args, served);
    text
}

fn order(text: &mut String, args: &CleanupArgs, served: &Served) -> std::fmt::Result {
    let key = &args.key;
    writeln!(
        text,
        "
## Order of operations

1. Review commit by commit: the first only replaces calls by the value, the second only removes what that decides, the
   third only removes what nothing uses any more and can be reverted alone.
2. Merge and deploy.
3. Wait until no deployment evaluates the flag any more: `hoist stale {key}`.
4. Archive the flag: `hoist flag archive {key}`.

To go back, revert the merge. The flag still exists and serves the same value until it is archived."
    )?;
    if served.owner.is_empty() { Ok(()) } else { writeln!(text, "\nAsk its owner to review: {}", served.owner) }
}

fn evidence(text: &mut String, served: &Served) -> std::fmt::Result {
    writeln!(text, "\n## Why now\n")?;
    if served.verdict.is_none() {
        writeln!(text, "The value was given on the command line, and no server said anything about the flag.")?;
    } else if served.evidence.is_empty() {
        writeln!(text, "The flag is archived. The value was given on the command line.")?;
    } else {
        writeln!(text, "| environment | serves | unchanged since |\n|---|---|---|")?;
        for there in &served.evidence {
            writeln!(text, "| {} | {} | {} |", there.environment, there.serves, day(&there.since))?;
        }
    }
    if let Some(verdict) = &served.verdict {
        verdict_lines(text, verdict)?;
    }
    let Some(set_aside) = &served.set_aside else { return Ok(()) };
    writeln!(text, "\nThe flag is to be left alone, because {}. It is removed all the same:", set_aside.exempt)?;
    writeln!(text, "\n> {}", set_aside.reason)
}

/// Writes what the server says about the flag's retirement.
fn verdict_lines(text: &mut String, verdict: &Value) -> std::fmt::Result {
    writeln!(text, "\nThe flag's state is `{}`.", field(verdict, "state"))?;
    let findings = at(verdict, "findings").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if !findings.is_empty() {
        writeln!(text)?;
    }
    for finding in findings {
        let (reason, severity) = (field(finding, "reason"), field(finding, "severity"));
        writeln!(text, "- `{reason}` ({severity}) since {}", day(&field(finding, "since")))?;
    }
    match field(verdict, "evaluated_at").as_str() {
        "" => writeln!(text, "\nNo evaluation of it by itself is known."),
        at => writeln!(text, "\nIt was evaluated last on {}.", day(at)),
    }
}

/// Returns the day of an instant.
fn day(instant: &str) -> String {
    instant.chars().take(10).collect()
}

fn changes(text: &mut String, args: &CleanupArgs, done: &Done) -> std::fmt::Result {
    let outcome = &done.outcome;
    let (calls, files) = (count(outcome.replaced, "call"), count(outcome.files.len(), "file"));
    writeln!(text, "\n## What changed\n\n{calls} replaced, {files} changed.\n")?;
    writeln!(text, "| file | lines removed | lines added |\n|---|---|---|")?;
    for file in outcome.files.iter().take(PULL_REQUEST_FILES_MAX) {
        let (removed, added) = lines(&file.before, file.at(done.accepted(file, args.level())));
        writeln!(text, "| {} | {removed} | {added} |", file.path.replace('|', "\\|"))?;
    }
    if let Some(more) = outcome.files.len().checked_sub(PULL_REQUEST_FILES_MAX).filter(|more| *more > 0) {
        writeln!(text, "| and {more} more | | |")?;
    }
    let mut rules: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    for change in &outcome.changes {
        rules.entry(change.rule.id).or_insert((change.rule.name, 0)).1 += 1;
    }
    writeln!(text, "\n| rule | | times |\n|---|---|---|")?;
    rules.iter().try_for_each(|(id, (name, times))| writeln!(text, "| {id} | {name} | {times} |"))
}

/// Names the files that go as a whole.
fn deleted(text: &mut String, args: &CleanupArgs, done: &Done) -> std::fmt::Result {
    let gone = done.outcome.files.iter().filter(|file| file.goes(done.accepted(file, args.level())));
    let gone: Vec<String> = gone.map(|file| format!("`{}`", file.path)).collect();
    if gone.is_empty() {
        return Ok(());
    }
    writeln!(text, "\nDeleted, because nothing of them is left and nothing names them: {}.", gone.join(", "))
}

/// Returns how many lines go and how many come between two texts.
fn lines(before: &str, after: &str) -> (usize, usize) {
    let diff = TextDiff::from_lines(before, after);
    let tags: Vec<ChangeTag> = diff.iter_all_changes().map(|change| change.tag()).collect();
    let times = |wanted: ChangeTag| tags.iter().filter(|tag| **tag == wanted).count();
    (times(ChangeTag::Delete), times(ChangeTag::Insert))
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
