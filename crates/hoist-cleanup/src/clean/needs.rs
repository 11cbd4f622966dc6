//! What code that goes may have meant for code that stays, language by language.

use std::collections::HashSet;

use crate::clean::outcome::Reason;
use crate::clean::round::Round;
use crate::language::Language;
use crate::scope::{Binding, BindingKind};
use crate::shape::Shape;
use crate::tree::Node;

impl Round<'_> {
    /// Python: a function with a `yield` is a generator, an assigned name is local to its function, and `global` holds for all
    /// of it.
    pub(crate) fn python_needs(&self, gone: &[Node]) -> Option<Reason> {
        let tree = &self.file.tree;
        let function =
            |node: Node| tree.ancestors(node).find(|outer| tree.is(*outer, &["function_definition", "lambda"]));
        let inside = |node: Node| gone.iter().any(|outer| tree.contains(*outer, node));
        for part in gone {
            let home = function(*part);
            let sends =
                |node: Node| tree.is(node, &["global_statement", "nonlocal_statement"]) && function(node) == home;
            if tree.descend(*part).any(sends) {
                return Some(Reason::ScopeChange);
            }
            let yields = tree.descend(*part).any(|node| tree.kind(node) == "yield" && function(node) == home);
            if let Some(home) = home.filter(|_| yields) {
                let others = tree
                    .descend(home)
                    .any(|node| tree.kind(node) == "yield" && function(node) == Some(home) && !inside(node));
                if !others {
                    return Some(Reason::GeneratorChange);
                }
            }
        }
        let lost = |binding: &Binding| {
            let assigned = !inside(binding.name) || binding.writes.iter().any(|write| !inside(*write));
            let read = binding.uses.iter().chain(&binding.opaque).any(|node| !inside(*node));
            let local = binding.kind != BindingKind::Parameter && binding.kind != BindingKind::Import;
            local && !assigned && read && inside(binding.name)
        };
        self.file.scopes.bindings.iter().any(lost).then_some(Reason::ScopeChange)
    }

    /// JavaScript: `var` and functions are known outside of the block that they stand in.
    pub(crate) fn hoisted_needs(&self, gone: &[Node]) -> Option<Reason> {
        let tree = &self.file.tree;
        let inside = |node: Node| gone.iter().any(|outer| tree.contains(*outer, node));
        let lost = |binding: &Binding| {
            let used = binding.uses.iter().chain(&binding.opaque).chain(&binding.writes).any(|node| !inside(*node));
            matches!(binding.kind, BindingKind::Variable | BindingKind::Function | BindingKind::Pattern)
                && inside(binding.name)
                && used
        };
        self.file.scopes.bindings.iter().any(lost).then_some(Reason::ScopeChange)
    }

    /// Go: a label without a jump to it does not compile.
    pub(crate) fn go_needs(&self, gone: &[Node]) -> Option<Reason> {
        let tree = &self.file.tree;
        let inside = |node: Node| gone.iter().any(|outer| tree.contains(*outer, node));
        let labels = |node: Node| tree.descend(node).filter(|node| tree.kind(*node) == "label_name");
        for part in gone {
            for label in labels(*part) {
                let name = tree.text(label);
                let declared_outside = labels(tree.root()).any(|other| {
                    tree.text(other) == name && tree.parent_kind(other) == "labeled_statement" && !inside(other)
                });
                let other_jumps = labels(tree.root()).any(|other| {
                    tree.text(other) == name && tree.parent_kind(other) != "labeled_statement" && !inside(other)
                });
                if declared_outside && !other_jumps {
                    return Some(Reason::UnsupportedShape);
                }
            }
        }
        None
    }

    /// Rust: what is put into an empty collection may be all that says what it holds.
    pub(crate) fn rust_needs(&self, gone: &[Node]) -> Option<Reason> {
        let tree = &self.file.tree;
        let inside = |node: Node| gone.iter().any(|outer| tree.contains(*outer, node));
        // A call with arguments, or an assignment.
        let says = |node: &&Node| {
            let method = tree.parent(**node).filter(|parent| tree.kind(*parent) == "field_expression");
            let call = method.and_then(|method| tree.parent(method));
            call.and_then(|call| self.file.lang.call(tree, call)).is_some_and(|parts| !parts.arguments.is_empty())
        };
        let open = |binding: &Binding| {
            let declaration = tree.ancestors(binding.name).find(|outer| tree.kind(*outer) == "let_declaration");
            declaration.is_some_and(|declaration| {
                let value = tree.field(declaration, "value").map_or("", |value| tree.text(value));
                let empty = ["::new()", "::default()", "vec![]", "None"].iter().any(|end| value.ends_with(end));
                let sized = value.contains("::with_capacity(");
                tree.field(declaration, "type").is_none() && (empty || sized) && !value.contains('<')
            })
        };
        // What is put in elsewhere says as much, unless it gets its own type from here.
        let says_enough = |node: &Node| {
            let call = tree.ancestors(*node).nth(1).and_then(|call| self.file.lang.call(tree, call));
            call.is_some_and(|parts| parts.arguments.iter().all(|argument| self.has_own_type(argument.value)))
        };
        let lost = |binding: &Binding| {
            let said = || binding.uses.iter().filter(says).chain(&binding.writes);
            said().any(|node| inside(*node)) && !said().any(|node| !inside(*node) && says_enough(node))
        };
        let bindings = self.file.scopes.bindings.iter();
        let mut lost = bindings.filter(|binding| {
            !inside(binding.name) && (lost(binding) && open(binding) || self.rust_loses_type(binding, gone))
        });
        lost.next().map(|_| Reason::UnsupportedShape)
    }

    /// Java: returns whether what is caught around parts of an expression is still thrown without them; refuses if not.
    pub(crate) fn throws_enough(&self, gone: &[Node]) -> bool {
        let reason = self.java_needs(gone).filter(|_| self.file.tree.language == Language::Java);
        if let (Some(reason), Some(first)) = (reason, gone.first()) {
            self.refuse(reason, *first);
        }
        reason.is_none()
    }

    /// Java: a `catch` of a checked exception needs something in its `try` that throws it.
    pub(crate) fn java_needs(&self, gone: &[Node]) -> Option<Reason> {
        let tree = &self.file.tree;
        let first = *gone.first()?;
        let guarded =
            tree.ancestors(first).take_while(|outer| !tree.is(*outer, &["method_declaration", "lambda_expression"]));
        for outer in guarded {
            if self.shape(outer) != Shape::Try
                || !tree.field(outer, "body").is_some_and(|body| tree.contains(body, first))
            {
                continue;
            }
            let checked = tree
                .descend(outer)
                .filter(|node| tree.kind(*node) == "catch_type")
                .any(|kinds| tree.text(kinds).split('|').any(|kind| !is_unchecked(kind.trim())));
            if !checked {
                continue;
            }
            let names = |node: Node, skip: &[Node]| -> HashSet<&str> {
                let calls = tree.descend(node).filter(|call| {
                    tree.is(*call, &["method_invocation", "object_creation_expression", "throw_statement"])
                        && !skip.iter().any(|outer| tree.contains(*outer, *call))
                });
                calls
                    .map(|call| match tree.kind(call) {
                        "throw_statement" => "throw",
                        _ => tree.field(call, "name").or_else(|| tree.field(call, "type")).map_or("", |n| tree.text(n)),
                    })
                    .collect()
            };
            let body = tree.field(outer, "body").unwrap_or(outer);
            let stays = names(body, gone);
            let goes: HashSet<&str> = gone.iter().flat_map(|part| names(*part, &[])).collect();
            if !goes.is_subset(&stays) {
                return Some(Reason::CheckedException);
            }
        }
        None
    }
}

/// Returns whether a class of errors may be caught where nothing throws it.
fn is_unchecked(kind: &str) -> bool {
    let kind = kind.rsplit('.').next().unwrap_or(kind);
    let plain = ["Exception", "Throwable", "Error"].contains(&kind);
    let runtime = kind.ends_with("RuntimeException") || kind.ends_with("Error");
    let known = [
        "IllegalArgumentException",
        "IllegalStateException",
        "NullPointerException",
        "ArithmeticException",
        "ClassCastException",
        "IndexOutOfBoundsException",
        "NumberFormatException",
        "UnsupportedOperationException",
        "ConcurrentModificationException",
        "NoSuchElementException",
    ];
    plain || runtime || known.contains(&kind)
}
