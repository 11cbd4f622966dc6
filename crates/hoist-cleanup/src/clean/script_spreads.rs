//! JavaScript and TypeScript: `...(on && { b: 2 })` adds a member, or nothing.
//!
//! A spread of `false` does nothing in an object, but TypeScript does not compile with one, so it goes as a whole.

use crate::clean::constant::Constant;
use crate::clean::layout;
use crate::clean::outcome::Reason;
use crate::clean::round::Round;
use crate::clean::rules;
use crate::clean::script_tests::says_again;
use crate::file::File;
use crate::shape::Shape;
use crate::tree::{Node, Tree};

impl File {
    /// Returns the spread whose members an expression decides by `&&`, if its type is what the spread gets.
    pub(crate) fn spread_of(&self, node: Node) -> Option<Node> {
        let tree = &self.tree;
        let mut decides = false;
        let mut inner = node;
        for outer in tree.ancestors(node) {
            match self.lang.shape(tree, outer) {
                Shape::And(..) => decides = true,
                Shape::Or(..) | Shape::Not(_) | Shape::Paren(_) | Shape::Same(_) => {}
                Shape::Ternary { condition, .. } if condition != inner => {}
                _ => return (decides && is_spread(tree, outer)).then_some(outer),
            }
            inner = outer;
        }
        None
    }

    /// Returns whether nothing is spread where a constant stands, which TypeScript does not compile with.
    pub(crate) fn spreads_nothing(&self, node: Node, constant: &Constant) -> bool {
        let Some(spread) = self.spread_of(node) else { return false };
        // `...(true && { b: 2 })` says `b` for certain, so a `b` in front of it does not compile.
        let added = self.tree.ancestors(node).find_map(|outer| match self.lang.shape(&self.tree, outer) {
            Shape::And(_, right) => Some(right),
            _ => None,
        });
        if *constant == Constant::Bool(true) && added.is_some_and(|added| says_again(&self.tree, spread, added)) {
            return true;
        }
        let within = self.tree.ancestors(node).take_while(|outer| *outer != spread);
        let signs = within.filter(|outer| matches!(self.lang.shape(&self.tree, *outer), Shape::Not(_))).count();
        let text = matches!(constant, Constant::Text(text) if text.is_empty()) || *constant == Constant::Int(0);
        *constant == Constant::Bool(signs % 2 == 1) || (signs == 0 && text)
    }
}

impl Round<'_> {
    /// Returns whether an object or element may lose one of its spreads: nobody misses the members that it names.
    pub(crate) fn spread_may_go(&self, spread: Node) -> bool {
        let tree = &self.file.tree;
        let Some(object) = tree.parent(spread) else { return false };
        let mut place = tree.parent(object);
        while let Some(paren) = place.filter(|outer| matches!(self.shape(*outer), Shape::Paren(_))) {
            place = tree.parent(paren);
        }
        let declared = place.is_some_and(|place| {
            let typed = tree.field(place, "type").is_some() || tree.field(place, "return_type").is_some();
            typed || tree.is(place, &["arguments", "satisfies_expression"])
        });
        if !tree.language.is_typed_script() || tree.kind(object) == "jsx_expression" || declared {
            return true;
        }
        let Some(names) = names(tree, spread) else { return false };
        let named = |node: &Node| {
            let member = tree.is(*node, &["property_identifier", "shorthand_property_identifier_pattern"]);
            member && names.contains(&tree.text(*node)) && !tree.contains(spread, *node)
        };
        !tree.all().any(|node| named(&node)) && !names.iter().any(|name| (self.elsewhere)(name))
    }

    /// TypeScript: returns whether an expression stays because the spread that it decides has to stay.
    pub(crate) fn is_spread_kept(&self, node: Node) -> bool {
        let spread = self.file.spread_of(node).filter(|_| self.file.tree.language.is_typed_script());
        let kept = spread.filter(|spread| !self.spread_may_go(*spread));
        if let Some(spread) = kept {
            self.refuse(Reason::UnsupportedShape, spread);
        }
        kept.is_some()
    }

    /// Removes a spread of `false`. Returns whether the node is one.
    pub(crate) fn write_spread(&mut self, node: Node) -> bool {
        let tree = &self.file.tree;
        let element = tree.kind(node) == "jsx_expression";
        let spread = if element { tree.only_named(node) } else { Some(node) };
        let Some(spread) = spread.filter(|spread| is_spread(tree, *spread)) else { return false };
        let nothing = tree.only_named(spread).is_some_and(|inner| {
            self.value(inner).is_some_and(|it| it.as_bool().is_some() || it.truthiness(tree.language) == Some(false))
        });
        if !nothing {
            return false;
        }
        if !self.spread_may_go(spread) {
            self.refuse(Reason::UnsupportedShape, spread);
            return false;
        }
        self.change(rules::SPREAD, spread);
        let tree = &self.file.tree;
        if element {
            let start = tree.slice(0..tree.start(node)).trim_end().len();
            self.edits.delete(start..tree.end(node));
        } else {
            layout::remove_element(tree, &mut self.edits, spread, spread, self.key);
        }
        true
    }
}

/// Returns whether a node adds the members of an object to another one, or to an element.
pub(crate) fn is_spread(tree: &Tree, node: Node) -> bool {
    let around = tree.parent_kind(node);
    let attribute = || {
        let element = tree.parent(node).map_or("", |hole| tree.parent_kind(hole));
        around == "jsx_expression" && matches!(element, "jsx_opening_element" | "jsx_self_closing_element")
    };
    tree.kind(node) == "spread_element" && (around == "object" || attribute())
}

/// Returns the names of the members that a spread may add; nothing if they are not written there.
fn names(tree: &Tree, spread: Node) -> Option<Vec<&str>> {
    let mut last = tree.only_named(spread)?;
    loop {
        last = match tree.kind(last) {
            "parenthesized_expression" => tree.only_named(last)?,
            "as_expression" => tree.first_named(last)?,
            "binary_expression" => tree.field(last, "right")?,
            "object" => break,
            _ => return None,
        };
    }
    let name = |member: Node| match tree.kind(member) {
        "pair" => tree.field(member, "key").filter(|key| tree.kind(*key) == "property_identifier"),
        "shorthand_property_identifier" => Some(member),
        "method_definition" => tree.field(member, "name"),
        _ => None,
    };
    tree.named(last)
        .into_iter()
        .filter(|part| !tree.is_comment(*part))
        .map(|part| Some(tree.text(name(part)?)))
        .collect()
}
