//! Rust: a name whose type is only known from what is done with it.
//!
//! `let mut n = 0; if on { n += price; }` makes `n` what `price` is. Without the branch it is an `i32`; and with `Ok(1)`,
//! `.collect()` or no value at all, it is nothing that compiles.

use crate::clean::round::Round;
use crate::clean::rust_types::{has_declared_type, is_suffixed};
use crate::scope::{Binding, BindingKind};
use crate::shape::Shape;
use crate::tree::{Node, Tree};

/// Ends of calls that give whatever is wanted of them.
const GENERIC_CALLS: [&str; 8] = [
    ".parse()",
    ".into()",
    ".collect()",
    ".sum()",
    ".product()",
    "Default::default()",
    ".unwrap_or_default()",
    ".try_into()",
];

impl Round<'_> {
    /// Returns whether code that goes was all that said of which type a name is.
    pub(crate) fn rust_loses_type(&self, binding: &Binding, gone: &[Node]) -> bool {
        let tree = &self.file.tree;
        let inside = |node: &Node| gone.iter().any(|outer| tree.contains(*outer, *node));
        let places = || binding.uses.iter().chain(&binding.writes).chain(&binding.opaque);
        if binding.kind == BindingKind::Parameter || inside(&binding.name) || !places().any(inside) {
            return false;
        }
        let declaration = tree
            .ancestors(binding.name)
            .find(|outer| tree.is(*outer, &["let_declaration", "block", "match_arm", "let_condition", "parameter"]));
        let Some(declaration) = declaration.filter(|it| tree.kind(*it) == "let_declaration") else { return false };
        let open = tree.field(declaration, "type").is_none()
            && tree.field(declaration, "value").is_none_or(|value| self.is_open(value));
        let says = |node: &&Node| !self.says_nothing(**node);
        open && places().filter(|node| inside(node)).any(|node| says(&node))
            && !places().filter(|node| !inside(node)).any(|node| self.fixes_type(*node))
    }

    /// Returns whether the type of a value is up to what is done with it.
    fn is_open(&self, value: Node) -> bool {
        let tree = &self.file.tree;
        let any = || tree.named(value).into_iter().any(|part| self.is_open(part));
        match tree.kind(value) {
            "integer_literal" | "float_literal" => !is_suffixed(tree, value),
            "unary_expression"
            | "parenthesized_expression"
            | "array_expression"
            | "tuple_expression"
            | "reference_expression"
            | "else_clause" => any(),
            "binary_expression" => {
                let sides = tree.named(value);
                !sides.is_empty() && sides.iter().all(|side| self.is_open(*side))
            }
            "if_expression" => {
                let ends = [tree.field(value, "consequence"), tree.field(value, "alternative")];
                ends.into_iter().flatten().all(|end| self.is_open(end))
            }
            "block" => tree.named(value).last().is_some_and(|last| self.is_open(*last)),
            "macro_invocation" => tree.text(value).starts_with("vec!") && open_list(tree, value),
            "call_expression" | "try_expression" | "await_expression" => {
                let function = tree.field(value, "function").map_or("", |function| tree.text(function));
                let some = function == "Some"
                    && tree
                        .field(value, "arguments")
                        .is_some_and(|it| tree.named(it).into_iter().any(|argument| self.is_open(argument)));
                let text = tree.text(value);
                let generic = GENERIC_CALLS.iter().any(|end| text.contains(end));
                matches!(function, "Ok" | "Err") || some || generic
            }
            _ => false,
        }
    }

    /// Returns whether the place where a name stands does not ask for any type.
    fn says_nothing(&self, node: Node) -> bool {
        let tree = &self.file.tree;
        let Some(parent) = tree.parent(node) else { return true };
        let plain = |other: Option<Node>| other.is_some_and(|other| self.is_open(other));
        match tree.kind(parent) {
            "token_tree" => tree.ancestors(node).find(|outer| tree.kind(*outer) == "macro_invocation").is_some(),
            "compound_assignment_expr" => {
                tree.field(parent, "left") == Some(node) && plain(tree.field(parent, "right"))
            }
            "assignment_expression" => {
                let number = |value: Node| tree.is(value, &["integer_literal", "float_literal", "unary_expression"]);
                let right = tree.field(parent, "right");
                tree.field(parent, "left") == Some(node) && right.is_some_and(number) && plain(right)
            }
            "binary_expression" => {
                let sides = tree.named(parent);
                let compares = matches!(self.shape(parent), Shape::Equal { .. } | Shape::Comparison);
                compares && sides.iter().all(|side| *side == node || self.is_open(*side))
            }
            "field_expression" => {
                let name = tree.field(parent, "field").map_or("", |name| tree.text(name));
                matches!(
                    name,
                    "len" | "is_empty" | "to_string" | "clear" | "is_some" | "is_none" | "is_ok" | "is_err" | "abs"
                )
            }
            _ => false,
        }
    }

    /// Returns whether the place where a name stands says by itself of which type it is.
    fn fixes_type(&self, node: Node) -> bool {
        let tree = &self.file.tree;
        let Some(parent) = tree.parent(node) else { return false };
        match tree.kind(parent) {
            "reference_expression" | "parenthesized_expression" => self.fixes_type(parent),
            "assignment_expression" | "compound_assignment_expr" => {
                let (left, right) = (tree.field(parent, "left"), tree.field(parent, "right"));
                let other = if left == Some(node) { right } else { left };
                other.is_some_and(|other| self.has_written_type(other))
            }
            "binary_expression" => {
                tree.named(parent).into_iter().any(|side| side != node && self.has_written_type(side))
            }
            "field_initializer" | "shorthand_field_initializer" => true,
            "arguments" => tree.parent(parent).is_some_and(|call| self.takes_written_types(call)),
            "type_cast_expression" => false,
            _ => has_declared_type(tree, node) && !tree.is(parent, &["expression_statement"]),
        }
    }

    /// Returns whether an expression has a type by itself, or is a name that was declared with one.
    fn has_written_type(&self, node: Node) -> bool {
        let tree = &self.file.tree;
        let declared = || {
            let declaration = self.file.scopes.meant(node).and_then(|binding| tree.parent(binding.name));
            declaration.is_some_and(|declaration| tree.field(declaration, "type").is_some())
        };
        self.has_own_type(node) || declared()
    }

    /// Returns whether a call is one of a function of this file whose parameters have types of their own.
    fn takes_written_types(&self, call: Node) -> bool {
        let tree = &self.file.tree;
        let name = self.file.lang.call(tree, call).map(|parts| parts.name);
        let function = name.and_then(|name| self.file.scopes.meant(name)).and_then(|binding| tree.parent(binding.name));
        function.is_some_and(|function| {
            tree.kind(function) == "function_item"
                && tree.field(function, "type_parameters").is_none()
                && tree.field(function, "parameters").is_some_and(|it| !tree.text(it).contains("impl "))
        })
    }
}

/// Returns whether the elements of `vec![..]` are numbers without a type.
fn open_list(tree: &Tree, list: Node) -> bool {
    let numbers = tree.descend(list).filter(|node| tree.is(*node, &["integer_literal", "float_literal"]));
    let numbers: Vec<Node> = numbers.collect();
    !numbers.is_empty() && numbers.iter().all(|number| !is_suffixed(tree, *number))
}
