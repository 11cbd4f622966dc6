//! TypeScript: whether code asks a value later which of several types it has.
//!
//! A declared union is narrowed by what is assigned, and a container gets its type from its elements. Without one side of a
//! `?:` both say less, which matters only where something is asked of them, or put into them.

use crate::clean::round::Round;
use crate::clean::script_returns;
use crate::clean::truths::bare;
use crate::file::File;
use crate::scope::Binding;
use crate::shape::Shape;
use crate::tree::{Node, Tree};

/// How many names in a row are followed from a value to where it is asked for its type.
const NAMES_FOLLOWED_MAX: usize = 3;

/// Methods that put something into a collection.
const PUT: [&str; 9] = ["push", "unshift", "splice", "fill", "concat", "set", "add", "includes", "indexOf"];

/// Calls whose result has the types of what they are given.
const PASS_ON: [&str; 8] = [
    "Promise.all",
    "Promise.race",
    "Promise.resolve",
    "Promise.allSettled",
    "Array.of",
    "Array.from",
    "Object.freeze",
    "Object.values",
];

impl File {
    /// Returns whether some use of a name asks for the type of its value.
    pub(crate) fn is_asked_for_type(&self, binding: &Binding) -> bool {
        self.asks_any(&binding.uses, 0)
    }

    /// Returns whether what a name selects by being an index is asked for its type.
    pub(crate) fn is_asked_as_index(&self, binding: &Binding) -> bool {
        let index = |node: &&Node| {
            self.tree.parent_kind(**node) == "subscript_expression" && self.tree.field_of(**node) == Some("index")
        };
        self.asks_any(&binding.uses.iter().filter(index).copied().collect::<Vec<_>>(), 0)
    }

    fn asks_any(&self, uses: &[Node], followed: usize) -> bool {
        // Whatever is known of a value, it may be asked whether it is there, unless it is taken apart then.
        let apart = uses.iter().any(|node| is_taken_further(&self.tree, *node));
        uses.iter().any(|node| self.asks_type(*node, apart, followed))
    }

    fn asks_type(&self, node: Node, apart: bool, followed: usize) -> bool {
        let tree = &self.tree;
        let mut inner = node;
        while let Some(parent) = tree.parent(inner) {
            if tree.children(parent).iter().any(|child| tree.kind(*child) == "optional_chain") {
                return true;
            }
            let field = tree.field_of(inner);
            match tree.kind(parent) {
                "parenthesized_expression"
                | "non_null_expression"
                | "await_expression"
                | "member_expression"
                | "subscript_expression" => {}
                "call_expression" if field == Some("function") && inner == node => {}
                "unary_expression" if tree.has_token(parent, "typeof") => return true,
                "binary_expression" if tree.has_token(parent, "instanceof") || tree.has_token(parent, "in") => {
                    return true;
                }
                "variable_declarator" if followed < NAMES_FOLLOWED_MAX => {
                    let names = tree.field(parent, "name").map(|name| self.bound(name)).unwrap_or_default();
                    return names.iter().any(|binding| self.asks_any(&binding.uses, followed + 1));
                }
                _ => {
                    return match self.lang.shape(tree, parent) {
                        Shape::Equal { .. } | Shape::Switch => true,
                        _ => apart && self.only_truth_counts(inner),
                    };
                }
            }
            inner = parent;
        }
        false
    }

    /// Returns what a name or a pattern declares.
    fn bound(&self, pattern: Node) -> Vec<&Binding> {
        let names = std::iter::once(pattern).chain(self.tree.descend(pattern));
        names.filter_map(|name| self.scopes.meant(name).filter(|binding| binding.name == name)).collect()
    }

    /// Returns whether a member of an object is asked for its type behind an assignment, where that alone says what it is.
    pub(crate) fn is_member_asked(&self, assignment: Node, member: Node) -> bool {
        let tree = &self.tree;
        let property = tree.field(member, "property");
        let declared = property.and_then(|property| self.scopes.meant(property));
        let optional = |binding: &Binding| tree.parent(binding.name).is_some_and(|it| tree.has_token(it, "?"));
        if declared.is_some_and(|binding| !self.may_narrow(binding) && !optional(binding)) {
            return false;
        }
        let home = script_returns::home(tree, assignment);
        let same = |node: &Node| {
            tree.kind(*node) == "member_expression"
                && tree.text(*node) == tree.text(member)
                && tree.start(*node) >= tree.end(assignment)
                && script_returns::home(tree, *node) == home
        };
        self.asks_any(&tree.all().filter(same).collect::<Vec<_>>(), 0)
    }

    /// Returns the declaration that gets its type from a container in which an expression stands, and the name that the
    /// expression has there.
    fn container(&self, node: Node) -> Option<(Node, Option<&str>)> {
        let tree = &self.tree;
        let (mut inner, mut contained, mut key) = (node, false, None);
        loop {
            let parent = tree.parent(inner)?;
            match tree.kind(parent) {
                "parenthesized_expression" | "await_expression" => {}
                "array" | "object" | "spread_element" => contained = true,
                "pair" if tree.field_of(inner) == Some("value") => {
                    key = key.or_else(|| tree.field(parent, "key").map(|key| tree.text(key)));
                }
                "arguments" => {
                    let call = tree.parent(parent).filter(|call| tree.field(*call, "type_arguments").is_none())?;
                    let function = tree.field(call, "function").map_or("", |function| tree.text(function));
                    let constructor = tree.field(call, "constructor").map_or("", |it| tree.text(it));
                    if !matches!(constructor, "Map" | "Set" | "Array" | "Promise") && !PASS_ON.contains(&function) {
                        return None;
                    }
                    (inner, contained) = (call, true);
                    continue;
                }
                "variable_declarator" if contained && tree.field(parent, "type").is_none() => {
                    return Some((tree.field(parent, "name")?, key));
                }
                _ => return None,
            }
            inner = parent;
        }
    }

    /// Returns whether something is put into what a name has, or is assigned to one of its members.
    pub(crate) fn is_changed(&self, name: Node) -> bool {
        let tree = &self.tree;
        let mut inner = name;
        while let Some(parent) = tree.parent(inner) {
            match tree.kind(parent) {
                "member_expression" | "subscript_expression" if tree.field_of(inner) == Some("object") => {}
                "assignment_expression" => return tree.field_of(inner) == Some("left") && inner != name,
                "call_expression" if inner != name => {
                    return tree.field(inner, "property").is_some_and(|method| PUT.contains(&tree.text(method)));
                }
                _ => return false,
            }
            inner = parent;
        }
        false
    }

    /// Returns whether an `if` has all that says what an array holds which is empty at first and has no written type.
    pub(crate) fn says_what_array_holds(&self, chain: Node) -> bool {
        let tree = &self.tree;
        let evolves = |binding: &&Binding| {
            let declarator = tree.parent(binding.name).filter(|it| tree.kind(*it) == "variable_declarator");
            declarator.is_some_and(|it| {
                let empty = tree.field(it, "value").is_some_and(|value| tree.text(value) == "[]");
                empty && tree.field(it, "type").is_none() && !tree.contains(chain, it)
            })
        };
        let put = |binding: &Binding| -> Vec<Node> {
            binding.uses.iter().filter(|node| self.is_changed(**node)).chain(&binding.writes).copied().collect()
        };
        self.scopes.bindings.iter().filter(evolves).any(|binding| {
            let put = put(binding);
            !put.is_empty() && put.iter().all(|node| tree.contains(chain, *node))
        })
    }
}

impl Round<'_> {
    /// Returns whether a container says as much of its elements without the other side of a condition.
    pub(crate) fn container_keeps_type(&self, outer: Node, taken: Node, others: &[Node]) -> bool {
        let Some((name, key)) = self.file.container(outer) else { return true };
        let tree = &self.file.tree;
        if others.iter().all(|other| self.is_alike(taken, *other, true) && passes_alike(self, taken, *other)) {
            return true;
        }
        let concerned = |node: &Node| {
            let member = tree.parent(*node).filter(|parent| tree.kind(*parent) == "member_expression");
            let text = member.map(|member| tree.field(member, "property").map_or("", |property| tree.text(property)));
            !matches!((text, key), (Some(text), Some(key)) if text != key) && tree.field_of(*node) != Some("property")
        };
        let bindings = self.file.bound(name);
        let mut uses = bindings.iter().map(|it| it.uses.iter().copied().filter(concerned).collect::<Vec<_>>());
        !uses.any(|uses| self.file.asks_any(&uses, 0) || uses.iter().any(|node| self.file.is_changed(*node)))
    }
}

/// Returns whether calls that give what they are given are given the same.
fn passes_alike(round: &Round<'_>, one: Node, other: Node) -> bool {
    let tree = &round.file.tree;
    let function = tree.field(one, "function").map_or("", |function| tree.text(function));
    let given = |call: Node| tree.field(call, "arguments").map(|list| tree.named(list)).unwrap_or_default();
    let (ones, others) = (given(one), given(other));
    !PASS_ON.contains(&function)
        || ones.len() == others.len() && ones.iter().zip(&others).all(|(one, other)| round.is_alike(*one, *other, true))
}

/// Returns whether what is spread is an object with a name that the object around it says before, which does not compile.
pub(crate) fn says_again(tree: &Tree, spread: Node, value: Node) -> bool {
    let object = bare(tree, value);
    let Some(around) = tree.parent(spread).filter(|it| tree.kind(*it) == "object") else { return false };
    let name = |member: Node| match tree.kind(member) {
        "pair" => tree.field(member, "key").map(|key| tree.text(key)),
        "shorthand_property_identifier" => Some(tree.text(member)),
        "method_definition" => tree.field(member, "name").map(|name| tree.text(name)),
        _ => None,
    };
    let before = tree.named(around).into_iter().take_while(|member| *member != spread);
    let before: Vec<&str> = before.filter_map(name).collect();
    tree.is(object, &["object"]) && tree.named(object).into_iter().filter_map(name).any(|it| before.contains(&it))
}

/// Returns whether a member of a value is asked for, or the value is called.
fn is_taken_further(tree: &Tree, node: Node) -> bool {
    let around = |outer: &Node| tree.is(*outer, &["parenthesized_expression", "non_null_expression"]);
    let outer = tree.ancestors(node).take_while(around).last().unwrap_or(node);
    let Some(parent) = tree.parent(outer) else { return false };
    match tree.kind(parent) {
        "member_expression" | "subscript_expression" => tree.field_of(outer) == Some("object"),
        "call_expression" => tree.field_of(outer) == Some("function"),
        "spread_element" | "for_in_statement" => true,
        "variable_declarator" => {
            tree.field(parent, "name").is_some_and(|name| tree.is(name, &["object_pattern", "array_pattern"]))
        }
        _ => false,
    }
}
