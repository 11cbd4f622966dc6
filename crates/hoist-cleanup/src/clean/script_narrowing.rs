//! TypeScript: a variable is known by what was assigned to it last, so without an `if` it is known too well.
//!
//! After `let mode: "a" | "b" = "a"; if (on) { mode = "b"; }` both may be, and `mode === "b"` compiles. With one of the two
//! assignments alone it does not.

use crate::clean::round::Round;
use crate::file::File;
use crate::scope::Binding;
use crate::shape::{Branch, Chain, Shape};
use crate::tree::{Node, Tree};

/// Types of the language that are no unions, by the node or by the name.
const PLAIN_KINDS: [&str; 4] = ["array_type", "object_type", "function_type", "tuple_type"];
const PLAIN_NAMES: [&str; 7] = ["Array", "ReadonlyArray", "Map", "Set", "Promise", "Record", "Date"];

impl File {
    /// Returns whether an `if` decides what is known of a variable behind it, where the code depends on that.
    pub(crate) fn decides_type(&self, chain: Node) -> bool {
        let tree = &self.tree;
        if !tree.language.is_typed_script() {
            return false;
        }
        if self.says_what_array_holds(chain) {
            return true;
        }
        let assignments = tree.descend(chain).filter(|node| tree.kind(*node) == "assignment_expression");
        assignments.filter_map(|assignment| tree.field(assignment, "left")).any(|target| {
            let binding = self.scopes.meant(target);
            match binding {
                Some(binding) if tree.contains(chain, binding.name) => false,
                Some(binding) => self.may_narrow(binding) && self.is_asked_behind(chain, &binding.uses),
                None => {
                    let same =
                        |node: &Node| tree.kind(*node) == "member_expression" && tree.text(*node) == tree.text(target);
                    let members = tree.all().filter(same).collect::<Vec<_>>();
                    members.iter().any(|node| self.is_behind(chain, *node) && self.is_compared_there(*node))
                }
            }
        })
    }

    /// Returns the `if` whose condition an expression is part of.
    pub(crate) fn decided_if(&self, node: Node) -> Option<Node> {
        let tree = &self.tree;
        let mut inner = node;
        for outer in tree.ancestors(node) {
            if tree.kind(outer) == "if_statement" {
                let whole = |node: Node| tree.parent_kind(node) == "else_clause";
                let chain = std::iter::once(outer)
                    .chain(tree.ancestors(outer))
                    .find(|outer| tree.kind(*outer) == "if_statement" && !whole(*outer));
                return chain.filter(|_| tree.field(outer, "condition") == Some(inner));
            }
            inner = outer;
        }
        None
    }

    fn is_behind(&self, chain: Node, node: Node) -> bool {
        let tree = &self.tree;
        let looped = || {
            tree.ancestors(chain).any(|outer| {
                matches!(self.lang.shape(tree, outer), Shape::For | Shape::While { .. } | Shape::DoWhile { .. })
            })
        };
        tree.start(node) >= tree.end(chain) || (!tree.contains(chain, node) && looped())
    }

    fn is_asked_behind(&self, chain: Node, uses: &[Node]) -> bool {
        uses.iter().any(|node| self.is_behind(chain, *node) && !self.takes_any_type(*node))
    }

    /// Returns whether a narrower type does no harm where a value is used.
    fn takes_any_type(&self, node: Node) -> bool {
        let tree = &self.tree;
        let Some(parent) = tree.parent(node) else { return false };
        match self.lang.shape(tree, parent) {
            Shape::Paren(_) | Shape::Nullish(..) => self.takes_any_type(parent),
            Shape::If | Shape::Not(_) => true,
            _ => tree.is(parent, &["arguments", "template_substitution", "jsx_expression", "expression_statement"]),
        }
    }

    fn is_compared_there(&self, node: Node) -> bool {
        let tree = &self.tree;
        let parent = tree.parent(node);
        parent.is_some_and(|parent| match self.lang.shape(tree, parent) {
            Shape::Paren(_) => self.is_compared_there(parent),
            Shape::Equal { .. } | Shape::Switch => true,
            _ => false,
        })
    }

    /// Returns whether a variable may be known by what it starts with.
    pub(crate) fn may_be_narrowed(&self, binding: &Binding) -> bool {
        !self.may_narrow(binding) || binding.uses.iter().all(|node| self.takes_any_type(*node))
    }

    /// Returns whether an assignment says more of a variable than its type does.
    pub(crate) fn may_narrow(&self, binding: &Binding) -> bool {
        let tree = &self.tree;
        let Some(declarator) = tree.parent(binding.name) else { return true };
        if let Some(given) = tree.field(declarator, "type") {
            return tree.only_named(given).is_none_or(|kind| !self.is_plain_type(kind));
        }
        let value = tree.field(declarator, "value");
        value.is_some_and(|value| matches!(tree.text(value), "null" | "undefined" | "true" | "false" | "[]"))
            || (value.is_none() && !self.is_always_assigned(binding))
    }

    fn is_plain_type(&self, kind: Node) -> bool {
        let tree = &self.tree;
        let declares = |name: &str| {
            tree.all().any(|node| {
                tree.is(node, &["interface_declaration", "class_declaration"])
                    && tree.field(node, "name").is_some_and(|it| tree.text(it) == name)
            })
        };
        match tree.kind(kind) {
            "predefined_type" => tree.text(kind) != "boolean",
            "generic_type" => tree
                .field(kind, "name")
                .is_some_and(|name| PLAIN_NAMES.contains(&tree.text(name)) || declares(tree.text(name))),
            "type_identifier" => PLAIN_NAMES.contains(&tree.text(kind)) || declares(tree.text(kind)),
            other => PLAIN_KINDS.contains(&other),
        }
    }

    /// Returns whether a variable without type and value gets literals of one kind only.
    fn is_always_assigned(&self, binding: &Binding) -> bool {
        let tree = &self.tree;
        let values =
            binding.writes.iter().map(|node| tree.parent(*node).and_then(|parent| tree.field(parent, "right")));
        let kinds: Option<Vec<&str>> = values.map(|value| value.and_then(|value| literal_kind(tree, value))).collect();
        kinds.is_some_and(|kinds| kinds.len() > 1 && kinds.windows(2).all(|pair| pair.first() == pair.last()))
    }
}

impl Round<'_> {
    /// Returns whether an `if` stays as it is because the code behind it depends on what it assigns.
    pub(crate) fn keeps_conditions(&self, chain: &Chain) -> bool {
        let tree = &self.file.tree;
        let known = |branch: &Branch| tree.descend(branch.condition).any(|node| self.value(node).is_some());
        tree.language.is_typed_script() && chain.branches.iter().any(known) && self.file.decides_type(chain.node)
    }

    /// Writes the bodies of an `if` that stays, but not its conditions: folded ones would decide as much.
    pub(crate) fn write_bodies(&mut self, node: Node) {
        let tree = &self.file.tree;
        let condition = tree.field(node, "condition");
        let children: Vec<Node> =
            tree.children(node).iter().copied().filter(|child| Some(*child) != condition).collect();
        for child in children {
            match self.file.tree.kind(child) {
                "if_statement" => self.write_bodies(child),
                "else_clause" => self.write_bodies(child),
                _ => self.write(child),
            }
        }
    }
}

/// Returns what a literal is: a text, a number.
fn literal_kind(tree: &Tree, node: Node) -> Option<&'static str> {
    match tree.kind(node) {
        "string" | "template_string" => Some("text"),
        "number" => Some("number"),
        _ => None,
    }
}
