//! Names of Go: what declares them, and what they are where they stand.

use crate::scope::{BindingKind, Decl, Place, Role, ScopeKind};
use crate::tree::{Node, Tree};

const FUNCTIONS: [&str; 5] =
    ["function_declaration", "method_declaration", "func_literal", "function_type", "method_elem"];

pub(super) fn scope(tree: &Tree, node: Node) -> Option<ScopeKind> {
    match tree.kind(node) {
        "source_file" => Some(ScopeKind::Module),
        kind if FUNCTIONS.contains(&kind) => Some(ScopeKind::Function),
        "block" if FUNCTIONS.contains(&tree.parent_kind(node)) => None,
        "block"
        | "if_statement"
        | "for_statement"
        | "expression_switch_statement"
        | "type_switch_statement"
        | "select_statement"
        | "expression_case"
        | "default_case"
        | "type_case"
        | "communication_case" => Some(ScopeKind::Block),
        _ => None,
    }
}

pub(super) fn declare(tree: &Tree, node: Node, out: &mut Vec<Decl>) {
    let is_package = tree.ancestors(node).all(|outer| !FUNCTIONS.contains(&tree.kind(outer)));
    let from = |end: usize| if is_package { 0 } else { end };
    let mut add = |names: Vec<Node>, kind, from| {
        let names = names.into_iter().filter(|name| tree.text(*name) != "_");
        out.extend(names.map(|name| Decl::around(name, kind).from(from)));
    };
    match tree.kind(node) {
        "short_var_declaration" => add(listed(tree, node), BindingKind::Variable, tree.end(node)),
        "range_clause" | "receive_statement" if tree.has_token(node, ":=") => {
            add(listed(tree, node), BindingKind::Pattern, tree.end(node));
        }
        "var_spec" | "const_spec" => {
            add(tree.fields(node, "name"), BindingKind::Variable, from(tree.end(node)));
        }
        "type_switch_statement" => {
            let alias = tree.field(node, "alias").map(|alias| tree.named(alias)).unwrap_or_default();
            // Each case has the name; what is switched over may be another variable of it.
            let from = tree.field(node, "value").map_or(tree.start(node), |value| tree.end(value));
            let names = alias.into_iter().filter(|name| tree.text(*name) != "_");
            out.extend(names.map(|name| Decl::around(name, BindingKind::Pattern).place(Place::Inside).from(from)));
        }
        "parameter_declaration" | "variadic_parameter_declaration" => {
            add(tree.fields(node, "name"), BindingKind::Parameter, 0);
        }
        "function_declaration" => add(tree.fields(node, "name"), BindingKind::Function, 0),
        "type_spec" | "type_alias" => add(tree.fields(node, "name"), BindingKind::Type, from(tree.start(node))),
        "type_parameter_declaration" => add(tree.fields(node, "name"), BindingKind::Pattern, 0),
        "import_spec" => out.extend(import(tree, node)),
        _ => {}
    }
}

fn listed(tree: &Tree, node: Node) -> Vec<Node> {
    let names = tree.field(node, "left").map(|left| tree.named(left)).unwrap_or_default();
    names.into_iter().filter(|name| tree.kind(*name) == "identifier").collect()
}

/// Returns the name that an import is known by: its alias, or the last part of its path without a version.
fn import(tree: &Tree, node: Node) -> Option<Decl> {
    if let Some(alias) = tree.field(node, "name") {
        return (tree.kind(alias) == "package_identifier").then(|| Decl::around(alias, BindingKind::Import));
    }
    let path = tree.field(node, "path")?;
    let text = tree.text(path).trim_matches(['"', '`']);
    let is_version = |part: &&str| part.strip_prefix('v').is_some_and(|number| number.parse::<u32>().is_ok());
    let name = text.rsplit('/').find(|part| !is_version(part))?;
    let name = name.split_once(".v").map_or(name, |(name, _)| name);
    Some(Decl { text: Some(name.to_owned()), ..Decl::around(path, BindingKind::Import) })
}

pub(super) fn role(tree: &Tree, node: Node) -> Role {
    let is_field = |field: &str| tree.field_of(node) == Some(field);
    match tree.parent_kind(node) {
        "selector_expression" if is_field("field") => Role::Member,
        "literal_element" if is_struct_key(tree, node) => Role::Nothing,
        _ if tree.kind(node) == "field_identifier" => Role::Nothing,
        "qualified_type" if is_field("name") => Role::Nothing,
        "package_clause" | "import_spec" => Role::Nothing,
        "unary_expression" if tree.parent(node).is_some_and(|parent| tree.has_token(parent, "&")) => Role::Opaque,
        _ => Role::Use,
    }
}

/// Returns whether a name is the key of an element in a literal of a struct. Keys of maps, slices and arrays are values.
fn is_struct_key(tree: &Tree, node: Node) -> bool {
    let Some(element) = tree.parent(node) else { return false };
    if tree.field_of(element) != Some("key") {
        return false;
    }
    let literal = tree.ancestors(element).find(|outer| tree.kind(*outer) == "composite_literal");
    let kind = literal.and_then(|literal| tree.field(literal, "type")).map_or("", |kind| tree.kind(kind));
    !matches!(kind, "map_type" | "slice_type" | "array_type" | "implicit_length_array_type")
}

pub(super) fn is_write(tree: &Tree, node: Node) -> bool {
    let Some(parent) = tree.parent(node) else { return false };
    match tree.kind(parent) {
        "inc_statement" | "dec_statement" => true,
        "expression_list" => {
            let outer = tree.parent_kind(parent);
            let left = tree.field_of(parent) == Some("left");
            left && matches!(
                outer,
                "assignment_statement" | "short_var_declaration" | "range_clause" | "receive_statement"
            )
        }
        _ => false,
    }
}
