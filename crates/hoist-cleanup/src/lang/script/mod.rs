//! JavaScript, TypeScript, and both with JSX.

mod declared;
mod names;
mod shapes;
mod switches;

use super::{Argument, CallParts, Definition, Lang, Returned, unquoted};
use crate::scope::{Binding, Decl, Role, ScopeKind};
use crate::shape::{Chain, Declared, Reach, Shape, Switch, UseSite};
use crate::tree::{Node, Tree};

pub(super) struct Script;

impl Lang for Script {
    in_modules!();

    fn is_name(&self, kind: &str) -> bool {
        matches!(
            kind,
            "identifier"
                | "type_identifier"
                | "shorthand_property_identifier"
                | "shorthand_property_identifier_pattern"
                | "property_identifier"
                | "private_property_identifier"
        )
    }

    fn call(&self, tree: &Tree, node: Node) -> Option<CallParts> {
        if tree.kind(node) != "call_expression" {
            return None;
        }
        let callee = tree.field(node, "function")?;
        // The grammar reads `await x.f<T>()` as `(await x.f)<T>()`.
        let typed = tree.field(node, "type_arguments").is_some() && tree.kind(callee) == "await_expression";
        let callee = tree.only_named(callee).filter(|_| typed).unwrap_or(callee);
        let (name, receiver, optional) = match tree.kind(callee) {
            "identifier" => (callee, None, false),
            "member_expression" => (
                tree.field(callee, "property")?,
                tree.field(callee, "object"),
                tree.has_token(callee, "optional_chain"),
            ),
            _ => return None,
        };
        let arguments = tree.field(node, "arguments").filter(|list| tree.kind(*list) == "arguments")?;
        let arguments = tree.named(arguments).into_iter().map(|value| Argument { value, keyword: None }).collect();
        let is_optional = optional || tree.has_token(node, "optional_chain");
        Some(CallParts { name, receiver, arguments, is_optional })
    }

    fn string(&self, tree: &Tree, node: Node) -> Option<String> {
        match tree.kind(node) {
            "string" => unquoted(tree.text(node)),
            "template_string" if !tree.has_token(node, "template_substitution") => unquoted(tree.text(node)),
            _ => None,
        }
    }

    fn definition(&self, tree: &Tree, name: Node) -> Option<Definition> {
        let parent = tree.parent(name)?;
        match tree.kind(parent) {
            "variable_declarator" => {
                let value = tree.field(parent, "value")?;
                let declaration = tree.parent(parent)?;
                Some(Definition { value, is_constant: tree.has_token(declaration, "const") })
            }
            "enum_declaration" => Some(Definition { value: tree.field(parent, "body")?, is_constant: true }),
            "class_declaration" | "abstract_class_declaration" => {
                Some(Definition { value: tree.field(parent, "body")?, is_constant: true })
            }
            _ => None,
        }
    }

    fn member(&self, tree: &Tree, node: Node) -> Option<(Node, Node)> {
        (tree.kind(node) == "member_expression")
            .then(|| Some((tree.field(node, "object")?, tree.field(node, "property")?)))
            .flatten()
    }

    fn member_value(&self, tree: &Tree, holder: Node, name: &str) -> Option<Node> {
        match tree.kind(holder) {
            "as_expression" | "satisfies_expression" | "parenthesized_expression" => {
                self.member_value(tree, tree.first_named(holder)?, name)
            }
            "call_expression" if tree.field(holder, "function").is_some_and(|f| tree.text(f) == "Object.freeze") => {
                self.member_value(tree, tree.first_named(tree.field(holder, "arguments")?)?, name)
            }
            "object" | "enum_body" | "class_body" => tree.named(holder).into_iter().find_map(|entry| {
                let key = match tree.kind(entry) {
                    "pair" => tree.field(entry, "key")?,
                    "enum_assignment" | "public_field_definition" => tree.field(entry, "name")?,
                    "field_definition" => tree.field(entry, "property")?,
                    _ => return None,
                };
                let text = tree.text(key);
                let same = text == name || unquoted(text).as_deref() == Some(name);
                tree.field(entry, "value").filter(|_| same)
            }),
            _ => None,
        }
    }

    fn is_constructor(&self, tree: &Tree, member: Node) -> bool {
        let name = tree.field(member, "name").filter(|_| tree.kind(member) == "method_definition");
        name.is_some_and(|name| tree.text(name) == "constructor")
    }

    fn imports(&self) -> &'static [&'static str] {
        &["import_statement"]
    }

    fn named_function(&self, tree: &Tree, node: Node) -> Option<Node> {
        match tree.kind(node) {
            "function_declaration"
            | "generator_function_declaration"
            | "method_definition"
            | "class_declaration"
            | "abstract_class_declaration" => tree.field(node, "name"),
            "arrow_function" | "function_expression" => {
                let parent = tree.parent(node).filter(|parent| tree.kind(*parent) == "variable_declarator")?;
                tree.field(parent, "name")
            }
            _ => None,
        }
    }

    fn reads_unseen(&self, tree: &Tree, scope: Node) -> bool {
        declared::reads_unseen(tree, scope)
    }

    fn statements(&self, tree: &Tree, list: Node) -> Vec<Node> {
        shapes::statements(tree, list)
    }
}
