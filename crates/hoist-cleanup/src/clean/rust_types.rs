//! Rust: of the sides of an `if` or `match` that is a value, any one may be what says its type.
//!
//! `if on { 1 } else { 2u64 }` is a `u64`, `1` alone an `i32`, and `None` alone nothing at all.

use crate::clean::constant::{Born, Constant};
use crate::clean::round::Round;
use crate::scope::BindingKind;
use crate::shape::Shape;
use crate::tree::{Node, Tree};

const SUFFIXES: [&str; 14] =
    ["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64"];

/// Macros and functions of the standard library that never return.
const NEVER_RETURN: [&str; 6] = ["panic", "unreachable", "todo", "unimplemented", "exit", "abort"];

impl Round<'_> {
    /// Returns whether a value has the same type with only some of its sides.
    pub(crate) fn rust_keeps_type(&self, whole: Node, kept: &[Node]) -> bool {
        has_declared_type(&self.file.tree, whole) || kept.iter().any(|side| self.says_type(*side))
    }

    /// Returns whether an argument has its type by itself, or from where it was declared.
    pub(crate) fn has_own_type(&self, node: Node) -> bool {
        let parameter = || self.file.scopes.meant(node).is_some_and(|binding| binding.kind == BindingKind::Parameter);
        self.says_type(node) || parameter()
    }

    /// Returns whether an expression, or the end of a block, has its type by itself.
    fn says_type(&self, node: Node) -> bool {
        let tree = &self.file.tree;
        match tree.kind(node) {
            "block" => tree
                .named(node)
                .into_iter()
                .rfind(|part| !tree.is_comment(*part))
                .is_none_or(|last| self.says_type(last)),
            "boolean_literal" | "string_literal" | "raw_string_literal" | "char_literal" => true,
            "integer_literal" | "float_literal" => is_suffixed(tree, node),
            // A statement gives nothing, and leaving gives no type to anything.
            "expression_statement" => tree.text(node).ends_with(';') && !self.leaves(node),
            "macro_invocation" => tree.field(node, "macro").is_some_and(|name| tree.text(name) == "format"),
            "call_expression" => self.calls_typed(node),
            _ => matches!(self.shape(node), Shape::Not(_) | Shape::Equal { .. } | Shape::Comparison),
        }
    }

    /// Returns whether control does not come out of a statement: what it gives then has no type.
    fn leaves(&self, statement: Node) -> bool {
        let tree = &self.file.tree;
        let only = tree.only_named(statement);
        let name = only.and_then(|inner| tree.field(inner, "macro").or_else(|| tree.field(inner, "function")));
        let last = name.and_then(|name| tree.text(name).rsplit("::").next());
        self.diverges(statement, false) || last.is_some_and(|last| NEVER_RETURN.contains(&last))
    }

    /// Returns whether a call is one of a function of this file that gives one type, whatever it is called with.
    fn calls_typed(&self, call: Node) -> bool {
        let tree = &self.file.tree;
        let Some(parts) = self.file.lang.call(tree, call) else { return false };
        if parts.receiver.is_some_and(|receiver| tree.text(receiver) == "String") {
            return matches!(tree.text(parts.name), "from" | "new");
        }
        let function = self.file.scopes.meant(parts.name).and_then(|binding| tree.parent(binding.name));
        function.filter(|function| tree.kind(*function) == "function_item" && parts.receiver.is_none()).is_some_and(
            |function| {
                let given = tree.field(function, "return_type").map_or("()", |kind| tree.text(kind));
                tree.field(function, "type_parameters").is_none() && !given.contains("impl ") && !given.starts_with('&')
            },
        )
    }
}

/// Returns whether a number has its type behind it.
pub(crate) fn is_suffixed(tree: &Tree, number: Node) -> bool {
    let text = tree.text(number);
    !text.starts_with("0x") && SUFFIXES.iter().any(|suffix| text.ends_with(suffix))
}

/// Returns a number with the type that the SDK gives it.
pub(crate) fn suffixed(born: Born) -> Born {
    let suffix = match born.constant {
        Constant::Int(_) => "i64",
        Constant::Float(_) => "f64",
        _ => return born,
    };
    let text = born.text.trim_start_matches('(').trim_end_matches(')');
    let text = if text.ends_with(suffix) { text.to_owned() } else { format!("{text}{suffix}") };
    Born { text, ..born }
}

/// Returns whether the type of a value is written down where it goes, or nobody takes the value.
pub(crate) fn has_declared_type(tree: &Tree, node: Node) -> bool {
    let Some(parent) = tree.parent(node) else { return false };
    let whole = |kind: Option<Node>| {
        kind.is_some_and(|kind| {
            let mut words = tree.text(kind).split(|sign: char| !sign.is_alphanumeric() && sign != '_');
            words.all(|word| !matches!(word, "_" | "impl"))
        })
    };
    match tree.kind(parent) {
        "let_declaration" | "const_item" | "static_item" => whole(tree.field(parent, "type")),
        "expression_statement" => {
            let ends = tree.text(parent).ends_with(';');
            ends || !is_last(tree, parent) || has_declared_type(tree, parent)
        }
        "block" if !is_last(tree, node) => true,
        "match_expression" if tree.field_of(node) == Some("value") => false,
        "block"
        | "parenthesized_expression"
        | "else_clause"
        | "if_expression"
        | "match_arm"
        | "match_block"
        | "match_expression"
        | "unsafe_block" => has_declared_type(tree, parent),
        "function_item" => tree.field(parent, "return_type").is_none_or(|kind| whole(Some(kind))),
        "closure_expression" => whole(tree.field(parent, "return_type")),
        "while_expression" | "for_expression" | "loop_expression" => true,
        "return_expression" => {
            let kinds = ["function_item", "closure_expression", "async_block"];
            let home = tree.ancestors(parent).find(|outer| tree.is(*outer, &kinds));
            home.is_some_and(|home| whole(tree.field(home, "return_type")))
        }
        _ => false,
    }
}

fn is_last(tree: &Tree, node: Node) -> bool {
    let block = tree.parent(node).filter(|block| tree.kind(*block) == "block");
    let last = block.and_then(|block| tree.named(block).into_iter().rfind(|part| !tree.is_comment(*part)));
    last == Some(node)
}
