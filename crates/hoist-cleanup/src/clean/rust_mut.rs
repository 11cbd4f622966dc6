//! Rust: `mut` that nothing needs any more.

use crate::clean::outcome::Level;
use crate::clean::round::Round;
use crate::clean::rules;
use crate::language::Language;
use crate::scope::Binding;
use crate::tree::Node;

/// Methods that change nothing, whatever they are called on.
const READS: [&str; 12] = [
    "len",
    "is_empty",
    "to_string",
    "to_owned",
    "clone",
    "iter",
    "as_str",
    "as_ref",
    "is_some",
    "is_none",
    "is_ok",
    "is_err",
];

/// Macros that only read what they are given.
const READ_MACROS: [&str; 9] =
    ["println", "print", "eprintln", "eprint", "format", "panic", "assert", "assert_eq", "assert_ne"];

impl Round<'_> {
    /// Takes `mut` off the names of which the last change went.
    pub(crate) fn drop_mut(&mut self) {
        if self.language() != Language::Rust || self.level != Level::Deep {
            return;
        }
        let mut names: Vec<Node> = self.bereft.iter().copied().collect();
        names.sort();
        let file = self.file;
        let tree = &file.tree;
        for name in names {
            let Some(declaration) = tree.parent(name).filter(|it| tree.kind(*it) == "let_declaration") else {
                continue;
            };
            let Some(word) = tree.token(declaration, "mutable_specifier") else { continue };
            let binding = file.scopes.meant(name).filter(|binding| binding.name == name);
            let initial = tree.field(declaration, "value").is_some();
            let goes = self.removed.contains(&declaration) || self.inlined(name);
            if initial && !goes && binding.is_some_and(|binding| self.is_only_read(binding)) {
                self.change(rules::UNUSED, name);
                self.edits.delete(tree.start(word)..tree.start(name));
            }
        }
    }

    fn inlined(&self, name: Node) -> bool {
        let id = self.file.scopes.meaning(name);
        id.is_some_and(|id| self.bindings.borrow().get(&id).is_some_and(Option::is_some))
    }

    fn is_only_read(&self, binding: &Binding) -> bool {
        let tree = &self.file.tree;
        let in_reading_macro = |node: &Node| {
            let call = tree.ancestors(*node).find(|outer| tree.kind(*outer) == "macro_invocation");
            let name = call.and_then(|call| tree.field(call, "macro")).map_or("", |name| tree.text(name));
            READ_MACROS.contains(&name) && !tree.text(call.unwrap_or(*node)).contains("&mut")
        };
        let reads = |node: &Node| {
            let Some(parent) = tree.parent(*node) else { return false };
            match tree.kind(parent) {
                "field_expression" => {
                    let method = tree.field(parent, "field").map_or("", |name| tree.text(name));
                    tree.parent_kind(parent) == "call_expression" && READS.contains(&method)
                }
                "reference_expression" => !tree.has_token(parent, "mutable_specifier"),
                "arguments" | "binary_expression" | "field_initializer" | "return_expression" => true,
                _ => false,
            }
        };
        binding.writes.is_empty()
            && binding.opaque.iter().all(in_reading_macro)
            && binding.uses.iter().all(reads)
            && binding.uses.len() + binding.opaque.len() > 0
    }
}
