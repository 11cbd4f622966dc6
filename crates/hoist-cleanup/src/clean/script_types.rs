//! TypeScript: a literal has a type of its own, which no other literal fits.
//!
//! After `const mode = "a"` the comparison `mode === "b"` does not compile, as it did with the text of a call.

use crate::clean::constant::{Born, Constant};
use crate::clean::round::Round;
use crate::file::File;
use crate::language::Language;
use crate::shape::{Matches, Shape};
use crate::tree::{Node, Tree};

impl File {
    /// Returns the type that is to be written behind a literal, so that it is compared like the call in its place.
    pub(crate) fn wide_type(&self, seed: Node, born: &Born) -> Option<&'static str> {
        let tree = &self.tree;
        if !is_typed(tree) {
            return None;
        }
        let kind = match born.constant {
            Constant::Bool(_) => "boolean",
            Constant::Text(_) => "string",
            Constant::Int(_) | Constant::Float(_) => "number",
        };
        let outer = whole(tree, seed);
        let parent = tree.parent(outer)?;
        let narrow = match tree.kind(parent) {
            "variable_declarator" if tree.field(parent, "type").is_none() => self.is_compared(parent, &born.constant),
            "switch_statement" => true,
            _ => compares(self, outer) && !self.is_same_beside(outer, born),
        };
        narrow.then_some(kind)
    }

    /// Returns whether a comparison has the very literal on its other side, or what is no value.
    fn is_same_beside(&self, node: Node, born: &Born) -> bool {
        let tree = &self.tree;
        let Some(Shape::Equal { left, right, .. }) = tree.parent(node).map(|parent| self.lang.shape(tree, parent))
        else {
            return true;
        };
        let other = if left == node { right } else { left };
        let text = self.lang.string(tree, other);
        tree.is(other, &["null", "undefined"])
            || born.equals_literal(tree.text(other), text.as_deref()) == Some(true)
            || tree.text(other) == "undefined"
    }

    /// Returns whether a variable is compared somewhere, or may be in another file.
    fn is_compared(&self, declarator: Node, constant: &Constant) -> bool {
        let tree = &self.tree;
        let Some(declaration) = tree.parent(declarator) else { return false };
        let constant_name = tree.has_token(declaration, "const");
        // What is not `const` has the wide type, but a boolean is known by its value from there on.
        if !constant_name && !matches!(constant, Constant::Bool(_)) {
            return false;
        }
        let exported = tree.parent_kind(declaration) == "export_statement" && constant_name;
        let binding = tree.field(declarator, "name").and_then(|name| self.scopes.meant(name));
        exported
            || binding.is_some_and(|binding| binding.uses.iter().any(|node| compares(self, whole(tree, *node))))
            || binding.is_some_and(|binding| !binding.opaque.is_empty())
    }
}

impl Round<'_> {
    /// TypeScript: returns whether a literal may be compared where a name is used.
    pub(crate) fn is_comparable(&self, node: Node, value: &Born) -> bool {
        let tree = &self.file.tree;
        let outer = whole(tree, node);
        !is_typed(tree)
            || !compares(self.file, outer)
            || self.file.is_same_beside(outer, value)
            || tree.parent(outer).is_some_and(|parent| self.has_literal_arms(parent))
            || self.is_beside_literal(outer, value)
    }

    /// Returns whether a comparison is decided as soon as the value is known.
    fn is_beside_literal(&self, node: Node, value: &Born) -> bool {
        let tree = &self.file.tree;
        let Some(Shape::Equal { left, right, .. }) = tree.parent(node).map(|parent| self.shape(parent)) else {
            return false;
        };
        let other = if left == node { right } else { left };
        value.equals_literal(tree.text(other), self.file.lang.string(tree, other).as_deref()).is_some()
    }

    /// Returns whether all arms of a switch are literals, so that it goes as soon as its subject is known.
    fn has_literal_arms(&self, node: Node) -> bool {
        let switch = self.file.lang.switch(&self.file.tree, node);
        switch.is_some_and(|switch| !switch.arms.iter().any(|arm| matches!(arm.matches, Matches::Unknown)))
    }

    /// TypeScript: returns whether what a variable starts with says no less of its type without the other side.
    pub(crate) fn script_keeps_type(&self, node: Node, taken: Node) -> bool {
        let tree = &self.file.tree;
        let outer = whole(tree, node);
        let Some(parent) = tree.parent(outer).filter(|_| is_typed(tree)) else { return true };
        let nothing = matches!(tree.text(taken), "null" | "undefined" | "[]" | "{}");
        let object = tree.is(taken, &["object", "array"]);
        match tree.kind(parent) {
            "variable_declarator" if tree.field(parent, "type").is_none() => {
                let binding = tree.field(parent, "name").and_then(|name| self.file.scopes.meant(name));
                let plain = |node: &Node| !compares(self.file, whole(tree, *node));
                !nothing
                    && !tree.is(taken, &["object"])
                    && binding
                        .is_some_and(|it| it.uses.iter().all(plain) && it.writes.is_empty() && it.opaque.is_empty())
            }
            "arguments" => !nothing,
            "return_statement" => {
                let home = tree
                    .ancestors(parent)
                    .find(|outer| tree.kind(*outer).contains("function") || tree.kind(*outer) == "method_definition");
                let declared = home.is_some_and(|home| tree.field(home, "return_type").is_some());
                declared || !(nothing || object)
            }
            "arrow_function" => tree.field(parent, "return_type").is_some() || !(nothing || object),
            "as_expression" | "satisfies_expression" | "pair" => !nothing,
            _ => true,
        }
    }
}

fn is_typed(tree: &Tree) -> bool {
    matches!(tree.language, Language::TypeScript | Language::Tsx)
}

/// Returns an expression with the parentheses around it.
fn whole(tree: &Tree, node: Node) -> Node {
    let outer = tree.ancestors(node).take_while(|outer| tree.kind(*outer) == "parenthesized_expression");
    outer.last().unwrap_or(node)
}

/// Returns whether an expression is compared with something, or says which arm of a switch is taken.
fn compares(file: &File, node: Node) -> bool {
    let tree = &file.tree;
    let Some(parent) = tree.parent(node) else { return false };
    matches!(file.lang.shape(tree, parent), Shape::Equal { .. })
        || tree.kind(parent) == "switch_statement"
        || tree.kind(parent) == "switch_case"
        || tree.kind(parent) == "type_query"
}
