//! Names of JavaScript and TypeScript: what declares them, and what they are where they stand.

use crate::scope::{BindingKind, Decl, Place, Role, ScopeKind};
use crate::tree::{Node, Tree};

const FUNCTIONS: [&str; 15] = [
    "function_declaration",
    "function_expression",
    "generator_function",
    "generator_function_declaration",
    "arrow_function",
    "method_definition",
    "class_static_block",
    "function_type",
    "call_signature",
    "construct_signature",
    "constructor_type",
    "method_signature",
    "function_signature",
    "abstract_method_signature",
    "index_signature",
];

pub(super) fn scope(tree: &Tree, node: Node) -> Option<ScopeKind> {
    let kind = tree.kind(node);
    if FUNCTIONS.contains(&kind) {
        return Some(ScopeKind::Function);
    }
    match kind {
        "program" => Some(ScopeKind::Module),
        "statement_block"
            if FUNCTIONS.contains(&tree.parent_kind(node)) || tree.parent_kind(node) == "catch_clause" =>
        {
            None
        }
        "statement_block" | "for_statement" | "for_in_statement" | "catch_clause" | "switch_body" => {
            Some(ScopeKind::Block)
        }
        "class_body" => Some(ScopeKind::Class),
        _ => None,
    }
}

pub(super) fn declare(tree: &Tree, node: Node, out: &mut Vec<Decl>) {
    let mut add = |name: Option<Node>, kind| out.extend(name.map(|name| Decl::around(name, kind)));
    match tree.kind(node) {
        "variable_declarator" => {
            let hoisted = tree.parent_kind(node) == "variable_declaration";
            let place = if hoisted { Place::Function } else { Place::Around };
            let simple = tree.field(node, "name").is_some_and(|name| tree.kind(name) == "identifier");
            let kind = if simple { BindingKind::Variable } else { BindingKind::Pattern };
            let names = tree.field(node, "name").map(|pattern| pattern_names(tree, pattern)).unwrap_or_default();
            out.extend(names.into_iter().map(|name| Decl::around(name, kind).place(place)));
        }
        "function_declaration" | "generator_function_declaration" | "function_signature" => {
            add(tree.field(node, "name"), BindingKind::Function);
        }
        "function_expression" => {
            out.extend(
                tree.field(node, "name").map(|name| Decl::around(name, BindingKind::Pattern).place(Place::Inside)),
            );
        }
        "class_declaration"
        | "abstract_class_declaration"
        | "enum_declaration"
        | "type_alias_declaration"
        | "interface_declaration"
        | "internal_module"
        | "module" => add(tree.field(node, "name"), BindingKind::Type),
        "type_parameter" => add(tree.field(node, "name"), BindingKind::Pattern),
        "method_definition" => add(tree.field(node, "name"), BindingKind::Method),
        "public_field_definition" => add(tree.field(node, "name"), BindingKind::Field),
        "field_definition" => add(tree.field(node, "property"), BindingKind::Field),
        "formal_parameters" => {
            let names = tree.named(node).into_iter().flat_map(|parameter| {
                let pattern = tree.field(parameter, "pattern").unwrap_or(parameter);
                pattern_names(tree, pattern)
            });
            out.extend(names.map(|name| Decl::around(name, BindingKind::Parameter)));
        }
        "arrow_function" => {
            let parameter = tree.field(node, "parameter");
            out.extend(parameter.map(|name| Decl::around(name, BindingKind::Parameter).place(Place::Inside)));
        }
        "catch_clause" => {
            let names = tree.field(node, "parameter").map(|pattern| pattern_names(tree, pattern)).unwrap_or_default();
            out.extend(names.into_iter().map(|name| Decl::around(name, BindingKind::Pattern).place(Place::Inside)));
        }
        "for_in_statement" if tree.field(node, "kind").is_some() => {
            let place = if tree.has_token(node, "var") { Place::Function } else { Place::Inside };
            let names = tree.field(node, "left").map(|pattern| pattern_names(tree, pattern)).unwrap_or_default();
            out.extend(names.into_iter().map(|name| Decl::around(name, BindingKind::Pattern).place(place)));
        }
        "import_clause" | "namespace_import" | "import_require_clause" => {
            add(tree.named(node).into_iter().find(|n| tree.kind(*n) == "identifier"), BindingKind::Import);
        }
        "import_specifier" => add(tree.field(node, "alias").or_else(|| tree.field(node, "name")), BindingKind::Import),
        _ => {}
    }
}

/// Returns the names that a pattern binds.
fn pattern_names(tree: &Tree, pattern: Node) -> Vec<Node> {
    match tree.kind(pattern) {
        "identifier" | "shorthand_property_identifier_pattern" => vec![pattern],
        "pair_pattern" => tree.field(pattern, "value").map(|value| pattern_names(tree, value)).unwrap_or_default(),
        "assignment_pattern" | "object_assignment_pattern" => {
            tree.field(pattern, "left").map(|left| pattern_names(tree, left)).unwrap_or_default()
        }
        "object_pattern" | "array_pattern" | "rest_pattern" | "required_parameter" | "optional_parameter" => {
            tree.named(pattern).into_iter().flat_map(|part| pattern_names(tree, part)).collect()
        }
        _ => vec![],
    }
}

pub(super) fn role(tree: &Tree, node: Node) -> Role {
    let parent = tree.parent(node);
    let is_field = |field: &str| tree.field_of(node) == Some(field);
    match tree.parent_kind(node) {
        "member_expression" if is_field("property") => {
            let object = parent.and_then(|parent| tree.field(parent, "object"));
            let own = object.is_some_and(|object| tree.kind(object) == "this" && is_of_class(tree, object));
            if own { Role::OwnMember } else { Role::Member }
        }
        // `#on in other`
        "binary_expression" if tree.kind(node) == "private_property_identifier" => Role::Member,
        _ if matches!(tree.kind(node), "property_identifier" | "private_property_identifier") => Role::Nothing,
        "import_specifier" | "namespace_export" => Role::Nothing,
        "export_specifier" if is_field("alias") => Role::Nothing,
        // `export { x } from "./y"` names nothing of this file.
        "export_specifier" => {
            let from = tree.ancestors(node).find(|outer| tree.kind(*outer) == "export_statement");
            if from.is_some_and(|from| tree.field(from, "source").is_some()) { Role::Nothing } else { Role::Opaque }
        }
        "jsx_opening_element" | "jsx_closing_element" | "jsx_self_closing_element" if is_field("name") => {
            if tree.text(node).starts_with(char::is_lowercase) { Role::Nothing } else { Role::Use }
        }
        "export_statement" => Role::Opaque,
        _ => Role::Use,
    }
}

/// Returns whether `this` is an object of the class around it: a function that is no method of the class has its own.
fn is_of_class(tree: &Tree, this: Node) -> bool {
    let owner = tree.ancestors(this).find(|outer| {
        let kind = tree.kind(*outer);
        (FUNCTIONS.contains(&kind) && kind != "arrow_function")
            || matches!(kind, "field_definition" | "public_field_definition")
    });
    owner.is_some_and(|owner| tree.parent_kind(owner) == "class_body")
}

pub(super) fn is_write(tree: &Tree, node: Node) -> bool {
    if tree.kind(node) == "shorthand_property_identifier_pattern" {
        return true;
    }
    let mut inner = node;
    for outer in tree.ancestors(node) {
        match tree.kind(outer) {
            "array_pattern"
            | "object_pattern"
            | "pair_pattern"
            | "rest_pattern"
            | "parenthesized_expression"
            | "non_null_expression" => {}
            "member_expression" if tree.field(outer, "property") == Some(inner) => {}
            "assignment_pattern" | "assignment_expression" | "augmented_assignment_expression" => {
                return tree.field(outer, "left") == Some(inner);
            }
            "for_in_statement" => return tree.field(outer, "left") == Some(inner),
            "update_expression" => return true,
            _ => return false,
        }
        inner = outer;
    }
    false
}
