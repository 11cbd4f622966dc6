//! Names of Rust: what declares them, and what they are where they stand.

use crate::scope::{BindingKind, Decl, Place, Role, ScopeKind};
use crate::tree::{Node, Tree};

const FUNCTIONS: [&str; 4] = ["function_item", "closure_expression", "function_type", "function_signature_item"];

pub(super) fn scope(tree: &Tree, node: Node) -> Option<ScopeKind> {
    match tree.kind(node) {
        "source_file" => Some(ScopeKind::Module),
        kind if FUNCTIONS.contains(&kind) => Some(ScopeKind::Function),
        "block" if matches!(tree.parent_kind(node), "function_item" | "closure_expression") => None,
        "block" | "if_expression" | "while_expression" | "for_expression" | "match_arm" => Some(ScopeKind::Block),
        "declaration_list" => {
            let module = tree.parent_kind(node) == "mod_item";
            Some(if module { ScopeKind::Module } else { ScopeKind::Class })
        }
        _ => None,
    }
}

pub(super) fn declare(tree: &Tree, node: Node, out: &mut Vec<Decl>) {
    let field = |name: &str| tree.field(node, name);
    let names = |pattern: Option<Node>| pattern.map(|pattern| pattern_names(tree, pattern)).unwrap_or_default();
    let mut add = |names: Vec<Node>, kind, place, from| {
        out.extend(names.into_iter().map(|name| Decl::around(name, kind).place(place).from(from)));
    };
    match tree.kind(node) {
        "let_declaration" => {
            let simple = field("pattern").is_some_and(|pattern| tree.kind(pattern) == "identifier");
            let kind = if simple { BindingKind::Variable } else { BindingKind::Pattern };
            add(names(field("pattern")), kind, Place::Around, tree.end(node));
        }
        "let_condition" => {
            add(names(field("pattern")), BindingKind::Pattern, Place::Around, tree.end(node));
        }
        "parameter" => add(names(field("pattern")), BindingKind::Parameter, Place::Around, 0),
        "closure_parameters" => {
            let parameters = tree.named(node).into_iter().filter(|part| tree.kind(*part) != "parameter");
            let found = parameters.flat_map(|pattern| pattern_names(tree, pattern)).collect();
            add(found, BindingKind::Parameter, Place::Around, 0);
        }
        "for_expression" => {
            let from = field("body").map_or(0, |body| tree.start(body));
            add(names(field("pattern")), BindingKind::Pattern, Place::Inside, from);
        }
        "match_arm" => add(names(field("pattern")), BindingKind::Pattern, Place::Inside, 0),
        "const_item" | "static_item" => {
            add(field("name").into_iter().collect(), BindingKind::Variable, Place::Around, 0);
        }
        "function_item" | "function_signature_item" => {
            let class = tree
                .parent(node)
                .is_some_and(|list| tree.kind(list) == "declaration_list" && tree.parent_kind(list) != "mod_item");
            let kind = if class { BindingKind::Method } else { BindingKind::Function };
            add(field("name").into_iter().collect(), kind, Place::Around, 0);
        }
        "struct_item" | "enum_item" | "union_item" | "type_item" | "trait_item" | "mod_item" => {
            add(field("name").into_iter().collect(), BindingKind::Type, Place::Around, 0);
        }
        "type_parameter" | "const_parameter" => {
            add(field("name").into_iter().collect(), BindingKind::Pattern, Place::Around, 0);
        }
        "use_declaration" => {
            let found = field("argument").map(|argument| imported(tree, argument)).unwrap_or_default();
            add(found, BindingKind::Import, Place::Around, 0);
        }
        _ => {}
    }
}

/// Returns the names that a pattern binds. A name with a capital is a constant or a variant.
fn pattern_names(tree: &Tree, pattern: Node) -> Vec<Node> {
    let inside = |skip: &str| {
        let parts = tree.children(pattern).iter().filter(|part| tree.field_of(**part) != Some(skip));
        parts.flat_map(|part| pattern_names(tree, *part)).collect()
    };
    match tree.kind(pattern) {
        "identifier" if !tree.text(pattern).starts_with(char::is_uppercase) => vec![pattern],
        "shorthand_field_identifier" => vec![pattern],
        "tuple_struct_pattern" | "struct_pattern" => inside("type"),
        "match_pattern" => inside("condition"),
        "field_pattern" => match tree.field(pattern, "pattern") {
            Some(inner) => pattern_names(tree, inner),
            None => inside(""),
        },
        "mut_pattern" | "ref_pattern" | "reference_pattern" | "tuple_pattern" | "slice_pattern" | "or_pattern"
        | "captured_pattern" => inside(""),
        _ => vec![],
    }
}

/// Returns the names that a `use` tree brings in.
fn imported(tree: &Tree, node: Node) -> Vec<Node> {
    match tree.kind(node) {
        "identifier" | "type_identifier" => vec![node],
        "scoped_identifier" => tree.field(node, "name").into_iter().collect(),
        "use_as_clause" => tree.field(node, "alias").into_iter().collect(),
        "scoped_use_list" => tree.field(node, "list").map(|list| imported(tree, list)).unwrap_or_default(),
        "use_list" => tree.named(node).into_iter().flat_map(|part| imported(tree, part)).collect(),
        _ => vec![],
    }
}

pub(super) fn role(tree: &Tree, node: Node) -> Role {
    let Some(parent) = tree.parent(node) else { return Role::Nothing };
    let is_field = |field: &str| tree.field_of(node) == Some(field);
    if tree.ancestors(node).any(|outer| tree.kind(outer) == "use_declaration") {
        return Role::Nothing;
    }
    match tree.kind(parent) {
        "scoped_identifier" | "scoped_type_identifier" if is_field("name") => Role::Member,
        "token_tree" | "token_tree_pattern" | "attribute" => Role::Opaque,
        "label" | "lifetime" | "meta_item" | "macro_definition" => Role::Nothing,
        "macro_invocation" if is_field("macro") => Role::Nothing,
        "reference_expression" if tree.has_token(parent, "mutable_specifier") => Role::Opaque,
        "type_binding" if is_field("name") => Role::Nothing,
        _ => Role::Use,
    }
}

pub(super) fn is_write(tree: &Tree, node: Node) -> bool {
    let mut inner = node;
    for outer in tree.ancestors(node) {
        match tree.kind(outer) {
            "parenthesized_expression" | "tuple_expression" => {}
            "assignment_expression" | "compound_assignment_expr" => {
                return tree.field(outer, "left") == Some(inner);
            }
            _ => return false,
        }
        inner = outer;
    }
    false
}
