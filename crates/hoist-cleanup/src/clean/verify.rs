//! What must hold of a rewritten file before anybody sees it.

use std::collections::HashSet;

use crate::file::File;
use crate::language::Language;

/// Names of the languages themselves that a literal is written with.
const WRITTEN: [&str; 3] = ["String", "int64", "float64"];

/// Returns whether a rewritten file parses as well as before, and has no name that means nothing now.
pub(crate) fn holds(language: Language, before: &File, after: &str) -> bool {
    let Ok(after) = File::parse(language, after) else { return false };
    if after.tree.broken() > before.tree.broken() {
        return false;
    }
    let known: HashSet<&str> = before.scopes.unresolved.iter().map(|node| before.tree.text(*node)).collect();
    let fine = |name: &str| known.contains(name) || WRITTEN.contains(&name);
    after.scopes.unresolved.iter().all(|node| fine(after.tree.text(*node)))
}
