//! The neutral shapes that every rule is written for. A language says which of its nodes has which shape.

use std::ops::Range;

use crate::tree::Node;

/// What a node is, as far as the rules care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Something that no rule knows. It may have effects, and it stays.
    Other,
    /// A literal.
    Literal,
    /// `true` or `false` as a person wrote it.
    Boolean(bool),
    Name,
    Not(Node),
    And(Node, Node),
    Or(Node, Node),
    /// `left ?? right`, `left ?: right`.
    Nullish(Node, Node),
    /// `left == right`, or `!=` if `negated`.
    Equal {
        left: Node,
        right: Node,
        negated: bool,
    },
    /// Another comparison: surely a boolean, without effects of its own.
    Comparison,
    /// An operator, a member, an index, a list: without effects of its own.
    Pure,
    Ternary {
        condition: Node,
        then: Node,
        other: Node,
    },
    /// Parentheses.
    Paren(Node),
    /// A cast or call that gives back what it is given, if that is a boolean or a text.
    Same(Node),
    Await(Node),
    Call,
    /// A function as a value. Making it has no effect.
    Closure,
    /// `name := value` as an expression.
    Bind {
        name: Node,
        value: Node,
    },
    /// `{value}` among the children of an element.
    Hole(Node),
    /// Statements between braces, or a suite.
    Block,
    If,
    While {
        condition: Option<Node>,
        body: Node,
    },
    DoWhile {
        condition: Node,
        body: Node,
    },
    /// A loop over something.
    For,
    Switch,
    Return,
    Throw,
    Break,
    Continue,
    /// A statement that is one expression.
    Statement(Node),
    Assert(Node),
    Try,
    Labeled(Node),
}

/// One branch of `if`, `else if`, `else if` ...
#[derive(Debug, Clone, Copy)]
pub(crate) struct Branch {
    /// Where its `if` or `elif` starts.
    pub(crate) start: usize,
    pub(crate) condition: Node,
    /// `x := f();` in front of the condition.
    pub(crate) init: Option<Node>,
    pub(crate) body: Node,
}

/// A whole `if` with everything that hangs on it.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub(crate) node: Node,
    pub(crate) branches: Vec<Branch>,
    /// The body of the last `else`.
    pub(crate) last: Option<Node>,
}

/// What an arm of a switch matches.
#[derive(Debug, Clone)]
pub(crate) enum Matches {
    Default,
    /// Any of these values.
    Values(Vec<Node>),
    /// Something that is not a list of literals, or that has a guard.
    Unknown,
}

/// One arm of a switch.
#[derive(Debug, Clone)]
pub(crate) struct Arm {
    pub(crate) node: Node,
    pub(crate) matches: Matches,
    /// The statements of the arm.
    pub(crate) statements: Vec<Node>,
    /// The arm's only expression or block, where the language has arms of that form.
    pub(crate) value: Option<Node>,
    /// Whether control goes on into the next arm when the statements end.
    pub(crate) falls: bool,
    /// From where to where the words are that stand before the statements.
    pub(crate) label: Range<usize>,
}

/// A switch, match or when.
#[derive(Debug, Clone)]
pub(crate) struct Switch {
    pub(crate) subject: Option<Node>,
    pub(crate) arms: Vec<Arm>,
    /// Whether a `break` in an arm leaves the switch.
    pub(crate) breaks: bool,
    /// Whether there is something in front of the subject.
    pub(crate) has_init: bool,
}

/// How a variable is declared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Declared {
    /// The whole statement.
    pub(crate) statement: Node,
    /// The part that declares this name, if the statement declares others too.
    pub(crate) element: Option<Node>,
    pub(crate) value: Node,
}

/// What stands where a name is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UseSite {
    /// A value that a literal can replace.
    Value,
    /// `{ name }`, which has to become `{ name: literal }`.
    Shorthand,
    /// The object of a member: text has methods everywhere, booleans and numbers in some languages only.
    Receiver,
    /// A place where a literal may mean something else.
    Unsafe,
}

/// Who can see a declared name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Nothing outside of the file.
    File,
    /// The files of the same package or crate.
    Package,
    /// Everybody.
    Public,
}
