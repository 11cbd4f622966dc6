//! Java: a conditional expression makes numbers of two types one type, so one side alone may be another number.
//!
//! `(on ? 1 : 2.0) / 2` is 0.5, `1 / 2` is 0. What types the sides have is not always known here; then the condition stays.

use crate::clean::constant::{Born, Constant};
use crate::clean::java_types::{Kind, NUMBERS, Place, of_type};
use crate::clean::round::Round;
use crate::clean::{java_boxes, rust_types};
use crate::language::Language;
use crate::shape::Shape;
use crate::tree::Node;

impl Round<'_> {
    /// Returns whether one of several alternatives means the same alone as beside the others.
    pub(crate) fn keeps_type(&self, whole: Node, taken: Node, others: &[Node]) -> bool {
        match self.language() {
            Language::Java => {}
            Language::Rust => return self.rust_keeps_type(whole, &[taken]),
            Language::TypeScript | Language::Tsx => return self.script_keeps_type(whole, taken, others),
            _ => return true,
        }
        let known = self.file.java_type(taken);
        if known.is_some() && others.iter().all(|other| self.file.java_type(*other) == known) {
            return true;
        }
        let (kind, place) = (self.file.java_kind(taken), self.file.java_place(whole));
        others.iter().all(|other| fits(kind, self.file.java_kind(*other), &place))
    }

    /// Returns a value with the type that a name is declared with; nothing if that is neither the one of its literal nor the
    /// one which the literal is boxed in.
    ///
    /// `double n = 3; n / 2` is 1.5, `3 / 2` is 1; and of two methods with one name, each takes another type.
    pub(crate) fn typed_as(&self, name: Node, value: Born) -> Option<Born> {
        let tree = &self.file.tree;
        match self.language() {
            Language::Java => {}
            Language::Rust => return Some(rust_types::suffixed(value)),
            _ => return Some(value),
        }
        let holder = tree.parent(name).filter(|holder| tree.field(*holder, "dimensions").is_none())?;
        let declaration = if tree.kind(holder) == "variable_declarator" { tree.parent(holder)? } else { holder };
        match tree.text(tree.field(declaration, "type")?) {
            "var" => Some(value),
            kind if kind == java_boxes::own_type(&value) => Some(java_boxes::plain(&value)),
            kind if java_boxes::is_box(&value, kind) && self.file.java_boxes_are_known() => java_boxes::boxed(&value),
            _ => None,
        }
    }

    /// Java: returns whether a literal is an `int` at its place, as a variable is.
    ///
    /// In `q ? 'a' : n` both sides are numbers, in `q ? 'a' : 66` both are letters.
    pub(crate) fn is_wide_beside(&self, node: Node, value: &Born) -> bool {
        let tree = &self.file.tree;
        let outer = std::iter::once(node).chain(tree.ancestors(node));
        let Some(side) = outer
            .take_while(|outer| tree.parent(*outer).is_some())
            .find(|outer| !tree.parent(*outer).is_some_and(|parent| matches!(self.shape(parent), Shape::Paren(_))))
        else {
            return true;
        };
        let Some(Shape::Ternary { then, other, .. }) = tree.parent(side).map(|parent| self.shape(parent)) else {
            return true;
        };
        let beside = if then == side { other } else { then };
        let is_side = side == then || side == other;
        let wide = matches!(self.file.java_kind(beside), Kind::Int | Kind::Long | Kind::Float | Kind::Double);
        !is_side
            || wide
            || value.as_bool().is_some()
            || matches!(value.constant, Constant::Text(_) | Constant::Float(_))
    }

    /// Java: returns whether what stays of `&&`, `||` or `==` is a boolean, or is made one where it stands.
    ///
    /// `Boolean b = true && missing` fails, `Boolean b = missing` does not; and `print(missing)` may be another method.
    pub(crate) fn stays_boolean(&self, whole: Node, part: Node) -> bool {
        self.language() != Language::Java
            || self.file.java_kind(part) == Kind::Boolean
            || matches!(self.file.java_place(whole), Place::Typed("boolean"))
    }

    /// Java: returns whether a lambda gives a value as before, if its body becomes an expression that may stand alone.
    ///
    /// `run(x -> on ? a(x) : b(x))` gives a value; `run(x -> a(x))` may be a method that takes a lambda without one.
    pub(crate) fn stays_a_value(&self, whole: Node, part: Node) -> bool {
        let tree = &self.file.tree;
        let statement =
            ["method_invocation", "object_creation_expression", "assignment_expression", "update_expression"];
        let Some(lambda) = tree.parent(whole).filter(|outer| {
            self.language() == Language::Java && tree.kind(*outer) == "lambda_expression" && tree.is(part, &statement)
        }) else {
            return true;
        };
        let open = tree.field(lambda, "parameters").is_none_or(|parameters| tree.text(parameters) != "()");
        !open || tree.parent_kind(lambda) != "argument_list" || self.file.takes_values_only(lambda)
    }
}

/// Returns whether a side gives the same without another one.
fn fits(taken: Kind, other: Kind, place: &Place<'_>) -> bool {
    let number = |kind: Kind| NUMBERS.contains(&kind);
    if taken == other && (number(taken) || taken == Kind::Boolean) {
        return true;
    }
    let name = match place {
        Place::Typed(name) if *name != "var" => *name,
        // Of methods with one name, or of members, another one may be meant.
        _ => return false,
    };
    let wanted = of_type(name);
    match (taken, other) {
        (Kind::Null, _) => !number(wanted) && wanted != Kind::Boolean,
        (Kind::Object | Kind::Boolean, _) | (_, Kind::Object | Kind::Null) => true,
        // Beside a boolean, a boxed one that is missing fails.
        (Kind::Unknown, Kind::Boolean) => wanted == Kind::Boolean,
        (_, Kind::Boolean) => true,
        _ => match wanted {
            Kind::Object => {
                let name = name.split('<').next().unwrap_or(name);
                !matches!(name, "Object" | "Number" | "Comparable" | "Serializable")
            }
            // A whole number that was a float first has lost digits.
            Kind::Double => (taken == Kind::Float) == (other == Kind::Float),
            kind => number(kind) || kind == Kind::Boolean,
        },
    }
}
