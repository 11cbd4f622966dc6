//! Go: the compiler works constants out, and refuses what a program would only meet when it runs.
//!
//! `uint8(n)` wraps around, `uint8(int64(300))` does not compile; nor does a division by a zero that is written down.

use crate::clean::constant::Constant;
use crate::file::File;
use crate::language::Language;
use crate::scope::BindingKind;
use crate::tree::Node;

/// The largest number that every type of whole numbers holds.
const SMALL_MAX: i64 = 127;

/// Two numbers below this one have sums and products that no type of 64 bits is too small for.
const HALF_RANGE: f64 = 2_147_483_648.0;

impl File {
    /// Returns whether a constant compiles where an expression stands; in other languages it always does.
    pub(crate) fn go_takes(&self, node: Node, constant: &Constant) -> bool {
        if self.tree.language != Language::Go || matches!(constant, Constant::Bool(_)) {
            return true;
        }
        self.takes_constant(node, constant, false)
    }

    fn takes_constant(&self, node: Node, constant: &Constant, computed: bool) -> bool {
        let tree = &self.tree;
        let Some(parent) = tree.parent(node) else { return false };
        match tree.kind(parent) {
            "parenthesized_expression" | "unary_expression" => self.takes_constant(parent, constant, computed),
            "binary_expression" => self.takes_operand(parent, node, constant),
            "argument_list" if tree.only_named(parent) == Some(node) => {
                let function = tree.parent(parent).and_then(|call| tree.field(call, "function"));
                function.is_none_or(|function| self.converts(function, constant, computed))
            }
            "index_expression" | "slice_expression" => false,
            _ => true,
        }
    }

    fn takes_operand(&self, operation: Node, node: Node, constant: &Constant) -> bool {
        let tree = &self.tree;
        let side = |field: &str| tree.field(operation, field);
        let right = side("right") == Some(node);
        let zero =
            matches!(constant, Constant::Int(0)) || matches!(constant, Constant::Float(number) if *number == 0.0);
        let variable = |other: Node| tree.descend(other).any(|part| tree.is(part, &["identifier", "call_expression"]));
        let modest = |other: Node| {
            let number = tree.text(other).parse::<f64>().is_ok_and(|number| number.abs() < HALF_RANGE);
            number && constant_size(constant) < HALF_RANGE
        };
        match side("operator").map_or("", |operator| tree.kind(operator)) {
            "/" | "%" if right => !zero,
            "<<" | ">>" => false,
            "+" | "-" | "*" | "/" | "%" => {
                let other = if right { side("left") } else { side("right") };
                // With a constant on the other side too, the result is worked out.
                let worked_out = other.filter(|other| !variable(*other));
                worked_out.is_none_or(|other| modest(other) && self.takes_constant(operation, constant, true))
            }
            _ => true,
        }
    }

    /// Returns whether a conversion takes a constant. A name may be a function or a type.
    fn converts(&self, function: Node, constant: &Constant, computed: bool) -> bool {
        let tree = &self.tree;
        let whole = match constant {
            Constant::Int(_) => true,
            Constant::Float(number) => number.fract() == 0.0,
            Constant::Text(text) => return tree.text(function) != "len" || !text.is_empty(),
            Constant::Bool(_) => return true,
        };
        match tree.text(function) {
            "float64" | "float32" => true,
            "int" | "int64" | "time.Duration" => whole && !computed,
            "int8" | "int16" | "int32" | "uint" | "uint8" | "uint16" | "uint32" | "uint64" | "uintptr" | "byte"
            | "rune" => whole && !computed && small(constant),
            _ => {
                let name = match tree.kind(function) {
                    "selector_expression" => tree.field(function, "operand").unwrap_or(function),
                    _ => function,
                };
                let kind = self.scopes.meant(name).map(|binding| binding.kind);
                let type_like = match tree.kind(function) {
                    "selector_expression" => kind == Some(BindingKind::Import),
                    _ => kind == Some(BindingKind::Type) || kind.is_none(),
                };
                !type_like || (whole && !computed && small(constant))
            }
        }
    }
}

fn constant_size(constant: &Constant) -> f64 {
    match constant {
        Constant::Int(number) => (*number as f64).abs(),
        Constant::Float(number) => number.abs(),
        Constant::Bool(_) | Constant::Text(_) => 0.0,
    }
}

fn small(constant: &Constant) -> bool {
    match constant {
        Constant::Int(number) => (0..=SMALL_MAX).contains(number),
        Constant::Float(number) => (0.0..=SMALL_MAX as f64).contains(number),
        _ => true,
    }
}
