//! Java: an SDK gives a `Boolean`, an `Integer` or a `Double`, a literal is a `boolean`, an `int` or a `double`.
//!
//! Where the place says what type it takes, the literal is right. Elsewhere the type decides what the program means:
//! `list.remove(3)` is not `list.remove(Integer.valueOf(3))`, and `q ? true : missing` fails where `missing` is `null`.
//! There the value is written with its own type, or not at all.

use crate::clean::constant::{Born, Constant};
use crate::clean::java_types::{Kind, NUMBERS, Place, of_type};
use crate::file::File;
use crate::scope::BindingKind;
use crate::shape::Shape;
use crate::tree::Node;

/// How a boxed value is to be written at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// As a literal.
    Plain,
    /// With the type of the call.
    Boxed,
    /// Nothing that is not a call may stand there, or what it would mean is not known.
    Nowhere,
}

/// Interfaces whose lambda gives a value; the last word of their names.
const GIVING: [&str; 5] = ["Supplier", "Predicate", "Function", "Callable", "Operator"];

/// Methods of the JDK that take a lambda which gives a boolean, and nothing else.
const ASKING: [&str; 7] = ["filter", "anyMatch", "allMatch", "noneMatch", "removeIf", "takeWhile", "dropWhile"];

/// Methods of the JDK that take a lambda which gives a value, and nothing else.
const MAPPING: [&str; 8] =
    ["map", "mapToObj", "computeIfAbsent", "orElseGet", "supplyAsync", "thenApply", "withInitial", "lazy"];

/// Others that take a lambda which gives a value, and nothing else.
const VALUES: [&str; 16] = [
    "flatMap",
    "mapToInt",
    "mapToLong",
    "mapToDouble",
    "reduce",
    "collect",
    "toMap",
    "groupingBy",
    "comparing",
    "compute",
    "computeIfPresent",
    "merge",
    "replaceAll",
    "thenCompose",
    "orElseThrow",
    "sorted",
];

/// Returns a constant as an object of the class that its type is boxed in; nothing for a text, which is one.
pub(crate) fn boxed(born: &Born) -> Option<Born> {
    let plain = plain(born);
    let text = match born.constant {
        Constant::Bool(true) => "Boolean.TRUE".to_owned(),
        Constant::Bool(false) => "Boolean.FALSE".to_owned(),
        Constant::Int(_) if plain.text.ends_with('L') => format!("Long.valueOf({})", plain.text),
        Constant::Int(_) => format!("Integer.valueOf({})", plain.text),
        Constant::Float(_) => format!("Double.valueOf({})", plain.text),
        Constant::Text(_) => return None,
    };
    Some(Born { constant: plain.constant, text })
}

/// Returns a constant as a literal.
pub(crate) fn plain(born: &Born) -> Born {
    let inner = || born.text.split_once('(').map(|(_, inner)| inner.trim_end_matches(')').to_owned());
    let text = match born.constant {
        Constant::Bool(value) => value.to_string(),
        Constant::Int(_) | Constant::Float(_) if born.text.contains(".valueOf(") => inner().unwrap_or_default(),
        _ => born.text.clone(),
    };
    Born { constant: born.constant.clone(), text }
}

/// Returns whether a text is one of the classes that [`boxed`] writes.
pub(crate) fn is_box(born: &Born, class: &str) -> bool {
    boxed(born).is_some_and(|born| born.text.split_once('.').is_some_and(|(known, _)| known == class))
}

impl File {
    /// Returns how a boxed value is to be written where an expression stands.
    pub(crate) fn java_written(&self, node: Node, born: &Born) -> Written {
        let tree = &self.tree;
        let Some(parent) = tree.parent(node) else { return Written::Nowhere };
        // A loop on a constant never ends or never runs, which the compiler knows of a literal.
        if matches!(born.constant, Constant::Bool(_)) && self.decides_reach(node) {
            return Written::Boxed;
        }
        match (self.lang.shape(tree, parent), tree.kind(parent)) {
            (_, "parenthesized_expression") if !self.is_statement_head(parent) => {
                if tree.parent_kind(parent) == "switch_expression" {
                    self.as_subject(parent)
                } else {
                    self.java_written(parent, born)
                }
            }
            (Shape::Equal { left, right, .. }, "binary_expression") => {
                self.beside(if left == node { right } else { left }, born)
            }
            (Shape::Ternary { condition, then, other }, _) if condition != node => {
                self.as_side(if then == node { other } else { then }, born)
            }
            (_, "variable_declarator") => self.as_start(parent, born),
            (_, "lambda_expression") => self.as_body(parent),
            (Shape::Return, _) => {
                let kinds = ["method_declaration", "lambda_expression"];
                let home = tree.ancestors(node).find(|outer| tree.is(*outer, &kinds));
                let method = home.is_some_and(|home| tree.kind(home) == "method_declaration");
                if method { Written::Plain } else { Written::Boxed }
            }
            (_, "argument_list") => self.as_argument(parent, node, born),
            (_, "cast_expression") => {
                let kind = tree.field(parent, "type").map_or(Kind::Unknown, |kind| of_type(tree.text(kind)));
                let primitive = NUMBERS.contains(&kind) || kind == Kind::Boolean;
                if primitive { Written::Plain } else { Written::Boxed }
            }
            (
                _,
                "binary_expression"
                | "unary_expression"
                | "parenthesized_expression"
                | "ternary_expression"
                | "assignment_expression"
                | "assert_statement"
                | "array_initializer"
                | "array_access",
            ) => Written::Plain,
            (_, "for_statement" | "expression_statement") => Written::Nowhere,
            _ => Written::Boxed,
        }
    }

    /// Beside `==`: two objects are compared by what they are, an object and a number by value.
    fn beside(&self, other: Node, born: &Born) -> Written {
        match self.java_kind(other) {
            Kind::Null | Kind::Object => Written::Nowhere,
            Kind::Unknown if matches!(born.constant, Constant::Bool(_)) => Written::Boxed,
            Kind::Unknown => Written::Nowhere,
            _ => Written::Plain,
        }
    }

    /// A side of a conditional expression: with a boxed one beside it the result is boxed, with a plain one it is plain.
    fn as_side(&self, other: Node, born: &Born) -> Written {
        let own = match born.constant {
            Constant::Bool(_) => Kind::Boolean,
            Constant::Int(_) if born.text.ends_with('L') => Kind::Long,
            Constant::Int(_) => Kind::Int,
            Constant::Float(_) => Kind::Double,
            Constant::Text(_) => Kind::Object,
        };
        if self.java_kind(other) == own { Written::Plain } else { Written::Boxed }
    }

    /// What a variable starts with. A `final` one with a literal is a constant, which decides what can be reached.
    fn as_start(&self, declarator: Node, born: &Born) -> Written {
        let tree = &self.tree;
        let Some(declaration) = tree.parent(declarator) else { return Written::Nowhere };
        let kind = tree.field(declaration, "type").map_or("var", |kind| tree.text(kind));
        if kind == "var" || tree.field(declarator, "dimensions").is_some() {
            return Written::Boxed;
        }
        let primitive = NUMBERS.contains(&of_type(kind)) || of_type(kind) == Kind::Boolean;
        let modifiers = tree.children(declaration).iter().find(|part| tree.kind(**part) == "modifiers");
        let has = |word: &str| modifiers.is_some_and(|modifiers| tree.has_token(*modifiers, word));
        let in_interface = tree.kind(declaration) == "constant_declaration";
        if !primitive || !(in_interface || has("final")) {
            return Written::Plain;
        }
        let seen = tree.kind(declaration) != "local_variable_declaration" && !has("private");
        let uses = tree.field(declarator, "name").and_then(|name| self.scopes.meant(name));
        let decides = |node: &Node| match born.constant {
            Constant::Bool(_) => self.decides_reach(*node),
            _ => tree.parent_kind(*node) == "ternary_expression",
        };
        let decides = uses.is_none_or(|binding| binding.uses.iter().chain(&binding.opaque).any(decides));
        if seen || decides { Written::Boxed } else { Written::Plain }
    }

    /// Returns whether what can be reached depends on an expression if it is a constant one.
    pub(crate) fn decides_reach(&self, node: Node) -> bool {
        let tree = &self.tree;
        let mut inner = node;
        for outer in tree.ancestors(node) {
            match tree.kind(outer) {
                "guard" | "while_statement" | "do_statement" => return true,
                "for_statement" => return tree.field(outer, "condition") == Some(inner),
                kind if kind.ends_with("_expression") && kind != "lambda_expression" => {}
                _ => return false,
            }
            inner = outer;
        }
        false
    }

    /// The body of a lambda: a call may stand for a value or for nothing, a literal for a value only.
    fn as_body(&self, lambda: Node) -> Written {
        let tree = &self.tree;
        let Some(parent) = tree.parent(lambda) else { return Written::Nowhere };
        if tree.kind(parent) == "argument_list" {
            return match self.method_of(lambda) {
                name if ASKING.contains(&name) => Written::Plain,
                name if MAPPING.contains(&name) => Written::Boxed,
                _ => Written::Nowhere,
            };
        }
        match self.java_place(lambda) {
            Place::Typed(kind) => {
                let name = kind.split('<').next().unwrap_or(kind).trim();
                let gives = GIVING.iter().any(|ending| name.ends_with(ending));
                if gives { Written::Plain } else { Written::Nowhere }
            }
            Place::Other => Written::Nowhere,
        }
    }

    /// Returns whether a lambda is an argument of a method that takes a question, and no other lambda.
    pub(crate) fn asks(&self, lambda: Node) -> bool {
        ASKING.contains(&self.method_of(lambda))
    }

    /// Returns whether a lambda is an argument of a method that takes lambdas which give a value, and no others.
    pub(crate) fn takes_values_only(&self, lambda: Node) -> bool {
        let name = self.method_of(lambda);
        ASKING.contains(&name) || MAPPING.contains(&name) || VALUES.contains(&name)
    }

    fn method_of(&self, lambda: Node) -> &str {
        let tree = &self.tree;
        let call = tree.parent(lambda).filter(|list| tree.kind(*list) == "argument_list").and_then(|l| tree.parent(l));
        call.and_then(|call| tree.field(call, "name")).map_or("", |name| tree.text(name))
    }

    /// The subject of a `switch`: where its arms are patterns, it has to be an object.
    fn as_subject(&self, subject: Node) -> Written {
        let tree = &self.tree;
        let Some(body) = tree.parent(subject).and_then(|switch| tree.field(switch, "body")) else {
            return Written::Nowhere;
        };
        let labels = tree.named(body).into_iter().flat_map(|arm| tree.named(arm));
        let mut values = labels.filter(|part| tree.kind(*part) == "switch_label").flat_map(|label| tree.named(label));
        let plain = values.all(|value| tree.kind(value).ends_with("_literal") && tree.kind(value) != "null_literal");
        if plain { Written::Plain } else { Written::Nowhere }
    }

    /// An argument: its type chooses among methods of one name.
    fn as_argument(&self, list: Node, node: Node, born: &Born) -> Written {
        let tree = &self.tree;
        let Some(call) = tree.parent(list) else { return Written::Nowhere };
        if matches!(self.lang.shape(tree, call), Shape::Same(_) | Shape::Not(_)) {
            return Written::Plain;
        }
        let name = tree.field(call, "name").map_or("", |name| tree.text(name));
        let object = tree.field(call, "object").map(|object| tree.text(object));
        let prints = matches!(
            (object, name),
            (Some("String"), "valueOf")
                | (Some("System.out" | "System.err"), "print" | "println")
                | (Some("Objects" | "java.util.Objects"), "equals")
        );
        if prints || self.parameter_takes(call, list, node, born) { Written::Plain } else { Written::Boxed }
    }

    /// Returns whether a call means one method of this file, whose parameter has the type of the value.
    fn parameter_takes(&self, call: Node, list: Node, node: Node, born: &Born) -> bool {
        let tree = &self.tree;
        let own = tree.field(call, "object").is_none_or(|object| tree.text(object) == "this");
        let Some(binding) = tree.field(call, "name").filter(|_| own).and_then(|name| self.scopes.meant(name)) else {
            return false;
        };
        let Some(method) = tree.parent(binding.name).filter(|_| binding.kind == BindingKind::Method) else {
            return false;
        };
        let class = tree.ancestors(method).find(|outer| tree.kind(*outer).ends_with("_declaration"));
        let inherits = class
            .is_none_or(|class| tree.field(class, "superclass").is_some() || tree.field(class, "interfaces").is_some());
        let alone = self.scopes.own(binding.scope, &binding.text).len() == 1;
        let parameters = tree.field(method, "parameters").map(|list| tree.named(list)).unwrap_or_default();
        let arguments = tree.named(list);
        let place = arguments.iter().position(|argument| *argument == node);
        let parameter = place.and_then(|place| parameters.get(place)).copied();
        let kind = parameter.filter(|part| tree.kind(*part) == "formal_parameter").and_then(|p| tree.field(p, "type"));
        let kind = kind.map_or("", |kind| tree.text(kind));
        let fits = kind == own_type(born) || is_box(born, kind);
        alone && !inherits && fits && parameters.len() == arguments.len()
    }

    /// Returns whether the classes that values are boxed in are those of the language.
    pub(crate) fn java_boxes_are_known(&self) -> bool {
        let boxes = ["Boolean", "Integer", "Long", "Double"];
        !self.scopes.bindings.iter().any(|binding| boxes.contains(&binding.text.as_str()))
    }
}

/// Returns the type that a literal of a value has.
pub(crate) fn own_type(born: &Born) -> &'static str {
    match born.constant {
        Constant::Bool(_) => "boolean",
        Constant::Text(_) => "String",
        Constant::Int(_) if plain(born).text.ends_with('L') => "long",
        Constant::Int(_) => "int",
        Constant::Float(_) => "double",
    }
}
