//! Python.

mod declared;
mod names;
mod shapes;
mod switches;

use std::collections::HashMap;

use super::{Argument, CallParts, Definition, Lang, Returned, unquoted};
use crate::scope::{Binding, Decl, Role, ScopeKind};
use crate::shape::{Chain, Declared, Reach, Shape, Switch, UseSite};
use crate::tree::{Node, Tree};

pub(super) struct Python;

impl Lang for Python {
    in_modules!();

    fn is_name(&self, kind: &str) -> bool {
        kind == "identifier"
    }

    fn redirected(&self, tree: &Tree, node: Node) -> HashMap<String, bool> {
        names::redirected(tree, node)
    }

    fn belongs_outside(&self, tree: &Tree, node: Node) -> bool {
        names::belongs_outside(tree, node)
    }

    fn call(&self, tree: &Tree, node: Node) -> Option<CallParts> {
        if tree.kind(node) != "call" {
            return None;
        }
        let callee = tree.field(node, "function")?;
        let (name, receiver) = match tree.kind(callee) {
            "identifier" => (callee, None),
            "attribute" => (tree.field(callee, "attribute")?, tree.field(callee, "object")),
            _ => return None,
        };
        let arguments = tree.field(node, "arguments").filter(|list| tree.kind(*list) == "argument_list")?;
        let argument = |value: Node| match tree.kind(value) {
            "keyword_argument" => {
                Some(Argument { value: tree.field(value, "value")?, keyword: tree.field(value, "name") })
            }
            _ => Some(Argument { value, keyword: None }),
        };
        let arguments = tree.named(arguments).into_iter().filter_map(argument).collect();
        Some(CallParts { name, receiver, arguments, is_optional: false })
    }

    fn string(&self, tree: &Tree, node: Node) -> Option<String> {
        if tree.kind(node) != "string" || tree.has_token(node, "interpolation") {
            return None;
        }
        let text = tree.text(node).trim_start_matches(['r', 'R', 'u', 'U']);
        match text.strip_prefix("\"\"\"").or_else(|| text.strip_prefix("'''")) {
            Some(_) => None,
            None => unquoted(text),
        }
    }

    fn definition(&self, tree: &Tree, name: Node) -> Option<Definition> {
        let parent = tree.parent(name)?;
        match tree.kind(parent) {
            "assignment" if tree.field(parent, "left") == Some(name) => {
                Some(Definition { value: tree.field(parent, "right")?, is_constant: true })
            }
            "class_definition" => Some(Definition { value: tree.field(parent, "body")?, is_constant: true }),
            _ => None,
        }
    }

    fn member(&self, tree: &Tree, node: Node) -> Option<(Node, Node)> {
        (tree.kind(node) == "attribute")
            .then(|| Some((tree.field(node, "object")?, tree.field(node, "attribute")?)))
            .flatten()
    }

    fn member_value(&self, tree: &Tree, holder: Node, name: &str) -> Option<Node> {
        if tree.kind(holder) != "block" {
            return None;
        }
        tree.named(holder).into_iter().find_map(|statement| {
            let assignment = tree.first_named(statement).filter(|inner| tree.kind(*inner) == "assignment")?;
            let left = tree.field(assignment, "left")?;
            tree.field(assignment, "right").filter(|_| tree.text(left) == name)
        })
    }

    fn is_constructor(&self, tree: &Tree, member: Node) -> bool {
        let name = tree.field(member, "name").filter(|_| tree.kind(member) == "function_definition");
        name.is_some_and(|name| tree.text(name) == "__init__")
    }

    fn imports(&self) -> &'static [&'static str] {
        &["import_statement", "import_from_statement"]
    }

    fn named_function(&self, tree: &Tree, node: Node) -> Option<Node> {
        matches!(tree.kind(node), "function_definition" | "class_definition")
            .then(|| tree.field(node, "name"))
            .flatten()
    }

    fn reads_unseen(&self, tree: &Tree, scope: Node) -> bool {
        declared::reads_unseen(tree, scope)
    }
}
