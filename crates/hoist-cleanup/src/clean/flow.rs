//! Whether control comes out of a statement at its end.

use crate::clean::round::Round;
use crate::language::Language;
use crate::shape::Shape;
use crate::tree::Node;

impl Round<'_> {
    /// Returns whether control never comes out of a statement: as the code is, or as it is going to be.
    pub(crate) fn diverges(&self, node: Node, after: bool) -> bool {
        let tree = &self.file.tree;
        if after && self.removed.contains(&node) {
            return false;
        }
        match self.shape(node) {
            Shape::Return | Shape::Throw | Shape::Break | Shape::Continue => true,
            Shape::Statement(inner) => self.diverges(inner, after),
            Shape::Call => self.language() == Language::Go && tree.text(node).starts_with("panic("),
            Shape::Block => self.list_diverges(node, after),
            Shape::If => self.chain_diverges(node, after),
            Shape::While { condition, body } => {
                let endless = match condition {
                    None => true,
                    Some(condition) => {
                        let inner = self
                            .file
                            .tree
                            .only_named(condition)
                            .filter(|_| tree.kind(condition) == "parenthesized_expression");
                        let literal = self.shape(inner.unwrap_or(condition)) == Shape::Boolean(true)
                            && !self.is_born(inner.unwrap_or(condition));
                        literal || (after && self.truth(condition) == Some(true))
                    }
                };
                endless && !self.breaks_out(body)
            }
            Shape::Switch => self.switch_diverges(node, after),
            Shape::Try => self.try_diverges(node, after),
            Shape::Labeled(inner) => self.diverges(inner, after) && !self.breaks_out(inner),
            Shape::Other if tree.is(node, &["synchronized_statement", "unsafe_block"]) => {
                let body = tree.field(node, "body").or_else(|| tree.only_named(node));
                body.is_some_and(|body| self.diverges(body, after))
            }
            _ => false,
        }
    }

    /// Returns the statements of a block, whatever stands between.
    pub(crate) fn statements_of(&self, block: Node) -> Vec<Node> {
        let tree = &self.file.tree;
        if self.file.lang.is_list(tree, block) {
            return self.file.lang.statements(tree, block);
        }
        let list = tree.named(block).into_iter().find(|child| self.file.lang.is_list(tree, *child));
        match list {
            Some(list) => self.file.lang.statements(tree, list),
            None if self.shape(block) == Shape::Block => vec![],
            None => vec![block],
        }
    }

    fn list_diverges(&self, block: Node, after: bool) -> bool {
        self.statements_of(block).into_iter().any(|statement| self.diverges(statement, after))
    }

    fn chain_diverges(&self, node: Node, after: bool) -> bool {
        let Some(chain) = self.file.lang.chain(&self.file.tree, node) else { return false };
        for branch in &chain.branches {
            let truth = self.truth(branch.condition).filter(|_| after);
            if truth == Some(true) {
                return self.diverges(branch.body, after);
            }
            if truth.is_none() && !self.diverges(branch.body, after) {
                return false;
            }
        }
        chain.last.is_some_and(|last| self.diverges(last, after))
    }

    fn switch_diverges(&self, node: Node, after: bool) -> bool {
        let Some(switch) = self.file.lang.switch(&self.file.tree, node) else { return false };
        if switch.breaks && switch.arms.iter().any(|arm| arm.statements.iter().any(|s| self.breaks_out(*s))) {
            return false;
        }
        let diverges = |arm: &crate::shape::Arm| match arm.value {
            Some(value) => self.diverges(value, after),
            None => arm.statements.iter().any(|statement| self.diverges(*statement, after)),
        };
        let complete = switch.arms.iter().any(|arm| matches!(arm.matches, crate::shape::Matches::Default))
            || self.language() == Language::Rust;
        let count = switch.arms.len();
        complete && switch.arms.iter().enumerate().all(|(index, arm)| (arm.falls && index + 1 < count) || diverges(arm))
    }

    fn try_diverges(&self, node: Node, after: bool) -> bool {
        let tree = &self.file.tree;
        let mut caught = true;
        for part in tree.named(node) {
            let kind = tree.kind(part);
            let body = || tree.field(part, "body").or_else(|| tree.named(part).last().copied());
            if kind.contains("finally") {
                if body().is_some_and(|body| self.diverges(body, after)) {
                    return true;
                }
            } else if kind.contains("catch") || kind.contains("except") {
                caught &= body().is_some_and(|body| self.diverges(body, after));
            }
        }
        caught && tree.field(node, "body").is_some_and(|body| self.diverges(body, after))
    }

    /// Returns whether a `break` inside a body leaves what the body belongs to. Labels count as leaving.
    pub(crate) fn breaks_out(&self, node: Node) -> bool {
        let tree = &self.file.tree;
        match self.shape(node) {
            Shape::Break => return tree.kind(node) != "goto_statement",
            Shape::While { body, .. } | Shape::DoWhile { body, .. } => return self.has_labelled_break(body),
            Shape::For => return self.has_labelled_break(node),
            Shape::Switch if !matches!(self.language(), Language::Rust | Language::Python) => {
                return self.has_labelled_break(node);
            }
            Shape::Closure => return false,
            _ if self.file.lang.scope(tree, node) == Some(crate::scope::ScopeKind::Function) => return false,
            _ => {}
        }
        tree.children(node).iter().any(|child| self.breaks_out(*child))
    }

    fn has_labelled_break(&self, node: Node) -> bool {
        let tree = &self.file.tree;
        tree.descend(node).any(|inner| {
            let jump =
                matches!(self.shape(inner), Shape::Break | Shape::Continue) && tree.kind(inner) != "yield_statement";
            jump && !tree.named(inner).is_empty()
        })
    }

    /// Returns whether a body has a `break` or `continue` of its own loop.
    pub(crate) fn jumps_out(&self, node: Node) -> bool {
        let tree = &self.file.tree;
        tree.descend(node).any(|inner| matches!(self.shape(inner), Shape::Break | Shape::Continue))
    }
}
