//! Java.

mod declared;
mod names;
mod shapes;
mod switches;

use super::{Argument, CallParts, Definition, Lang, Returned, unquoted};
use crate::scope::{Binding, Decl, Role, ScopeKind};
use crate::shape::{Chain, Declared, Reach, Shape, Switch, UseSite};
use crate::tree::{Node, Tree};

pub(super) struct Java;

impl Lang for Java {
    in_modules!();

    fn is_name(&self, kind: &str) -> bool {
        matches!(kind, "identifier" | "type_identifier")
    }

    fn call(&self, tree: &Tree, node: Node) -> Option<CallParts> {
        if tree.kind(node) != "method_invocation" {
            return None;
        }
        let arguments = tree.named(tree.field(node, "arguments")?);
        let arguments = arguments.into_iter().map(|value| Argument { value, keyword: None }).collect();
        let receiver = tree.field(node, "object");
        Some(CallParts { name: tree.field(node, "name")?, receiver, arguments, is_optional: false })
    }

    fn string(&self, tree: &Tree, node: Node) -> Option<String> {
        let text = tree.text(node);
        (tree.kind(node) == "string_literal" && !text.starts_with("\"\"\"")).then(|| unquoted(text)).flatten()
    }

    fn definition(&self, tree: &Tree, name: Node) -> Option<Definition> {
        let parent = tree.parent(name)?;
        match tree.kind(parent) {
            "variable_declarator" => {
                let value = tree.field(parent, "value")?;
                let declaration = tree.parent(parent)?;
                let is_final = tree.named(declaration).iter().any(|m| tree.has_token(*m, "final"));
                let is_constant = is_final || tree.kind(declaration) == "constant_declaration";
                Some(Definition { value, is_constant })
            }
            "class_declaration" | "interface_declaration" | "enum_declaration" => {
                Some(Definition { value: tree.field(parent, "body")?, is_constant: true })
            }
            "enum_constant" => {
                let value = tree.only_named(tree.field(parent, "arguments")?)?;
                Some(Definition { value, is_constant: true })
            }
            _ => None,
        }
    }

    fn member(&self, tree: &Tree, node: Node) -> Option<(Node, Node)> {
        (tree.kind(node) == "field_access")
            .then(|| Some((tree.field(node, "object")?, tree.field(node, "field")?)))
            .flatten()
    }

    fn member_value(&self, tree: &Tree, holder: Node, name: &str) -> Option<Node> {
        if !tree.is(holder, &["class_body", "interface_body", "enum_body", "enum_body_declarations"]) {
            return None;
        }
        tree.named(holder).into_iter().find_map(|entry| match tree.kind(entry) {
            "field_declaration" | "constant_declaration" => {
                let declarator = tree.field(entry, "declarator")?;
                let declared = tree.field(declarator, "name")?;
                self.definition(tree, declared)
                    .filter(|definition| definition.is_constant && tree.text(declared) == name)
                    .map(|definition| definition.value)
            }
            "enum_constant" => {
                let declared = tree.field(entry, "name").filter(|declared| tree.text(*declared) == name)?;
                self.definition(tree, declared).map(|definition| definition.value)
            }
            "enum_body_declarations" => self.member_value(tree, entry, name),
            _ => None,
        })
    }

    fn is_constructor(&self, tree: &Tree, member: Node) -> bool {
        tree.is(member, &["constructor_declaration", "compact_constructor_declaration"])
    }

    fn imports(&self) -> &'static [&'static str] {
        &["import_declaration"]
    }

    fn named_function(&self, tree: &Tree, node: Node) -> Option<Node> {
        tree.is(
            node,
            &[
                "method_declaration",
                "constructor_declaration",
                "class_declaration",
                "interface_declaration",
                "enum_declaration",
                "record_declaration",
            ],
        )
        .then(|| tree.field(node, "name"))
        .flatten()
    }
}
