//! What becomes of a statement, before anything is written.

use std::ops::Range;

use crate::clean::layout;
use crate::clean::outcome::{Reason, Rule};
use crate::clean::round::Round;
use crate::clean::rules;
use crate::language::Language;
use crate::shape::{Arm, Chain, Matches, Shape, Switch};
use crate::tree::Node;

/// What becomes of a statement.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    Keep,
    Drop(Rule),
    /// Some of its statements take its place.
    Take(Taken, Rule),
}

/// The statements that take the place of an `if`, a switch or a loop.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    /// The block with its braces, if there is one.
    pub(crate) block: Option<Node>,
    /// The list that the statements are in.
    pub(crate) list: Option<Node>,
    pub(crate) statements: Vec<Node>,
    /// The text that stays, with comments.
    pub(crate) content: Range<usize>,
    /// `x := f()` in front, which stays too.
    pub(crate) init: Option<Node>,
}

/// What becomes of an `if` with its branches.
pub(crate) enum Decided {
    /// No condition is known.
    Open,
    /// One body, or nothing.
    Body(Option<Node>, Rule),
    /// Some branches go.
    Trim,
}

impl Round<'_> {
    /// Returns what becomes of a statement.
    pub(crate) fn fate(&self, node: Node) -> Fate {
        if self.removed.contains(&node) {
            return Fate::Drop(rules::VARIABLE);
        }
        if !self.folds {
            return Fate::Keep;
        }
        let tree = &self.file.tree;
        match self.shape(node) {
            Shape::Statement(inner) => {
                let compound = matches!(self.shape(inner), Shape::If | Shape::Switch | Shape::While { .. });
                if compound && tree.kind(inner) != "assignment_expression" {
                    return self.fate(inner);
                }
                if self.value(inner).is_some() { Fate::Drop(rules::BARE) } else { Fate::Keep }
            }
            Shape::Other if self.is_thrown_away(node) => Fate::Drop(rules::BARE),
            Shape::If => self.chain_fate(node),
            Shape::While { condition: Some(condition), body } if self.truth(condition) == Some(false) => {
                // The `else` of a loop runs when no `break` ends it.
                let alternative = tree.field(node, "alternative").and_then(|clause| tree.field(clause, "body"));
                match alternative {
                    _ if !self.may_go(&[body]) => Fate::Keep,
                    Some(other) => self.taken(other, None, rules::LOOP),
                    None => Fate::Drop(rules::LOOP),
                }
            }
            Shape::For if self.never_loops(node) => {
                if self.head_is_free(node) && self.may_go(&[node]) {
                    return Fate::Drop(rules::LOOP);
                }
                self.refuse(Reason::SideEffectOperand, node);
                Fate::Keep
            }
            Shape::DoWhile { condition, body } if self.truth(condition) == Some(false) => {
                if self.jumps_out(body) {
                    self.refuse(Reason::UnsupportedShape, node);
                    Fate::Keep
                } else {
                    self.taken(body, None, rules::LOOP)
                }
            }
            Shape::Assert(condition) => match self.truth(condition) {
                Some(true) => Fate::Drop(rules::ASSERT),
                Some(false) => {
                    self.refuse(Reason::AssertFalse, node);
                    Fate::Keep
                }
                None => Fate::Keep,
            },
            Shape::Switch => self.switch_fate(node),
            Shape::Try => self.try_fate(node),
            _ => Fate::Keep,
        }
    }

    /// Go: `_ = true`; Rust: `let _ = true;`.
    fn is_thrown_away(&self, node: Node) -> bool {
        let tree = &self.file.tree;
        let side = |field: &str| tree.field(node, field).and_then(|list| tree.only_named(list));
        let (name, value) = match (self.language(), tree.kind(node)) {
            (Language::Go, "assignment_statement") => (side("left"), side("right")),
            (Language::Rust, "let_declaration") => (tree.field(node, "pattern"), tree.field(node, "value")),
            _ => return false,
        };
        name.is_some_and(|name| tree.text(name) == "_") && value.is_some_and(|value| self.value(value).is_some())
    }

    /// Returns the condition of a loop that counts.
    pub(crate) fn loop_condition(&self, node: Node) -> Option<Node> {
        let tree = &self.file.tree;
        let clause = tree.named(node).into_iter().find(|part| tree.kind(*part) == "for_clause");
        tree.field(clause.unwrap_or(node), "condition")
    }

    fn never_loops(&self, node: Node) -> bool {
        self.loop_condition(node).is_some_and(|condition| self.truth(condition) == Some(false))
    }

    /// Returns whether what a loop starts with only declares names, with values that may go.
    fn head_is_free(&self, node: Node) -> bool {
        let tree = &self.file.tree;
        let clause = tree.named(node).into_iter().find(|part| tree.kind(*part) == "for_clause").unwrap_or(node);
        let start = tree.field(clause, "initializer").or_else(|| tree.field(clause, "init"));
        let Some(start) = start.filter(|start| tree.kind(*start) != "empty_statement") else { return true };
        match tree.kind(start) {
            "short_var_declaration" => self.init_is_free(start),
            "lexical_declaration" | "variable_declaration" | "local_variable_declaration" => {
                let declared = tree.named(start).into_iter().filter(|part| tree.kind(*part) == "variable_declarator");
                declared.filter_map(|part| tree.field(part, "value")).all(|value| self.effect_free(value))
            }
            _ => false,
        }
    }

    /// A `try` whose statements all go has nothing to catch.
    fn try_fate(&self, node: Node) -> Fate {
        let tree = &self.file.tree;
        let Some(body) = tree.field(node, "body").filter(|_| tree.kind(node) == "try_statement") else {
            return Fate::Keep;
        };
        let statements = self.statements_of(body);
        let all_go = statements.iter().all(|statement| matches!(self.fate(*statement), Fate::Drop(_)));
        let clauses: Vec<Node> = tree.named(node).into_iter().filter(|part| *part != body).collect();
        let otherwise = clauses.iter().any(|clause| tree.kind(*clause) == "else_clause");
        if statements.is_empty() || !all_go || otherwise {
            return Fate::Keep;
        }
        let (last, mut gone): (Vec<Node>, Vec<Node>) =
            clauses.into_iter().partition(|clause| tree.kind(*clause) == "finally_clause");
        gone.push(body);
        if !self.may_go(&gone) {
            return Fate::Keep;
        }
        match last.first() {
            None => Fate::Drop(rules::TRY),
            Some(clause) => {
                let block = tree.field(*clause, "body").or_else(|| tree.named(*clause).last().copied());
                block.map_or(Fate::Keep, |block| self.taken(block, None, rules::TRY))
            }
        }
    }

    /// Decides the branches of an `if`.
    pub(crate) fn decide(&self, chain: &Chain) -> Decided {
        let truths: Vec<Option<bool>> = chain.branches.iter().map(|branch| self.branch_truth(chain, branch)).collect();
        let Some(first) = truths.iter().position(Option::is_some) else { return Decided::Open };
        if self.file.decides_type(chain.node) {
            self.refuse(Reason::UnsupportedShape, chain.node);
            return Decided::Open;
        }
        let taken = truths.iter().position(|truth| *truth == Some(true));
        let live = taken.unwrap_or(truths.len());
        let open = truths.iter().take(live).any(Option::is_none);
        let kept_body = taken.and_then(|taken| chain.branches.get(taken)).map(|branch| branch.body);
        let body = kept_body.or(chain.last.filter(|_| taken.is_none()));
        let gone = chain
            .branches
            .iter()
            .zip(&truths)
            .enumerate()
            .filter(|(index, (_, truth))| **truth == Some(false) || *index > live);
        let gone: Vec<Node> =
            gone.map(|(_, (branch, _))| branch.body).chain(chain.last.filter(|_| taken.is_some())).collect();
        if !self.may_go(&gone) {
            return Decided::Open;
        }
        if self.language() == Language::Rust && chain.last.is_some() && !gone.is_empty() {
            let bodies = chain.branches.iter().map(|branch| branch.body).chain(chain.last);
            let kept: Vec<Node> = bodies.filter(|body| !gone.contains(body)).collect();
            if !self.rust_keeps_type(chain.node, &kept) {
                self.refuse(Reason::UnsupportedShape, chain.node);
                return Decided::Open;
            }
        }
        let has_init = chain.branches.iter().any(|branch| branch.init.is_some());
        if has_init && (chain.branches.len() > 1 || first > 0) {
            self.refuse(Reason::SideEffectOperand, chain.node);
            return Decided::Open;
        }
        if open {
            return Decided::Trim;
        }
        if body.is_some_and(|body| self.becomes_documentation(chain.node, body)) {
            self.refuse(Reason::UnsupportedShape, chain.node);
            return Decided::Open;
        }
        Decided::Body(body, if body.is_some() { rules::IF_TAKEN } else { rules::IF_NEVER })
    }

    fn chain_fate(&self, node: Node) -> Fate {
        let Some(chain) = self.file.lang.chain(&self.file.tree, node) else { return Fate::Keep };
        let init = chain.branches.first().and_then(|branch| branch.init).filter(|init| !self.removed.contains(init));
        match self.decide(&chain) {
            Decided::Open | Decided::Trim => Fate::Keep,
            Decided::Body(Some(body), rule) => self.taken(body, init, rule),
            Decided::Body(None, rule) => match init {
                Some(init) if !self.init_is_free(init) => self.taken_init(init),
                _ => Fate::Drop(rule),
            },
        }
    }

    /// Python: whether a text that a body starts with would be the documentation of what it moves to the start of.
    fn becomes_documentation(&self, chain: Node, body: Node) -> bool {
        let tree = &self.file.tree;
        let is_first = tree.parent(chain).is_some_and(|list| tree.first_named(list) == Some(chain));
        let statement = self.statements_of(body).first().copied().filter(|it| tree.kind(*it) == "expression_statement");
        let first = statement.and_then(|statement| tree.only_named(statement));
        self.language() == Language::Python && is_first && first.is_some_and(|first| tree.is(first, &["string"]))
    }

    /// Returns whether what stands in front of a condition may go with it.
    fn init_is_free(&self, init: Node) -> bool {
        let right = self.file.tree.field(init, "right");
        right.is_some_and(|right| self.effect_free(right))
    }

    /// Only the call in front of the condition is left.
    fn taken_init(&self, init: Node) -> Fate {
        let tree = &self.file.tree;
        let call = tree.field(init, "right").and_then(|right| tree.only_named(right));
        if let Some(call) = call.filter(|call| self.shape(*call) == Shape::Call) {
            let content = tree.range(call);
            return Fate::Take(
                Taken { block: None, list: None, statements: vec![call], content, init: None },
                rules::INIT,
            );
        }
        self.refuse(Reason::SideEffectOperand, init);
        Fate::Keep
    }

    /// Returns the fate of a statement whose place a body takes.
    pub(crate) fn taken(&self, body: Node, init: Option<Node>, rule: Rule) -> Fate {
        let tree = &self.file.tree;
        if self.shape(body) != Shape::Block {
            let content = tree.start(body)..layout::end_of(tree, body);
            let taken = Taken { block: None, list: None, statements: vec![body], content, init };
            return if self.vanishes(&taken) { Fate::Drop(rule) } else { Fate::Take(taken, rule) };
        }
        let list = std::iter::once(body).chain(tree.named(body)).find(|node| self.file.lang.is_list(tree, *node));
        let statements = self.statements_of(body);
        let content = layout::content(tree, body);
        let taken = Taken { block: Some(body), list, statements, content, init };
        if self.vanishes(&taken) && init.is_none() { Fate::Drop(rule) } else { Fate::Take(taken, rule) }
    }

    /// Returns whether nothing of a body is left.
    fn vanishes(&self, taken: &Taken) -> bool {
        if taken.statements.is_empty() {
            let comment = !taken.content.is_empty();
            return !comment;
        }
        let python = |node: &Node| self.file.tree.kind(*node) == "pass_statement";
        taken.statements.iter().all(|node| python(node) || matches!(self.fate(*node), Fate::Drop(_)))
    }

    fn switch_fate(&self, node: Node) -> Fate {
        let Some(switch) = self.file.lang.switch(&self.file.tree, node) else { return Fate::Keep };
        let Some(subject) = switch.subject.filter(|subject| self.value(*subject).is_some()) else { return Fate::Keep };
        if self.file.tree.parent(node).is_some_and(|p| !self.is_statement_place(p, node)) {
            return Fate::Keep;
        }
        match self.arm_of(&switch, subject) {
            Err(reason) => {
                self.refuse(reason, node);
                Fate::Keep
            }
            Ok(index) => {
                let gone: Vec<Node> = switch
                    .arms
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| Some(*at) != index)
                    .map(|(_, arm)| arm.node)
                    .collect();
                // Arms without statements share those of the next one, so nothing else is certain to go.
                if !self.may_go(&gone) {
                    return Fate::Keep;
                }
                match index {
                    None => Fate::Drop(rules::SWITCH),
                    Some(index) => self.arm_fate(&switch, index, node),
                }
            }
        }
    }

    fn is_statement_place(&self, parent: Node, node: Node) -> bool {
        let tree = &self.file.tree;
        self.file.lang.is_list(tree, parent)
            || matches!(self.shape(parent), Shape::Statement(inner) if inner == node)
            || tree.is(parent, &["switch_block_statement_group", "expression_case", "default_case"])
    }

    /// Returns the arm that the value of a subject selects; nothing if none does.
    pub(crate) fn arm_of(&self, switch: &Switch, subject: Node) -> Result<Option<usize>, Reason> {
        let value = self.value(subject).ok_or(Reason::SwitchGuard)?;
        if switch.has_init {
            return Err(Reason::SwitchGuard);
        }
        let tree = &self.file.tree;
        let mut found = None;
        for (index, arm) in switch.arms.iter().enumerate() {
            match &arm.matches {
                Matches::Default => {}
                Matches::Unknown if found.is_some() => {}
                Matches::Unknown => return Err(Reason::SwitchGuard),
                Matches::Values(values) => {
                    for literal in values {
                        let text = self.file.lang.string(tree, *literal);
                        let equal = value.equals_literal(tree.text(*literal), text.as_deref());
                        let equal = equal.ok_or(Reason::SwitchGuard)?;
                        if equal && found.replace(index).is_some() {
                            return Err(Reason::SwitchGuard);
                        }
                    }
                }
            }
        }
        let default = switch.arms.iter().position(|arm| matches!(arm.matches, Matches::Default));
        Ok(found.or(default))
    }

    fn arm_fate(&self, switch: &Switch, index: usize, node: Node) -> Fate {
        let Some(arm) = switch.arms.get(index) else { return Fate::Keep };
        if let Some(value) = arm.value {
            if self.language() == Language::Rust && !self.rust_keeps_type(node, &[value]) {
                self.refuse(Reason::UnsupportedShape, node);
                return Fate::Keep;
            }
            return self.taken(value, None, rules::SWITCH);
        }
        // Arms without statements go on into the next one.
        let arm = switch.arms.iter().skip(index).find(|arm| !arm.statements.is_empty() || !arm.falls);
        let Some(arm) = arm else { return Fate::Drop(rules::SWITCH) };
        match self.arm_statements(switch, arm) {
            Ok(taken) if taken.statements.is_empty() => Fate::Drop(rules::SWITCH),
            Ok(taken) if self.vanishes(&taken) => Fate::Drop(rules::SWITCH),
            Ok(taken) => Fate::Take(taken, rules::SWITCH),
            Err(reason) => {
                self.refuse(reason, node);
                Fate::Keep
            }
        }
    }

    /// Returns the statements of an arm without the `break` that belongs to the switch.
    pub(crate) fn arm_statements(&self, switch: &Switch, arm: &Arm) -> Result<Taken, Reason> {
        let tree = &self.file.tree;
        let mut block = None;
        let mut statements = arm.statements.clone();
        if let [only] = statements.as_slice()
            && self.shape(*only) == Shape::Block
        {
            block = Some(*only);
            statements = self.statements_of(*only);
        }
        let own_break = |node: &Node| {
            self.shape(*node) == Shape::Break && tree.named(*node).is_empty() && tree.kind(*node) == "break_statement"
        };
        let ended = statements.last().is_some_and(own_break);
        let is_last = switch.arms.last().is_some_and(|last| last.node == arm.node);
        let diverges = statements.last().is_some_and(|last| self.diverges(*last, true));
        if ended {
            statements.pop();
        } else if arm.falls && !diverges && !is_last {
            return Err(Reason::SwitchBreakNested);
        }
        if switch.breaks && statements.iter().any(|statement| self.breaks_out(*statement, false)) {
            return Err(Reason::SwitchBreakNested);
        }
        let content = match (statements.first(), statements.last()) {
            (Some(first), Some(last)) => {
                // A comment between the label and the first statement belongs to the arm.
                let from = block.map_or(arm.label.end, |block| layout::inner(tree, block).start);
                let gap = tree.slice(from..tree.start(*first));
                let start = from + (gap.len() - gap.trim_start().len());
                start.min(tree.start(*first))..layout::end_of(tree, *last)
            }
            _ => arm.label.end..arm.label.end,
        };
        let block = block.filter(|_| !ended);
        let list = statements.first().and_then(|first| tree.parent(*first));
        Ok(Taken { block, list, statements, content, init: None })
    }

    /// Returns whether code may go without changing what stays; says why not.
    pub(crate) fn may_go(&self, gone: &[Node]) -> bool {
        let reason = match self.language() {
            Language::Python => self.python_needs(gone),
            Language::Java => self.java_needs(gone),
            Language::Go => self.go_needs(gone),
            Language::Rust => self.rust_needs(gone),
            language if language.is_script() => self.hoisted_needs(gone).or_else(|| self.script_needs(gone)),
            _ => None,
        };
        if let (Some(reason), Some(first)) = (reason, gone.first()) {
            self.refuse(reason, *first);
        }
        reason.is_none()
    }
}
