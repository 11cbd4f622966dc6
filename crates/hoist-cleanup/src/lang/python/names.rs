//! Names of Python: what declares them, and what they are where they stand.

use std::collections::HashMap;

use crate::scope::{BindingKind, Decl, Place, Role, ScopeKind};
use crate::tree::{Node, Tree};

const COMPREHENSIONS: [&str; 4] =
    ["list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"];

pub(super) fn scope(tree: &Tree, node: Node) -> Option<ScopeKind> {
    match tree.kind(node) {
        "module" => Some(ScopeKind::Module),
        "function_definition" | "lambda" => Some(ScopeKind::Function),
        "class_definition" => Some(ScopeKind::Class),
        kind if COMPREHENSIONS.contains(&kind) => Some(ScopeKind::Block),
        _ => None,
    }
}

pub(super) fn declare(tree: &Tree, node: Node, out: &mut Vec<Decl>) {
    let field = |name: &str| tree.field(node, name);
    match tree.kind(node) {
        "assignment" => {
            let Some(left) = field("left") else { return };
            out.extend(own_member(tree, left).map(|name| Decl::around(name, BindingKind::Field).place(Place::Class)));
            let kind = match tree.kind(left) {
                "identifier" if is_class_level(tree, node) => BindingKind::Field,
                "identifier" if field("right").is_some() => BindingKind::Variable,
                _ => BindingKind::Pattern,
            };
            add(out, target_names(tree, left), kind, Place::Function);
        }
        "augmented_assignment" => {
            let names = field("left").map(|left| target_names(tree, left)).unwrap_or_default();
            add(out, names, BindingKind::Pattern, Place::Function);
        }
        "named_expression" => {
            add(out, field("name").into_iter().collect(), BindingKind::Variable, Place::Function);
        }
        "for_statement" => {
            let names = field("left").map(|left| target_names(tree, left)).unwrap_or_default();
            add(out, names, BindingKind::Pattern, Place::Function);
        }
        "for_in_clause" => {
            let names = field("left").map(|left| target_names(tree, left)).unwrap_or_default();
            add(out, names, BindingKind::Pattern, Place::Around);
        }
        "as_pattern_target" => add(out, target_names_in(tree, node), BindingKind::Pattern, Place::Function),
        "case_pattern" => add(out, captured(tree, node), BindingKind::Pattern, Place::Function),
        "delete_statement" => add(out, target_names_in(tree, node), BindingKind::Pattern, Place::Function),
        "function_definition" => {
            let class_level = is_class_level(tree, node);
            let kind = if class_level { BindingKind::Method } else { BindingKind::Function };
            out.extend(field("name").map(|name| Decl::around(name, kind)));
        }
        "class_definition" => out.extend(field("name").map(|name| Decl::around(name, BindingKind::Type))),
        "parameters" | "lambda_parameters" => {
            let names = tree.named(node).into_iter().filter_map(|parameter| parameter_name(tree, parameter)).collect();
            add(out, names, BindingKind::Parameter, Place::Around);
        }
        "import_statement" | "import_from_statement" => {
            for name in tree.fields(node, "name") {
                let name = tree.field(name, "alias").or_else(|| tree.first_named(name));
                add(out, name.into_iter().collect(), BindingKind::Import, Place::Function);
            }
        }
        _ => {}
    }
}

fn add(out: &mut Vec<Decl>, names: Vec<Node>, kind: BindingKind, place: Place) {
    out.extend(names.into_iter().map(|name| Decl::around(name, kind).place(place)));
}

/// Returns the member of `self.__name`, which no other class can mean, or of `self._name`, which by custom none does.
fn own_member(tree: &Tree, target: Node) -> Option<Node> {
    let object = tree.field(target, "object").filter(|object| tree.text(*object) == "self")?;
    let name = tree.field(target, "attribute").filter(|_| tree.kind(object) == "identifier")?;
    (tree.text(name).starts_with('_') && !tree.text(name).ends_with("__")).then_some(name)
}

/// Returns whether a statement stands directly in the body of a class.
fn is_class_level(tree: &Tree, node: Node) -> bool {
    let block = tree.ancestors(node).find(|outer| matches!(tree.kind(*outer), "block" | "module"));
    block.is_some_and(|block| tree.parent_kind(block) == "class_definition")
}

fn target_names(tree: &Tree, target: Node) -> Vec<Node> {
    match tree.kind(target) {
        "identifier" => vec![target],
        "pattern_list" | "tuple_pattern" | "list_pattern" | "list_splat_pattern" | "expression_list" | "tuple" => {
            target_names_in(tree, target)
        }
        _ => vec![],
    }
}

fn target_names_in(tree: &Tree, node: Node) -> Vec<Node> {
    tree.named(node).into_iter().flat_map(|part| target_names(tree, part)).collect()
}

/// Returns the names that a pattern of `case` binds. A dotted name is a constant, a single one is a capture.
fn captured(tree: &Tree, pattern: Node) -> Vec<Node> {
    tree.descend(pattern)
        .filter(|node| tree.kind(*node) == "identifier")
        .filter(|node| match tree.parent_kind(*node) {
            "dotted_name" => {
                tree.parent(*node).and_then(|dotted| tree.only_named(dotted)).is_some()
                    && tree.parent(*node).is_some_and(|dotted| tree.parent_kind(dotted) != "class_pattern")
            }
            "keyword_pattern" => false,
            _ => true,
        })
        .collect()
}

fn parameter_name(tree: &Tree, parameter: Node) -> Option<Node> {
    match tree.kind(parameter) {
        "identifier" => Some(parameter),
        "default_parameter" | "typed_default_parameter" => tree.field(parameter, "name"),
        "typed_parameter" | "list_splat_pattern" | "dictionary_splat_pattern" => {
            tree.first_named(parameter).and_then(|inner| parameter_name(tree, inner))
        }
        _ => None,
    }
}

pub(super) fn role(tree: &Tree, node: Node) -> Role {
    let is_field = |field: &str| tree.field_of(node) == Some(field);
    match tree.parent_kind(node) {
        "attribute" if is_field("attribute") => {
            let object = tree.parent(node).and_then(|parent| tree.field(parent, "object"));
            let own = object.is_some_and(|object| matches!(tree.text(object), "self" | "cls"));
            if own { Role::OwnMember } else { Role::Member }
        }
        "keyword_argument" | "keyword_pattern" if is_field("name") => Role::Nothing,
        "keyword_pattern" => Role::Nothing,
        "global_statement" | "nonlocal_statement" => Role::Nothing,
        "dotted_name" => {
            let statement = tree.ancestors(node).nth(1).map_or("", |outer| tree.kind(outer));
            match statement {
                "import_statement"
                | "import_from_statement"
                | "aliased_import"
                | "relative_import"
                | "future_import_statement" => Role::Nothing,
                _ => Role::Use,
            }
        }
        "aliased_import" => Role::Nothing,
        _ => Role::Use,
    }
}

pub(super) fn is_write(tree: &Tree, node: Node) -> bool {
    let mut inner = node;
    for outer in tree.ancestors(node) {
        match tree.kind(outer) {
            "pattern_list" | "tuple_pattern" | "list_pattern" | "list_splat_pattern" => {}
            "attribute" if tree.field(outer, "attribute") == Some(inner) => {}
            "assignment" | "augmented_assignment" | "for_statement" | "for_in_clause" => {
                return tree.field(outer, "left") == Some(inner);
            }
            "delete_statement" | "as_pattern_target" => return true,
            _ => return false,
        }
        inner = outer;
    }
    false
}

/// Returns the names that `global` and `nonlocal` statements of a function send elsewhere.
pub(super) fn redirected(tree: &Tree, node: Node) -> HashMap<String, bool> {
    let mut names = HashMap::new();
    if tree.kind(node) != "function_definition" {
        return names;
    }
    let Some(body) = tree.field(node, "body") else { return names };
    let mut open = vec![body];
    while let Some(next) = open.pop() {
        match tree.kind(next) {
            "global_statement" | "nonlocal_statement" => {
                let module = tree.kind(next) == "global_statement";
                names.extend(tree.named(next).into_iter().map(|name| (tree.text(name).to_owned(), module)));
            }
            "function_definition" | "class_definition" | "lambda" => {}
            _ => open.extend(tree.children(next)),
        }
    }
    names
}

/// Defaults of parameters, and what the first loop of a comprehension runs over, are evaluated outside.
pub(super) fn belongs_outside(tree: &Tree, node: Node) -> bool {
    match tree.parent_kind(node) {
        "default_parameter" | "typed_default_parameter" => tree.field_of(node) == Some("value"),
        "for_in_clause" if tree.field_of(node) == Some("right") => {
            let clause = tree.parent(node);
            let around = clause.and_then(|clause| tree.parent(clause));
            let first = around
                .and_then(|around| tree.named(around).into_iter().find(|part| tree.kind(*part) == "for_in_clause"));
            first == clause
        }
        _ => false,
    }
}
