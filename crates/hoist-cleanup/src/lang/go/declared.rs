//! How Go declares names, who can see them, and where they may be replaced.

use crate::lang::Returned;
use crate::scope::{Binding, BindingKind};
use crate::shape::{Declared, Reach, UseSite};
use crate::tree::{Node, Tree};

pub(super) fn declared(tree: &Tree, name: Node) -> Option<Declared> {
    let parent = tree.parent(name)?;
    match tree.kind(parent) {
        "expression_list" => {
            let statement = tree.parent(parent).filter(|outer| tree.kind(*outer) == "short_var_declaration")?;
            let (left, right) = (tree.named(parent), tree.named(tree.field(statement, "right")?));
            let index = left.iter().position(|other| *other == name)?;
            let value = right.get(index).copied().filter(|_| left.len() == right.len())?;
            Some(Declared { statement, element: (left.len() > 1).then_some(name), value })
        }
        "var_spec" | "const_spec" => {
            if tree.fields(parent, "name").len() != 1 {
                return None;
            }
            let value = tree.only_named(tree.field(parent, "value")?)?;
            let list = tree.parent(parent)?;
            let statement = if tree.kind(list) == "var_spec_list" { tree.parent(list)? } else { list };
            let several = tree.named(list).len() > 1;
            Some(Declared { statement, element: several.then_some(parent), value })
        }
        _ => None,
    }
}

pub(super) fn use_site(tree: &Tree, node: Node) -> UseSite {
    let Some(parent) = tree.parent(node) else { return UseSite::Unsafe };
    let field = tree.field_of(node);
    match tree.kind(parent) {
        "call_expression" if field == Some("function") => UseSite::Unsafe,
        "selector_expression"
        | "type_assertion_expression"
        | "index_expression"
        | "slice_expression"
        | "inc_statement"
        | "dec_statement"
        | "qualified_type"
        | "range_clause"
        | "defer_statement"
        | "go_statement" => UseSite::Unsafe,
        "unary_expression" if !tree.has_token(parent, "!") && !tree.has_token(parent, "-") => UseSite::Unsafe,
        _ => UseSite::Value,
    }
}

pub(super) fn reach(tree: &Tree, binding: &Binding) -> Reach {
    let name = binding.text.as_str();
    let package = match binding.kind {
        BindingKind::Function | BindingKind::Type | BindingKind::Variable => tree
            .ancestors(binding.name)
            .filter(|outer| tree.field(*outer, "name") != Some(binding.name))
            .all(|outer| !tree.is(outer, &["function_declaration", "method_declaration", "func_literal"])),
        BindingKind::Field | BindingKind::Method => return Reach::Public,
        _ => false,
    };
    if !package {
        Reach::File
    } else if name.starts_with(char::is_uppercase) || matches!(name, "main" | "init") {
        Reach::Public
    } else {
        Reach::Package
    }
}

pub(super) fn owner(tree: &Tree, name: Node) -> Option<Node> {
    tree.ancestors(name).find(|outer| {
        tree.is(
            *outer,
            &[
                "function_declaration",
                "type_declaration",
                "var_declaration",
                "const_declaration",
                "short_var_declaration",
            ],
        )
    })
}

/// Go has no subclasses.
pub(super) fn is_overridable(_tree: &Tree, _method: Node) -> bool {
    false
}

pub(super) fn returned(tree: &Tree, function: Node) -> Option<Returned> {
    if tree.kind(function) != "function_declaration" {
        return None;
    }
    let list = tree.only_named(tree.field(function, "body")?)?;
    let only = tree.only_named(list).filter(|only| tree.kind(*only) == "return_statement")?;
    let value = tree.only_named(tree.only_named(only)?)?;
    Some(Returned { value, is_async: false })
}
