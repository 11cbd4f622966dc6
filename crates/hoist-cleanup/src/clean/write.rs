//! Writes what was decided: around what stays, everything is deleted; what stays is never written again.

use std::collections::HashSet;

use crate::clean::fate::{Decided, Fate, Taken};
use crate::clean::layout;
use crate::clean::outcome::Reason;
use crate::clean::round::Round;
use crate::clean::rules;
use crate::language::Language;
use crate::scope::BindingKind;
use crate::shape::{Chain, Shape};
use crate::tree::Node;

impl Round<'_> {
    /// Writes a list of statements.
    pub(crate) fn write_list(&mut self, list: Node, statements: &[Node], unwrapped: bool) {
        let fates = self.fates(statements);
        let all_gone = !fates.is_empty() && fates.iter().all(|fate| matches!(fate, Fate::Drop(_)));
        if all_gone && !unwrapped && self.write_empty(list, statements, &fates) {
            return;
        }
        let mut run: Vec<Node> = vec![];
        for (index, (statement, fate)) in statements.iter().zip(&fates).enumerate() {
            if let Fate::Drop(rule) = fate {
                self.dropped(*rule, *statement);
                run.push(*statement);
                continue;
            }
            self.remove_run(list, &mut run);
            match fate {
                Fate::Take(taken, rule) => {
                    let followed = index + 1 < statements.len();
                    self.dropped(*rule, *statement);
                    self.write_taken(list, *statement, taken, followed);
                }
                _ => self.write(*statement),
            }
        }
        self.remove_run(list, &mut run);
    }

    fn fates(&self, statements: &[Node]) -> Vec<Fate> {
        let mut fates: Vec<Fate> = statements.iter().map(|statement| self.fate(*statement)).collect();
        self.cut(statements, &mut fates);
        fates
    }

    /// Leaves out statements that go at either end of a body, so that what surrounds the body meets what stays of it.
    fn trimmed(&mut self, taken: &Taken) -> Taken {
        let fates = self.fates(&taken.statements);
        let stays = |fate: &Fate| !matches!(fate, Fate::Drop(_));
        let (Some(first), Some(last)) = (fates.iter().position(stays), fates.iter().rposition(stays)) else {
            return taken.clone();
        };
        for (statement, fate) in
            taken.statements.iter().zip(&fates).take(first).chain(taken.statements.iter().zip(&fates).skip(last + 1))
        {
            if let Fate::Drop(rule) = fate {
                self.dropped(*rule, *statement);
            }
        }
        let mut trimmed = taken.clone();
        let tree = &self.file.tree;
        if let Some(node) = taken.statements.get(first).filter(|_| first > 0) {
            trimmed.content.start = layout::with_comments(tree, *node, "");
        }
        if let Some(node) = taken.statements.get(last).filter(|_| last + 1 < taken.statements.len()) {
            trimmed.content.end = layout::end_of(tree, *node);
        }
        trimmed.statements = taken.statements.iter().copied().take(last + 1).skip(first).collect();
        trimmed
    }

    fn remove_run(&mut self, list: Node, run: &mut Vec<Node>) {
        if let (Some(first), Some(last)) = (run.first(), run.last()) {
            layout::remove(&self.file.tree, &mut self.edits, list, *first, *last, self.key);
        }
        run.clear();
    }

    /// Drops what can no longer be reached because of this very change.
    fn cut(&self, statements: &[Node], fates: &mut [Fate]) {
        for (index, statement) in statements.iter().enumerate() {
            if self.diverges(*statement, false) {
                return;
            }
            if !self.folds || !self.diverges(*statement, true) {
                continue;
            }
            let hoisted = |node: &Node| {
                self.language().is_script() && self.file.tree.kind(*node).contains("function_declaration")
            };
            let rest: Vec<Node> = statements.iter().skip(index + 1).copied().filter(|node| !hoisted(node)).collect();
            let jumped_to = self.language() == Language::Go
                && rest.iter().any(|node| self.file.tree.kind(*node) == "labeled_statement");
            if rest.is_empty() || jumped_to {
                return;
            }
            if !self.may_go(&rest) {
                // Java has no statements that are never reached, but behind `if (true) return;` they may stand.
                if self.language() == Language::Java || self.language().is_typed_script() {
                    self.kept.borrow_mut().insert(*statement);
                    if let Some(fate) = fates.get_mut(index) {
                        *fate = Fate::Keep;
                    }
                }
                return;
            }
            for (fate, node) in fates.iter_mut().zip(statements).skip(index + 1) {
                if !hoisted(node) {
                    *fate = Fate::Drop(rules::UNREACHABLE);
                }
            }
            return;
        }
    }

    /// Writes a body that loses all its statements. Returns whether that was anything special.
    fn write_empty(&mut self, list: Node, statements: &[Node], fates: &[Fate]) -> bool {
        let tree = &self.file.tree;
        let (Some(first), Some(last)) = (statements.first(), statements.last()) else { return false };
        let range = tree.start(*first)..layout::end_of(tree, *last);
        if self.language() == Language::Python {
            if tree.kind(list) == "module" {
                return false;
            }
            self.edits.insert(range.start, "pass");
            self.edits.delete(range);
        } else {
            let inner = layout::inner(tree, list);
            let whole = tree.slice(inner.start.saturating_sub(1)..inner.start) == "{";
            let comment = tree.descend(list).any(|node| tree.is_comment(node));
            if !whole || comment || tree.kind(list) == "class_body" {
                return false;
            }
            self.edits.delete(inner);
        }
        for (statement, fate) in statements.iter().zip(fates) {
            if let Fate::Drop(rule) = fate {
                self.dropped(*rule, *statement);
            }
        }
        true
    }

    fn write_taken(&mut self, list: Node, outer: Node, taken: &Taken, followed: bool) {
        let tree = &self.file.tree;
        let whole = tree.start(outer)..layout::end_of(tree, outer);
        let conflict = self.conflicts(list, outer, taken, followed);
        if conflict && let (Some(block), None) = (taken.block, taken.init) {
            self.edits.delete(whole.start..tree.start(block));
            self.edits.delete(tree.end(block)..whole.end);
            self.write(block);
            return;
        }
        if conflict && taken.init.is_none() {
            self.refuse(Reason::ScopeChange, outer);
            self.write_children(outer);
            return;
        }
        if let Some(inner) = taken.list.filter(|inner| *inner != list) {
            self.hosts.insert(inner, (list, outer, followed));
        }
        let trimmed = self.trimmed(taken);
        let taken = &trimmed;
        let tree = &self.file.tree;
        let indent = tree.indent(whole.start).to_owned();
        let inner = tree.indent(taken.content.start).to_owned();
        let columns = inner.len().saturating_sub(indent.len());
        match taken.init {
            Some(init) => {
                self.write_init(outer, init, taken, conflict, &indent);
                if conflict {
                    let body = taken.list.unwrap_or(list);
                    self.write_list(body, &taken.statements, true);
                    return;
                }
            }
            None => self.edits.delete(whole.start..taken.content.start),
        }
        if !(taken.init.is_some() && conflict) {
            self.edits.delete(taken.content.end..whole.end);
        }
        layout::dedent(&self.file.tree, &mut self.edits, &taken.content, columns);
        self.end_statement(outer, taken, followed);
        let body = taken.list.unwrap_or(list);
        if let ([call], None, None) = (taken.statements.as_slice(), taken.block, taken.list)
            && self.shape(*call) == Shape::Call
        {
            self.write(*call);
            return;
        }
        self.write_list(body, &taken.statements, true);
    }

    /// `if x := f(); true { A }`: the declaration goes in front of the statements, in braces if its names are taken.
    fn write_init(&mut self, outer: Node, init: Node, taken: &Taken, braces: bool, indent: &str) {
        let tree = &self.file.tree;
        let line_break = if tree.source().contains("\r\n") { "\r\n" } else { "\n" };
        let start = tree.start(outer);
        if braces {
            let inner = format!("{line_break}{indent}\t");
            self.edits.insert(start, format!("{{{inner}"));
            self.edits.delete(start..tree.start(init));
            self.edits.insert(tree.end(init), inner);
            self.edits.delete(tree.end(init)..taken.content.start);
            self.edits.insert(taken.content.end, format!("{line_break}{indent}}}"));
            self.edits.delete(taken.content.end..layout::end_of(tree, outer));
        } else {
            self.edits.delete(start..tree.start(init));
            self.edits.insert(tree.end(init), format!("{line_break}{indent}"));
            self.edits.delete(tree.end(init)..taken.content.start);
        }
        self.change(rules::INIT, init);
        let children = self.file.tree.children(init).to_vec();
        for child in children {
            self.write(child);
        }
    }

    /// Rust: the last expression of a block that is no longer at the end becomes a statement.
    fn end_statement(&mut self, outer: Node, taken: &Taken, followed: bool) {
        let tree = &self.file.tree;
        let Some(last) = taken.statements.last().copied() else { return };
        if self.language() != Language::Rust {
            return;
        }
        let kind = tree.kind(last);
        let expression = !kind.ends_with("_statement") && !kind.ends_with("_declaration") && !kind.ends_with("_item");
        let block_like =
            matches!(self.shape(last), Shape::If | Shape::Switch | Shape::While { .. } | Shape::For | Shape::Block);
        let was_statement = tree.kind(outer) == "expression_statement" && tree.text(outer).ends_with(';');
        if expression && (followed || was_statement) && !block_like && kind != "macro_definition" {
            self.edits.insert(layout::end_of(tree, last), ";");
        }
    }

    /// Returns whether names of a body would meet other names where the body goes.
    ///
    /// A body inside a body that loses its braces too goes as far out as that one.
    fn conflicts(&mut self, list: Node, outer: Node, taken: &Taken, followed: bool) -> bool {
        if self.language() == Language::Python {
            return false;
        }
        let tree = &self.file.tree;
        let bindings = self.file.scopes.bindings.iter();
        let moved = bindings.filter(|b| tree.contains(outer, b.name) && self.is_direct(b.name, taken));
        let moved: Vec<(String, BindingKind)> = moved.map(|binding| (binding.text.clone(), binding.kind)).collect();
        let mut place = Some((list, outer, followed));
        while let Some((list, outer, followed)) = place.filter(|_| !moved.is_empty()) {
            if self.meets(list, outer, &moved, followed) {
                return true;
            }
            place = self.hosts.get(&list).copied();
        }
        false
    }

    /// Returns whether names would meet others in one list.
    fn meets(&mut self, list: Node, outer: Node, moved: &[(String, BindingKind)], followed: bool) -> bool {
        let names: HashSet<String> = moved.iter().map(|(name, _)| name.clone()).collect();
        let earlier = self.unwrapped.entry(list).or_default();
        let repeated = names.iter().any(|name| earlier.contains(name));
        earlier.extend(names.iter().cloned());
        let (tree, scopes) = (&self.file.tree, &self.file.scopes);
        let target = scopes.scope_at(tree, list);
        let inside = |node: Node| tree.contains(outer, node);
        let outwards: Vec<usize> = scopes.outwards(target).collect();
        let home = scopes.list.get(target).map_or(tree.root(), |scope| scope.node);
        let java = self.language() == Language::Java;
        let met =
            scopes.bindings.iter().filter(|other| names.contains(&other.text) && !inside(other.name)).any(|other| {
                let declared = other.scope == target && other.kind != BindingKind::Method;
                let nested = java && tree.contains(home, other.name) && other.kind != BindingKind::Field;
                let all = other.uses.iter().chain(&other.writes).chain(&other.opaque);
                let mut here = all.filter(|node| tree.contains(home, **node) && !inside(**node));
                declared || nested || (outwards.contains(&other.scope) && here.next().is_some())
            });
        let unknown = scopes.unresolved.iter().any(|node| names.contains(tree.text(*node)) && !inside(*node));
        // Values are dropped at the end of their block, and locks are given back.
        let values = moved.iter().any(|(_, kind)| matches!(kind, BindingKind::Variable | BindingKind::Pattern));
        let dropped = self.language() == Language::Rust && followed && values;
        let functions = moved.iter().any(|(_, kind)| *kind == BindingKind::Function);
        let hoisted = self.language() == Language::JavaScript && functions;
        repeated || met || unknown || dropped || hoisted
    }

    /// Returns whether a name is declared directly among the statements that move.
    fn is_direct(&self, name: Node, taken: &Taken) -> bool {
        let tree = &self.file.tree;
        if taken.init.is_some_and(|init| tree.contains(init, name)) {
            return true;
        }
        let Some(id) = self.file.scopes.meaning(name) else { return false };
        let Some(scope) = self.file.scopes.binding(id).map(|binding| binding.scope) else { return false };
        let own = taken.block.or(taken.list).or(taken.statements.first().copied());
        let own_scope = own.map(|node| self.file.scopes.scope_at(tree, node));
        Some(scope) == own_scope && taken.statements.iter().any(|statement| tree.contains(*statement, name))
    }

    /// Writes an `if` that does not stand in a list of statements, or that keeps some of its branches.
    pub(crate) fn write_chain(&mut self, chain: &Chain) {
        let tree = &self.file.tree;
        match self.decide(chain) {
            Decided::Open if self.keeps_conditions(chain) => self.write_bodies(chain.node),
            Decided::Open => self.write_children(chain.node),
            Decided::Trim => self.trim(chain),
            Decided::Body(body, rule) => {
                let whole = tree.range(chain.node);
                if chain.branches.iter().any(|branch| branch.init.is_some()) {
                    return self.write_children(chain.node);
                }
                self.change(rule, chain.node);
                let Some(body) = body else {
                    self.edits.insert(whole.start, "{}");
                    self.edits.delete(whole);
                    return;
                };
                let only = self.file.tree.only_named(body).filter(|only| self.is_plain_block(body, *only));
                let kept = only.unwrap_or(body);
                let kept_range = self.file.tree.range(kept);
                self.edits.delete(whole.start..kept_range.start);
                self.edits.delete(kept_range.end..whole.end);
                self.write(kept);
            }
        }
    }

    /// Rust: a block that is one expression may lose its braces where an expression stands.
    fn is_plain_block(&self, body: Node, only: Node) -> bool {
        let tree = &self.file.tree;
        let expression = !tree.kind(only).ends_with("_statement")
            && !tree.kind(only).ends_with("_declaration")
            && !tree.kind(only).ends_with("_item");
        let place = tree.parent(body).and_then(|inner| {
            std::iter::once(inner)
                .chain(tree.ancestors(inner))
                .find(|outer| !tree.is(*outer, &["if_expression", "else_clause"]))
        });
        let needs_block =
            place.is_some_and(|place| tree.is(place, &["else_clause", "function_item", "closure_expression"]));
        let comment = tree.children(body).iter().any(|child| tree.is_comment(*child));
        self.language() == Language::Rust && expression && !comment && !needs_block
    }

    /// Removes the branches that are never taken, and makes the one that always is the `else`.
    fn trim(&mut self, chain: &Chain) {
        let python = self.language() == Language::Python;
        let truths: Vec<Option<bool>> = chain.branches.iter().map(|branch| self.branch_truth(chain, branch)).collect();
        let end = layout::end_of(&self.file.tree, chain.node);
        let mut previous: Option<Node> = None;
        for (branch, truth) in chain.branches.iter().zip(&truths) {
            let tree = &self.file.tree;
            match truth {
                Some(false) => self.change(rules::ELSE_NEVER, branch.condition),
                Some(true) => {
                    if let Some(previous) = previous {
                        let from = if python { branch.start } else { tree.start(branch.body) };
                        self.cut_to_else(previous, branch.start, from, python);
                        if python {
                            let colon = self.colon_before(branch.body);
                            self.edits.insert(branch.start, "else");
                            self.edits.delete(branch.start..colon);
                        }
                    }
                    self.change(rules::ELSE_TAKEN, branch.condition);
                    let body_end = self.file.tree.end(branch.body);
                    self.edits.delete(body_end..end);
                    self.write(branch.body);
                    return;
                }
                None => {
                    match previous {
                        None => {
                            let start = tree.start(chain.node);
                            self.edits.delete(start..branch.start);
                            if python && branch.start > start {
                                self.edits.delete(branch.start..branch.start + 2);
                            }
                        }
                        Some(previous) => {
                            let gap = self.last_dropped(chain, previous, branch.start);
                            self.edits.delete(gap);
                        }
                    }
                    self.write(branch.condition);
                    self.write(branch.body);
                    previous = Some(branch.body);
                }
            }
        }
        match (chain.last, previous) {
            (Some(last), Some(previous)) => {
                let gap = self.last_dropped(chain, previous, self.file.tree.start(last));
                self.edits.delete(gap);
                self.write(last);
            }
            (None, Some(previous)) => {
                let from = self.file.tree.end(previous);
                self.edits.delete(from..end);
            }
            _ => {}
        }
    }

    /// Returns the text of the dropped branches between a kept body and what follows them.
    fn last_dropped(&self, chain: &Chain, previous: Node, before: usize) -> std::ops::Range<usize> {
        let tree = &self.file.tree;
        let from = tree.end(previous);
        let mut dropped = chain.branches.iter().map(|branch| branch.body);
        let last = dropped.rfind(|body| tree.start(*body) > from && tree.end(*body) <= before);
        from..last.map_or(from, |last| tree.end(last))
    }

    /// Leaves ` else ` between a kept body and the body that is now the `else`.
    fn cut_to_else(&mut self, previous: Node, branch: usize, body: usize, python: bool) {
        let tree = &self.file.tree;
        let from = tree.end(previous);
        let between = tree.slice(from..branch);
        if python {
            let last_line = tree.line_start(branch);
            let line_break = between.find('\n').map_or(from, |at| from + at + 1);
            self.edits.delete(line_break..last_line.max(line_break));
            return;
        }
        // The last `else` of the text between is the branch's own.
        let own = between.rfind("else").map_or(branch, |at| from + at);
        let first = between.find("else").map_or(branch, |at| from + at);
        self.edits.delete(first..own);
        self.edits.delete(branch..body);
    }

    fn colon_before(&self, body: Node) -> usize {
        let tree = &self.file.tree;
        let parent = tree.parent(body).unwrap_or(body);
        let colon = tree
            .children(parent)
            .iter()
            .rev()
            .find(|child| tree.kind(**child) == ":" && tree.end(**child) <= tree.start(body));
        colon.map_or(tree.start(body), |colon| tree.start(*colon))
    }
}
