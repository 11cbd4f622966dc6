//! What counts as true, in languages where more than booleans do.

use crate::clean::constant::{Born, Constant};
use crate::clean::round::Round;
use crate::file::File;
use crate::language::Language;
use crate::shape::Shape;
use crate::tree::{Node, Tree};

/// Expressions of which the TypeScript compiler says by their form that they are always true; it refuses to ask them.
const ALWAYS_TRUE: [&str; 13] = [
    "object",
    "array",
    "arrow_function",
    "function_expression",
    "generator_function",
    "class",
    "regex",
    "jsx_element",
    "jsx_self_closing_element",
    "jsx_fragment",
    "new_expression",
    "string",
    "number",
];

impl Born {
    /// Returns whether a value counts as true; nothing where only booleans can be asked.
    pub(crate) fn truthiness(&self, language: Language) -> Option<bool> {
        match &self.constant {
            Constant::Bool(value) => Some(*value),
            _ if language.has_strict_booleans() => None,
            Constant::Text(text) => Some(!text.is_empty()),
            Constant::Int(number) => Some(*number != 0),
            Constant::Float(number) => Some(*number != 0.0),
        }
    }
}

impl File {
    /// Returns whether only the truth of an expression counts where it stands.
    pub(crate) fn only_truth_counts(&self, node: Node) -> bool {
        if self.tree.language.has_strict_booleans() {
            return true;
        }
        let tree = &self.tree;
        let Some(parent) = tree.parent(node) else { return false };
        match self.lang.shape(tree, parent) {
            Shape::Not(_) => true,
            Shape::Paren(_) | Shape::And(..) | Shape::Or(..) => self.only_truth_counts(parent),
            Shape::Ternary { condition, .. } | Shape::DoWhile { condition, .. } | Shape::Assert(condition) => {
                condition == node
            }
            Shape::While { condition, .. } => condition == Some(node),
            Shape::If => tree.field(parent, "condition") == Some(node),
            Shape::Other => matches!(tree.kind(parent), "elif_clause" | "if_clause"),
            Shape::For => tree.field(parent, "condition") == Some(node),
            _ => false,
        }
    }

    /// TypeScript: returns whether an expression is the condition of an `if` or `?:`, or part of it.
    ///
    /// A literal there says which code is not reached, and in that code the compiler does not know what names were asked for.
    pub(crate) fn is_asked(&self, node: Node) -> bool {
        let tree = &self.tree;
        let parts = |outer: &Node| {
            let shape = self.lang.shape(tree, *outer);
            matches!(shape, Shape::Paren(_) | Shape::Not(_) | Shape::And(..) | Shape::Or(..))
        };
        let inner = tree.ancestors(node).take_while(parts).last().unwrap_or(node);
        let Some(outer) = tree.parent(inner).filter(|_| tree.language.is_typed_script()) else { return false };
        let named = |side: &str| {
            let side = tree.field(outer, side).map(|side| tree.descend(side));
            side.into_iter().flatten().any(|inner| tree.is(inner, &["identifier", "this"]))
        };
        let names = match tree.kind(outer) {
            "if_statement" => true,
            "ternary_expression" => named("consequence") || named("alternative"),
            _ => false,
        };
        names && tree.field_of(inner) == Some("condition")
    }

    /// TypeScript: returns the widest operator that a text or number decides, and its other side if it becomes that one.
    ///
    /// `"a" || b` does not compile, so even where nothing else is folded it is `"a"`.
    pub(crate) fn settled_operator(&self, seed: Node, born: &Born) -> (Node, Option<Node>) {
        let tree = &self.tree;
        let mut seed = seed;
        let Some(truth) = born.truthiness(tree.language).filter(|_| born.as_bool().is_none()) else {
            return (seed, None);
        };
        if !tree.language.is_typed_script() {
            return (seed, None);
        }
        let mut node = seed;
        while let Some(parent) = tree.parent(node) {
            match self.lang.shape(tree, parent) {
                Shape::Paren(_) => {}
                Shape::Or(left, _) if left == node && truth => seed = parent,
                Shape::And(left, _) if left == node && !truth => seed = parent,
                Shape::Nullish(left, _) if left == node => seed = parent,
                Shape::Or(left, right) | Shape::And(left, right) if left == node => return (parent, Some(right)),
                _ => break,
            }
            node = parent;
        }
        (seed, None)
    }

    /// Returns the places where TypeScript does not compile because the form of an expression says whether it is true, or missing.
    pub(crate) fn idle_questions(&self) -> Vec<Node> {
        let tree = &self.tree;
        if !tree.language.is_typed_script() {
            return vec![];
        }
        let asks = |node: Node| -> Option<Node> {
            match self.lang.shape(tree, node) {
                Shape::Not(inner) => Some(inner),
                Shape::And(left, _) | Shape::Or(left, _) => Some(left),
                Shape::Ternary { condition, .. } | Shape::DoWhile { condition, .. } => Some(condition),
                Shape::While { condition, .. } => condition,
                Shape::If | Shape::For => tree.field(node, "condition"),
                _ => None,
            }
        };
        let idle = |node: &Node| match self.lang.shape(tree, *node) {
            Shape::Nullish(left, _) => {
                let left = bare(tree, left);
                tree.is(left, &["null", "undefined"]) || is_always_there(tree, left)
            }
            _ => asks(*node).is_some_and(|asked| is_known_by_form(tree, bare(tree, asked))),
        };
        tree.all().filter(idle).collect()
    }
}

impl Round<'_> {
    /// Returns whether the left side of `||` or `??` becomes something behind which nothing is asked for.
    pub(crate) fn settles(&self, left: Node, nullish: bool) -> bool {
        let tree = &self.file.tree;
        let last = self.innermost(left);
        let changed = last != bare(tree, left) && self.value(last).is_none();
        let text = tree.is(last, &["string", "number"]);
        changed && self.language().is_script() && is_always_there(tree, last) && (nullish || !text)
    }

    /// Returns whether the left side of `??` becomes what is nothing.
    pub(crate) fn becomes_nothing(&self, left: Node) -> bool {
        let tree = &self.file.tree;
        let last = self.innermost(left);
        last != bare(tree, left) && self.language().is_script() && tree.is(last, &["null", "undefined"])
    }

    /// Returns what is left of an expression in the end, without parentheses.
    fn innermost(&self, node: Node) -> Node {
        let mut last = self.finally(node);
        while let Shape::Paren(inner) = self.shape(last) {
            last = self.finally(inner);
        }
        last
    }
}

/// Returns an expression without the parentheses around it.
pub(crate) fn bare(tree: &Tree, node: Node) -> Node {
    let mut node = node;
    while let Some(inner) = tree.only_named(node).filter(|_| tree.kind(node) == "parenthesized_expression") {
        node = inner;
    }
    node
}

fn is_always_there(tree: &Tree, node: Node) -> bool {
    tree.is(node, &ALWAYS_TRUE)
}

fn is_known_by_form(tree: &Tree, node: Node) -> bool {
    let asserted = tree.first_named(node).filter(|_| tree.is(node, &["as_expression", "satisfies_expression"]));
    let node = asserted.map_or(node, |inner| bare(tree, inner));
    match tree.kind(node) {
        "number" => !matches!(tree.text(node), "0" | "1"),
        "null" | "undefined" => true,
        kind => ALWAYS_TRUE.contains(&kind) && kind != "new_expression",
    }
}
