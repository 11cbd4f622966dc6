//! Go.

mod declared;
mod names;
mod shapes;
mod switches;

use super::{Argument, CallParts, Definition, Lang, Returned, unquoted};
use crate::scope::{Binding, Decl, Role, ScopeKind};
use crate::shape::{Chain, Declared, Reach, Shape, Switch, UseSite};
use crate::tree::{Node, Tree};

pub(super) struct Go;

impl Lang for Go {
    in_modules!();

    fn is_name(&self, kind: &str) -> bool {
        matches!(kind, "identifier" | "type_identifier" | "package_identifier" | "field_identifier")
    }

    fn call(&self, tree: &Tree, node: Node) -> Option<CallParts> {
        if tree.kind(node) != "call_expression" {
            return None;
        }
        let callee = tree.field(node, "function")?;
        let (name, receiver) = match tree.kind(callee) {
            "identifier" => (callee, None),
            "selector_expression" => (tree.field(callee, "field")?, tree.field(callee, "operand")),
            _ => return None,
        };
        let arguments = tree.named(tree.field(node, "arguments")?);
        let arguments = arguments.into_iter().map(|value| Argument { value, keyword: None }).collect();
        Some(CallParts { name, receiver, arguments, is_optional: false })
    }

    fn string(&self, tree: &Tree, node: Node) -> Option<String> {
        matches!(tree.kind(node), "interpreted_string_literal" | "raw_string_literal")
            .then(|| unquoted(tree.text(node)))
            .flatten()
    }

    fn definition(&self, tree: &Tree, name: Node) -> Option<Definition> {
        let parent = tree.parent(name)?;
        match tree.kind(parent) {
            "const_spec" | "var_spec" => {
                let names = tree.fields(parent, "name");
                let index = names.iter().position(|other| *other == name)?;
                let value = tree.named(tree.field(parent, "value")?).get(index).copied()?;
                Some(Definition { value, is_constant: tree.kind(parent) == "const_spec" })
            }
            "expression_list" => {
                let declaration = tree.parent(parent).filter(|d| tree.kind(*d) == "short_var_declaration")?;
                let (left, right) = (tree.field(declaration, "left")?, tree.field(declaration, "right")?);
                let (left, right) = (tree.named(left), tree.named(right));
                let index = left.iter().position(|other| *other == name)?;
                let value = right.get(index).copied().filter(|_| left.len() == right.len())?;
                Some(Definition { value, is_constant: false })
            }
            _ => None,
        }
    }

    fn member(&self, tree: &Tree, node: Node) -> Option<(Node, Node)> {
        (tree.kind(node) == "selector_expression")
            .then(|| Some((tree.field(node, "operand")?, tree.field(node, "field")?)))
            .flatten()
    }

    fn member_value(&self, _tree: &Tree, _holder: Node, _name: &str) -> Option<Node> {
        None
    }

    fn imports(&self) -> &'static [&'static str] {
        &["import_spec"]
    }

    fn named_function(&self, tree: &Tree, node: Node) -> Option<Node> {
        matches!(tree.kind(node), "function_declaration" | "method_declaration")
            .then(|| tree.field(node, "name"))
            .flatten()
    }
}
