//! TypeScript: a function without a written type gives what its returns give, so a return that goes takes its type along.
//!
//! After `if (on) return null; return { id: 1 }` the code that calls it asks for either; with one of the two alone it may not
//! compile. What other files do with the result is not seen, so a function that they name keeps its returns.

use crate::clean::outcome::Reason;
use crate::clean::round::Round;
use crate::clean::script_types::{compares, is_taken_apart};
use crate::clean::truths::bare;
use crate::scope::Binding;
use crate::tree::{Node, Tree};

/// Functions that throw away what their callback gives, or take it for what it is.
const THROW_AWAY: [&str; 8] = [
    "forEach",
    "useEffect",
    "useLayoutEffect",
    "addEventListener",
    "setTimeout",
    "setInterval",
    "queueMicrotask",
    "then",
];

impl Round<'_> {
    /// Returns why code with returns may not go.
    pub(crate) fn script_needs(&self, gone: &[Node]) -> Option<Reason> {
        let tree = &self.file.tree;
        if !tree.language.is_typed_script() {
            return None;
        }
        let inside = |node: Node| gone.iter().any(|outer| tree.contains(*outer, node));
        let home = gone.first().and_then(|part| home(tree, *part))?;
        let own = |node: &Node| tree.kind(*node) == "return_statement" && self::home(tree, *node) == Some(home);
        let (lost, kept): (Vec<Node>, Vec<Node>) = tree.descend(home).filter(own).partition(|node| inside(*node));
        let value = |node: &Node| tree.only_named(*node);
        let lost: Vec<Option<Node>> = lost.iter().map(value).collect();
        let kept: Vec<Option<Node>> = kept.iter().map(value).collect();
        let keeps = self.may_lose(home, &kept, &lost) && self.keeps_yields(home, gone);
        (!keeps).then_some(Reason::UnsupportedShape)
    }

    /// Returns whether a generator without a written type still gives values of each type that it gave.
    fn keeps_yields(&self, home: Node, gone: &[Node]) -> bool {
        let tree = &self.file.tree;
        if tree.field(home, "return_type").is_some() {
            return true;
        }
        let own = |node: &Node| tree.kind(*node) == "yield_expression" && self::home(tree, *node) == Some(home);
        let inside = |node: &Node| gone.iter().any(|outer| tree.contains(*outer, *node));
        let (lost, kept): (Vec<Node>, Vec<Node>) = tree.descend(home).filter(own).partition(inside);
        let value = |node: &Node| tree.only_named(*node);
        let kept: Vec<Node> = kept.iter().filter_map(value).collect();
        lost.iter().filter_map(value).all(|lost| kept.iter().any(|kept| self.is_alike(*kept, lost, true)))
    }

    /// Returns whether a function without some of the values that it gives is as good where it is called.
    pub(crate) fn may_lose(&self, home: Node, kept: &[Option<Node>], lost: &[Option<Node>]) -> bool {
        let tree = &self.file.tree;
        let is_nothing = |value: &Option<Node>| value.is_none_or(|value| is_nothing(tree, value));
        let values = |all: &[Option<Node>]| -> Vec<Node> {
            all.iter().filter(|value| !is_nothing(value)).filter_map(|value| *value).collect()
        };
        let (kept_values, lost_values) = (values(kept), values(lost));
        if lost.is_empty() || (kept_values.is_empty() && lost_values.is_empty()) || self.is_free(home) {
            return true;
        }
        let name = self.file.lang.named_function(tree, home);
        let has_element = kept_values.iter().chain(&lost_values).any(|value| is_element(tree, *value));
        if has_element && name.is_some_and(|name| tree.text(name).starts_with(char::is_uppercase)) {
            return true;
        }
        let binding = name.and_then(|name| self.file.scopes.meant(name));
        let alike = lost_values.iter().all(|lost| kept_values.iter().any(|kept| self.is_alike(*kept, *lost, false)));
        if alike && !kept_values.is_empty() {
            let nothing_goes = lost.iter().any(is_nothing) && !kept.iter().any(is_nothing);
            return !nothing_goes
                || binding.is_none_or(|binding| !binding.uses.iter().any(|it| self.may_be_emptied(*it)));
        }
        if name.is_none()
            && !kept_values.is_empty()
            && lost_values.iter().chain(&kept_values).all(|it| is_made(tree, *it))
        {
            return self.is_kept_whole(home);
        }
        let is_plain = |value: &Node| tree.is(*value, &["string", "number"]);
        let literals = kept_values.len() == 1 && kept_values.iter().chain(&lost_values).all(is_plain);
        binding.is_some_and(|binding| self.is_taken_as_it_is(binding, literals))
    }

    /// Returns whether the type of what a function gives is written, or of no use to anybody.
    fn is_free(&self, home: Node) -> bool {
        let tree = &self.file.tree;
        let Some(parent) = tree.parent(home) else { return false };
        if tree.field(home, "return_type").is_some() || self.file.lang.is_constructor(tree, home) {
            return true;
        }
        match tree.kind(parent) {
            "variable_declarator" | "public_field_definition" => tree.field(parent, "type").is_some(),
            "jsx_expression" => true,
            "arguments" => {
                let call = tree.parent(parent);
                let function = call.and_then(|call| tree.field(call, "function")).map_or("", |it| tree.text(it));
                let last = function.rsplit('.').next().unwrap_or(function);
                let outer = call.map(|call| through(tree, call));
                let alone = outer.is_some_and(|outer| tree.parent_kind(outer) == "expression_statement");
                alone || THROW_AWAY.contains(&last) && last != "then"
            }
            _ => false,
        }
    }

    /// Returns whether what a call with a callback gives is not taken apart where it goes.
    fn is_kept_whole(&self, callback: Node) -> bool {
        let tree = &self.file.tree;
        let Some(call) = tree.parent(callback).and_then(|arguments| tree.parent(arguments)) else { return false };
        let outer = through(tree, call);
        let name = tree.parent(outer).filter(|it| tree.kind(*it) == "variable_declarator");
        let binding = name.and_then(|it| tree.field(it, "name")).and_then(|name| self.file.scopes.meant(name));
        let apart = |node: Node| compares(self.file, node) || is_taken_apart(self.file, node);
        !apart(outer)
            && binding
                .is_none_or(|binding| !binding.uses.iter().any(|node| apart(*node) || self.file.is_changed(*node)))
    }

    /// Returns whether nothing may be put where the result of a call went: it would no longer fit.
    fn may_be_emptied(&self, name: Node) -> bool {
        let tree = &self.file.tree;
        let Some(call) = called(tree, name) else { return tree.parent_kind(name) == "type_query" };
        let outer = through(tree, call);
        let Some(parent) = tree.parent(outer) else { return false };
        match tree.kind(parent) {
            "variable_declarator" => {
                let binding = tree.field(parent, "name").and_then(|name| self.file.scopes.meant(name));
                binding.is_some_and(|binding| !binding.writes.is_empty())
            }
            "arguments" => is_hook(tree, parent),
            _ => false,
        }
    }

    /// Returns whether every call of a function takes its result in a way that asks nothing of its type.
    fn is_taken_as_it_is(&self, binding: &Binding, literals: bool) -> bool {
        let tree = &self.file.tree;
        let exported = tree.ancestors(binding.name).any(|outer| tree.kind(outer) == "export_statement");
        let harmless = |name: &Node| called(tree, *name).is_some_and(|call| self.is_harmless(call, literals, true));
        (!exported || !(self.elsewhere)(&binding.text))
            && binding.writes.is_empty()
            && binding.opaque.is_empty()
            && binding.uses.iter().all(harmless)
    }

    /// Returns whether a value may have a narrower type where it stands; or, for literals, a wider one.
    fn is_harmless(&self, value: Node, literals: bool, follow: bool) -> bool {
        let tree = &self.file.tree;
        let outer = through(tree, value);
        let Some(parent) = tree.parent(outer) else { return false };
        match tree.kind(parent) {
            "expression_statement" | "template_substitution" => true,
            "jsx_expression" => !literals || tree.parent_kind(parent) != "jsx_attribute",
            "arguments" => !is_hook(tree, parent) && (!literals || takes_any_text(tree, parent)),
            "binary_expression" => literals,
            "member_expression" => literals && tree.field(parent, "object") == Some(outer),
            "variable_declarator" if tree.field(parent, "type").is_some() => !literals,
            "variable_declarator" if follow => {
                let binding = tree.field(parent, "name").and_then(|name| self.file.scopes.meant(name));
                binding.is_some_and(|binding| {
                    binding.writes.is_empty()
                        && binding.opaque.is_empty()
                        && binding.uses.iter().all(|node| self.is_harmless(*node, literals, false))
                })
            }
            _ => false,
        }
    }

    /// Returns whether two expressions have the same type for sure, once literals `widen`, as they do in objects and lists.
    pub(crate) fn is_alike(&self, one: Node, other: Node, widen: bool) -> bool {
        let tree = &self.file.tree;
        let (one, other) = (bare(tree, one), bare(tree, other));
        let both = |kinds: &[&str]| tree.is(one, kinds) && tree.is(other, kinds);
        let prose = |node: Node| tree.text(node).trim_matches(['"', '\'']).contains(' ');
        let boolean = |node: Node| self.surely_boolean(node) && !tree.is(node, &["call_expression"]);
        if is_element(tree, one) && is_element(tree, other) || boolean(one) && boolean(other) {
            return true;
        }
        match tree.kind(one) {
            "identifier" | "member_expression" | "this" => tree.text(one) == tree.text(other),
            "string" if tree.kind(other) == "string" => widen || prose(one) && prose(other),
            "string" | "template_string" => both(&["template_string", "string"]) && widen || both(&["template_string"]),
            "number" => widen && both(&["number"]),
            "new_expression" => both(&["new_expression"]) && self.has_same(one, other, "constructor"),
            "call_expression" => both(&["call_expression"]) && self.gives_same(one, other),
            "await_expression" if both(&["await_expression"]) => match (tree.only_named(one), tree.only_named(other)) {
                (Some(one), Some(other)) => self.is_alike(one, other, widen),
                _ => false,
            },
            "object" => both(&["object"]) && self.has_same_members(one, other),
            "array" if both(&["array"]) => {
                let (ones, others) = (tree.named(one), tree.named(other));
                let first = ones.first().copied();
                first.is_some_and(|first| {
                    !others.is_empty() && ones.iter().chain(&others).all(|it| self.is_alike(first, *it, true))
                })
            }
            _ => false,
        }
    }

    fn has_same(&self, one: Node, other: Node, field: &str) -> bool {
        let tree = &self.file.tree;
        let names = (tree.field(one, field), tree.field(other, field));
        matches!(names, (Some(one), Some(other)) if tree.text(one) == tree.text(other))
    }

    /// Returns whether two calls are of one function, of one method on the same object, or of functions with the same type.
    fn gives_same(&self, one: Node, other: Node) -> bool {
        let tree = &self.file.tree;
        let (Some(first), Some(second)) = (tree.field(one, "function"), tree.field(other, "function")) else {
            return false;
        };
        let ends = |function: Node| {
            let text = tree.text(function);
            (
                text.split(['.', '(']).next().unwrap_or(text).to_owned(),
                text.rsplit('.').next().unwrap_or(text).to_owned(),
            )
        };
        let given = |function: Node| {
            let declared = self.file.scopes.meant(function).and_then(|binding| tree.parent(binding.name))?;
            let function = tree.field(declared, "value").unwrap_or(declared);
            tree.field(function, "type_parameters").is_none().then_some(())?;
            tree.field(function, "return_type").map(|kind| tree.text(kind))
        };
        ends(first) == ends(second) || given(first).is_some_and(|kind| given(second) == Some(kind))
    }

    fn has_same_members(&self, one: Node, other: Node) -> bool {
        let tree = &self.file.tree;
        let (ones, others) = (tree.named(one), tree.named(other));
        ones.len() == others.len()
            && ones.iter().zip(&others).all(|(one, other)| {
                if tree.text(*one) == tree.text(*other) {
                    return true;
                }
                let pairs = tree.kind(*one) == "pair" && tree.kind(*other) == "pair";
                let values = (tree.field(*one, "value"), tree.field(*other, "value"));
                pairs
                    && self.has_same(*one, *other, "key")
                    && matches!(values, (Some(one), Some(other)) if self.is_alike(one, other, true))
            })
    }
}

/// Returns the function that a statement belongs to.
pub(crate) fn home(tree: &Tree, node: Node) -> Option<Node> {
    const FUNCTIONS: [&str; 6] = [
        "function_declaration",
        "function_expression",
        "arrow_function",
        "method_definition",
        "generator_function",
        "generator_function_declaration",
    ];
    tree.ancestors(node).find(|outer| tree.is(*outer, &FUNCTIONS))
}

/// Returns the call whose function a name is.
fn called(tree: &Tree, name: Node) -> Option<Node> {
    let parent = tree.parent(name)?;
    let member = tree.kind(parent) == "member_expression" && tree.field(parent, "property") == Some(name);
    let (function, call) = if member { (parent, tree.parent(parent)?) } else { (name, parent) };
    (tree.kind(call) == "call_expression" && tree.field(call, "function") == Some(function)).then_some(call)
}

/// Returns an expression with the parentheses and `await` around it.
fn through(tree: &Tree, node: Node) -> Node {
    let around = ["parenthesized_expression", "await_expression", "non_null_expression"];
    tree.ancestors(node).take_while(|outer| tree.is(*outer, &around)).last().unwrap_or(node)
}

fn is_element(tree: &Tree, node: Node) -> bool {
    tree.is(bare(tree, node), &["jsx_element", "jsx_self_closing_element", "jsx_fragment"])
}

/// Returns whether a value is what other code made, so that two of them are likely of one type.
fn is_made(tree: &Tree, node: Node) -> bool {
    const MADE: [&str; 6] = [
        "identifier",
        "member_expression",
        "call_expression",
        "await_expression",
        "subscript_expression",
        "binary_expression",
    ];
    let node = bare(tree, node);
    tree.is(node, &MADE) && tree.text(node) != "undefined"
}

fn is_nothing(tree: &Tree, node: Node) -> bool {
    let bare = bare(tree, node);
    tree.is(bare, &["null", "undefined"]) || tree.text(bare) == "undefined"
}

/// Returns whether arguments are those of a function of the platform, which takes any text or number.
fn takes_any_text(tree: &Tree, arguments: Node) -> bool {
    const HEADS: [&str; 8] = ["console", "JSON", "Math", "String", "Number", "fetch", "encodeURIComponent", "parseInt"];
    let function = tree.parent(arguments).and_then(|call| tree.field(call, "function")).map_or("", |it| tree.text(it));
    HEADS.contains(&function.split('.').next().unwrap_or(function))
}

/// Returns whether arguments are those of a function that makes something of their type.
pub(crate) fn is_hook(tree: &Tree, arguments: Node) -> bool {
    const MAKERS: [&str; 8] = ["ref", "signal", "atom", "createSignal", "writable", "of", "resolve", "observable"];
    let function = tree.parent(arguments).and_then(|call| tree.field(call, "function")).map_or("", |it| tree.text(it));
    let last = function.rsplit('.').next().unwrap_or(function);
    last.starts_with("use") || MAKERS.contains(&last)
}
