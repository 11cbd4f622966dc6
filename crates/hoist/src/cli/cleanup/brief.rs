//! Writes down what is left for a person, with the code around each place.

use std::fmt::Write as _;

use crate::failure::Failure;
use crate::limits::BRIEF_CONTEXT_LINES;
use crate::source_tree::SourceTree;

use super::CleanupArgs;
use super::markdown::refusal as refusal_line;
use super::run::Done;

/// Writes the file that `--brief` names.
pub(super) fn write(args: &CleanupArgs, done: &Done, tree: &SourceTree) -> Result<(), Failure> {
    let Some(path) = &args.brief else { return Ok(()) };
    let mut text = format!("# What is left of `{}`\n", args.key);
    let refusals = &done.outcome.refusals;
    if refusals.is_empty() {
        text.push_str("\nNothing.\n");
    }
    for refusal in refusals {
        // The line is one of the text before, which may be written over by now.
        let changed = done.outcome.files.iter().find(|file| file.path == refusal.file);
        let source = changed.map_or_else(
            || std::fs::read_to_string(tree.place(&refusal.file)).unwrap_or_default(),
            |file| file.before.clone(),
        );
        let first = (refusal.line as usize).saturating_sub(BRIEF_CONTEXT_LINES + 1);
        let lines = source.lines().skip(first).take(2 * BRIEF_CONTEXT_LINES + 1);
        let excerpt = lines.map(|line| format!("    {line}\n")).collect::<Vec<_>>().concat();
        // Writing to a string does not fail.
        let _ = write!(text, "\n- [ ] {}\n\n{excerpt}", refusal_line(refusal));
    }
    std::fs::write(path, text).map_err(|error| Failure::io(&format!("cannot write `{}`", path.display()), &error))
}
