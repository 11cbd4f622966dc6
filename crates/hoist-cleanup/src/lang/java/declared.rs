//! How Java declares names, who can see them, and where they may be replaced.

use crate::lang::{Returned, unquoted};
use crate::scope::{Binding, BindingKind};
use crate::shape::{Declared, Reach, UseSite};
use crate::tree::{Node, Tree};

pub(super) fn declared(tree: &Tree, name: Node) -> Option<Declared> {
    let declarator = tree.parent(name).filter(|parent| tree.kind(*parent) == "variable_declarator")?;
    let statement = tree.parent(declarator)?;
    if !tree.is(statement, &["local_variable_declaration", "field_declaration"])
        || tree.parent_kind(statement) == "for_statement"
        || annotated(tree, statement)
    {
        return None;
    }
    let several = tree.fields(statement, "declarator").len() > 1;
    Some(Declared { statement, element: several.then_some(declarator), value: tree.field(declarator, "value")? })
}

fn annotated(tree: &Tree, declaration: Node) -> bool {
    let modifiers = tree.children(declaration).iter().find(|part| tree.kind(**part) == "modifiers");
    modifiers.is_some_and(|modifiers| {
        tree.named(*modifiers).iter().any(|part| {
            let known = matches!(tree.text(*part), "@SuppressWarnings(\"unused\")" | "@Deprecated");
            tree.kind(*part).contains("annotation") && !known
        })
    })
}

/// Returns whether objects of a class are written with all their fields, private ones too.
fn is_serialized(tree: &Tree, class: Node) -> bool {
    let kinds = tree.field(class, "interfaces");
    kinds.is_some_and(|kinds| {
        tree.descend(kinds).any(|kind| matches!(tree.text(kind), "Serializable" | "Externalizable"))
    })
}

/// Returns whether a text of the file is a name, as `getDeclaredField("on")` asks for it.
fn is_named_in_text(tree: &Tree, name: &str) -> bool {
    // Without one of these there is no class to ask.
    let asks = [".class", "getClass", "forName", "lookup"].iter().any(|word| tree.source().contains(word));
    asks && tree
        .all()
        .any(|node| tree.kind(node) == "string_literal" && unquoted(tree.text(node)).as_deref() == Some(name))
}

fn has_modifier(tree: &Tree, declaration: Node, modifier: &str) -> bool {
    let modifiers = tree.children(declaration).iter().find(|part| tree.kind(**part) == "modifiers");
    modifiers.is_some_and(|modifiers| tree.has_token(*modifiers, modifier))
}

pub(super) fn use_site(tree: &Tree, node: Node) -> UseSite {
    let Some(parent) = tree.parent(node) else { return UseSite::Unsafe };
    let field = tree.field_of(node);
    if tree.ancestors(node).any(|outer| tree.kind(outer) == "guard") {
        return UseSite::Unsafe;
    }
    match tree.kind(parent) {
        "method_invocation" if field == Some("object") => UseSite::Receiver,
        "field_access" if field == Some("field") => match use_site(tree, parent) {
            UseSite::Value => UseSite::Value,
            _ => UseSite::Unsafe,
        },
        "field_access"
        | "method_reference"
        | "instanceof_expression"
        | "synchronized_statement"
        | "switch_label"
        | "update_expression"
        | "resource"
        | "annotation_argument_list" => UseSite::Unsafe,
        _ => UseSite::Value,
    }
}

pub(super) fn reach(tree: &Tree, binding: &Binding) -> Reach {
    let declaration = tree.ancestors(binding.name).find(|outer| {
        tree.is(
            *outer,
            &[
                "field_declaration",
                "method_declaration",
                "class_declaration",
                "enum_declaration",
                "record_declaration",
                "interface_declaration",
                "constant_declaration",
                "enum_constant",
            ],
        )
    });
    let Some(declaration) = declaration else { return Reach::File };
    match binding.kind {
        BindingKind::Field | BindingKind::Method | BindingKind::Type => {
            // A class with annotations may be read and written by what the annotations stand for.
            let class = tree.ancestors(declaration).find(|outer| tree.kind(*outer) == "class_declaration");
            let watched = class.is_some_and(|class| annotated(tree, class) || is_serialized(tree, class))
                || annotated(tree, declaration)
                || (binding.kind == BindingKind::Field && is_named_in_text(tree, &binding.text));
            let private = has_modifier(tree, declaration, "private");
            if private && !watched { Reach::File } else { Reach::Public }
        }
        _ => Reach::File,
    }
}

pub(super) fn owner(tree: &Tree, name: Node) -> Option<Node> {
    tree.ancestors(name).find(|outer| {
        tree.is(
            *outer,
            &[
                "method_declaration",
                "class_declaration",
                "enum_declaration",
                "interface_declaration",
                "record_declaration",
                "field_declaration",
                "local_variable_declaration",
            ],
        )
    })
}

/// Static, private and final methods cannot be overridden, and neither can those of a class without subclasses.
pub(super) fn is_overridable(tree: &Tree, method: Node) -> bool {
    let Some(declaration) = tree.parent(method) else { return false };
    let sealed = |node: Node, modifiers: &[&str]| modifiers.iter().any(|modifier| has_modifier(tree, node, modifier));
    let class = tree.ancestors(declaration).find(|outer| tree.kind(*outer).ends_with("_declaration"));
    let open = class.is_some_and(|class| {
        tree.kind(class) == "interface_declaration"
            || (tree.kind(class) == "class_declaration" && !sealed(class, &["final"]))
    });
    open && !sealed(declaration, &["static", "private", "final"])
}

pub(super) fn returned(tree: &Tree, function: Node) -> Option<Returned> {
    if tree.kind(function) != "method_declaration" || annotated(tree, function) {
        return None;
    }
    let only = tree.only_named(tree.field(function, "body")?)?;
    let value = tree.first_named(only).filter(|_| tree.kind(only) == "return_statement")?;
    Some(Returned { value, is_async: false })
}
