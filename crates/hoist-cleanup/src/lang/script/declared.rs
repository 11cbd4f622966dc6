//! How JavaScript and TypeScript declare names, who can see them, and where they may be replaced.

use crate::lang::{Returned, unquoted};
use crate::scope::{Binding, BindingKind};
use crate::shape::{Declared, Reach, UseSite};
use crate::tree::{Node, Tree};

pub(super) fn declared(tree: &Tree, name: Node) -> Option<Declared> {
    let parent = tree.parent(name)?;
    match tree.kind(parent) {
        "variable_declarator" => {
            let statement = tree.parent(parent)?;
            if tree.is(tree.parent(statement)?, &["for_statement", "for_in_statement"]) {
                return None;
            }
            let several = tree.named(statement).len() > 1;
            Some(Declared { statement, element: several.then_some(parent), value: tree.field(parent, "value")? })
        }
        // `static` on the line before belongs to the field, whatever it is parsed as.
        "public_field_definition" | "field_definition" if !after_word(tree, parent) => {
            Some(Declared { statement: parent, element: None, value: tree.field(parent, "value")? })
        }
        _ => None,
    }
}

/// Returns whether a member that is one word, such as `static`, stands in front of another one without a semicolon.
fn after_word(tree: &Tree, member: Node) -> bool {
    let before = tree.slice(0..tree.start(member)).trim_end();
    ["static", "get", "set", "async", "accessor"].iter().any(|word| {
        let rest = before.strip_suffix(word);
        rest.is_some_and(|rest| !rest.ends_with(|sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '$' | '#')))
    })
}

pub(super) fn use_site(tree: &Tree, node: Node) -> UseSite {
    if tree.kind(node) == "shorthand_property_identifier" {
        return UseSite::Shorthand;
    }
    let Some(parent) = tree.parent(node) else { return UseSite::Unsafe };
    let field = tree.field_of(node);
    match tree.kind(parent) {
        "call_expression" if field == Some("function") => UseSite::Unsafe,
        "member_expression" | "subscript_expression" if field == Some("object") => UseSite::Receiver,
        // The member itself, as in `this.on`: what stands around it decides.
        "member_expression" => match use_site(tree, parent) {
            UseSite::Value => UseSite::Value,
            _ => UseSite::Unsafe,
        },
        "new_expression"
        | "type_query"
        | "nested_identifier"
        | "class_heritage"
        | "extends_clause"
        | "decorator"
        | "spread_element"
        | "jsx_opening_element"
        | "jsx_self_closing_element"
        | "jsx_closing_element"
        | "type_annotation"
        | "generic_type"
        | "lookup_type"
        | "index_type_query"
        | "instantiation_expression" => UseSite::Unsafe,
        _ => UseSite::Value,
    }
}

pub(super) fn reach(tree: &Tree, binding: &Binding) -> Reach {
    match binding.kind {
        BindingKind::Field | BindingKind::Method => {
            let declaration = tree.parent(binding.name).unwrap_or(binding.name);
            let private = tree.token(declaration, "accessibility_modifier").is_some_and(|m| tree.text(m) == "private");
            let decorated = tree.has_token(declaration, "decorator");
            let hidden = tree.kind(binding.name) == "private_property_identifier";
            let private = private && !is_read_whole(tree, binding);
            if (private || hidden) && !decorated { Reach::File } else { Reach::Public }
        }
        _ => {
            let exported = tree.ancestors(binding.name).take(4).any(|outer| tree.kind(outer) == "export_statement");
            let ambient = tree.ancestors(binding.name).any(|outer| tree.kind(outer) == "ambient_declaration");
            if exported || ambient { Reach::Public } else { Reach::File }
        }
    }
}

/// Returns whether a private member of TypeScript may be read without being written as a member: with its object as a whole,
/// by a text, or in a pattern.
fn is_read_whole(tree: &Tree, binding: &Binding) -> bool {
    let Some(class) = tree.ancestors(binding.name).find(|outer| tree.kind(*outer) == "class_body") else {
        return false;
    };
    let name = binding.text.as_str();
    let is_index = |text: Node| binding.kind == BindingKind::Field || tree.parent_kind(text) == "subscript_expression";
    let handed_on = tree.descend(class).filter(|node| tree.kind(*node) == "this").any(|this| {
        let member = tree.parent(this).filter(|outer| tree.kind(*outer) == "member_expression");
        member.is_none_or(|member| tree.field(member, "object") != Some(this))
    });
    handed_on
        || tree.all().any(|node| match tree.kind(node) {
            "string" | "template_string" => is_index(node) && unquoted(tree.text(node)).as_deref() == Some(name),
            "shorthand_property_identifier_pattern" => tree.text(node) == name,
            "property_identifier" => tree.parent_kind(node) == "pair_pattern" && tree.text(node) == name,
            "rest_pattern" => tree.parent_kind(node) == "object_pattern",
            "identifier" => matches!(tree.text(node), "JSON" | "structuredClone"),
            _ => false,
        })
}

pub(super) fn owner(tree: &Tree, name: Node) -> Option<Node> {
    let declaration = tree.ancestors(name).find(|outer| {
        tree.is(
            *outer,
            &[
                "function_declaration",
                "generator_function_declaration",
                "class_declaration",
                "abstract_class_declaration",
                "enum_declaration",
                "interface_declaration",
                "type_alias_declaration",
                "method_definition",
                "lexical_declaration",
                "variable_declaration",
                "public_field_definition",
                "field_definition",
            ],
        )
    })?;
    // An exported declaration never comes here; what stands around it is no part of it.
    (tree.parent_kind(declaration) != "export_statement").then_some(declaration)
}

/// A subclass can override every method but those with `#`. Static ones are called by the name of their class.
pub(super) fn is_overridable(tree: &Tree, method: Node) -> bool {
    let declaration = tree.parent(method).filter(|parent| tree.kind(*parent) == "method_definition");
    tree.kind(method) != "private_property_identifier"
        && declaration.is_some_and(|declaration| !tree.has_token(declaration, "static"))
}

pub(super) fn returned(tree: &Tree, function: Node) -> Option<Returned> {
    let parent = tree.parent(function)?;
    let fits = match tree.kind(function) {
        "function_declaration" => true,
        "arrow_function" | "function_expression" => tree.kind(parent) == "variable_declarator",
        "method_definition" => {
            !tree.has_token(function, "get") && !tree.has_token(function, "*") && !tree.has_token(function, "set")
        }
        _ => false,
    };
    let body = tree.field(function, "body").filter(|_| fits)?;
    let is_async = tree.has_token(function, "async");
    if tree.kind(body) != "statement_block" {
        return Some(Returned { value: body, is_async });
    }
    let only = tree.only_named(body).filter(|only| tree.kind(*only) == "return_statement")?;
    Some(Returned { value: tree.first_named(only)?, is_async })
}

/// `eval` and `with` read names that are not written down.
pub(super) fn reads_unseen(tree: &Tree, scope: Node) -> bool {
    tree.descend(scope).any(|node| match tree.kind(node) {
        "with_statement" => true,
        "call_expression" => tree.field(node, "function").is_some_and(|callee| tree.text(callee) == "eval"),
        _ => false,
    })
}
