//! SARIF 2.1.0: each file that would change as one result with its fix, and each place that is left as another.

use hoist_cleanup::{Cleaned, Reason};
use serde_json::{Value, json};
use similar::{DiffOp, TextDiff};

use crate::refs::write::sarif::{SCHEMA, uri};

use super::CleanupArgs;
use super::run::Done;
use super::served::Served;
use super::show;

/// The rule of a change; the rules after it are the reasons to leave a place alone.
const CLEANUP: &str = "cleanup";

/// Returns the cleanup as one run.
pub(super) fn sarif(args: &CleanupArgs, served: &Served, done: &Done) -> Value {
    let level = args.level();
    let changed = done.outcome.files.iter().filter(|file| file.before != file.at(level));
    let changed = changed.map(|file| {
        let after = if file.goes(level) { "" } else { file.at(level) };
        let says =
            format!("the flag `{}` is {} for everybody, so this file gets simpler", args.key, show::value(served));
        let fixes = json!([{
            "description": { "text": format!("Take the flag `{}` out", args.key) },
            "artifactChanges": [{ "artifactLocation": place(&file.path), "replacements": replacements(file, after) }],
        }]);
        let changes = done.outcome.changes.iter().filter(|change| change.file == file.path);
        let line = changes.map(|change| change.line).min().unwrap_or(1);
        let mut found = result(0, CLEANUP, &says, &file.path, line);
        if let Some(found) = found.as_object_mut() {
            found.insert("fixes".to_owned(), fixes);
        }
        found
    });
    let left = done.outcome.refusals.iter().map(|refusal| {
        let index = Reason::ALL.iter().position(|reason| *reason == refusal.code).map_or(0, |at| at + 1);
        result(index, refusal.code.code(), refusal.code.sentence(), &refusal.file, refusal.line)
    });
    let results: Vec<Value> = changed.chain(left).collect();
    let reasons = Reason::ALL.iter().map(|reason| rule(reason.code(), reason.sentence()));
    let rules: Vec<Value> =
        std::iter::once(rule(CLEANUP, "the flag has one value for everybody")).chain(reasons).collect();
    let driver = json!({ "name": "hoist cleanup", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    let run = json!({ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results });
    json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] })
}

fn rule(id: &str, text: &str) -> Value {
    json!({ "id": id, "shortDescription": { "text": text } })
}

fn place(path: &str) -> Value {
    json!({ "uri": uri(path), "uriBaseId": "%SRCROOT%" })
}

fn result(index: usize, id: &str, says: &str, path: &str, line: u32) -> Value {
    json!({
        "ruleId": id,
        "ruleIndex": index,
        "level": "note",
        "message": { "text": says },
        "locations": [{ "physicalLocation": { "artifactLocation": place(path), "region": { "startLine": line } } }],
    })
}

/// Returns the difference as whole lines that others take the place of.
fn replacements(file: &Cleaned, after: &str) -> Vec<Value> {
    let diff = TextDiff::from_lines(file.before.as_str(), after);
    let new: Vec<&str> = diff.iter_new_slices().collect();
    let changed = diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    changed
        .map(|op| {
            let (old, text) = (op.old_range(), new.get(op.new_range()).unwrap_or(&[]).concat());
            let mut deleted = json!({ "startLine": old.start + 1, "startColumn": 1, "endLine": old.end + 1, "endColumn": 1 });
            let last = file.before.split_inclusive('\n').nth(old.end.saturating_sub(1)).unwrap_or("");
            // The last line of a file may have no line break, and then there is no line behind it.
            if !old.is_empty() && !last.ends_with('\n') {
                deleted = json!({
                    "startLine": old.start + 1, "startColumn": 1, "endLine": old.end, "endColumn": last.chars().count() + 1,
                });
            }
            json!({ "deletedRegion": deleted, "insertedContent": { "text": text } })
        })
        .collect()
}
