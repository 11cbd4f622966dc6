//! Java: what the compiler refuses because control never comes there, or comes to the end of a method that has to return.
//!
//! The rules are those of section 14.22 of the Java Language Specification, "Unreachable Statements".

use std::collections::HashSet;

use crate::file::File;
use crate::tree::Node;

/// How control leaves a statement.
#[derive(Default)]
struct Exits<'t> {
    /// Whether it can complete normally.
    completes: bool,
    /// The labels of its reachable `break`s; nothing for one without.
    breaks: HashSet<Option<&'t str>>,
    continues: HashSet<Option<&'t str>>,
}

impl Exits<'_> {
    fn completing(completes: bool) -> Self {
        Self { completes, ..Self::default() }
    }

    /// Adds the jumps of a part.
    fn take_jumps(&mut self, part: &Self) {
        self.breaks.extend(&part.breaks);
        self.continues.extend(&part.continues);
    }

    /// Returns the exits of a loop or switch from those of its body: its own jumps end there.
    fn enclosed(mut self, completes: bool) -> Self {
        self.completes = completes || self.breaks.contains(&None);
        self.breaks.remove(&None);
        self.continues.remove(&None);
        self
    }
}

/// Returns the statements that cannot be reached, and the bodies that end without the value that they have to give.
pub(crate) fn faults(file: &File) -> Vec<Node> {
    let tree = &file.tree;
    let mut walk = Walk { file, faults: vec![] };
    for node in tree.all() {
        let body = || tree.field(node, "body").filter(|body| tree.is(*body, &["block", "constructor_body"]));
        let gives = match tree.kind(node) {
            "method_declaration" => tree.field(node, "type").is_some_and(|kind| tree.kind(kind) != "void_type"),
            "lambda_expression" => body().is_some_and(|body| walk.returns_value(body)),
            "constructor_declaration" | "compact_constructor_declaration" => false,
            "static_initializer" => {
                if let Some(block) = tree.only_named(node) {
                    walk.statement(block, None);
                }
                continue;
            }
            "switch_expression" if !walk.is_statement(node) => {
                walk.value_switch(node);
                continue;
            }
            _ => continue,
        };
        if let Some(body) = body() {
            let exits = walk.statement(body, None);
            walk.faults.extend((gives && exits.completes).then_some(body));
        }
    }
    walk.faults
}

struct Walk<'a> {
    file: &'a File,
    faults: Vec<Node>,
}

impl<'a> Walk<'a> {
    /// Returns how control leaves a statement that it comes to.
    fn statement(&mut self, node: Node, label: Option<&'a str>) -> Exits<'a> {
        let tree = &self.file.tree;
        let part = |field: &str| tree.field(node, field);
        let mut exits = Exits::completing(false);
        match tree.kind(node) {
            "block" | "constructor_body" => self.list(&tree.named(node)),
            "return_statement" | "throw_statement" | "yield_statement" => exits,
            "break_statement" => {
                exits.breaks.insert(tree.first_named(node).map(|label| tree.text(label)));
                exits
            }
            "continue_statement" => {
                exits.continues.insert(tree.first_named(node).map(|label| tree.text(label)));
                exits
            }
            "labeled_statement" => {
                let name = tree.first_named(node).map(|name| tree.text(name));
                let inner = tree.named(node).last().copied().unwrap_or(node);
                let mut exits = self.statement(inner, name);
                exits.completes |= exits.breaks.remove(&name);
                exits.continues.remove(&name);
                exits
            }
            "if_statement" => {
                exits.completes = part("alternative").is_none();
                for branch in [part("consequence"), part("alternative")].into_iter().flatten() {
                    let branch = self.statement(branch, None);
                    exits.completes |= branch.completes;
                    exits.take_jumps(&branch);
                }
                exits
            }
            "while_statement" | "do_statement" | "for_statement" | "enhanced_for_statement" => {
                self.repeated(node, label)
            }
            "synchronized_statement" => part("body").map_or(exits, |body| self.statement(body, None)),
            "try_statement" | "try_with_resources_statement" => self.guarded(node),
            "switch_expression" => self.switch(node),
            "expression_statement" => match tree.only_named(node) {
                Some(inner) if tree.kind(inner) == "switch_expression" => self.switch(inner),
                _ => Exits::completing(true),
            },
            _ => Exits::completing(true),
        }
    }

    fn list(&mut self, statements: &[Node]) -> Exits<'a> {
        let mut exits = Exits::completing(true);
        for statement in statements {
            if !exits.completes {
                self.faults.push(*statement);
                break;
            }
            let next = self.statement(*statement, None);
            exits.completes = next.completes;
            exits.take_jumps(&next);
        }
        exits
    }

    fn repeated(&mut self, node: Node, label: Option<&'a str>) -> Exits<'a> {
        let tree = &self.file.tree;
        let condition = tree.field(node, "condition");
        let truth = condition.and_then(|condition| self.constant(condition));
        let body = tree.field(node, "body").map(|body| self.statement(body, None)).unwrap_or_default();
        match tree.kind(node) {
            "enhanced_for_statement" => body.enclosed(true),
            "do_statement" => {
                let again = body.completes
                    || body.continues.contains(&None)
                    || (label.is_some() && body.continues.contains(&label));
                body.enclosed(again && truth != Some(true))
            }
            _ => {
                self.faults.extend((truth == Some(false)).then_some(node));
                let endless = truth == Some(true) || condition.is_none();
                body.enclosed(!endless)
            }
        }
    }

    fn guarded(&mut self, node: Node) -> Exits<'a> {
        let tree = &self.file.tree;
        let mut exits = tree.field(node, "body").map(|body| self.statement(body, None)).unwrap_or_default();
        for clause in tree.named(node) {
            let block = tree.field(clause, "body").or_else(|| tree.named(clause).last().copied());
            let Some(block) = block.filter(|_| tree.is(clause, &["catch_clause", "finally_clause"])) else { continue };
            let part = self.statement(block, None);
            if tree.kind(clause) == "catch_clause" {
                exits.completes |= part.completes;
            } else if !part.completes {
                // What leaves the `try` any other way does not get past this.
                return part;
            }
            exits.take_jumps(&part);
        }
        exits
    }

    fn switch(&mut self, node: Node) -> Exits<'a> {
        let tree = &self.file.tree;
        let arms = tree.field(node, "body").map(|body| tree.named(body)).unwrap_or_default();
        let mut exits = Exits::default();
        let mut completes = true;
        let mut some_rule = false;
        let mut default = false;
        for arm in &arms {
            let (labels, rest): (Vec<Node>, Vec<Node>) =
                tree.named(*arm).into_iter().partition(|part| tree.kind(*part) == "switch_label");
            default |= labels.iter().any(|label| tree.has_token(*label, "default"));
            let part = self.list(&rest);
            exits.take_jumps(&part);
            if tree.kind(*arm) == "switch_rule" {
                some_rule |= part.completes;
                completes = some_rule;
            } else {
                completes = part.completes;
            }
        }
        let continues = exits.continues.clone();
        let mut exits = exits.enclosed(completes || !default);
        // A `continue` belongs to the loop around.
        exits.continues = continues;
        exits
    }

    /// A switch that stands for a value: no arm may end without one.
    fn value_switch(&mut self, node: Node) {
        let tree = &self.file.tree;
        let arms = tree.field(node, "body").map(|body| tree.named(body)).unwrap_or_default();
        for (index, arm) in arms.iter().enumerate() {
            let rest: Vec<Node> =
                tree.named(*arm).into_iter().filter(|part| tree.kind(*part) != "switch_label").collect();
            let rule = tree.kind(*arm) == "switch_rule";
            let gives = rest.first().is_some_and(|first| tree.kind(*first) == "expression_statement");
            let exits = self.list(&rest);
            let open = if rule { !gives } else { index + 1 == arms.len() };
            self.faults.extend((open && exits.completes).then_some(*arm));
        }
    }

    fn is_statement(&self, node: Node) -> bool {
        let statements = [
            "block",
            "constructor_body",
            "switch_block_statement_group",
            "labeled_statement",
            "if_statement",
            "while_statement",
            "do_statement",
            "for_statement",
            "enhanced_for_statement",
            "expression_statement",
        ];
        statements.contains(&self.file.tree.parent_kind(node))
    }

    fn returns_value(&self, body: Node) -> bool {
        let tree = &self.file.tree;
        let home = tree.parent(body);
        tree.descend(body).any(|node| {
            let owner =
                tree.ancestors(node).find(|outer| tree.is(*outer, &["lambda_expression", "method_declaration"]));
            tree.kind(node) == "return_statement" && tree.first_named(node).is_some() && owner == home
        })
    }

    /// Returns the value of a constant expression, as far as it is made of what a cleanup writes.
    fn constant(&self, node: Node) -> Option<bool> {
        let tree = &self.file.tree;
        match tree.kind(node) {
            "true" => Some(true),
            "false" => Some(false),
            "parenthesized_expression" => self.constant(tree.only_named(node)?),
            "unary_expression" if tree.has_token(node, "!") => Some(!self.constant(tree.field(node, "operand")?)?),
            "binary_expression" => {
                let (left, right) = (tree.field(node, "left")?, tree.field(node, "right")?);
                match tree.kind(tree.field(node, "operator")?) {
                    "&&" => Some(self.constant(left)? && self.constant(right)?),
                    "||" => Some(self.constant(left)? || self.constant(right)?),
                    "==" => Some(self.equal(left, right)?),
                    "!=" => Some(!self.equal(left, right)?),
                    _ => None,
                }
            }
            // A final variable that starts with a constant is one.
            "identifier" => {
                let binding = self.file.scopes.meant(node)?;
                let definition = self.file.lang.definition(tree, binding.name).filter(|it| it.is_constant)?;
                let declaration = tree.ancestors(binding.name).nth(1)?;
                let kind = tree.field(declaration, "type").filter(|kind| tree.text(*kind) == "boolean");
                kind.and_then(|_| self.constant(definition.value))
            }
            _ => None,
        }
    }

    fn equal(&self, left: Node, right: Node) -> Option<bool> {
        let tree = &self.file.tree;
        if let (Some(left), Some(right)) = (self.constant(left), self.constant(right)) {
            return Some(left == right);
        }
        let number = |node: Node| tree.text(node).trim_end_matches(['l', 'L']).parse::<i64>().ok();
        let (left, right) = (number(left)?, number(right)?);
        Some(left == right)
    }
}
