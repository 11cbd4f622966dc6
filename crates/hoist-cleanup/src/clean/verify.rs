//! What must hold of a rewritten file before anybody sees it.

use std::collections::{BTreeMap, HashSet};

use crate::clean::java_completes;
use crate::file::File;
use crate::language::Language;
use crate::scope::{Binding, BindingKind, ScopeKind};
use crate::tree::Node;

/// Names of the languages themselves that a cleanup writes: those of literals, and the one for what nothing reads.
const WRITTEN: [&str; 8] = ["String", "int64", "float64", "_", "Boolean", "Integer", "Long", "Double"];

/// What is wrong with a rewritten file.
pub(crate) struct Fault {
    /// Where it is in the rewritten file, if it is in one place.
    pub(crate) node: Option<Node>,
    /// What it is, in a few words.
    pub(crate) note: String,
}

impl Fault {
    fn new(node: Option<Node>, note: impl Into<String>) -> Self {
        Self { node, note: note.into() }
    }
}

/// Returns what a rewritten file has that the file before had not: something that does not parse or compile, or a name that
/// means nothing.
pub(crate) fn fault(before: &File, after: &File) -> Option<Fault> {
    if after.tree.broken() > before.tree.broken() {
        let broken = after.tree.all().find(|node| after.tree.is_broken(*node));
        return Some(Fault::new(broken, "the result does not parse here"));
    }
    // Go does not compile with a variable that nothing reads.
    if after.tree.language == Language::Go {
        let known = unread(before);
        let unread = unread(after);
        let more = |name: &str, nodes: &[Node]| known.get(name).is_none_or(|known| known.len() < nodes.len());
        let mut new = unread.iter().filter(|(name, nodes)| more(name, nodes));
        if let Some((name, nodes)) = new.next() {
            return Some(Fault::new(nodes.first().copied(), format!("nothing reads `{name}` any more")));
        }
    }
    // Nor with a `:=` that declares nothing.
    if after.tree.language == Language::Go {
        let idle = idle_declarations(after);
        if idle.len() > idle_declarations(before).len() {
            return Some(Fault::new(idle.first().copied(), "`:=` declares nothing new here"));
        }
    }
    // TypeScript does not compile with `if ("a")`.
    let idle = after.idle_questions();
    if idle.len() > before.idle_questions().len() {
        return Some(Fault::new(idle.first().copied(), "a condition here is always the same"));
    }
    // Java does not compile with a statement that is never reached.
    if after.tree.language == Language::Java {
        let faults = java_completes::faults(after);
        if faults.len() > java_completes::faults(before).len() {
            let note = "a statement is never reached, or a value is not given";
            return Some(Fault::new(faults.first().copied(), note));
        }
    }
    if let Some(lost) =
        undeclared(after).find(|node| undeclared(before).all(|o| before.tree.text(o) != after.tree.text(*node)))
    {
        return Some(Fault::new(Some(lost), format!("no class has `{}` any more", after.tree.text(lost))));
    }
    let known: HashSet<&str> = before.scopes.unresolved.iter().map(|node| before.tree.text(*node)).collect();
    let fine = |name: &str| known.contains(name) || WRITTEN.contains(&name);
    let lost = after.scopes.unresolved.iter().find(|node| !fine(after.tree.text(**node)))?;
    Some(Fault::new(Some(*lost), format!("`{}` means nothing any more", after.tree.text(*lost))))
}

/// Go: returns the `:=` of which no name is new.
fn idle_declarations(file: &File) -> Vec<Node> {
    let tree = &file.tree;
    let is_new =
        |name: &Node| tree.text(*name) != "_" && file.scopes.meant(*name).is_some_and(|binding| binding.name == *name);
    let idle = |node: &Node| {
        let names = tree.field(*node, "left").map(|left| tree.named(left)).unwrap_or_default();
        tree.kind(*node) == "short_var_declaration" && !names.iter().any(is_new)
    };
    tree.all().filter(idle).collect()
}

/// Returns the private names of JavaScript, such as `#on`, that no class declares.
fn undeclared(file: &File) -> impl Iterator<Item = Node> + '_ {
    let tree = &file.tree;
    let names = move || tree.all().filter(|node| tree.kind(*node) == "private_property_identifier");
    let declares = move |node: &Node| {
        matches!(tree.parent_kind(*node), "field_definition" | "public_field_definition" | "method_definition")
    };
    let declared: HashSet<&str> = names().filter(declares).map(|node| tree.text(node)).collect();
    names().filter(move |node| !declared.contains(tree.text(*node)))
}

/// Returns the names of the variables that are never read, with where they are declared.
fn unread(file: &File) -> BTreeMap<&str, Vec<Node>> {
    let local = |binding: &&Binding| {
        let scope = file.scopes.list.get(binding.scope);
        let variable = matches!(binding.kind, BindingKind::Variable | BindingKind::Pattern);
        let of_type = file.tree.parent_kind(binding.name) == "type_parameter_declaration";
        variable && !of_type && scope.is_some_and(|scope| scope.kind != ScopeKind::Module)
    };
    let mut found: BTreeMap<&str, Vec<Node>> = BTreeMap::new();
    for binding in file.scopes.bindings.iter().filter(local) {
        if binding.uses.is_empty() && binding.opaque.is_empty() {
            found.entry(binding.text.as_str()).or_default().push(binding.name);
        }
    }
    found
}
