//! From the call to the widest expression that is still the flag's value, and whether it may be replaced.

use hoist_eval::FlagValue;

use crate::clean::constant::{Born, Constant, enclosed, written_in_text};
use crate::clean::edits::Edits;
use crate::clean::effects::effect_free;
use crate::clean::java_boxes::{self, Written};
use crate::clean::outcome::Reason;
use crate::clean::{go_errors, layout, mentions, rust_results};
use crate::config::{CallType, HoistToml};
use crate::file::File;
use crate::scope::BindingKind;
use crate::sdk::Api;
use crate::shape::{Shape, UseSite};
use crate::sites::{Asked, Site};
use crate::tree::Node;

/// What is asked of the seeds of one file.
pub(crate) struct Seeds<'a> {
    pub(crate) file: &'a File,
    pub(crate) config: &'a HoistToml,
    pub(crate) key: &'a str,
    pub(crate) value: &'a FlagValue,
    pub(crate) edits: Edits,
    /// Places with the code of a risk.
    pub(crate) risks: Vec<(Node, &'static str)>,
    pub(crate) replaced: usize,
}

impl Seeds<'_> {
    /// Replaces one call by the value, or says why not.
    pub(crate) fn plant(&mut self, site: &Site) -> Result<(), Reason> {
        self.check(site)?;
        let fallible = matches!(site.asked, Asked::Sdk(Api { fallible: true, details: false, .. }));
        if fallible && self.file.tree.language == crate::Language::Go {
            go_errors::plant(self, site)?;
        } else if matches!(site.asked, Asked::Sdk(Api { details: true, .. })) {
            self.details(site)?;
        } else if !rust_results::plant(self, site)? {
            let seed = self.widen(site)?;
            self.replace(seed, site)?;
        }
        if site.parts.is_optional {
            self.risks.push((site.call, "optional-receiver"));
        }
        self.replaced += 1;
        Ok(())
    }

    fn check(&self, site: &Site) -> Result<(), Reason> {
        let tree = &self.file.tree;
        if site.doubtful {
            return Err(Reason::ReceiverNotSdk);
        }
        let statement = tree.ancestors(site.call).find(|outer| self.file.lang.named_function(tree, *outer).is_some());
        let around = statement.unwrap_or(tree.root());
        let near = statement.is_some() || tree.descend(site.call).any(|node| tree.is_broken(node));
        if near && tree.descend(around).any(|node| tree.is_broken(node))
            || tree.ancestors(site.call).any(|outer| tree.is_broken(outer))
        {
            return Err(Reason::ParseError);
        }
        if mentions::is_decoration(self.file, site.call) {
            return Err(Reason::DecoratorOrAnnotation);
        }
        // Java: `when true` makes the arms behind it unreachable, and `when false` does not compile.
        if tree.ancestors(site.call).any(|outer| tree.kind(outer) == "guard") {
            return Err(Reason::SwitchGuard);
        }
        if site.kind() == CallType::Object || matches!(self.value, FlagValue::Object(_)) {
            return Err(Reason::ObjectValue);
        }
        let others = site.parts.arguments.iter().filter(|argument| argument.value != site.key_node);
        let arguments = others.map(|argument| argument.value).chain(site.parts.receiver);
        if !arguments.into_iter().all(|node| effect_free(self.file, self.config, node)) {
            return Err(Reason::SideEffectArgument);
        }
        Ok(())
    }

    /// Replaces an expression by the value, written for the place where it stands.
    pub(crate) fn replace(&mut self, seed: Node, site: &Site) -> Result<(), Reason> {
        let strict = matches!(self.file.tree.language, crate::Language::Java | crate::Language::Go);
        if let Some(statement) = self.alone(seed).filter(|_| strict) {
            return self.remove(statement);
        }
        let born = self.born(seed, site)?;
        let counted = born.as_bool().is_none() && self.file.only_truth_counts(seed);
        let counts = born.truthiness(self.file.tree.language).filter(|_| counted);
        let born = counts.map_or(born, |truth| Born::bool(self.file.tree.language, truth));
        if self.file.lang.use_site(&self.file.tree, seed) == UseSite::Receiver && born.as_bool().is_some() {
            return Err(Reason::UnsupportedShape);
        }
        if !self.file.go_takes(seed, &born.constant) {
            return Err(Reason::UnsupportedShape);
        }
        let (seed, other) = self.file.settled_operator(seed, &born);
        let range = self.file.tree.range(seed);
        if let Some(other) = other {
            let kept = self.file.tree.range(other);
            self.edits.delete(range.start..kept.start);
            self.edits.delete(kept.end..range.end);
            return Ok(());
        }
        let born = enclosed(&self.file.tree, seed, born);
        let narrow = self.file.type_argument(site.call).filter(|_| !matches!(born.constant, Constant::Bool(_)));
        match narrow.or(self.file.wide_type(seed, &born)) {
            Some(kind) => {
                let parent = self.file.tree.parent_kind(seed);
                let enclosed = matches!(
                    parent,
                    "variable_declarator"
                        | "parenthesized_expression"
                        | "assignment_expression"
                        | "jsx_expression"
                        | "arguments"
                );
                let (before, after) = if enclosed { ("", "") } else { ("(", ")") };
                self.edits.replace(range.clone(), before, born);
                self.edits.insert(range.end, format!(" as {kind}{after}"));
            }
            None => self.edits.replace(range, "", born),
        }
        Ok(())
    }

    /// Returns whether a literal without a type of its own gets the type of the call where an expression stands.
    fn has_type_around(&self, seed: Node) -> bool {
        let tree = &self.file.tree;
        let Some(parent) = tree.parent(seed) else { return false };
        let shape = self.file.lang.shape(tree, parent);
        let compares = matches!(shape, Shape::Equal { .. } | Shape::Comparison);
        match tree.language {
            crate::Language::Rust => {
                let is_literal = |side: Node| side != seed && self.file.lang.shape(tree, side) == Shape::Literal;
                let beside = matches!(shape, Shape::Equal { left, right, .. } if is_literal(left) || is_literal(right));
                let kind = tree.field(parent, "type").filter(|_| tree.kind(parent) == "let_declaration");
                let declared = kind.is_some_and(|kind| matches!(tree.text(kind), "i64" | "f64"));
                beside || declared || tree.kind(seed) == "call_expression" && self.is_text_view(seed)
            }
            _ => compares,
        }
    }

    /// Returns the statement that an expression is.
    fn alone(&self, seed: Node) -> Option<Node> {
        let statement = self.file.tree.parent(seed)?;
        (self.file.lang.shape(&self.file.tree, statement) == Shape::Statement(seed)).then_some(statement)
    }

    /// Takes out a statement that would be a literal, where no literal is one.
    fn remove(&mut self, statement: Node) -> Result<(), Reason> {
        let tree = &self.file.tree;
        let list = tree.parent(statement).filter(|list| self.file.lang.is_list(tree, *list));
        let list = list.ok_or(Reason::UnsupportedShape)?;
        layout::remove(tree, &mut self.edits, list, statement, statement, self.key);
        Ok(())
    }

    pub(crate) fn born(&self, seed: Node, site: &Site) -> Result<Born, Reason> {
        let tree = &self.file.tree;
        let quote = match tree.text(site.key_node).chars().next() {
            Some('\'') if matches!(tree.language, crate::Language::Python) || tree.language.is_script() => '\'',
            _ => '"',
        };
        let bare = self.has_type_around(seed);
        let name = tree.text(site.parts.name);
        let born = Born::of_flag(tree.language, self.value, site.kind(), name, quote, bare);
        let born = born.and_then(|born| written_in_text(tree, seed, &born)).ok_or(Reason::UnsupportedShape)?;
        let negate = matches!(&site.asked, Asked::Configured(call) if call.negate);
        let born = match born.constant {
            Constant::Bool(value) if negate => Born::bool(tree.language, !value),
            _ => born,
        };
        match tree.language {
            crate::Language::Java => self.java_born(seed, site, born),
            // What another call gives may be any kind of number or text.
            crate::Language::Rust if matches!(site.asked, Asked::Configured(_)) && born.as_bool().is_none() => {
                Err(Reason::UnsupportedShape)
            }
            _ => Ok(born),
        }
    }

    /// Java: writes a value with the type that the place of the call needs.
    fn java_born(&self, seed: Node, site: &Site, born: Born) -> Result<Born, Reason> {
        let tree = &self.file.tree;
        match (&born.constant, tree.field(seed, "name").map_or("", |name| tree.text(name))) {
            (Constant::Text(_), _) if self.is_compared_as_object(seed) => return Err(Reason::UnsupportedShape),
            (Constant::Text(_), _) => return Ok(born),
            (Constant::Int(number), _) if !born.text.ends_with('L') && i32::try_from(*number).is_err() => {
                return Err(Reason::UnsupportedShape);
            }
            _ if seed == site.call => {}
            (Constant::Bool(_), "booleanValue") | (Constant::Float(_), "doubleValue") => return Ok(born),
            (Constant::Int(_), "intValue") if !born.text.ends_with('L') => return Ok(born),
            (Constant::Int(number), "longValue") => {
                return Ok(Born { text: format!("{number}L"), constant: born.constant });
            }
            (_, "intValue" | "longValue" | "doubleValue" | "booleanValue") => return Err(Reason::UnsupportedShape),
            _ => {}
        }
        let boxed = || java_boxes::boxed(&born).filter(|_| self.file.java_boxes_are_known());
        match (self.file.java_written(seed, &born), &site.asked) {
            (Written::Plain, _) => Ok(born),
            // What another call gives may be boxed or not.
            (Written::Boxed, Asked::Sdk(_)) => boxed().ok_or(Reason::UnsupportedShape),
            (Written::Boxed | Written::Nowhere, _) => Err(Reason::UnsupportedShape),
        }
    }

    /// Java: whether `==` may ask if a text is the very same object, which a literal is more often.
    fn is_compared_as_object(&self, seed: Node) -> bool {
        let tree = &self.file.tree;
        let compared = |node: Node| {
            tree.parent(node).is_some_and(|parent| {
                let operator = tree.has_token(parent, "==") || tree.has_token(parent, "!=");
                let null = tree.named(parent).into_iter().any(|side| tree.kind(side) == "null_literal");
                tree.kind(parent) == "binary_expression" && operator && !null
            })
        };
        let name = tree.parent(seed).and_then(|declarator| tree.field(declarator, "name"));
        let uses = name.and_then(|name| self.file.scopes.meant(name)).map(|binding| &binding.uses);
        compared(seed) || uses.is_some_and(|uses| uses.iter().any(|node| compared(*node)))
    }

    fn is_text_view(&self, node: Node) -> bool {
        matches!(self.file.lang.shape(&self.file.tree, node), Shape::Same(_))
    }

    /// Returns why no rule covers a call, where that can be said in a few words.
    pub(crate) fn note(&self, site: &Site) -> String {
        let tree = &self.file.tree;
        let asked = match site.kind() {
            CallType::Boolean => "a boolean",
            CallType::String => "a text",
            CallType::Integer => "a whole number",
            CallType::Float => "a number",
            CallType::Object => "an object",
        };
        let (given, fits) = match self.value {
            FlagValue::Boolean(_) => ("a boolean", site.kind() == CallType::Boolean),
            FlagValue::String(_) => ("a text", site.kind() == CallType::String),
            FlagValue::Integer(_) => ("a whole number", matches!(site.kind(), CallType::Integer | CallType::Float)),
            FlagValue::Float(_) => ("a number", site.kind() == CallType::Float),
            FlagValue::Object(_) => ("an object", site.kind() == CallType::Object),
        };
        if !fits {
            return format!("the call asks for {asked}, the value is {given}");
        }
        let awaited =
            tree.parent(site.call).is_some_and(|parent| self.file.lang.shape(tree, parent) == Shape::Await(site.call));
        let waits = match tree.language {
            crate::Language::Python => self.is_coroutine(site),
            language => language.is_script() && self.is_promise(site),
        };
        if waits && !awaited { "the call is not awaited".to_owned() } else { String::new() }
    }

    /// Returns the widest expression that is the value.
    fn widen(&mut self, site: &Site) -> Result<Node, Reason> {
        let tree = &self.file.tree;
        let mut seed = site.call;
        let mut awaited = tree.field(seed, "function").is_some_and(|it| tree.kind(it) == "await_expression");
        if let Some(parent) = tree.parent(seed)
            && self.file.lang.shape(tree, parent) == Shape::Await(seed)
        {
            (seed, awaited) = (parent, true);
        }
        match tree.language {
            crate::Language::Rust => seed = self.unwrapped(site, seed)?,
            crate::Language::Java => seed = self.unboxed(seed, site)?,
            language if language.is_script() => self.check_promise(site, seed, awaited)?,
            // What is waited for elsewhere has to be something to wait for.
            crate::Language::Python if !awaited && self.is_coroutine(site) => {
                return Err(Reason::UnsupportedShape);
            }
            _ => {}
        }
        match self.file.lang.use_site(tree, seed) {
            UseSite::Unsafe => Err(Reason::UnsupportedShape),
            _ => Ok(seed),
        }
    }

    /// Python: whether a call gives something to wait for.
    fn is_coroutine(&self, site: &Site) -> bool {
        let configured = matches!(&site.asked, Asked::Configured(call) if call.is_async);
        configured || self.file.tree.text(site.parts.name).ends_with("_async")
    }

    /// Rust: `.unwrap_or(x)`, `?` and the like, which leave the value of the `Result`.
    fn unwrapped(&mut self, site: &Site, seed: Node) -> Result<Node, Reason> {
        let tree = &self.file.tree;
        if !matches!(site.asked, Asked::Sdk(_)) {
            return Ok(seed);
        }
        let parent = tree.parent(seed).ok_or(Reason::UnsupportedShape)?;
        if tree.kind(parent) == "try_expression" {
            self.risks.push((parent, "dropped-error-path"));
            return Ok(self.viewed(parent));
        }
        let call = tree.parent(parent).filter(|_| tree.kind(parent) == "field_expression");
        let parts = call.and_then(|call| self.file.lang.call(tree, call)).ok_or(Reason::UnsupportedShape)?;
        let dropped = match tree.text(parts.name) {
            "unwrap_or_else" | "unwrap_or_default" | "unwrap" | "expect" => true,
            "unwrap_or" => parts.arguments.iter().all(|a| effect_free(self.file, self.config, a.value)),
            _ => return Err(Reason::UnsupportedShape),
        };
        if !dropped {
            return Err(Reason::SideEffectArgument);
        }
        call.map(|call| self.viewed(call)).ok_or(Reason::UnsupportedShape)
    }

    /// Rust: a text of a flag that is looked at as `&str` is the literal itself.
    fn viewed(&self, seed: Node) -> Node {
        let tree = &self.file.tree;
        let around = tree.parent(seed).filter(|parent| tree.kind(*parent) == "field_expression");
        let call = around.and_then(|around| tree.parent(around));
        call.filter(|call| self.file.lang.shape(tree, *call) == Shape::Same(seed)).unwrap_or(seed)
    }

    /// Java: `.booleanValue()` and its like give back the value itself.
    fn unboxed(&self, seed: Node, site: &Site) -> Result<Node, Reason> {
        let tree = &self.file.tree;
        if self.file.lang.use_site(tree, seed) != UseSite::Receiver {
            return Ok(seed);
        }
        let call = tree.parent(seed).ok_or(Reason::UnsupportedShape)?;
        let name = tree.field(call, "name").map_or("", |name| tree.text(name));
        match name {
            "booleanValue" | "intValue" | "longValue" | "doubleValue" => Ok(call),
            _ if site.kind() == CallType::String => Ok(seed),
            _ => Err(Reason::UnsupportedShape),
        }
    }

    /// JavaScript: whether a call gives a promise.
    fn is_promise(&self, site: &Site) -> bool {
        match &site.asked {
            Asked::Sdk(_) => self.file.tree.source().contains("server-sdk"),
            Asked::Configured(call) => call.is_async,
        }
    }

    /// JavaScript: a promise that is not awaited may only stand where a plain value does as well.
    fn check_promise(&self, site: &Site, seed: Node, awaited: bool) -> Result<(), Reason> {
        let tree = &self.file.tree;
        let Some(parent) = tree.parent(seed) else { return Err(Reason::UnsupportedShape) };
        if let Some((_, member)) = self.file.lang.member(tree, parent)
            && matches!(tree.text(member), "then" | "catch" | "finally")
        {
            return Err(Reason::UnsupportedShape);
        }
        if awaited || !self.is_promise(site) {
            return Ok(());
        }
        let function = tree
            .ancestors(seed)
            .find(|outer| tree.kind(*outer).contains("function") || tree.kind(*outer) == "method_definition");
        let in_async = function.is_some_and(|function| tree.has_token(function, "async"));
        let fits = match tree.kind(parent) {
            "array" => true,
            "return_statement" | "arrow_function" => in_async,
            "variable_declarator" => {
                let name = tree.field(parent, "name");
                let uses = name.and_then(|name| self.file.scopes.meant(name)).map(|binding| &binding.uses);
                uses.is_some_and(|uses| uses.iter().all(|node| tree.parent_kind(*node) == "await_expression"))
            }
            _ => false,
        };
        if fits { Ok(()) } else { Err(Reason::UnsupportedShape) }
    }

    /// Details: only their value may be read, at once or through one variable.
    fn details(&mut self, site: &Site) -> Result<(), Reason> {
        let tree = &self.file.tree;
        let mut node = site.call;
        while let Some(parent) = tree.parent(node) {
            let shape = self.file.lang.shape(tree, parent);
            let through = matches!(shape, Shape::Await(_) | Shape::Paren(_)) || tree.kind(parent) == "try_expression";
            if !through {
                break;
            }
            node = parent;
        }
        if let Some(read) = self.value_read(node) {
            return self.replace(read, site);
        }
        let declarator = tree.parent(node).ok_or(Reason::DetailsEscape)?;
        let name = tree.field(declarator, "name").or_else(|| tree.field(declarator, "left"));
        let name = name.filter(|name| {
            tree.field(declarator, "value").or_else(|| tree.field(declarator, "right")) == Some(node)
                && tree.is_named(*name)
        });
        let name = name.ok_or(Reason::DetailsEscape)?;
        if tree.kind(name) == "object_pattern" {
            return self.destructured(site, name, node);
        }
        let binding = self.file.scopes.meant(name).ok_or(Reason::DetailsEscape)?;
        let plain = binding.kind == BindingKind::Variable && binding.writes.is_empty() && binding.opaque.is_empty();
        let local = self.file.lang.declared(tree, binding.name).is_some_and(|declared| declared.element.is_none());
        let reads: Option<Vec<Node>> = binding.uses.iter().map(|node| self.value_read(*node)).collect();
        let reads = reads.filter(|reads| !reads.is_empty() && plain && local).ok_or(Reason::DetailsEscape)?;
        let statement = self.file.lang.declared(tree, binding.name).map(|declared| declared.statement);
        for read in reads {
            self.replace(read, site)?;
        }
        let list = statement.and_then(|statement| tree.parent(statement));
        if let (Some(statement), Some(list)) = (statement, list) {
            layout::remove(tree, &mut self.edits, list, statement, statement, self.key);
        }
        Ok(())
    }

    /// Returns `x.value` or `x.getValue()` around an expression.
    fn value_read(&self, node: Node) -> Option<Node> {
        let tree = &self.file.tree;
        let around = tree.parent(node)?;
        if let Some((object, member)) = self.file.lang.member(tree, around)
            && object == node
            && matches!(tree.text(member), "value" | "Value")
        {
            return Some(around);
        }
        let parts = self.file.lang.call(tree, around)?;
        let read = parts.receiver == Some(node) && tree.text(parts.name) == "getValue" && parts.arguments.is_empty();
        read.then_some(around)
    }

    /// `const { value } = useFlag(..)` and `const { value: on } = useFlag(..)`.
    fn destructured(&mut self, site: &Site, pattern: Node, value: Node) -> Result<(), Reason> {
        let tree = &self.file.tree;
        let only = tree.only_named(pattern).ok_or(Reason::DetailsEscape)?;
        let name = match tree.kind(only) {
            "shorthand_property_identifier_pattern" if tree.text(only) == "value" => tree.text(only),
            "pair_pattern" if tree.field(only, "key").is_some_and(|key| tree.text(key) == "value") => {
                let target = tree.field(only, "value").filter(|target| tree.kind(*target) == "identifier");
                target.map(|target| tree.text(target)).ok_or(Reason::DetailsEscape)?
            }
            _ => return Err(Reason::DetailsEscape),
        };
        self.edits.insert(tree.start(pattern), name.to_owned());
        self.edits.delete(tree.range(pattern));
        self.replace(value, site)
    }
}
