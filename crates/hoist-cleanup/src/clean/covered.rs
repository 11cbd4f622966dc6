//! A branch that cannot be taken any more because an earlier condition lost what told the two apart.
//!
//! Of `if (on && x) A else if (x) B` nothing but `A` is left: with the flag on, whoever has an `x` is there already. In
//! TypeScript `B` would not even compile, since `x` is known to be nothing there.

use crate::clean::round::Round;
use crate::shape::{Branch, Chain, Shape};
use crate::tree::Node;

impl Round<'_> {
    /// Returns whether a branch is always or never taken, if its condition is reached.
    pub(crate) fn branch_truth(&self, chain: &Chain, branch: &Branch) -> Option<bool> {
        self.truth(branch.condition).or_else(|| self.is_covered(chain, branch).then_some(false))
    }

    /// Returns whether an earlier branch is taken whenever this one could be, because of this very change.
    fn is_covered(&self, chain: &Chain, branch: &Branch) -> bool {
        let earlier = chain.branches.iter().take_while(|other| other.condition != branch.condition);
        let earlier: Vec<Node> = earlier.map(|other| other.condition).collect();
        let has_init = chain.branches.iter().any(|branch| branch.init.is_some());
        let before = if earlier.is_empty() { self.left_before(chain.node) } else { None };
        let earlier = before.map_or(earlier, |condition| vec![condition]);
        if earlier.is_empty() || has_init {
            return false;
        }
        let mut own = vec![];
        self.parts_left(branch.condition, &mut own);
        let free = |node: &Node| self.effect_free(*node);
        let covers = |condition: &Node| {
            let mut parts = vec![];
            let changed = self.parts_left(*condition, &mut parts);
            changed && !parts.is_empty() && parts.iter().all(|part| own.contains(part))
        };
        earlier.iter().any(covers) && free(&branch.condition) && earlier.iter().all(free)
    }

    /// Returns the condition of the `if` right before another one, if whoever is taken by it does not come further.
    fn left_before(&self, node: Node) -> Option<Node> {
        let tree = &self.file.tree;
        let list = tree.parent(node).filter(|list| self.file.lang.is_list(tree, *list))?;
        let statements = self.file.lang.statements(tree, list);
        let at = statements.iter().position(|statement| *statement == node)?;
        let chain = self.file.lang.chain(tree, *statements.get(at.checked_sub(1)?)?)?;
        let only = chain.branches.first().filter(|_| chain.branches.len() == 1 && chain.last.is_none())?;
        (only.init.is_none() && self.diverges(only.body, false)).then_some(only.condition)
    }

    /// Gathers what is left of the parts of a condition that `&&` joins. Returns whether any part goes.
    fn parts_left(&self, node: Node, parts: &mut Vec<String>) -> bool {
        let tree = &self.file.tree;
        match self.shape(node) {
            Shape::Paren(inner) => self.parts_left(inner, parts),
            Shape::And(left, right) => {
                let (first, second) = (self.parts_left(left, parts), self.parts_left(right, parts));
                first || second
            }
            _ if self.truth(node) == Some(true) => true,
            _ if tree.kind(node) == "parenthesized_expression" => {
                tree.only_named(node).is_some_and(|inner| self.parts_left(inner, parts))
            }
            _ => {
                let last = self.finally(node);
                parts.push(tree.text(last).to_owned());
                last != node
            }
        }
    }
}
