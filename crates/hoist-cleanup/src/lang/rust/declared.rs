//! How Rust declares names, who can see them, and where they may be replaced.

use crate::lang::Returned;
use crate::scope::{Binding, BindingKind};
use crate::shape::{Declared, Reach, UseSite};
use crate::tree::{Node, Tree};

pub(super) fn declared(tree: &Tree, name: Node) -> Option<Declared> {
    let statement = tree.parent(name)?;
    let fits = match tree.kind(statement) {
        "let_declaration" => {
            tree.field(statement, "pattern") == Some(name)
                && tree.field(statement, "alternative").is_none()
                && !tree.has_token(statement, "mutable_specifier")
        }
        "const_item" | "static_item" => !has_attribute(tree, statement),
        _ => false,
    };
    fits.then(|| Some(Declared { statement, element: None, value: tree.field(statement, "value")? })).flatten()
}

fn has_attribute(tree: &Tree, item: Node) -> bool {
    let Some(parent) = tree.parent(item) else { return false };
    let siblings = tree.named(parent);
    let index = siblings.iter().position(|sibling| *sibling == item);
    let before = index.and_then(|index| index.checked_sub(1)).and_then(|index| siblings.get(index));
    before.is_some_and(|before| tree.kind(*before) == "attribute_item")
}

const PATTERNS: [&str; 8] = [
    "match_pattern",
    "tuple_pattern",
    "tuple_struct_pattern",
    "or_pattern",
    "slice_pattern",
    "field_pattern",
    "range_pattern",
    "captured_pattern",
];

pub(super) fn use_site(tree: &Tree, node: Node) -> UseSite {
    let Some(parent) = tree.parent(node) else { return UseSite::Unsafe };
    let field = tree.field_of(node);
    match tree.kind(parent) {
        "shorthand_field_initializer" => UseSite::Shorthand,
        "call_expression" | "generic_function" if field == Some("function") => UseSite::Unsafe,
        "field_expression" => UseSite::Receiver,
        "scoped_identifier" | "array_type" | "macro_invocation" | "index_expression" | "token_tree" => UseSite::Unsafe,
        "unary_expression" if tree.has_token(parent, "*") => UseSite::Unsafe,
        kind if PATTERNS.contains(&kind) => UseSite::Unsafe,
        _ => UseSite::Value,
    }
}

pub(super) fn reach(tree: &Tree, binding: &Binding) -> Reach {
    let item = tree.parent(binding.name).unwrap_or(binding.name);
    let local = tree.ancestors(item).any(|outer| tree.is(outer, &["function_item", "closure_expression"]));
    if binding.kind == BindingKind::Method {
        return Reach::Public;
    }
    if local || !tree.kind(item).ends_with("_item") {
        return Reach::File;
    }
    if has_attribute(tree, item) || binding.text == "main" {
        return Reach::Public;
    }
    match tree.named(item).into_iter().find(|part| tree.kind(*part) == "visibility_modifier") {
        Some(modifier) if tree.text(modifier) == "pub" => Reach::Public,
        Some(_) => Reach::Package,
        None => {
            // Modules in other files below this one see its private names.
            let children = tree
                .named(tree.root())
                .into_iter()
                .any(|outer| tree.kind(outer) == "mod_item" && tree.field(outer, "body").is_none());
            if children { Reach::Package } else { Reach::File }
        }
    }
}

pub(super) fn owner(tree: &Tree, name: Node) -> Option<Node> {
    tree.ancestors(name).find(|outer| {
        tree.is(
            *outer,
            &["function_item", "struct_item", "enum_item", "type_item", "const_item", "static_item", "let_declaration"],
        )
    })
}

/// Methods of traits can be written anew for each type.
pub(super) fn is_overridable(tree: &Tree, method: Node) -> bool {
    let mut outers = tree.ancestors(method);
    let holder = outers.find(|outer| tree.is(*outer, &["trait_item", "impl_item"]));
    holder.is_some_and(|holder| tree.kind(holder) == "trait_item" || tree.field(holder, "trait").is_some())
}

pub(super) fn returned(tree: &Tree, function: Node) -> Option<Returned> {
    if tree.kind(function) != "function_item" {
        return None;
    }
    let modifiers = tree.named(function).into_iter().find(|part| tree.kind(*part) == "function_modifiers");
    let modifiers = modifiers.map_or("", |modifiers| tree.text(modifiers));
    if !matches!(modifiers, "" | "async") || has_attribute(tree, function) {
        return None;
    }
    let only = tree.only_named(tree.field(function, "body")?)?;
    let inner = if tree.kind(only) == "expression_statement" { tree.only_named(only)? } else { only };
    let value = match tree.kind(inner) {
        "return_expression" => tree.first_named(inner)?,
        _ if tree.kind(only) == "expression_statement" => return None,
        _ => inner,
    };
    Some(Returned { value, is_async: modifiers == "async" })
}
