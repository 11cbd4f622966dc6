//! Shows a cleanup: the difference, what each change is, and what is left.

use std::io::{self, Write};

use hoist_cleanup::{Cleaned, Level, Refusal};
use serde_json::{Value, json};
use similar::TextDiff;

use crate::failure::Failure;
use crate::output::{Format, Output};

use super::CleanupArgs;
use super::run::Done;
use super::sarif;
use super::served::Served;

/// Writes the outcome in the form that was asked for.
pub(super) fn show(args: &CleanupArgs, served: &Served, done: &Done, out: Output) -> Result<(), Failure> {
    let level = args.level();
    match out.format() {
        Format::Table => out.write(|to| {
            if !args.write {
                done.outcome.files.iter().try_for_each(|file| to.write_all(diff(file, level).as_bytes()))?;
            }
            if args.explain {
                explain(done, to)?;
            }
            done.outcome.refusals.iter().try_for_each(|refusal| writeln!(to, "{}", sentence(refusal)))?;
            summary(args, done, to)
        }),
        Format::Name => out.write(|to| done.outcome.files.iter().try_for_each(|file| writeln!(to, "{}", file.path))),
        Format::Sarif => out.write(|to| writeln!(to, "{:#}", sarif::sarif(args, served, done))),
        _ => out.item(&document(args, served, done), "key", |_| Ok(())),
    }
}

/// Returns the difference of one file as a patch that `git apply` takes.
pub(super) fn diff(file: &Cleaned, level: Level) -> String {
    let after = file.at(level);
    if file.before == after {
        return String::new();
    }
    let (old, new) = (format!("a/{}", file.path), format!("b/{}", file.path));
    if file.goes(level) {
        let diff = TextDiff::from_lines(file.before.as_str(), "");
        let body = diff.unified_diff().header(&old, "/dev/null").to_string();
        return format!("diff --git {old} {new}\ndeleted file mode 100644\n{body}");
    }
    let diff = TextDiff::from_lines(file.before.as_str(), after);
    let body = diff.unified_diff().context_radius(3).header(&old, &new).to_string();
    format!("diff --git {old} {new}\n{body}")
}

pub(super) fn explain(done: &Done, to: &mut dyn Write) -> io::Result<()> {
    for change in &done.outcome.changes {
        writeln!(to, "{}:{}: {} {}", change.file, change.line, change.rule.id, change.rule.name)?;
    }
    Ok(())
}

/// Returns a refusal as one line.
pub(super) fn sentence(refusal: &Refusal) -> String {
    let note = if refusal.note.is_empty() { String::new() } else { format!(" ({})", refusal.note) };
    format!("{}:{}: {}: {}{note}", refusal.file, refusal.line, refusal.code.code(), refusal.code.sentence())
}

fn summary(args: &CleanupArgs, done: &Done, to: &mut dyn Write) -> io::Result<()> {
    let outcome = &done.outcome;
    let verb = if args.write { "changed" } else { "would change" };
    let gone = outcome.files.iter().filter(|file| file.goes(done.accepted(file, args.level()))).count();
    let gone = if gone == 0 { String::new() } else { format!(", {gone} of them deleted") };
    let files = count(outcome.files.len(), "file");
    let calls = count(outcome.replaced, "call");
    let left = count(outcome.refusals.len(), "place");
    let seen = count(done.candidates, "file");
    writeln!(to, "{calls} replaced, {files} {verb}{gone}; {left} left for a person; the key is in {seen}")
}

/// Returns a number of things in words.
pub(super) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

fn document(args: &CleanupArgs, served: &Served, done: &Done) -> Value {
    let level = args.level();
    let files = done.outcome.files.iter();
    let files = files.map(|file| {
        let accepted = done.accepted(file, level);
        json!({ "path": file.path, "diff": diff(file, accepted), "deleted": file.goes(accepted) })
    });
    let files: Vec<Value> = files.collect();
    json!({
        "key": args.key.as_str(),
        "value": value(served),
        "override": set_aside(served),
        "level": level,
        "files": files,
        "replaced": done.outcome.replaced,
        "changes": done.outcome.changes,
        "refusals": done.outcome.refusals,
        "risks": done.outcome.risks,
        "unread": done.unread,
        "written": args.write,
    })
}

/// Returns the frozen value as JSON.
pub(super) fn value(served: &Served) -> Value {
    use hoist_eval::FlagValue;
    match &served.value {
        FlagValue::Boolean(value) => json!(value),
        FlagValue::String(text) => json!(text.as_ref()),
        FlagValue::Integer(number) => json!(number),
        FlagValue::Float(number) => json!(number),
        FlagValue::Object(map) => Value::Object(map.as_ref().clone()),
    }
}

/// Returns what was set aside, and why; null if nothing was.
pub(super) fn set_aside(served: &Served) -> Value {
    served.set_aside.as_ref().map_or(Value::Null, |it| json!({ "exempt": it.exempt, "reason": it.reason }))
}
