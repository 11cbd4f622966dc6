//! Fields that only the constructor of their class sets.
//!
//! Such a field has the value from the start for everybody who reads it later. What runs before the constructor sets it may
//! not read it, and may not call anything of the object that could. A class that inherits, or that has accessors, is left alone: what it runs
//! is not written where it runs.

use crate::clean::round::Round;
use crate::language::Language;
use crate::scope::{Binding, BindingKind, Role};
use crate::tree::{Node, Tree};

/// Where a private field gets its only value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Construction {
    /// The assignment in the constructor.
    pub(crate) statement: Node,
    pub(crate) value: Node,
    /// The name where it is assigned.
    pub(crate) target: Node,
}

impl Round<'_> {
    /// Returns where the only constructor of a class sets a field that nothing else sets or reads earlier.
    pub(crate) fn construction(&self, binding: &Binding) -> Option<Construction> {
        let tree = &self.file.tree;
        if binding.kind != BindingKind::Field {
            return None;
        }
        let in_declaration = self.file.lang.role(tree, binding.name) == Role::OwnMember;
        let target = match binding.writes.as_slice() {
            // Python declares a field where it is first assigned.
            [] if in_declaration => binding.name,
            [only] if !in_declaration && self.starts_unset(binding) => *only,
            _ => return None,
        };
        let found = self.assigned(target)?;
        let constructor = tree.parent(tree.parent(found.statement)?)?;
        let class = self.file.scopes.list.get(binding.scope)?.node;
        let body = tree.field(class, "body").unwrap_or(class);
        if self.has_more_than_fields(class, body) || self.is_named_in_text(&binding.text) {
            return None;
        }
        let members = tree.named(body);
        let mut constructors = members.iter().filter(|member| self.file.lang.is_constructor(tree, **member));
        if constructors.next() != Some(&constructor) || constructors.next().is_some() {
            return None;
        }
        let earlier = self.earlier(&members, constructor, found.statement);
        let read = |node: &Node| {
            earlier.iter().any(|part| tree.contains(*part, *node))
                || (tree.contains(constructor, *node) && tree.start(*node) < tree.start(found.statement))
        };
        let reaches = |node: Node| self.may_leave(node) || reaches_itself(tree, class, node);
        (!binding.uses.iter().any(read) && !earlier.iter().any(|part| reaches(*part))).then_some(found)
    }

    /// Returns whether a class may run code of its own that no call shows, before its constructor or on access to a member,
    /// or hands its object on as a whole.
    fn has_more_than_fields(&self, class: Node, body: Node) -> bool {
        let tree = &self.file.tree;
        // The node of the class or, in JavaScript, of its body.
        let whole = if tree.kind(class) == "class_body" { tree.parent(class).unwrap_or(class) } else { class };
        let bases = tree.field(whole, "superclasses").is_some_and(|bases| !tree.named(bases).is_empty());
        let inherits = bases || tree.field(whole, "superclass").is_some() || tree.has_token(whole, "class_heritage");
        let decorated = tree.has_token(whole, "decorator") || tree.parent_kind(whole) == "decorated_definition";
        let accessor = |member: &Node| match tree.kind(*member) {
            "method_definition" => tree.has_token(*member, "get") || tree.has_token(*member, "set"),
            // A property, or what a class makes of its members in another way.
            "decorated_definition" => true,
            "function_definition" => tree.field(*member, "name").is_some_and(|name| {
                matches!(tree.text(name), "__setattr__" | "__getattr__" | "__getattribute__" | "__new__")
            }),
            "expression_statement" => tree.descend(*member).any(|part| tree.kind(part) == "call"),
            _ => tree.has_token(*member, "accessor") || tree.has_token(*member, "decorator"),
        };
        let handed_on = |node: Node| {
            let parameter = tree.parent_kind(node).contains("parameter");
            is_itself(tree, node) && !parameter && member_of_itself(tree, node).is_none()
        };
        inherits || decorated || tree.named(body).iter().any(accessor) || tree.descend(body).any(handed_on)
    }

    /// Python: whether a text of the file is a name, as in `__slots__`.
    fn is_named_in_text(&self, name: &str) -> bool {
        let tree = &self.file.tree;
        self.language() == Language::Python
            && tree.all().any(|node| self.file.lang.string(tree, node).as_deref() == Some(name))
    }

    /// Returns whether a field is declared without a value, for each object.
    fn starts_unset(&self, binding: &Binding) -> bool {
        let tree = &self.file.tree;
        let Some(owner) = self.file.lang.owner(tree, binding.name) else { return false };
        let declaration = tree.children(owner).iter().find(|part| tree.kind(**part) == "modifiers").unwrap_or(&owner);
        let valued = tree.parent(binding.name).is_some_and(|parent| tree.field(parent, "value").is_some());
        !valued && !tree.has_token(*declaration, "static") && !tree.has_token(owner, "static")
    }

    /// Returns the assignment of a field, if it is a statement of its own.
    fn assigned(&self, target: Node) -> Option<Construction> {
        let tree = &self.file.tree;
        let member = tree.parent(target).filter(|parent| self.file.lang.member(tree, *parent).is_some());
        let left = member.unwrap_or(target);
        if let Some((object, _)) = member.and_then(|member| self.file.lang.member(tree, member))
            && !is_itself(tree, object)
        {
            return None;
        }
        let assignment =
            tree.parent(left).filter(|parent| tree.is(*parent, &["assignment", "assignment_expression"]))?;
        let plain = tree.field(assignment, "left") == Some(left) && tree.has_token(assignment, "=");
        let value = tree.field(assignment, "right").filter(|_| plain)?;
        let statement = tree.parent(assignment).filter(|parent| tree.kind(*parent) == "expression_statement")?;
        Some(Construction { statement, value, target })
    }

    /// Returns what runs before a statement of a constructor: what fields start with, and the statements in front.
    fn earlier(&self, members: &[Node], constructor: Node, statement: Node) -> Vec<Node> {
        let tree = &self.file.tree;
        let is_method = |node: &Node| {
            let inner = tree.field(*node, "definition").unwrap_or(*node);
            self.file.lang.named_function(tree, inner).is_some()
        };
        let mut earlier: Vec<Node> =
            members.iter().copied().filter(|node| *node != constructor && !is_method(node)).collect();
        let list = tree.parent(statement).unwrap_or(statement);
        earlier.extend(tree.named(list).into_iter().take_while(|node| *node != statement));
        earlier
    }

    /// Returns whether a constructor may end in a statement.
    fn may_leave(&self, node: Node) -> bool {
        self.file.tree.descend(node).any(|part| self.file.tree.kind(part) == "return_statement")
    }

    /// Removes a field with the assignment that sets it.
    pub(crate) fn remove_constructed(&mut self, binding: &Binding, set: Construction) {
        let tree = &self.file.tree;
        self.removed.insert(set.statement);
        if set.target == binding.name {
            return;
        }
        let (Some(declarator), Some(owner)) = (tree.parent(binding.name), self.file.lang.owner(tree, binding.name))
        else {
            return;
        };
        if self.language() == Language::Java && tree.fields(owner, "declarator").len() > 1 {
            self.parts.insert(declarator);
        } else {
            self.removed.insert(owner);
        }
    }
}

/// Returns whether a name is the object whose method runs.
pub(crate) fn is_itself(tree: &Tree, node: Node) -> bool {
    tree.kind(node) == "this"
        || (tree.language == Language::Python && tree.kind(node) == "identifier" && tree.text(node) == "self")
}

/// Returns the access to a member of which a node is the object.
fn member_of_itself(tree: &Tree, node: Node) -> Option<Node> {
    let member = tree
        .parent(node)
        .filter(|parent| tree.is(*parent, &["field_access", "member_expression", "attribute", "method_invocation"]));
    member.filter(|member| tree.field(*member, "object") == Some(node))
}

/// Returns whether code may reach its own object: anything but `this.name = value`, the object of the class around it, and
/// another object of a class that stands in this one.
fn reaches_itself(tree: &Tree, class: Node, node: Node) -> bool {
    let sets = |member: Node| {
        let assignment = tree.parent(member).filter(|outer| tree.is(*outer, &["assignment", "assignment_expression"]));
        let plain = assignment.filter(|assignment| tree.has_token(*assignment, "="));
        tree.kind(member) != "method_invocation" && plain.is_some_and(|plain| tree.field(plain, "left") == Some(member))
    };
    let is_inner = |made: Node| {
        let name = tree.field(made, "type").map_or("", |name| tree.text(name));
        tree.has_token(made, "class_body")
            || tree.descend(class).any(|inner| {
                let declares = tree.is(inner, &["class_declaration", "record_declaration", "enum_declaration"]);
                inner != class && declares && tree.field(inner, "name").is_some_and(|own| name.contains(tree.text(own)))
            })
    };
    tree.descend(node).any(|part| match tree.kind(part) {
        "method_invocation" if tree.field(part, "object").is_none() => true,
        "object_creation_expression" => is_inner(part),
        "super" | "class_declaration" | "class" if tree.is_named(part) => true,
        "identifier" if tree.text(part) == "super" => true,
        _ => is_itself(tree, part) && !member_of_itself(tree, part).is_some_and(sets),
    })
}
