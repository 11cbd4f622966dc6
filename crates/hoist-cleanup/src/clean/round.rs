//! One pass over one file: which nodes are constant, and what becomes of the others.
//!
//! Nothing is rewritten while it is looked at. A value is found at most once for each node, so the work is linear in
//! the nodes and the uses of names.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use crate::clean::constant::Born;
use crate::clean::edits::{Edits, Mark, Memory};
use crate::clean::effects::effect_free;
use crate::clean::outcome::{Level, Reason, Rule};
use crate::clean::rules;
use crate::clean::script_tests::says_again;
use crate::config::HoistToml;
use crate::file::File;
use crate::language::Language;
use crate::scope::BindingId;
use crate::shape::Shape;
use crate::tree::Node;

/// What a round works with.
pub(crate) struct Round<'a> {
    pub(crate) file: &'a File,
    pub(crate) config: &'a HoistToml,
    pub(crate) level: Level,
    /// Whether what is constant is folded, or only what lost its last use removed.
    pub(crate) folds: bool,
    pub(crate) key: &'a str,
    /// Whether another file has a name in it.
    pub(crate) elsewhere: &'a dyn Fn(&str) -> bool,
    /// What calls of functions of other files give.
    pub(crate) imported: &'a HashMap<String, Born>,
    pub(crate) edits: Edits,
    pub(crate) changes: Vec<(Rule, Node)>,
    pub(crate) refusals: RefCell<Vec<(Reason, Node)>>,
    born: HashMap<Node, Born>,
    pub(crate) bereft: HashSet<Node>,
    values: RefCell<HashMap<Node, Born>>,
    /// For each node, whether its value was looked for. Nearly all have none, so a table is asked before the map.
    looked_at: RefCell<Vec<bool>>,
    /// For each statement, whether control never comes out of it: as it is, and as it is going to be.
    pub(crate) diverging: RefCell<HashMap<(Node, bool), bool>>,
    /// Statements that stay although they are decided, because what follows them could not stay otherwise.
    pub(crate) kept: RefCell<HashSet<Node>>,
    pub(crate) bindings: RefCell<HashMap<BindingId, Option<Born>>>,
    /// Statements that go because what they declare is inlined or unused.
    pub(crate) removed: HashSet<Node>,
    /// Parts of statements that go, such as one of several declarators.
    pub(crate) parts: HashSet<Node>,
    /// Statements that become one of their expressions.
    pub(crate) reduced: HashMap<Node, Node>,
    /// Names that were moved into a list of statements by this round.
    pub(crate) unwrapped: HashMap<Node, HashSet<String>>,
    /// For a list of statements that loses its braces, the list and the statement that it goes to, and whether others
    /// follow there.
    pub(crate) hosts: HashMap<Node, (Node, Node, bool)>,
}

impl<'a> Round<'a> {
    pub(crate) fn new(
        file: &'a File,
        config: &'a HoistToml,
        level: Level,
        key: &'a str,
        marks: &[Mark],
        elsewhere: &'a dyn Fn(&str) -> bool,
        imported: &'a HashMap<String, Born>,
    ) -> Self {
        let mut born = HashMap::new();
        let mut bereft = HashSet::new();
        for mark in marks {
            let node = file.tree.covering(&mark.range);
            if file.tree.range(node) != mark.range {
                continue;
            }
            match &mark.memory {
                Memory::Born(value) => drop(born.insert(node, value.clone())),
                Memory::Bereft => drop(bereft.insert(node)),
            }
        }
        Self {
            file,
            config,
            level,
            folds: level != Level::Constant,
            key,
            elsewhere,
            imported,
            edits: Edits::default(),
            changes: vec![],
            refusals: RefCell::new(vec![]),
            born,
            bereft,
            values: RefCell::new(HashMap::new()),
            looked_at: RefCell::new(vec![false; file.tree.len()]),
            diverging: RefCell::new(HashMap::new()),
            kept: RefCell::new(HashSet::new()),
            bindings: RefCell::new(HashMap::new()),
            removed: HashSet::new(),
            parts: HashSet::new(),
            reduced: HashMap::new(),
            unwrapped: HashMap::new(),
            hosts: HashMap::new(),
        }
    }

    pub(crate) fn language(&self) -> Language {
        self.file.tree.language
    }

    pub(crate) fn shape(&self, node: Node) -> Shape {
        self.file.lang.shape(&self.file.tree, node)
    }

    pub(crate) fn change(&mut self, rule: Rule, node: Node) {
        self.changes.push((rule, node));
    }

    /// Notes the rule by which a statement goes, unless it goes with a name: that was noted with the name.
    pub(crate) fn dropped(&mut self, rule: Rule, statement: Node) {
        if !self.removed.contains(&statement) {
            self.change(rule, statement);
        }
    }

    pub(crate) fn refuse(&self, reason: Reason, node: Node) {
        self.refusals.borrow_mut().push((reason, node));
    }

    pub(crate) fn is_born(&self, node: Node) -> bool {
        self.born.contains_key(&node)
    }

    pub(crate) fn effect_free(&self, node: Node) -> bool {
        effect_free(self.file, self.config, node)
    }

    pub(crate) fn truth(&self, node: Node) -> Option<bool> {
        let value = self.value(node)?;
        value.as_bool().or_else(|| self.in_condition(node).then(|| value.truthiness(self.language())).flatten())
    }

    /// Returns whether the left side of `&&` or `||` counts as true, of whatever type it is.
    fn left_truth(&self, node: Node) -> Option<bool> {
        self.value(node)?.truthiness(self.language())
    }

    /// Returns the constant that an expression is because a flag was frozen.
    pub(crate) fn value(&self, node: Node) -> Option<Born> {
        if let Some(born) = self.born.get(&node) {
            return Some(born.clone());
        }
        if !self.folds {
            return None;
        }
        // A value that depends on itself is no constant: while it is looked for, there is none.
        if std::mem::replace(self.looked_at.borrow_mut().get_mut(node.0 as usize)?, true) {
            return self.values.borrow().get(&node).cloned();
        }
        let value = self.find_value(node)?;
        self.values.borrow_mut().insert(node, value.clone());
        Some(value)
    }

    fn bool(&self, value: bool) -> Born {
        Born::bool(self.language(), value)
    }

    fn find_value(&self, node: Node) -> Option<Born> {
        match self.shape(node) {
            // `bool(x)` and `Boolean(x)` make a boolean of what is none.
            Shape::Same(inner) if self.file.tree.is(node, &["call", "call_expression"]) => {
                let value = self.value(inner)?;
                let truth = value.truthiness(self.language()).filter(|_| value.as_bool().is_none());
                Some(truth.map_or(value, |truth| self.bool(truth)))
            }
            Shape::Paren(inner) | Shape::Same(inner) => self.value(inner),
            Shape::Not(inner) => Some(self.bool(!self.truth(inner)?)),
            Shape::And(left, right) => self.and_value(node, left, right),
            Shape::Or(left, right) => self.or_value(node, left, right),
            Shape::Nullish(left, _) => self.value(left),
            Shape::Equal { left, right, negated } => {
                let equal = self.equal(left, right).or_else(|| self.equal(right, left))?;
                Some(self.bool(equal != negated))
            }
            Shape::Ternary { condition, then, other } => {
                let (taken, other) = if self.truth(condition)? { (then, other) } else { (other, then) };
                self.value(taken).filter(|_| self.keeps_type(node, taken, &[other]) && self.throws_enough(&[other]))
            }
            Shape::Name | Shape::Pure => self.named_value(node),
            Shape::Call => self.called_value(node, false),
            // `const p = flag(); await p`: a value is what waiting for it gives.
            Shape::Await(inner) if self.language().is_script() && self.shape(inner) == Shape::Name => self.value(inner),
            Shape::Await(inner) => self.called_value(inner, true),
            Shape::Bind { value, .. } => self.value(value),
            Shape::Comparison => self.membership(node),
            _ => None,
        }
    }

    fn and_value(&self, node: Node, left: Node, right: Node) -> Option<Born> {
        match self.left_truth(left) {
            Some(false) if self.is_spread_kept(left) || !self.throws_enough(&[right]) => None,
            Some(false) => self.operand(left),
            Some(true) => self.operand(right),
            None if self.truth(right) == Some(false) => {
                let decided = self.effect_free(left) && (self.in_condition(node) || self.surely_boolean(left));
                decided.then(|| self.bool(false))
            }
            None => None,
        }
    }

    /// Returns the value of an operand. Where operators give plain booleans, a boxed one is plain from there on.
    fn operand(&self, node: Node) -> Option<Born> {
        let value = self.value(node)?;
        let plain = value.as_bool().filter(|_| self.language().has_strict_booleans());
        Some(plain.map_or(value, |value| self.bool(value)))
    }

    fn or_value(&self, node: Node, left: Node, right: Node) -> Option<Born> {
        match self.left_truth(left) {
            Some(true) if !self.throws_enough(&[right]) => None,
            Some(true) => self.operand(left),
            Some(false) => self.operand(right),
            None if self.truth(right) == Some(true) => {
                let decided = self.effect_free(left) && (self.in_condition(node) || self.surely_boolean(left));
                decided.then(|| self.bool(true))
            }
            None => None,
        }
    }

    /// Compares a constant with a literal of the same type or with another constant.
    fn equal(&self, constant: Node, other: Node) -> Option<bool> {
        let tree = &self.file.tree;
        let value = self.value(constant)?;
        if let Some(second) = self.value(other) {
            let same_type = std::mem::discriminant(&value.constant) == std::mem::discriminant(&second.constant);
            return same_type.then(|| value.constant == second.constant);
        }
        let text = self.file.lang.string(tree, other);
        value.equals_literal(tree.text(other), text.as_deref())
    }

    /// Python: whether a constant is one of some literals, as in `value in ("a", "b")`.
    fn membership(&self, node: Node) -> Option<Born> {
        let tree = &self.file.tree;
        let wanted = match (tree.has_token(node, "in"), tree.has_token(node, "not in")) {
            _ if self.language() != Language::Python => return None,
            (true, _) => true,
            (_, true) => false,
            _ => return self.is_nothing(node),
        };
        let operands = tree.named(node);
        let [left, right] = operands.as_slice() else { return None };
        let value = self.value(*left)?;
        if !tree.is(*right, &["tuple", "list", "set"]) {
            return None;
        }
        let mut found = false;
        for literal in tree.named(*right) {
            let text = self.file.lang.string(tree, literal);
            found |= value.equals_literal(tree.text(literal), text.as_deref())?;
        }
        Some(self.bool(found == wanted))
    }

    /// Python: whether a constant is `None`, which no flag gives; Python warns of a literal that is compared so.
    fn is_nothing(&self, node: Node) -> Option<Born> {
        let tree = &self.file.tree;
        let operands = tree.named(node);
        let [left, right] = operands.as_slice() else { return None };
        let negated = match (tree.has_token(node, "is"), tree.has_token(node, "is not")) {
            (true, false) => false,
            (_, true) => true,
            _ => return None,
        };
        self.value(*left).filter(|_| tree.is(*right, &["none"])).map(|_| self.bool(negated))
    }

    pub(crate) fn in_condition(&self, node: Node) -> bool {
        self.file.only_truth_counts(node)
    }

    pub(crate) fn surely_boolean(&self, node: Node) -> bool {
        if self.language().has_strict_booleans() {
            return true;
        }
        match self.shape(node) {
            Shape::Boolean(_) | Shape::Comparison | Shape::Not(_) => true,
            Shape::Equal { .. } => true,
            Shape::And(left, right) | Shape::Or(left, right) => self.surely_boolean(left) && self.surely_boolean(right),
            Shape::Paren(inner) => self.surely_boolean(inner),
            Shape::Same(_) => matches!(self.file.tree.kind(node), "call_expression" | "call"),
            _ => self.truth(node).is_some(),
        }
    }

    /// Returns the part that an expression becomes, with the rule, if it is not constant but gets simpler.
    pub(crate) fn becomes(&self, node: Node) -> Option<(Node, Rule)> {
        let (part, rule) = self.simpler(node)?;
        let shape = self.shape(node);
        let operator = matches!(shape, Shape::And(..) | Shape::Or(..) | Shape::Equal { .. });
        let differs = !matches!(shape, Shape::Paren(_)) && self.gains_receiver(node, part)
            || operator && !self.is_negated_side(node, part) && !self.stays_boolean(node, part)
            || !self.stays_a_value(node, part);
        if differs { self.refused(Reason::UnsupportedShape, node) } else { Some((part, rule)) }
    }

    fn simpler(&self, node: Node) -> Option<(Node, Rule)> {
        if let Some(kept) = self.reduced.get(&node) {
            return Some((*kept, rules::VARIABLE));
        }
        match self.shape(node) {
            Shape::And(left, right) => {
                if self.left_truth(left) == Some(true) {
                    let again = self.file.spread_of(left).is_some_and(|it| says_again(&self.file.tree, it, right));
                    if again && self.language().is_typed_script() {
                        return self.refused(Reason::UnsupportedShape, node);
                    }
                    return Some((right, rules::AND_LEFT));
                }
                let exact = self.in_condition(node) || self.surely_boolean(left) || self.is_left_of_and(node);
                match self.truth(right)? {
                    true if exact => Some((left, rules::AND_RIGHT)),
                    true => self.refused(Reason::ValuePositionAnd, node),
                    false if self.effect_free(left) => self.refused(Reason::ValuePositionAnd, node),
                    false => self.refused(Reason::SideEffectOperand, node),
                }
            }
            Shape::Or(left, right) => {
                if self.left_truth(left) == Some(false) {
                    return Some((right, rules::OR_LEFT));
                }
                if self.settles(left, false) {
                    return Some((left, rules::OR_NEVER));
                }
                let exact = self.in_condition(node) || self.surely_boolean(left);
                match self.truth(right)? {
                    false if exact => Some((left, rules::OR_RIGHT)),
                    false => self.refused(Reason::ValuePositionOr, node),
                    true if self.effect_free(left) => self.refused(Reason::ValuePositionOr, node),
                    true => self.refused(Reason::SideEffectOperand, node),
                }
            }
            Shape::Nullish(left, right) if self.becomes_nothing(left) => Some((right, rules::OR_LEFT)),
            Shape::Nullish(left, _) => self.settles(left, true).then_some((left, rules::OR_NEVER)),
            Shape::Equal { left, right, negated } => {
                let (truth, other) = match (self.truth(left), self.truth(right)) {
                    (Some(truth), _) => (truth, right),
                    (None, Some(truth)) => (truth, left),
                    (None, None) => return None,
                };
                let plain = matches!(self.file.tree.kind(node), "binary_expression" | "comparison_operator");
                let fits = truth != negated || self.may_be_negated(node, other);
                (plain && fits && self.surely_boolean(other)).then_some((other, rules::EQUAL))
            }
            Shape::Ternary { condition, then, other } => {
                let (taken, other) = if self.truth(condition)? { (then, other) } else { (other, then) };
                if !self.throws_enough(&[other]) {
                    return None;
                }
                let same = self.keeps_type(node, taken, &[other]);
                if same { Some((taken, rules::TERNARY)) } else { self.refused(Reason::UnsupportedShape, node) }
            }
            Shape::Paren(inner) => self.without_parentheses(node, inner),
            _ => None,
        }
    }

    /// Returns whether `other` can be written as `!other` in the place of a comparison.
    fn may_be_negated(&self, comparison: Node, other: Node) -> bool {
        let parent = self.file.tree.parent(comparison);
        let around = parent.map_or(Shape::Other, |parent| self.shape(parent));
        let operand = matches!(around, Shape::Equal { .. } | Shape::Comparison | Shape::Pure | Shape::Not(_));
        let atomic = matches!(self.shape(other), Shape::Paren(_) | Shape::Call | Shape::Name);
        // Only a part that stays as it is can be negated.
        atomic && !operand && self.finally(other) == other && self.value(other).is_none()
    }

    /// Returns whether a comparison becomes the opposite of one of its sides.
    pub(crate) fn is_negated_side(&self, node: Node, kept: Node) -> bool {
        let Shape::Equal { left, right, negated } = self.shape(node) else { return false };
        let constant = if kept == left { right } else { left };
        self.truth(constant) == Some(negated)
    }

    fn refused(&self, reason: Reason, node: Node) -> Option<(Node, Rule)> {
        self.refuse(reason, node);
        None
    }

    /// `(x && true) && y` is `x && y` in value positions as well.
    fn is_left_of_and(&self, node: Node) -> bool {
        let parent = self.file.tree.parent(node);
        parent.is_some_and(|parent| match self.shape(parent) {
            Shape::And(left, _) => left == node,
            Shape::Paren(_) => self.is_left_of_and(parent),
            _ => false,
        })
    }

    /// Returns what an expression is in the end.
    pub(crate) fn finally(&self, node: Node) -> Node {
        let mut node = node;
        while let Some((next, _)) = self.becomes(node) {
            node = next;
        }
        node
    }

    /// Returns whether a sign is written in front of what an expression becomes.
    fn gets_negated(&self, node: Node) -> bool {
        let mut node = node;
        while let Some((next, _)) = self.becomes(node) {
            if self.is_negated_side(node, next) {
                return true;
            }
            node = next;
        }
        false
    }

    /// Parentheses go when what they hold got simpler and needs none.
    fn without_parentheses(&self, node: Node, inner: Node) -> Option<(Node, Rule)> {
        let tree = &self.file.tree;
        let last = self.finally(inner);
        if last == inner || self.value(inner).is_some() {
            return None;
        }
        let parent = tree.parent(node)?;
        let around = self.shape(parent);
        let operand = matches!(
            around,
            Shape::And(..)
                | Shape::Or(..)
                | Shape::Not(_)
                | Shape::Ternary { .. }
                | Shape::Paren(_)
                | Shape::Equal { .. }
        );
        let in_word = |sign: char| sign.is_alphanumeric() || sign == '_';
        let (before, after) = (tree.slice(0..tree.start(node)), tree.slice(tree.end(node)..tree.source().len()));
        let beside_word = before.ends_with(in_word) || after.starts_with(in_word);
        // `(a?.b()).c` fails where `a` is missing, `a?.b().c` does not.
        let optional = self.language().is_script() && tree.text(last).contains("?.");
        let part = around == Shape::Pure && matches!(self.shape(last), Shape::Name | Shape::Call) && !optional;
        let holder = matches!(
            tree.kind(parent),
            "return_statement"
                | "variable_declarator"
                | "let_declaration"
                | "assignment"
                | "expression_list"
                | "assignment_expression"
        );
        if !(operand || holder || part) || beside_word || self.gets_negated(inner) {
            return None;
        }
        let atomic = matches!(
            self.shape(last),
            Shape::Name | Shape::Call | Shape::Paren(_) | Shape::Literal | Shape::Boolean(_)
        ) || (self.shape(last) == Shape::Pure
            && !tree.kind(last).contains("binary")
            && !tree.kind(last).contains("unary"));
        let under_and = matches!(around, Shape::And(..) | Shape::Or(..)) || holder;
        let simple = matches!(self.shape(last), Shape::Comparison | Shape::Equal { .. } | Shape::Not(_)) && under_and;
        // A line break inside would end a statement in some languages.
        let one_line = tree.line_index(tree.start(last)) == tree.line_index(tree.end(last));
        ((atomic || simple) && one_line).then_some((inner, rules::PAREN))
    }
}
