//! Whether control comes out of a statement at its end.

use crate::clean::fate::Decided;
use crate::clean::round::Round;
use crate::language::Language;
use crate::shape::{Arm, Branch, Matches, Shape, Switch};
use crate::tree::Node;

impl Round<'_> {
    /// Returns whether control never comes out of a statement: as the code is, or as it is going to be.
    pub(crate) fn diverges(&self, node: Node, after: bool) -> bool {
        if let Some(known) = self.diverging.borrow().get(&(node, after)) {
            return *known;
        }
        let diverges = self.never_completes(node, after);
        self.diverging.borrow_mut().insert((node, after), diverges);
        diverges
    }

    fn never_completes(&self, node: Node, after: bool) -> bool {
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
            Shape::While { condition, body } => self.is_endless(condition, after) && !self.breaks_out(body, after),
            Shape::DoWhile { condition, body } => {
                let continues = || tree.descend(body).any(|inner| self.shape(inner) == Shape::Continue);
                let endless = self.is_endless(Some(condition), after) || (self.diverges(body, after) && !continues());
                endless && !self.breaks_out(body, after)
            }
            Shape::For if self.counts(node) => {
                let condition = self.loop_condition(node).filter(|part| tree.kind(*part) != "empty_statement");
                let body = tree.field(node, "body");
                self.is_endless(condition, after) && body.is_some_and(|body| !self.breaks_out(body, after))
            }
            Shape::Switch => self.switch_diverges(node, after),
            Shape::Try => self.try_diverges(node, after),
            Shape::Labeled(inner) => self.diverges(inner, after) && !self.breaks_out(inner, after),
            Shape::Other if tree.kind(node) == "select_statement" => {
                let cases = tree.named(node);
                let leaves = |case: &Node| {
                    let list = tree.named(*case).into_iter().rfind(|part| self.file.lang.is_list(tree, *part));
                    list.is_some_and(|list| self.list_diverges(list, after) && !self.breaks_out(list, after))
                };
                cases.iter().all(leaves)
            }
            Shape::Other if tree.is(node, &["synchronized_statement", "unsafe_block"]) => {
                let body = tree.field(node, "body").or_else(|| tree.only_named(node));
                body.is_some_and(|body| self.diverges(body, after))
            }
            _ => false,
        }
    }

    /// Returns whether a loop with this condition goes on until something inside leaves it.
    fn is_endless(&self, condition: Option<Node>, after: bool) -> bool {
        let Some(condition) = condition else { return true };
        let tree = &self.file.tree;
        let inner = tree.only_named(condition).filter(|_| tree.kind(condition) == "parenthesized_expression");
        let inner = inner.unwrap_or(condition);
        let literal = self.shape(inner) == Shape::Boolean(true) && !self.is_born(inner);
        literal || (after && self.truth(condition) == Some(true))
    }

    /// Returns whether a loop is one like `for (;;)`, and not one over the elements of something.
    fn counts(&self, node: Node) -> bool {
        let tree = &self.file.tree;
        let language = self.language();
        let clause = || tree.named(node).into_iter().any(|part| tree.kind(part) == "for_clause");
        tree.kind(node) == "for_statement"
            && (language.is_script() || language == Language::Java || (language == Language::Go && clause()))
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
        self.last_reached(&self.statements_of(block), after).is_some()
    }

    /// Returns the place of the statement that ends a list before its end.
    fn last_reached(&self, statements: &[Node], after: bool) -> Option<usize> {
        // Go: control may come to a label from elsewhere.
        let go = self.language() == Language::Go;
        let label = |node: &Node| go && self.file.tree.kind(*node) == "labeled_statement";
        let first = statements.iter().rposition(label).unwrap_or(0);
        let end = statements.iter().skip(first).position(|statement| self.diverges(*statement, after))?;
        Some(first + end)
    }

    fn chain_diverges(&self, node: Node, after: bool) -> bool {
        let Some(chain) = self.file.lang.chain(&self.file.tree, node) else { return false };
        // Go: with a declaration in front, a chain of several branches stays as it is.
        let stays = chain.branches.len() > 1 && chain.branches.iter().any(|branch| branch.init.is_some())
            || (after && self.keeps_conditions(&chain));
        for branch in &chain.branches {
            let truth = if after && !stays { self.branch_truth(&chain, branch) } else { None };
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
        let breaks = |arm: &Arm| switch.breaks && arm.statements.iter().any(|inner| self.breaks_out(*inner, after));
        if let Some(index) = self.known_arm(&switch, after) {
            let own = switch.arms.iter().skip(index).find(|arm| !arm.statements.is_empty() || !arm.falls);
            return own.is_some_and(|arm| match arm.value {
                Some(value) => self.diverges(value, after),
                None => !breaks(arm) && arm.statements.iter().any(|inner| self.diverges(*inner, after)),
            });
        }
        if switch.arms.iter().any(breaks) {
            return false;
        }
        let diverges = |arm: &Arm| match arm.value {
            Some(value) => self.diverges(value, after),
            None => arm.statements.iter().any(|statement| self.diverges(*statement, after)),
        };
        let complete =
            switch.arms.iter().any(|arm| matches!(arm.matches, Matches::Default)) || self.language() == Language::Rust;
        let count = switch.arms.len();
        complete && switch.arms.iter().enumerate().all(|(index, arm)| (arm.falls && index + 1 < count) || diverges(arm))
    }

    /// Returns the arm that a switch is going to be.
    fn known_arm(&self, switch: &Switch, after: bool) -> Option<usize> {
        let subject = switch.subject.filter(|subject| after && self.value(*subject).is_some())?;
        self.arm_of(switch, subject).ok().flatten()
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
    pub(crate) fn breaks_out(&self, node: Node, after: bool) -> bool {
        let tree = &self.file.tree;
        match self.shape(node) {
            Shape::Break => return tree.kind(node) != "goto_statement",
            Shape::While { body, .. } | Shape::DoWhile { body, .. } => return self.has_labelled_break(body, after),
            Shape::For => return self.live_parts(node, after).iter().any(|part| self.has_labelled_break(*part, after)),
            Shape::Switch if !matches!(self.language(), Language::Rust | Language::Python) => {
                return self.live_parts(node, after).iter().any(|part| self.has_labelled_break(*part, after));
            }
            Shape::Closure => return false,
            _ if self.file.lang.scope(tree, node) == Some(crate::scope::ScopeKind::Function) => return false,
            _ => {}
        }
        self.live_parts(node, after).iter().any(|child| self.breaks_out(*child, after))
    }

    fn has_labelled_break(&self, node: Node, after: bool) -> bool {
        let tree = &self.file.tree;
        let jump = matches!(self.shape(node), Shape::Break | Shape::Continue) && tree.kind(node) != "yield_statement";
        (jump && !tree.named(node).is_empty())
            || self.live_parts(node, after).iter().any(|part| self.has_labelled_break(*part, after))
    }

    /// Returns the parts of a node that control may come to: as the code is, or as it is going to be.
    fn live_parts(&self, node: Node, after: bool) -> Vec<Node> {
        let tree = &self.file.tree;
        if !after {
            return tree.children(node).to_vec();
        }
        if self.removed.contains(&node) {
            return vec![];
        }
        if let Some(chain) = self.file.lang.chain(tree, node)
            && !matches!(self.decide(&chain), Decided::Open)
        {
            let truth = |branch: &&Branch| self.branch_truth(&chain, branch);
            let taken = chain.branches.iter().find(|branch| truth(branch) == Some(true));
            let open = chain.branches.iter().take_while(|branch| truth(branch) != Some(true));
            let mut bodies: Vec<Node> =
                open.filter(|branch| truth(branch).is_none()).map(|branch| branch.body).collect();
            bodies.extend(taken.map(|branch| branch.body).or(chain.last));
            return bodies;
        }
        if self.file.lang.is_list(tree, node) {
            let statements = self.file.lang.statements(tree, node);
            let count = self.last_reached(&statements, true).map_or(statements.len(), |last| last + 1);
            return statements.into_iter().take(count).collect();
        }
        tree.children(node).to_vec()
    }

    /// Returns whether a body has a `break` or `continue` of its own loop.
    pub(crate) fn jumps_out(&self, node: Node) -> bool {
        let tree = &self.file.tree;
        tree.descend(node).any(|inner| matches!(self.shape(inner), Shape::Break | Shape::Continue))
    }
}
