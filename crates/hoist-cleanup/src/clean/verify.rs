//! What must hold of a rewritten file before anybody sees it.

use std::collections::HashSet;

use crate::file::File;
use crate::language::Language;
use crate::scope::{Binding, BindingKind, ScopeKind};
use crate::tree::Node;

/// Names of the languages themselves that a literal is written with.
const WRITTEN: [&str; 3] = ["String", "int64", "float64"];

/// Returns whether a rewritten file parses as well as before, and has no name that means nothing now.
pub(crate) fn holds(before: &File, after: &File) -> bool {
    if after.tree.broken() > before.tree.broken() {
        return false;
    }
    // Go does not compile with a variable that nothing reads.
    if after.tree.language == Language::Go && !unread(after).is_subset(&unread(before)) {
        return false;
    }
    // Java does not compile with a loop that never runs.
    if after.tree.language == Language::Java && never_runs(after) > never_runs(before) {
        return false;
    }
    let known: HashSet<&str> = before.scopes.unresolved.iter().map(|node| before.tree.text(*node)).collect();
    let fine = |name: &str| known.contains(name) || WRITTEN.contains(&name);
    after.scopes.unresolved.iter().all(|node| fine(after.tree.text(*node)))
}

/// Returns how many loops have the literal `false` for a condition.
fn never_runs(file: &File) -> usize {
    let tree = &file.tree;
    let never = |node: &Node| {
        let condition =
            tree.field(*node, "condition").filter(|_| tree.is(*node, &["while_statement", "for_statement"]));
        condition.is_some_and(|condition| matches!(tree.text(condition), "false" | "(false)"))
    };
    tree.all().filter(never).count()
}

/// Returns the names of the variables that are never read.
fn unread(file: &File) -> HashSet<&str> {
    let local = |binding: &&Binding| {
        let scope = file.scopes.list.get(binding.scope);
        binding.kind == BindingKind::Variable && scope.is_some_and(|scope| scope.kind != ScopeKind::Module)
    };
    let bindings = file.scopes.bindings.iter().filter(local);
    bindings.filter(|b| b.uses.is_empty() && b.opaque.is_empty()).map(|b| b.text.as_str()).collect()
}
