//! What an expression of JavaScript means only because of the place where it stands.

use crate::clean::round::Round;
use crate::shape::Shape;
use crate::tree::Node;

/// Words and signs that begin a statement or a body where no expression is meant.
const OPENERS: [&str; 4] = ["{", "function", "class", "async function"];

impl Round<'_> {
    /// Returns whether a part would be called, or deleted, as the member of an object when it takes the place of the whole.
    ///
    /// `(on ? a.b : c)()` calls a plain function, `(a.b)()` calls a method of `a`.
    pub(crate) fn gains_receiver(&self, whole: Node, part: Node) -> bool {
        let tree = &self.file.tree;
        if !self.language().is_script() {
            return false;
        }
        let mut inner = whole;
        let around = tree.ancestors(whole).find(|outer| {
            let through = matches!(self.shape(*outer), Shape::Paren(_) | Shape::Same(_)) && !self.is_call(*outer);
            if through {
                inner = *outer;
            }
            !through
        });
        let deleted = around.is_some_and(|around| {
            tree.field(around, "operator").is_some_and(|operator| tree.kind(operator) == "delete")
        });
        let called = around.is_some_and(|around| self.is_call(around) && tree.field(around, "function") == Some(inner));
        let mut last = self.finally(part);
        while let (Shape::Paren(deeper) | Shape::Same(deeper), false) = (self.shape(last), self.is_call(last)) {
            last = self.finally(deeper);
        }
        let member = tree.is(last, &["member_expression", "subscript_expression"]);
        // A call of the name `eval` itself sees the names around it.
        let names_eval = tree.kind(last) == "identifier" && tree.text(last) == "eval";
        (called && (member || names_eval)) || (deleted && (member || tree.kind(last) == "identifier"))
    }

    fn is_call(&self, node: Node) -> bool {
        self.file.tree.kind(node) == "call_expression"
    }

    /// Returns whether a part would begin a block or a declaration when it takes the place of the whole.
    ///
    /// `() => on ? { a: 1 } : {}` gives an object, `() => { a: 1 }` gives nothing.
    pub(crate) fn opens_statement(&self, whole: Node, part: Node) -> bool {
        let tree = &self.file.tree;
        let text = tree.text(part);
        let begins = |opener: &&str| {
            text.strip_prefix(*opener).is_some_and(|rest| *opener == "{" || !rest.starts_with(char::is_alphanumeric))
        };
        if !self.language().is_script() || !OPENERS.iter().any(begins) {
            return false;
        }
        let mut inner = whole;
        for outer in tree.ancestors(whole) {
            match tree.kind(outer) {
                "arrow_function" => return tree.field(outer, "body") == Some(inner),
                "expression_statement" => return true,
                "export_statement" => return tree.field(outer, "value") == Some(inner),
                _ if tree.start(outer) < tree.start(whole) => return false,
                _ => inner = outer,
            }
        }
        false
    }
}
