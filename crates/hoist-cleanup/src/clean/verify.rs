//! What must hold of a rewritten file before anybody sees it.

use std::collections::{HashMap, HashSet};

use crate::clean::java_completes;
use crate::file::File;
use crate::language::Language;
use crate::scope::{Binding, BindingKind, ScopeKind};

/// Names of the languages themselves that a cleanup writes: those of literals, and the one for what nothing reads.
const WRITTEN: [&str; 4] = ["String", "int64", "float64", "_"];

/// Returns whether a rewritten file parses as well as before, and has no name that means nothing now.
pub(crate) fn holds(before: &File, after: &File) -> bool {
    if after.tree.broken() > before.tree.broken() {
        return false;
    }
    // Go does not compile with a variable that nothing reads.
    if after.tree.language == Language::Go {
        let known = unread(before);
        if unread(after).iter().any(|(name, count)| known.get(name).is_none_or(|known| known < count)) {
            return false;
        }
    }
    // Java does not compile with a statement that is never reached.
    if after.tree.language == Language::Java && java_completes::faults(after) > java_completes::faults(before) {
        return false;
    }
    let known: HashSet<&str> = before.scopes.unresolved.iter().map(|node| before.tree.text(*node)).collect();
    let fine = |name: &str| known.contains(name) || WRITTEN.contains(&name);
    after.scopes.unresolved.iter().all(|node| fine(after.tree.text(*node)))
}

/// Returns the names of the variables that are never read, with how many of each name there are.
fn unread(file: &File) -> HashMap<&str, usize> {
    let local = |binding: &&Binding| {
        let scope = file.scopes.list.get(binding.scope);
        let variable = matches!(binding.kind, BindingKind::Variable | BindingKind::Pattern);
        let of_type = file.tree.parent_kind(binding.name) == "type_parameter_declaration";
        variable && !of_type && scope.is_some_and(|scope| scope.kind != ScopeKind::Module)
    };
    let mut counts = HashMap::new();
    for binding in file.scopes.bindings.iter().filter(local) {
        if binding.uses.is_empty() && binding.opaque.is_empty() {
            *counts.entry(binding.text.as_str()).or_default() += 1;
        }
    }
    counts
}
