//! How Python declares names, who can see them, and where they may be replaced.

use crate::lang::Returned;
use crate::scope::{Binding, BindingKind};
use crate::shape::{Declared, Reach, UseSite};
use crate::tree::{Node, Tree};

pub(super) fn declared(tree: &Tree, name: Node) -> Option<Declared> {
    let assignment = tree.parent(name).filter(|parent| tree.kind(*parent) == "assignment")?;
    let statement = tree.parent(assignment).filter(|parent| tree.kind(*parent) == "expression_statement")?;
    if tree.field(assignment, "left") != Some(name) || tree.only_named(statement).is_none() {
        return None;
    }
    let value = tree.field(assignment, "right").filter(|value| tree.kind(*value) != "assignment")?;
    Some(Declared { statement, element: None, value })
}

pub(super) fn use_site(tree: &Tree, node: Node) -> UseSite {
    let Some(parent) = tree.parent(node) else { return UseSite::Unsafe };
    let field = tree.field_of(node);
    match tree.kind(parent) {
        "call" if field == Some("function") => UseSite::Unsafe,
        "attribute" | "subscript" if matches!(field, Some("object" | "value")) => UseSite::Receiver,
        // The member itself, as in `self.__on`: what stands around it decides.
        "attribute" => match use_site(tree, parent) {
            UseSite::Value => UseSite::Value,
            _ => UseSite::Unsafe,
        },
        // `f"{on=}"` prints the name.
        "interpolation" if tree.has_token(parent, "=") => UseSite::Unsafe,
        "decorator" | "type" | "list_splat" | "dictionary_splat" | "dotted_name" => UseSite::Unsafe,
        _ => UseSite::Value,
    }
}

pub(super) fn reach(tree: &Tree, binding: &Binding) -> Reach {
    let name = binding.text.as_str();
    // A function that says `global` sets a name of the module.
    let local = binding.scope != 0
        && tree
            .ancestors(binding.name)
            .any(|outer| tree.kind(outer) == "function_definition" && tree.field(outer, "name") != Some(binding.name));
    match binding.kind {
        BindingKind::Field | BindingKind::Method => {
            if name.starts_with("__") && !name.ends_with("__") && !is_named_mangled(tree, binding) {
                Reach::File
            } else {
                Reach::Public
            }
        }
        _ if local => Reach::File,
        _ if name.starts_with('_') => Reach::File,
        _ => Reach::Public,
    }
}

/// Returns whether the file has the name that `__name` really is, `_Class__name`, in whatever place.
fn is_named_mangled(tree: &Tree, binding: &Binding) -> bool {
    let mut classes = tree.ancestors(binding.name).filter(|outer| tree.kind(*outer) == "class_definition");
    let Some(class) = classes.next().and_then(|class| tree.field(class, "name")) else { return false };
    let mangled = format!("_{}{}", tree.text(class).trim_start_matches('_'), binding.text);
    tree.source().contains(&mangled)
}

pub(super) fn owner(tree: &Tree, name: Node) -> Option<Node> {
    let declaration = tree
        .ancestors(name)
        .find(|outer| tree.is(*outer, &["function_definition", "class_definition", "expression_statement"]))?;
    let decorated = tree.parent(declaration).filter(|parent| tree.kind(*parent) == "decorated_definition");
    Some(decorated.unwrap_or(declaration))
}

/// A subclass can override every method whose name is not mangled.
pub(super) fn is_overridable(tree: &Tree, method: Node) -> bool {
    let name = tree.text(method);
    !name.starts_with("__") || name.ends_with("__")
}

pub(super) fn returned(tree: &Tree, function: Node) -> Option<Returned> {
    if tree.kind(function) != "function_definition" || tree.parent_kind(function) == "decorated_definition" {
        return None;
    }
    let body = tree.named(tree.field(function, "body")?);
    let last = match body.as_slice() {
        [only] => *only,
        [text, last] if tree.first_named(*text).is_some_and(|text| tree.kind(text) == "string") => *last,
        _ => return None,
    };
    let value = tree.first_named(last).filter(|_| tree.kind(last) == "return_statement")?;
    Some(Returned { value, is_async: tree.has_token(function, "async") })
}

/// `eval`, `exec`, `locals` and `vars` read names that are not written down; `getattr` and `__dict__` read such fields.
pub(super) fn reads_unseen(tree: &Tree, scope: Node) -> bool {
    let class = tree.kind(scope) == "class_definition";
    let of_fields = |node: Node| {
        tree.kind(node) == "identifier" && matches!(tree.text(node), "getattr" | "setattr" | "delattr" | "__dict__")
    };
    tree.descend(scope).any(|node| {
        if class && of_fields(node) {
            return true;
        }
        tree.kind(node) == "call"
            && tree
                .field(node, "function")
                .is_some_and(|callee| matches!(tree.text(callee), "eval" | "exec" | "locals" | "vars" | "globals"))
    })
}
