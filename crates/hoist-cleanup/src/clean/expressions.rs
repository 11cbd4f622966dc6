//! Writes expressions, and everything that is no list of statements.

use std::ops::Range;

use crate::clean::constant::{Born, enclosed, written_in_text};
use crate::clean::edits::Edits;
use crate::clean::java_boxes;
use crate::clean::layout;
use crate::clean::outcome::Reason;
use crate::clean::round::Round;
use crate::clean::rules;
use crate::clean::truths::bare;
use crate::language::Language;
use crate::shape::{Shape, UseSite};
use crate::tree::Node;

impl Round<'_> {
    /// Writes a node: replaces it, reduces it to a part, or goes on inside.
    pub(crate) fn write(&mut self, node: Node) {
        let tree = &self.file.tree;
        if tree.is_token(node) {
            return;
        }
        if self.removed.contains(&node) && !self.file.lang.is_list(tree, tree.parent(node).unwrap_or(node)) {
            return self.write_lone_removal(node);
        }
        if self.file.lang.is_list(tree, node) {
            let statements = self.file.lang.statements(tree, node);
            if let Some(value) = tree.field(node, "value") {
                self.write(value);
            }
            return self.write_list(node, &statements, false);
        }
        if tree.kind(node) == "switch_block_statement_group" {
            let statements: Vec<Node> =
                tree.named(node).into_iter().filter(|part| tree.kind(*part) != "switch_label").collect();
            return self.write_list(node, &statements, false);
        }
        if !self.folds || self.kept.borrow().contains(&node) {
            return self.write_children(node);
        }
        if let Some(chain) = self.file.lang.chain(tree, node) {
            return self.write_chain(&chain);
        }
        if self.language().is_script() && self.write_spread(node) {
            return;
        }
        if tree.kind(node) == "array" && self.is_list_of_dependencies(node) {
            let known = tree.named(node).into_iter().filter(|element| self.value(*element).is_some());
            self.parts.extend(known.collect::<Vec<_>>());
        }
        match self.shape(node) {
            Shape::Hole(inner) if self.write_hole(node, inner) => return,
            Shape::Switch if self.write_switch(node) => return,
            Shape::While { condition: Some(condition), .. } if self.truth(condition) == Some(true) => {
                self.write_endless(node, condition);
            }
            Shape::Other if tree.kind(node) == "if_clause" && self.write_filter(node) => return,
            Shape::Other | Shape::Block | Shape::Statement(_) => {}
            _ => {
                if self.write_value(node) {
                    return;
                }
            }
        }
        if let Some((kept, rule)) = self.becomes(node) {
            self.change(rule, node);
            if self.is_negated_side(node, kept) {
                let not = if self.language() == Language::Python { "not " } else { "!" };
                self.edits.insert(self.file.tree.start(node), not);
            }
            let last = self.finally(kept);
            let range = self.file.tree.range(last);
            let enclosed = |edits: &Edits| edits.inserted().any(|(at, text)| at == range.start && text == "(");
            if self.opens_statement(node, last) && !enclosed(&self.edits) {
                self.edits.insert(range.start, "(");
                self.edits.insert(range.end, ")");
            }
            let (whole, kept_range) = (self.extent(node), self.file.tree.range(kept));
            self.edits.delete(whole.start..kept_range.start);
            self.edits.delete(kept_range.end..whole.end.max(kept_range.end));
            return self.write(kept);
        }
        self.write_children(node);
    }

    pub(crate) fn write_children(&mut self, node: Node) {
        if self.write_parts(node) {
            return;
        }
        let children = self.file.tree.children(node).to_vec();
        for child in children {
            self.write(child);
        }
    }

    /// Replaces an expression that is constant. A literal that is there already stays as it is.
    fn write_value(&mut self, node: Node) -> bool {
        let Some(value) = self.value(node) else { return false };
        // Where only its truth counts, a text is written as what it counts as.
        let counts = value.truthiness(self.language()).filter(|_| value.as_bool().is_none() && self.in_condition(node));
        let value = counts.map_or(value, |truth| Born::bool(self.language(), truth));
        if self.is_born(node) {
            self.note_escape(node);
            self.write_plain(node, &value);
            return true;
        }
        let tree = &self.file.tree;
        // The type that stands behind a literal is still needed there.
        if self.file.has_narrow_type(node) {
            return true;
        }
        let has_type = tree.kind(bare(tree, node)) == "as_expression";
        if has_type && self.file.wide_type(node, &value).is_some() {
            return true;
        }
        // What declares the name is no use of it.
        if self.file.scopes.meant(node).is_some_and(|binding| binding.name == node) {
            return false;
        }
        if tree.is(node, &["assignment", "named_expression"]) {
            return false;
        }
        let shorthand = self.file.lang.use_site(tree, node) == UseSite::Shorthand && self.shape(node) == Shape::Name;
        let before = if shorthand { format!("{}: ", tree.text(node)) } else { String::new() };
        let rule = match self.shape(node) {
            Shape::Not(_) => rules::NOT,
            Shape::And(left, _) if self.truth(left) == Some(false) => rules::AND_NEVER,
            Shape::And(..) => rules::AND_FALSE,
            Shape::Or(left, _) if self.truth(left) == Some(true) => rules::OR_NEVER,
            Shape::Or(..) => rules::OR_TRUE,
            Shape::Equal { .. } | Shape::Comparison => rules::EQUAL,
            Shape::Ternary { .. } => rules::TERNARY,
            Shape::Call | Shape::Await(_) => rules::WRAPPER,
            Shape::Name | Shape::Pure => rules::VARIABLE,
            _ => rules::PAREN,
        };
        let range = self.extent(node);
        // The parentheses of a condition belong to the statement.
        if matches!(self.shape(node), Shape::Paren(_)) && self.is_head(node) {
            return false;
        }
        let value = written_in_text(tree, node, &value).unwrap_or(value);
        let value = enclosed(tree, node, value);
        self.change(rule, node);
        let subject = tree.parent(node).is_some_and(|outer| tree.parent_kind(outer) == "switch_statement");
        if let Some(kind) = self.file.wide_type(node, &value).filter(|_| subject || self.file.is_asked(node)) {
            let enclosed = tree.parent_kind(node) == "parenthesized_expression";
            let (open, close) = if enclosed { ("", "") } else { ("(", ")") };
            self.edits.replace(range.clone(), open, value);
            self.edits.insert(range.end, format!(" as {kind}{close}"));
            return true;
        }
        self.edits.replace(range, &before, value);
        true
    }

    /// Returns where an expression stands. Python: `with A if on else B as x` names what either of them gives, although the
    /// name is read as part of the last one.
    fn extent(&self, node: Node) -> Range<usize> {
        let tree = &self.file.tree;
        let mut last = node;
        while let Some(side) = tree.named(last).last().copied().filter(|_| tree.kind(last) == "conditional_expression")
        {
            last = side;
        }
        let named = tree.first_named(last).filter(|_| last != node && tree.kind(last) == "as_pattern");
        tree.start(node)..named.map_or(tree.end(node), |value| tree.end(value))
    }

    /// Hooks of React: `[items, on]` behind a function says what it depends on, and nothing depends on a literal.
    fn is_list_of_dependencies(&self, list: Node) -> bool {
        let tree = &self.file.tree;
        let Some(arguments) = tree.parent(list).filter(|it| tree.kind(*it) == "arguments") else { return false };
        let function = tree.parent(arguments).and_then(|call| tree.field(call, "function"));
        let name = function.and_then(|function| tree.text(function).rsplit('.').next());
        let hook = name.and_then(|name| name.strip_prefix("use")).is_some_and(|it| it.starts_with(char::is_uppercase));
        let others = tree.named(arguments);
        let closure = others.first().is_some_and(|first| self.shape(*first) == Shape::Closure);
        self.language().is_script() && hook && closure && others.last() == Some(&list)
    }

    /// Java: what comes after a loop is decided by now, so the compiler is to know of the constant too.
    fn write_plain(&mut self, node: Node, value: &Born) {
        if self.language() == Language::Java && value.text.starts_with("Boolean.") && self.file.decides_reach(node) {
            let range = self.file.tree.range(node);
            self.edits.replace(range, "", java_boxes::plain(value));
        }
    }

    fn is_head(&self, node: Node) -> bool {
        let tree = &self.file.tree;
        let parent = tree.parent(node).unwrap_or(node);
        matches!(
            self.shape(parent),
            Shape::If | Shape::While { .. } | Shape::DoWhile { .. } | Shape::Switch | Shape::For
        ) && self.language() != Language::Python
    }

    /// `{true && <A/>}` among the children of an element.
    fn write_hole(&mut self, node: Node, inner: Node) -> bool {
        let tree = &self.file.tree;
        let among_children = tree.is(tree.parent(node).unwrap_or(node), &["jsx_element", "jsx_fragment"]);
        if !among_children {
            return false;
        }
        if let Some(value) = self.value(inner) {
            if value.as_bool().is_none() {
                return false;
            }
            let removed = self.remove_hole(node);
            if removed {
                self.change(rules::HOLE, node);
            }
            return removed;
        }
        let mut last = self.finally(inner);
        if last == inner {
            return false;
        }
        while let Shape::Paren(deeper) = self.shape(last) {
            last = self.finally(deeper);
        }
        if !self.file.tree.kind(last).starts_with("jsx_") {
            return false;
        }
        self.change(rules::HOLE, node);
        let (whole, kept) = (self.file.tree.range(node), self.file.tree.range(last));
        let columns = self.file.tree.indent(kept.start).len().saturating_sub(self.file.tree.indent(whole.start).len());
        self.edits.delete(whole.start..kept.start);
        self.edits.delete(kept.end..whole.end);
        layout::dedent(&self.file.tree, &mut self.edits, &kept, columns);
        self.write(last);
        true
    }

    /// A switch whose arms are conditions, or that stands where a value is wanted.
    fn write_switch(&mut self, node: Node) -> bool {
        let Some(switch) = self.file.lang.switch(&self.file.tree, node) else { return false };
        if let Some(subject) = switch.subject.filter(|subject| self.value(*subject).is_some()) {
            let tree = &self.file.tree;
            let values = switch.arms.iter().all(|arm| arm.value.is_some());
            let in_list = tree.parent(node).is_some_and(|parent| self.file.lang.is_list(tree, parent))
                || tree.parent_kind(node) == "expression_statement";
            if in_list || !values {
                return false;
            }
            let Ok(Some(index)) = self.arm_of(&switch, subject) else {
                self.refuse(Reason::SwitchGuard, node);
                return false;
            };
            let value = switch.arms.get(index).and_then(|arm| arm.value);
            let Some(kept) = value.and_then(|value| self.arm_expression(value)) else {
                self.refuse(Reason::SwitchBreakNested, node);
                return false;
            };
            let given = switch.arms.iter().filter_map(|arm| arm.value).filter(|arm| Some(*arm) != value);
            let others = given.filter(|arm| self.shape(*arm) != Shape::Throw);
            let others: Vec<Node> = others.map(|arm| self.arm_expression(arm).unwrap_or(arm)).collect();
            if !self.keeps_type(node, kept, &others) {
                self.refuse(Reason::UnsupportedShape, node);
                return false;
            }
            if !self.throws_enough(&others) {
                return false;
            }
            self.change(rules::SWITCH, node);
            let (whole, kept_range) = (self.file.tree.range(node), self.file.tree.range(kept));
            self.edits.delete(whole.start..kept_range.start);
            self.edits.delete(kept_range.end..whole.end);
            self.write(kept);
            return true;
        }
        self.write_cases(node, &switch)
    }

    /// Returns the expression that an arm gives, if it does nothing else.
    fn arm_expression(&self, value: Node) -> Option<Node> {
        let tree = &self.file.tree;
        match (self.language(), self.shape(value)) {
            (Language::Rust, _) => Some(value),
            (_, Shape::Statement(inner)) => Some(inner),
            (_, Shape::Block) => {
                let only = tree.only_named(value).filter(|only| tree.kind(*only) == "yield_statement")?;
                tree.first_named(only)
            }
            _ => None,
        }
    }

    /// `switch { case true: .. }`: arms that never match go, and one that always does is the default.
    fn write_cases(&mut self, node: Node, switch: &crate::shape::Switch) -> bool {
        use crate::shape::Matches;
        let truth = |arm: &crate::shape::Arm| match &arm.matches {
            Matches::Values(values) => match values.as_slice() {
                [only] => self.truth(*only),
                _ => None,
            },
            _ => None,
        };
        let over_conditions = switch.subject.is_none_or(|subject| {
            let inner = self.file.tree.only_named(subject).unwrap_or(subject);
            self.shape(inner) == Shape::Boolean(true) || self.shape(subject) == Shape::Boolean(true)
        });
        let truths: Vec<Option<bool>> = switch.arms.iter().map(truth).collect();
        if !over_conditions || truths.iter().all(Option::is_none) || switch.has_init {
            return false;
        }
        let fall = switch.arms.iter().zip(&truths).any(|(arm, truth)| {
            truth.is_some() && arm.falls && !arm.statements.last().is_some_and(|last| self.diverges(*last, true))
        });
        let taken = truths.iter().position(|truth| *truth == Some(true));
        let gone: Vec<Node> = switch
            .arms
            .iter()
            .zip(&truths)
            .enumerate()
            .filter(|(index, (_, truth))| **truth == Some(false) || taken.is_some_and(|taken| *index > taken))
            .map(|(_, (arm, _))| arm.node)
            .collect();
        let default_before = switch.arms.iter().position(|arm| matches!(arm.matches, Matches::Default)) < taken;
        if fall || !self.may_go(&gone) || (taken.is_some() && default_before && self.language() != Language::Go) {
            self.refuse(Reason::SwitchBreakNested, node);
            return false;
        }
        for (index, arm) in switch.arms.iter().enumerate() {
            let default = matches!(arm.matches, Matches::Default);
            if gone.contains(&arm.node) || (taken.is_some() && default) {
                self.change(rules::CASES, arm.node);
                let list = self.file.tree.parent(arm.node).unwrap_or(node);
                layout::remove(&self.file.tree, &mut self.edits, list, arm.node, arm.node, self.key);
                continue;
            }
            if Some(index) == taken {
                self.change(rules::CASES, arm.node);
                let colon =
                    self.file.tree.slice(arm.label.clone()).rfind(':').map_or(arm.label.end, |at| arm.label.start + at);
                self.edits.insert(arm.label.start, "default");
                self.edits.delete(arm.label.start..colon);
                let list = arm.statements.first().and_then(|first| self.file.tree.parent(*first));
                self.write_list(list.unwrap_or(arm.node), &arm.statements, true);
            } else {
                self.write(arm.node);
            }
        }
        true
    }

    /// `for true {` is `for {`, and `while true` is `loop`.
    fn write_endless(&mut self, node: Node, condition: Node) {
        let tree = &self.file.tree;
        match self.language() {
            Language::Go => {
                let body = tree.field(node, "body").map_or(tree.end(condition), |body| tree.start(body));
                self.edits.delete(tree.start(condition)..body);
                self.change(rules::LOOP, node);
            }
            Language::Rust => {
                let word = tree.token(node, "while").map_or(tree.start(condition), |word| tree.start(word));
                self.edits.insert(word, "loop");
                self.edits.delete(word..tree.end(condition));
                self.change(rules::LOOP, node);
            }
            _ => {}
        }
    }

    /// `[x for x in y if True]`.
    fn write_filter(&mut self, clause: Node) -> bool {
        let tree = &self.file.tree;
        let always = tree.only_named(clause).is_some_and(|condition| self.truth(condition) == Some(true));
        if always {
            let before = tree.slice(0..tree.start(clause));
            let start = before.trim_end().len();
            self.edits.delete(start..tree.end(clause));
            self.change(rules::FILTER, clause);
        }
        always
    }

    /// Removes a declaration that stands in no list, such as the one in front of a condition in Go.
    fn write_lone_removal(&mut self, node: Node) {
        let tree = &self.file.tree;
        let end = tree.end(node);
        let rest = tree.slice(end..tree.source().len());
        let semicolon = rest
            .starts_with(';')
            .then(|| 1 + rest.get(1..).map_or(0, |rest| rest.len() - rest.trim_start_matches(' ').len()));
        self.edits.delete(tree.start(node)..end + semicolon.unwrap_or(0));
    }

    /// Removes parts of a list with their separators. Returns whether there were any.
    fn write_parts(&mut self, node: Node) -> bool {
        let tree = &self.file.tree;
        if tree.kind(node) == "short_var_declaration" {
            return self.write_pairs(node);
        }
        let children = tree.children(node).to_vec();
        let going: Vec<bool> = children.iter().map(|child| self.parts.contains(child)).collect();
        if !going.iter().any(|going| *going) {
            return false;
        }
        let elements: Vec<usize> = (0..children.len())
            .filter(|index| children.get(*index).is_some_and(|child| self.is_element(node, *child)))
            .collect();
        let kept: Vec<usize> =
            elements.iter().copied().filter(|index| !going.get(*index).copied().unwrap_or(false)).collect();
        for index in &elements {
            let Some(child) = children.get(*index).copied() else { continue };
            if !going.get(*index).copied().unwrap_or(false) {
                self.write(child);
                continue;
            }
            let next = elements.iter().copied().find(|other| other > index).and_then(|other| children.get(other));
            let previous = kept.iter().copied().rfind(|other| other < index);
            let later_kept = kept.iter().any(|other| other > index);
            let range = match (next, previous) {
                (Some(next), _) if later_kept => self.file.tree.start(child)..self.file.tree.start(*next),
                (_, Some(previous)) => {
                    let from = children.get(previous).map_or(0, |previous| self.file.tree.end(*previous));
                    from..self.file.tree.end(child)
                }
                _ => self.file.tree.range(child),
            };
            self.edits.delete(range);
        }
        true
    }

    fn is_element(&self, parent: Node, child: Node) -> bool {
        let tree = &self.file.tree;
        let role = tree.field_of(child);
        let plain = tree.is_named(child) && !tree.is_comment(child);
        match tree.kind(parent) {
            "local_variable_declaration" | "field_declaration" => role == Some("declarator"),
            "import_statement" | "import_from_statement" => role == Some("name"),
            _ => plain,
        }
    }

    /// Go: `a, b := x, y` without one of its pairs.
    fn write_pairs(&mut self, node: Node) -> bool {
        let tree = &self.file.tree;
        let (Some(left), Some(right)) = (tree.field(node, "left"), tree.field(node, "right")) else { return false };
        let (names, values) = (tree.named(left), tree.named(right));
        if !names.iter().any(|name| self.parts.contains(name)) || names.len() != values.len() {
            return false;
        }
        for (name, value) in names.iter().zip(&values) {
            if self.parts.contains(name) {
                self.parts.insert(*value);
            }
        }
        let is_new = |name: &Node| self.file.scopes.meant(*name).is_some_and(|binding| binding.name == *name);
        let declares = |name: &&Node| !self.parts.contains(*name) && tree.text(**name) != "_" && is_new(name);
        // `:=` needs a name that is new.
        if let Some(sign) = tree.token(node, ":=").filter(|_| !names.iter().any(|name| declares(&name))) {
            self.edits.delete(tree.start(sign)..tree.start(sign) + 1);
        }
        self.write_parts(left);
        self.write_parts(right);
        true
    }
}
