//! TypeScript: a literal has a type of its own, which no other literal fits.
//!
//! After `const mode = "a"` the comparison `mode === "b"` does not compile, as it did with the text of a call.

use crate::clean::constant::{Born, Constant};
use crate::clean::round::Round;
use crate::clean::script_returns;
use crate::clean::script_tests::says_again;
use crate::file::File;
use crate::shape::{Matches, Shape};
use crate::tree::{Node, Tree};

impl File {
    /// Returns the type that is to be written behind a literal, so that it is compared like the call in its place.
    pub(crate) fn wide_type(&self, seed: Node, born: &Born) -> Option<&'static str> {
        let tree = &self.tree;
        if !tree.language.is_typed_script() {
            return None;
        }
        let kind = match born.constant {
            Constant::Bool(_) => "boolean",
            Constant::Text(_) => "string",
            Constant::Int(_) | Constant::Float(_) => "number",
        };
        let outer = whole(tree, seed);
        let parent = tree.parent(outer)?;
        let narrow = match tree.kind(parent) {
            "variable_declarator" if tree.field(parent, "type").is_none() || born.as_bool().is_some() => {
                self.is_compared(parent, &born.constant)
            }
            "assignment_expression" if tree.field(parent, "right") == Some(outer) => {
                matches!(born.constant, Constant::Bool(_)) && self.is_target_compared(parent, &born.constant)
            }
            "switch_statement" => true,
            _ if self.decided_if(seed).is_some_and(|chain| self.decides_type(chain)) => true,
            // The compiler knows no names where it knows that code is not reached.
            _ if born.as_bool().is_some() && self.is_asked(seed) => true,
            _ if self.spreads_nothing(seed, &born.constant) => true,
            _ => compares(self, outer) && !self.is_same_beside(outer, born),
        };
        narrow.then_some(kind)
    }

    /// Returns the narrower type that a call says its value has: `useStringFlagValue<Mode>(..)`.
    pub(crate) fn type_argument(&self, call: Node) -> Option<&str> {
        let tree = &self.tree;
        let given = tree.field(call, "type_arguments").filter(|_| tree.language.is_typed_script())?;
        let kind = tree.only_named(given)?;
        (!tree.is(kind, &["predefined_type"])).then(|| tree.text(kind))
    }

    /// Returns whether a literal has a type behind it that is narrower than the one of the call.
    pub(crate) fn has_narrow_type(&self, node: Node) -> bool {
        let tree = &self.tree;
        let kind = tree.named(node).last().copied().filter(|_| tree.kind(node) == "as_expression");
        kind.is_some_and(|kind| !tree.is(kind, &["predefined_type"]) && tree.text(kind) != "const")
    }

    /// Returns whether a comparison has the very literal on its other side, or what is no value.
    fn is_same_beside(&self, node: Node, born: &Born) -> bool {
        let tree = &self.tree;
        let Some(Shape::Equal { left, right, .. }) = tree.parent(node).map(|parent| self.lang.shape(tree, parent))
        else {
            return true;
        };
        let other = if left == node { right } else { left };
        let text = self.lang.string(tree, other);
        tree.is(other, &["null", "undefined"])
            || born.equals_literal(tree.text(other), text.as_deref()) == Some(true)
            || tree.text(other) == "undefined"
    }

    /// Returns whether a variable is compared somewhere, or may be in another file.
    fn is_compared(&self, declarator: Node, constant: &Constant) -> bool {
        let tree = &self.tree;
        let Some(declaration) = tree.parent(declarator) else { return false };
        let constant_name = tree.has_token(declaration, "const");
        // What is not `const` has the wide type, but a boolean is known by its value from there on.
        if !constant_name && !matches!(constant, Constant::Bool(_)) {
            return false;
        }
        let exported = tree.parent_kind(declaration) == "export_statement" && constant_name;
        let binding = tree.field(declarator, "name").and_then(|name| self.scopes.meant(name));
        exported
            || binding.is_some_and(|binding| binding.uses.iter().any(|node| self.is_known_apart(*node, constant)))
            || binding.is_some_and(|binding| !binding.opaque.is_empty())
    }
}

impl File {
    /// Returns whether the code does not compile where a name is used, if its one value is known.
    fn is_known_apart(&self, node: Node, constant: &Constant) -> bool {
        compares(self, whole(&self.tree, node)) || self.spreads_nothing(node, constant)
    }

    /// Returns whether what is assigned to is compared somewhere.
    ///
    /// A boolean that was assigned is known by its value from there on, whatever the type of the variable or the member.
    fn is_target_compared(&self, assignment: Node, constant: &Constant) -> bool {
        let tree = &self.tree;
        let Some(target) = tree.field(assignment, "left") else { return false };
        if let Some(binding) = self.scopes.meant(target) {
            return binding.uses.iter().any(|node| self.is_known_apart(*node, constant));
        }
        let same = |node: &Node| tree.kind(*node) == tree.kind(target) && tree.text(*node) == tree.text(target);
        tree.all().filter(same).any(|node| self.is_known_apart(node, constant))
    }
}

impl Round<'_> {
    /// TypeScript: returns whether a literal may be compared where a name is used.
    pub(crate) fn is_comparable(&self, node: Node, value: &Born) -> bool {
        let tree = &self.file.tree;
        let outer = whole(tree, node);
        if tree.language.is_typed_script()
            && self.file.spread_of(node).is_some_and(|spread| !self.spread_may_go(spread))
        {
            return false;
        }
        if self.file.decided_if(node).is_some_and(|chain| self.file.decides_type(chain)) {
            return false;
        }
        if self.is_narrow(node) && !is_typed_place(tree, outer) {
            return false;
        }
        !tree.language.is_typed_script()
            || !compares(self.file, outer)
            || self.file.is_same_beside(outer, value)
            || tree.parent(outer).is_some_and(|parent| self.has_literal_arms(parent))
            || self.is_beside_literal(outer, value)
    }

    /// Returns whether a name is declared with a literal of a narrower type, which the literal alone has not everywhere.
    fn is_narrow(&self, name: Node) -> bool {
        let tree = &self.file.tree;
        let declarator = self.file.scopes.meant(name).and_then(|binding| tree.parent(binding.name));
        let value = declarator.and_then(|declarator| tree.field(declarator, "value"));
        value.is_some_and(|value| tree.language.is_typed_script() && self.file.has_narrow_type(value))
    }

    /// Returns whether a comparison is decided as soon as the value is known.
    fn is_beside_literal(&self, node: Node, value: &Born) -> bool {
        let tree = &self.file.tree;
        let Some(Shape::Equal { left, right, .. }) = tree.parent(node).map(|parent| self.shape(parent)) else {
            return false;
        };
        let other = if left == node { right } else { left };
        value.equals_literal(tree.text(other), self.file.lang.string(tree, other).as_deref()).is_some()
    }

    /// Returns whether all arms of a switch are literals, so that it goes as soon as its subject is known.
    fn has_literal_arms(&self, node: Node) -> bool {
        let switch = self.file.lang.switch(&self.file.tree, node);
        switch.is_some_and(|switch| !switch.arms.iter().any(|arm| matches!(arm.matches, Matches::Unknown)))
    }

    /// TypeScript: returns whether what a variable starts with says no less of its type without the other side.
    pub(crate) fn script_keeps_type(&self, node: Node, taken: Node, others: &[Node]) -> bool {
        let tree = &self.file.tree;
        let outer = whole(tree, node);
        let Some(parent) = tree.parent(outer).filter(|_| tree.language.is_typed_script()) else { return true };
        let nothing = matches!(tree.text(taken), "null" | "undefined" | "[]" | "{}");
        let members = others.iter().all(|other| self.is_alike(taken, *other, true));
        // `MODES[on ? 0 : 1]`: each element may have a type of its own.
        let index = tree.kind(parent) == "subscript_expression" && tree.field(parent, "index") == Some(outer);
        let holder = tree.parent(parent).filter(|holder| index && tree.kind(*holder) == "variable_declarator");
        let parent = holder.unwrap_or(parent);
        if !self.container_keeps_type(outer, taken, others) {
            return false;
        }
        match tree.kind(parent) {
            "subscript_expression" if index => !compares(self.file, parent) && !is_taken_apart(self.file, parent),
            "variable_declarator" if tree.field(parent, "type").is_none() => {
                let binding = tree.field(parent, "name").and_then(|name| self.file.scopes.meant(name));
                let alike = !index && (members || others.iter().all(|other| is_same_kind(tree, taken, *other)));
                let function = tree.is(taken, &["arrow_function", "function_expression"]);
                let fixed = tree.kind(taken) == "as_expression";
                let asked = binding.is_some_and(|binding| {
                    (function || fixed) && self.file.is_asked_for_type(binding) || self.file.is_asked_as_index(binding)
                });
                let plain = |node: &Node| {
                    !compares(self.file, whole(tree, *node)) && (alike || !is_taken_apart(self.file, *node))
                };
                !nothing
                    && !asked
                    && (members || !tree.is(taken, &["object"]))
                    && binding
                        .is_some_and(|it| it.uses.iter().all(plain) && it.writes.is_empty() && it.opaque.is_empty())
            }
            "arguments" if script_returns::is_hook(tree, parent) => {
                let typed = tree.parent(parent).is_some_and(|call| tree.field(call, "type_arguments").is_some());
                typed || members
            }
            "arguments" => !nothing,
            "return_statement" => {
                let Some(home) = script_returns::home(tree, parent) else { return true };
                let returns = tree.descend(home).filter(|it| {
                    *it != parent
                        && tree.kind(*it) == "return_statement"
                        && script_returns::home(tree, *it) == Some(home)
                });
                let mut kept: Vec<Option<Node>> = returns.map(|it| tree.only_named(it)).collect();
                kept.push(Some(taken));
                self.may_lose(home, &kept, &others.iter().map(|it| Some(*it)).collect::<Vec<_>>())
            }
            "arrow_function" => {
                self.may_lose(parent, &[Some(taken)], &others.iter().map(|it| Some(*it)).collect::<Vec<_>>())
            }
            "variable_declarator" | "assignment_expression" => {
                let role = if tree.kind(parent) == "variable_declarator" { "name" } else { "left" };
                let binding = tree.field(parent, role).and_then(|name| self.file.scopes.meant(name));
                let literal = tree.is(taken, &["string", "number", "true", "false", "object"]);
                match (binding, tree.field(parent, role)) {
                    (Some(binding), _) if !self.file.may_narrow(binding) => true,
                    (Some(binding), _) if literal => self.file.may_be_narrowed(binding),
                    (Some(binding), _) => !self.file.is_asked_for_type(binding),
                    (None, Some(left)) if tree.kind(left) == "member_expression" => {
                        !self.file.is_member_asked(parent, left)
                    }
                    _ => true,
                }
            }
            "required_parameter" | "optional_parameter" | "assignment_pattern"
                if tree.field(parent, "type").is_none() =>
            {
                !nothing && (members || others.iter().all(|other| is_same_kind(tree, taken, *other)))
            }
            "spread_element" => !says_again(tree, parent, taken),
            "as_expression" | "satisfies_expression" | "pair" | "member_expression" | "call_expression" => !nothing,
            _ => true,
        }
    }
}

/// Returns an expression with the parentheses around it.
fn whole(tree: &Tree, node: Node) -> Node {
    let outer = tree.ancestors(node).take_while(|outer| tree.kind(*outer) == "parenthesized_expression");
    outer.last().unwrap_or(node)
}

/// Returns whether an expression is compared with something, or says which arm of a switch is taken.
pub(crate) fn compares(file: &File, node: Node) -> bool {
    let tree = &file.tree;
    let Some(parent) = tree.parent(node) else { return false };
    matches!(file.lang.shape(tree, parent), Shape::Equal { .. })
        || tree.kind(parent) == "switch_statement"
        || tree.kind(parent) == "switch_case"
        || tree.kind(parent) == "type_query"
}

/// Returns whether a literal gets the type that is wanted where it stands.
fn is_typed_place(tree: &Tree, node: Node) -> bool {
    const TYPED: [&str; 10] = [
        "binary_expression",
        "subscript_expression",
        "template_substitution",
        "switch_statement",
        "switch_case",
        "jsx_expression",
        "member_expression",
        "expression_statement",
        "assignment_expression",
        "as_expression",
    ];
    tree.parent(node).is_some_and(|parent| {
        tree.is(parent, &TYPED)
            || tree.field(parent, "type").is_some()
            // The arguments of a function without type parameters; `useState(mode)` takes its type from them.
            || tree.kind(parent) == "arguments"
                && tree.parent(parent).and_then(|call| tree.field(call, "function")).is_some_and(|function| {
                    let name = tree.text(function);
                    !name.rsplit('.').next().is_some_and(|name| name.starts_with("use"))
                })
    })
}

/// Returns whether two expressions have the same type for sure.
fn is_same_kind(tree: &Tree, one: Node, other: Node) -> bool {
    let texts = ["string", "template_string"];
    let both = |kinds: &[&str]| tree.is(one, kinds) && tree.is(other, kinds);
    let same = |field: &str| {
        let names = (tree.field(one, field), tree.field(other, field));
        tree.kind(one) == tree.kind(other)
            && matches!(names, (Some(one), Some(other)) if tree.text(one) == tree.text(other))
    };
    both(&texts) || both(&["number"]) || both(&["true", "false"]) || same("constructor") || same("function")
}

/// Returns whether code asks where a name is used which of several types its value has.
pub(crate) fn is_taken_apart(file: &File, node: Node) -> bool {
    let tree = &file.tree;
    let outer = whole(tree, node);
    let Some(parent) = tree.parent(outer) else { return false };
    match tree.kind(parent) {
        // `typeof v`, `v instanceof A`, `"a" in v`.
        "unary_expression" => tree.has_token(parent, "typeof"),
        "binary_expression" => tree.has_token(parent, "instanceof") || tree.has_token(parent, "in"),
        // The elements may be asked for their types.
        "for_in_statement" => tree.field(parent, "body").is_some_and(|body| asks_for_types(tree, body)),
        "member_expression" => compares(file, parent) && tree.text(parent).rsplit('.').next() != Some("length"),
        _ => false,
    }
}

/// Returns whether some of the code asks for the type of a value.
fn asks_for_types(tree: &Tree, body: Node) -> bool {
    tree.descend(body).any(|inner| ["typeof", "instanceof", "in"].iter().any(|word| tree.has_token(inner, word)))
}
