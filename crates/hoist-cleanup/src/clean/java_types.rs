//! Java: what this file says about the types of its expressions, and about the places that they stand in.

use crate::file::File;
use crate::shape::Shape;
use crate::tree::Node;

/// What is known about the type of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Byte,
    Short,
    Char,
    Int,
    Long,
    Float,
    Double,
    Boolean,
    /// An object that is no boxed number.
    Object,
    Null,
    Unknown,
}

/// What is known about the place of an expression.
pub(crate) enum Place<'t> {
    /// It is converted to a type that is written down.
    Typed(&'t str),
    Other,
}

pub(crate) const NUMBERS: std::ops::RangeInclusive<Kind> = Kind::Byte..=Kind::Double;

impl File {
    /// Returns the type of an expression, if it is written down in this file.
    pub(crate) fn java_type(&self, node: Node) -> Option<&str> {
        let tree = &self.tree;
        let kind = match tree.kind(node) {
            "string_literal" | "text_block" => "String",
            "binary_expression" if self.java_kind(node) == Kind::Object => "String",
            "parenthesized_expression" => return tree.only_named(node).and_then(|inner| self.java_type(inner)),
            "identifier" | "field_access" | "method_invocation" => self.java_declared(node)?,
            _ => return None,
        };
        // A type parameter, or one that is not written down.
        let open = kind == "var" || kind.len() == 1 || kind.contains('<');
        (!open).then_some(kind)
    }

    pub(crate) fn java_kind(&self, node: Node) -> Kind {
        let tree = &self.tree;
        let of = |field: &str| tree.field(node, field).map_or(Kind::Unknown, |part| self.java_kind(part));
        let last = tree.text(node).chars().next_back().unwrap_or(' ');
        match tree.kind(node) {
            kind if kind.ends_with("integer_literal") => {
                if matches!(last, 'l' | 'L') {
                    Kind::Long
                } else {
                    Kind::Int
                }
            }
            kind if kind.ends_with("floating_point_literal") => {
                if matches!(last, 'f' | 'F') {
                    Kind::Float
                } else {
                    Kind::Double
                }
            }
            "character_literal" => Kind::Char,
            "true" | "false" | "instanceof_expression" => Kind::Boolean,
            "null_literal" => Kind::Null,
            "string_literal"
            | "text_block"
            | "array_creation_expression"
            | "lambda_expression"
            | "method_reference"
            | "class_literal"
            | "this" => Kind::Object,
            "parenthesized_expression" => tree.only_named(node).map_or(Kind::Unknown, |inner| self.java_kind(inner)),
            "unary_expression" if tree.has_token(node, "!") => Kind::Boolean,
            "unary_expression" => promoted(of("operand"), Kind::Int),
            "binary_expression" => self.java_operation(node),
            "cast_expression" | "object_creation_expression" => {
                tree.field(node, "type").map_or(Kind::Unknown, |kind| of_type(tree.text(kind)))
            }
            "ternary_expression" => {
                let (then, other) = (of("consequence"), of("alternative"));
                if then == other { then } else { Kind::Unknown }
            }
            "identifier" | "field_access" | "method_invocation" => {
                self.java_declared(node).map_or(Kind::Unknown, of_type)
            }
            _ => Kind::Unknown,
        }
    }

    pub(crate) fn java_operation(&self, node: Node) -> Kind {
        let tree = &self.tree;
        let side = |field: &str| tree.field(node, field);
        let (Some(left), Some(right), Some(operator)) = (side("left"), side("right"), side("operator")) else {
            return Kind::Unknown;
        };
        match tree.kind(operator) {
            "&&" | "||" | "==" | "!=" | "<" | ">" | "<=" | ">=" => Kind::Boolean,
            "<<" | ">>" | ">>>" => promoted(self.java_kind(left), Kind::Int),
            "+" => match (self.java_kind(left), self.java_kind(right)) {
                (Kind::Object, _) | (_, Kind::Object) => Kind::Object,
                (left, right) => promoted(left, right),
            },
            _ => promoted(self.java_kind(left), self.java_kind(right)),
        }
    }

    /// Returns the type that a name or a call of this file is declared with.
    pub(crate) fn java_declared(&self, node: Node) -> Option<&str> {
        let tree = &self.tree;
        let name = match tree.kind(node) {
            "identifier" => node,
            "field_access" => tree.field(node, "field")?,
            _ => {
                let name = tree.field(node, "name")?;
                let object = tree.field(node, "object").map(|object| tree.text(object));
                match (object, tree.text(name)) {
                    (_, "toString") | (Some("String"), _) => return Some("String"),
                    (None | Some("this"), _) => name,
                    _ => return None,
                }
            }
        };
        let binding = self.scopes.meant(name)?;
        let only = self.scopes.own(binding.scope, &binding.text).len() == 1;
        let holder = tree.parent(binding.name)?;
        let declaration = if tree.kind(holder) == "variable_declarator" { tree.parent(holder)? } else { holder };
        let plain = tree.field(holder, "dimensions").is_none();
        let kind = tree.field(declaration, "type").filter(|_| plain && only)?;
        Some(tree.text(kind))
    }

    pub(crate) fn java_place(&self, node: Node) -> Place<'_> {
        let tree = &self.tree;
        let Some(parent) = tree.parent(node) else { return Place::Other };
        let is = |field: &str| tree.field(parent, field) == Some(node);
        let declared = |kind: Option<Node>| kind.map_or(Place::Other, |kind| Place::Typed(tree.text(kind)));
        match (self.lang.shape(&self.tree, parent), tree.kind(parent)) {
            (Shape::Paren(_), _) if !self.is_statement_head(parent) => self.java_place(parent),
            (Shape::Paren(_) | Shape::Not(_) | Shape::And(..) | Shape::Or(..) | Shape::Assert(_), _) => {
                Place::Typed("boolean")
            }
            (Shape::Ternary { condition, .. }, _) => {
                if condition == node {
                    Place::Typed("boolean")
                } else {
                    self.java_place(parent)
                }
            }
            (Shape::For, "for_statement") if is("condition") => Place::Typed("boolean"),
            (_, "lambda_expression") if self.asks(parent) => Place::Typed("boolean"),
            (_, "variable_declarator") => {
                let plain = tree.field(parent, "dimensions").is_none();
                declared(tree.parent(parent).filter(|_| plain).and_then(|outer| tree.field(outer, "type")))
            }
            (_, "assignment_expression") if is("right") && tree.has_token(parent, "=") => {
                let left = tree.field(parent, "left").filter(|left| tree.is(*left, &["identifier", "field_access"]));
                left.and_then(|left| self.java_declared(left)).map_or(Place::Other, Place::Typed)
            }
            (Shape::Return, _) => {
                let home =
                    tree.ancestors(node).find(|outer| tree.is(*outer, &["method_declaration", "lambda_expression"]));
                declared(home.and_then(|home| tree.field(home, "type")))
            }
            (_, "cast_expression") => match declared(tree.field(parent, "type")) {
                Place::Typed(kind) if of_type(kind) == Kind::Object => Place::Typed(kind),
                _ => Place::Other,
            },
            _ => Place::Other,
        }
    }

    /// Returns whether parentheses belong to a statement: `if (..)`, `while (..)`.
    pub(crate) fn is_statement_head(&self, node: Node) -> bool {
        let parent = self.tree.parent(node).map(|parent| self.lang.shape(&self.tree, parent));
        matches!(parent, Some(Shape::If | Shape::While { .. } | Shape::DoWhile { .. }))
    }
}

/// Returns the type of an operation on two numbers.
fn promoted(left: Kind, right: Kind) -> Kind {
    let both = NUMBERS.contains(&left) && NUMBERS.contains(&right);
    if both { left.max(right).max(Kind::Int) } else { Kind::Unknown }
}

pub(crate) fn of_type(text: &str) -> Kind {
    let name = text.rsplit('.').next().unwrap_or(text);
    match name {
        "byte" => Kind::Byte,
        "short" => Kind::Short,
        "char" => Kind::Char,
        "int" => Kind::Int,
        "long" => Kind::Long,
        "float" => Kind::Float,
        "double" => Kind::Double,
        "boolean" => Kind::Boolean,
        "var" | "Byte" | "Short" | "Character" | "Integer" | "Long" | "Float" | "Double" | "Boolean" => Kind::Unknown,
        // The name of a type parameter, by custom.
        _ if name.len() == 1 => Kind::Unknown,
        _ => Kind::Object,
    }
}
