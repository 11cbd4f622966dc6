//! The text of the pull request: why now, what changed, what is left, what to look at, and what to do in which order.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hoist_cleanup::Outcome;
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::limits::PULL_REQUEST_FILES_MAX;
use crate::output::{at, text as field};

use super::CleanupArgs;
use super::markdown::{self, cell, code};
use super::run::Done;
use super::served::{ASKED_DAYS, Asked, DAY_CHARS, Served};
use super::show::{count, value};
use super::verify::LATER;

/// Returns the text, in Markdown. `commits` are the stages that have one, `told` is what the project's own check had to say.
pub(super) fn text(args: &CleanupArgs, served: &Served, done: &Done, commits: &[&str], told: &[String]) -> String {
    let mut text = format!("# Remove the flag `{}`, which is {}\n", args.key, code(&value(served).to_string()));
    // Writing to a string does not fail.
    let _ = evidence(&mut text, served);
    let _ = changes(&mut text, args, done);
    let _ = deleted(&mut text, args, done);
    let _ = checked(&mut text, told);
    let _ = left(&mut text, &done.outcome);
    let _ = risks(&mut text, &done.outcome);
    let _ = order(&mut text, args, served, commits, told);
    text
}

fn order(
    text: &mut String,
    args: &CleanupArgs,
    served: &Served,
    commits: &[&str],
    told: &[String],
) -> std::fmt::Result {
    let key = &args.key;
    let only = |stage: &&str| match *stage {
        "constant" => "only replaces calls by the value",
        "fold" if commits.contains(&"constant") && told.iter().any(|line| line.contains(LATER)) => {
            "removes what that decides, where it says so above together with the calls"
        }
        "fold" if commits.contains(&"constant") => "removes what that decides",
        "fold" => "replaces calls by the value, and removes what that decides",
        _ => "removes what nothing uses any more, and can be reverted alone",
    };
    let review = match commits {
        [stage] => format!("Review the commit: it {}.", only(stage)),
        stages => {
            let places = ["first", "second", "third"];
            let each: Vec<String> =
                places.iter().zip(stages).map(|(place, stage)| format!("the {place} {}", only(stage))).collect();
            format!("Review commit by commit: {}.", each.join("; "))
        }
    };
    writeln!(
        text,
        "
## Order of operations

1. {review}
2. Merge and deploy.
3. Wait until no deployment evaluates the flag any more: `hoist stale {key}`.
4. Archive the flag: `hoist flag archive {key}`.

To go back, revert the merge. The flag still exists and serves the same value until it is archived."
    )?;
    if served.owner.is_empty() { Ok(()) } else { writeln!(text, "\nAsk its owner to review: {}", code(&served.owner)) }
}

fn evidence(text: &mut String, served: &Served) -> std::fmt::Result {
    writeln!(text, "\n## Why now\n")?;
    if served.verdict.is_none() {
        writeln!(text, "The value was given on the command line, and no server said anything about the flag.")?;
    } else if served.evidence.is_empty() {
        writeln!(text, "The flag is archived. The value was given on the command line.")?;
    } else {
        writeln!(
            text,
            "| environment | serves | unchanged since | asked for in {ASKED_DAYS} days by |\n|---|---|---|---|"
        )?;
        for there in &served.evidence {
            let (name, serves, since) = (&there.environment, &there.serves, day(&there.since));
            writeln!(text, "| {name} | {serves} | {since} | {} |", asked(&there.asked))?;
        }
        writeln!(
            text,
            "\nClients that take all flags at once are not counted: nobody knows which of them they ask for."
        )?;
    }
    if let Some(verdict) = &served.verdict {
        verdict_lines(text, verdict)?;
    }
    let Some(set_aside) = &served.set_aside else { return Ok(()) };
    writeln!(text, "\nThe flag is to be left alone, because {}. It is removed all the same:", set_aside.exempt)?;
    writeln!(text, "\n> {}", code(&set_aside.reason))
}

/// Returns who asked for the flag in an environment, in words.
fn asked(asked: &Asked) -> String {
    match (asked.clients, asked.last.as_str()) {
        (0, "") => "nobody".to_owned(),
        (0, last) => format!("nobody; the last time was on {last}"),
        (clients, last) => format!("{}, the last time on {last}", count(clients, "client")),
    }
}

/// Writes what the project's own check did not accept as it was.
fn checked(text: &mut String, told: &[String]) -> std::fmt::Result {
    if told.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n## What the checks said\n")?;
    told.iter().try_for_each(|line| writeln!(text, "- {}", code(line)))
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
        let evidence = at(finding, "evidence").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let says = evidence.iter().map(|it| field(it, "message")).filter(|it| !it.is_empty());
        let says: Vec<String> = says.map(|message| code(&message)).collect();
        let says = if says.is_empty() { String::new() } else { format!(": {}", says.join("; ")) };
        writeln!(text, "- `{reason}` ({severity}) since {}{says}", day(&field(finding, "since")))?;
    }
    match field(verdict, "evaluated_at").as_str() {
        "" => writeln!(text, "\nNo evaluation of it by itself is known."),
        at => writeln!(text, "\nIt was evaluated last on {}.", day(at)),
    }
}

/// Returns the day of an instant.
fn day(instant: &str) -> String {
    instant.chars().take(DAY_CHARS).collect()
}

fn changes(text: &mut String, args: &CleanupArgs, done: &Done) -> std::fmt::Result {
    let outcome = &done.outcome;
    let (calls, files) = (count(outcome.replaced, "call"), count(outcome.files.len(), "file"));
    writeln!(text, "\n## What changed\n\n{calls} replaced, {files} changed.\n")?;
    writeln!(text, "| file | lines removed | lines added |\n|---|---|---|")?;
    for file in outcome.files.iter().take(PULL_REQUEST_FILES_MAX) {
        let (removed, added) = lines(&file.before, file.at(done.accepted(file, args.level())));
        writeln!(text, "| {} | {removed} | {added} |", cell(&file.path))?;
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
    let gone: Vec<String> = gone.map(|file| code(&file.path)).collect();
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
    outcome.refusals.iter().try_for_each(|refusal| writeln!(text, "- [ ] {}", markdown::refusal(refusal)))
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
        let place = code(&format!("{}:{}", risk.file, risk.line));
        writeln!(text, "- {place}: {}: {what}", risk.code)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use clap::Parser;
    use hoist_cleanup::{HoistToml, Level, Request, SourceFile};
    use hoist_eval::FlagValue;
    use serde_json::json;

    use super::super::CleanupArgs;
    use super::super::run::Done;
    use super::super::served::{Asked, Served, SetAside, There};
    use super::text;

    #[derive(Parser)]
    struct Typed {
        #[command(flatten)]
        args: CleanupArgs,
    }

    fn typed(more: &[&str]) -> CleanupArgs {
        Typed::try_parse_from([&["hoist", "new-nav", ".", "--commit"][..], more].concat()).expect("arguments").args
    }

    fn cleaned(files: &[(&str, &str)]) -> Done {
        let files: Vec<SourceFile> = files
            .iter()
            .map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() })
            .collect();
        let (config, value) = (HoistToml::default(), FlagValue::Boolean(true));
        let request = Request { key: "new-nav", value: &value, level: Level::Deep, config: &config, definitions: &[] };
        let outcome = hoist_cleanup::cleanup(&files, &request, &|_, _| false);
        let candidates = files.len();
        Done { outcome, candidates, unread: vec![], held: BTreeMap::new(), modes: BTreeMap::new() }
    }

    fn there(environment: &str, clients: usize, last: &str) -> There {
        let asked = Asked { clients, last: last.to_owned() };
        let (environment, since) = (environment.to_owned(), "2026-03-02T10:00:00Z".to_owned());
        There { environment, serves: "`on` to everybody".to_owned(), since, asked }
    }

    const ONE: &str = "if (client.getBooleanValue('new-nav', false)) {\n  show();\n}\n";
    const MORE: &str = "import { old } from './old';\n\nif (await client?.getBooleanValue('new-nav', false)) {\n  show();\n} else \
                        {\n  _old();\n}\n\nfunction _old() {\n  old();\n}\n";
    const LEFT: &str = "if (audit() || (await client.getBooleanValue('new-nav', false))) a();\n";

    #[test]
    fn one_of_everything() {
        let served = Served {
            value: FlagValue::Boolean(true),
            evidence: vec![there("production", 1, "2026-05-01")],
            owner: "ada".to_owned(),
            verdict: Some(json!({
                "state": "candidate", "evaluated_at": "2026-05-01T08:00:00Z",
                "findings": [{ "reason": "rolled_out", "severity": "candidate", "since": "2026-04-01T10:00:00Z",
                    "evidence": [{ "message": "production serves `on` to everybody", "at": "2026-03-02T10:00:00Z" }] }],
            })),
            set_aside: None,
        };
        insta::assert_snapshot!(text(&typed(&[]), &served, &cleaned(&[("nav.ts", ONE)]), &["constant"], &[]));
    }

    #[test]
    fn many_of_everything() {
        let served = Served {
            value: FlagValue::Boolean(true),
            evidence: vec![there("europe", 12, "2026-05-01"), there("asia", 0, "2025-12-24"), there("america", 0, "")],
            owner: String::new(),
            verdict: Some(json!({ "state": "live", "findings": [] })),
            set_aside: Some(SetAside {
                exempt: "it is meant to stay".to_owned(),
                reason: "the old page goes".to_owned(),
            }),
        };
        let done = cleaned(&[("nav.ts", MORE), ("page.ts", MORE), ("audit.ts", LEFT)]);
        let told = ["page.ts: the `verify` command accepts the constant only: it ends with code 1".to_owned()];
        let stages = ["constant", "fold", "orphans"];
        insta::assert_snapshot!(text(&typed(&[]), &served, &done, &stages, &told));
    }

    #[test]
    fn nothing_known() {
        let served = Served {
            value: FlagValue::Boolean(true),
            evidence: vec![],
            owner: String::new(),
            verdict: None,
            set_aside: None,
        };
        let done = cleaned(&[("nav.ts", ONE)]);
        insta::assert_snapshot!(text(&typed(&["--value", "true"]), &served, &done, &["fold", "orphans"], &[]));
    }
}
