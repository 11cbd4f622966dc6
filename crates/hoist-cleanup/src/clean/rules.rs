//! The rules of rewriting, by number.

use crate::clean::outcome::Rule;

/// Declares the rules, and the list of all of them.
macro_rules! rules {
    ($($constant:ident = $id:literal, $name:literal;)*) => {
        $(pub(crate) const $constant: Rule = Rule { id: $id, name: $name };)*
        /// Every rule, in the order of the documentation.
        pub const RULES: &[Rule] = &[$($constant),*];
    };
}

rules! {
    CALL = "C1", "the call becomes the value";
    ERROR = "C2", "the error that came with the value goes";
    NOT = "E1", "`!true` is false";
    AND_LEFT = "E2", "`true && x` is x";
    AND_NEVER = "E3", "`false && x` is false";
    AND_RIGHT = "E4", "`x && true` is x";
    AND_FALSE = "E5", "`x && false` is false";
    OR_NEVER = "E6", "`true || x` is true";
    OR_LEFT = "E7", "`false || x` is x";
    OR_RIGHT = "E8", "`x || false` is x";
    OR_TRUE = "E9", "`x || true` is true";
    EQUAL = "E10", "a comparison with the value is decided";
    TERNARY = "E11", "a conditional expression is one of its sides";
    HOLE = "E13", "a hole among the children of an element is filled or goes";
    FILTER = "E15", "the filter of a comprehension goes";
    PAREN = "E17", "parentheses that nothing needs go";
    SPREAD = "E18", "a spread of `false` goes";
    IF_TAKEN = "S1", "the branch that is taken replaces the `if`";
    IF_NEVER = "S2", "an `if` that is never taken goes";
    ELSE_TAKEN = "S3", "an `else if` that is always taken is the `else`";
    ELSE_NEVER = "S4", "an `else if` that is never taken goes";
    INIT = "S5", "what stands in front of a condition stays";
    LOOP = "S6", "a loop that never runs goes";
    SWITCH = "S9", "the arm of the value replaces the switch";
    CASES = "S10", "arms of a switch over conditions are decided";
    ASSERT = "S12", "an assertion that always holds goes";
    BARE = "S13", "a statement that is a bare literal goes";
    TRY = "S15", "a `try` with nothing left to try is its `finally`";
    UNREACHABLE = "R1", "what can no longer be reached goes";
    VARIABLE = "P1", "a variable that is always the value is replaced by it";
    WRAPPER = "P2", "a function that always returns the value is replaced by it";
    UNUSED = "D1", "a variable or constant that lost its last use goes";
    IMPORT = "D2", "an import that lost its last use goes";
    ORPHAN = "D3", "a private function or type that lost its last use goes";
    FILE = "D4", "a file with nothing left goes";
    ENTRY = "T1", "an entry of a test provider that gives the value goes";
    STUB = "T2", "a statement that makes a test provider or a mock give the value goes";
}
