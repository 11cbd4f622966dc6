//! Rust.

mod declared;
mod names;
mod shapes;
mod switches;

use super::{Argument, CallParts, Definition, Lang, Returned, unquoted};
use crate::scope::{Binding, Decl, Role, ScopeKind};
use crate::shape::{Chain, Declared, Reach, Shape, Switch, UseSite};
use crate::tree::{Node, Tree};

pub(super) struct Rust;

impl Lang for Rust {
    in_modules!();

    fn is_name(&self, kind: &str) -> bool {
        matches!(kind, "identifier" | "type_identifier" | "shorthand_field_identifier")
    }

    fn shadows_in_scope(&self) -> bool {
        true
    }

    fn belongs_outside(&self, tree: &Tree, node: Node) -> bool {
        tree.field_of(node) == Some("alternative") && tree.parent_kind(node) == "if_expression"
    }

    fn call(&self, tree: &Tree, node: Node) -> Option<CallParts> {
        if tree.kind(node) != "call_expression" {
            return None;
        }
        let mut callee = tree.field(node, "function")?;
        if tree.kind(callee) == "generic_function" {
            callee = tree.field(callee, "function")?;
        }
        let (name, receiver) = match tree.kind(callee) {
            "identifier" => (callee, None),
            "field_expression" => (tree.field(callee, "field")?, tree.field(callee, "value")),
            "scoped_identifier" => (tree.field(callee, "name")?, tree.field(callee, "path")),
            _ => return None,
        };
        let arguments = tree.named(tree.field(node, "arguments")?);
        let arguments = arguments.into_iter().map(|value| Argument { value, keyword: None }).collect();
        Some(CallParts { name, receiver, arguments, is_optional: false })
    }

    fn string(&self, tree: &Tree, node: Node) -> Option<String> {
        match tree.kind(node) {
            "string_literal" => unquoted(tree.text(node)),
            "raw_string_literal" => {
                let text = tree.text(node).strip_prefix('r')?.trim_matches('#');
                unquoted(text)
            }
            _ => None,
        }
    }

    fn definition(&self, tree: &Tree, name: Node) -> Option<Definition> {
        let parent = tree.parent(name)?;
        match tree.kind(parent) {
            "const_item" | "static_item" => Some(Definition {
                value: tree.field(parent, "value")?,
                is_constant: !tree.has_token(parent, "mutable_specifier"),
            }),
            "let_declaration" => Some(Definition {
                value: tree.field(parent, "value")?,
                is_constant: !tree.has_token(parent, "mutable_specifier"),
            }),
            "mod_item" => Some(Definition { value: tree.field(parent, "body")?, is_constant: true }),
            _ => None,
        }
    }

    fn member(&self, tree: &Tree, node: Node) -> Option<(Node, Node)> {
        match tree.kind(node) {
            "scoped_identifier" => Some((tree.field(node, "path")?, tree.field(node, "name")?)),
            "field_expression" => Some((tree.field(node, "value")?, tree.field(node, "field")?)),
            _ => None,
        }
    }

    fn member_value(&self, tree: &Tree, holder: Node, name: &str) -> Option<Node> {
        tree.named(holder).into_iter().find_map(|item| {
            let declared = tree.field(item, "name").filter(|declared| tree.text(*declared) == name)?;
            self.definition(tree, declared).map(|definition| definition.value)
        })
    }

    fn imports(&self) -> &'static [&'static str] {
        &["use_declaration"]
    }

    fn named_function(&self, tree: &Tree, node: Node) -> Option<Node> {
        tree.is(node, &["function_item", "mod_item", "trait_item"]).then(|| tree.field(node, "name")).flatten()
    }

    fn statements(&self, tree: &Tree, list: Node) -> Vec<Node> {
        shapes::statements(tree, list)
    }
}
