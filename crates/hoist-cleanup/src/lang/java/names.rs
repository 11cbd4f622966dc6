//! Names of Java: what declares them, and what they are where they stand.

use crate::scope::{BindingKind, Decl, Place, Role, ScopeKind};
use crate::tree::{Node, Tree};

const FUNCTIONS: [&str; 6] = [
    "method_declaration",
    "constructor_declaration",
    "compact_constructor_declaration",
    "lambda_expression",
    "static_initializer",
    "annotation_type_element_declaration",
];

pub(super) fn scope(tree: &Tree, node: Node) -> Option<ScopeKind> {
    match tree.kind(node) {
        "program" => Some(ScopeKind::Module),
        kind if FUNCTIONS.contains(&kind) => Some(ScopeKind::Function),
        "block" | "constructor_body" if FUNCTIONS.contains(&tree.parent_kind(node)) => None,
        "block" if tree.parent_kind(node) == "class_body" => Some(ScopeKind::Function),
        "block"
        | "for_statement"
        | "enhanced_for_statement"
        | "catch_clause"
        | "try_with_resources_statement"
        | "switch_block"
        | "switch_rule" => Some(ScopeKind::Block),
        "class_body" | "interface_body" | "enum_body" | "annotation_type_body" => Some(ScopeKind::Class),
        _ => None,
    }
}

pub(super) fn declare(tree: &Tree, node: Node, out: &mut Vec<Decl>) {
    let name = || tree.field(node, "name");
    match tree.kind(node) {
        "variable_declarator" => {
            let field = matches!(tree.parent_kind(node), "field_declaration" | "constant_declaration");
            let (kind, from) = if field { (BindingKind::Field, 0) } else { (BindingKind::Variable, tree.start(node)) };
            out.extend(name().map(|name| Decl::around(name, kind).from(from)));
        }
        "formal_parameter" => out.extend(name().map(|name| Decl::around(name, BindingKind::Parameter))),
        "spread_parameter" => {
            let inner = tree.named(node).into_iter().find(|part| tree.kind(*part) == "variable_declarator");
            let name = inner.and_then(|inner| tree.field(inner, "name"));
            out.extend(name.map(|name| Decl::around(name, BindingKind::Parameter)));
        }
        "lambda_expression" => {
            let parameters = tree.field(node, "parameters");
            let names = parameters.map(|parameters| match tree.kind(parameters) {
                "identifier" => vec![parameters],
                "inferred_parameters" => tree.named(parameters),
                _ => vec![],
            });
            let names = names.unwrap_or_default().into_iter();
            out.extend(names.map(|name| Decl::around(name, BindingKind::Parameter).place(Place::Inside)));
        }
        "catch_formal_parameter" | "resource" => {
            out.extend(name().map(|name| Decl::around(name, BindingKind::Pattern)));
        }
        "enhanced_for_statement" => {
            out.extend(name().map(|name| Decl::around(name, BindingKind::Pattern).place(Place::Inside)));
        }
        "instanceof_expression" => {
            out.extend(name().map(|name| Decl::around(name, BindingKind::Pattern).place(Place::Function)));
        }
        "type_pattern" | "record_pattern_component" => {
            let name = tree.named(node).into_iter().rfind(|part| tree.kind(*part) == "identifier");
            out.extend(name.map(|name| Decl::around(name, BindingKind::Pattern)));
        }
        "class_declaration"
        | "interface_declaration"
        | "enum_declaration"
        | "record_declaration"
        | "annotation_type_declaration" => out.extend(name().map(|name| Decl::around(name, BindingKind::Type))),
        "type_parameter" => {
            out.extend(tree.first_named(node).map(|name| Decl::around(name, BindingKind::Pattern)));
        }
        "method_declaration" | "annotation_type_element_declaration" => {
            out.extend(name().map(|name| Decl::around(name, BindingKind::Method)));
        }
        "enum_constant" => out.extend(name().map(|name| Decl::around(name, BindingKind::Field))),
        "import_declaration" if !tree.has_token(node, "asterisk") => {
            let path = tree.first_named(node);
            let name = path.and_then(|path| tree.field(path, "name").or(Some(path)));
            out.extend(name.map(|name| Decl::around(name, BindingKind::Import)));
        }
        _ => {}
    }
}

pub(super) fn role(tree: &Tree, node: Node) -> Role {
    let Some(parent) = tree.parent(node) else { return Role::Nothing };
    let is_field = |field: &str| tree.field_of(node) == Some(field);
    let own = |object: Option<Node>| object.is_none_or(|object| tree.kind(object) == "this");
    match tree.kind(parent) {
        "method_invocation" if is_field("name") => {
            if own(tree.field(parent, "object")) {
                Role::MethodUse
            } else {
                Role::Member
            }
        }
        "field_access" if is_field("field") => {
            if own(tree.field(parent, "object")) {
                Role::OwnMember
            } else {
                Role::Member
            }
        }
        "method_reference" if tree.named(parent).last() == Some(&node) => Role::Member,
        "scoped_identifier" => {
            let outer = tree.ancestors(node).find(|outer| tree.kind(*outer) != "scoped_identifier");
            let inert = outer.is_some_and(|outer| tree.is(outer, &["import_declaration", "package_declaration"]));
            if inert || is_field("name") { Role::Nothing } else { Role::Use }
        }
        "import_declaration" | "package_declaration" | "break_statement" | "continue_statement" => Role::Nothing,
        "labeled_statement" if tree.first_named(parent) == Some(node) => Role::Nothing,
        "element_value_pair" if is_field("key") => Role::Nothing,
        "switch_label" => Role::Opaque,
        "constructor_declaration" | "compact_constructor_declaration" if is_field("name") => Role::Nothing,
        "scoped_type_identifier" if tree.first_named(parent) != Some(node) => Role::Nothing,
        _ => Role::Use,
    }
}

pub(super) fn is_write(tree: &Tree, node: Node) -> bool {
    let mut inner = node;
    for outer in tree.ancestors(node) {
        match tree.kind(outer) {
            "parenthesized_expression" => {}
            "field_access" if tree.field(outer, "field") == Some(inner) => {}
            "assignment_expression" => return tree.field(outer, "left") == Some(inner),
            "update_expression" => return true,
            _ => return false,
        }
        inner = outer;
    }
    false
}
