//! What a cleanup says about what it did and what it did not do.

use serde::{Deserialize, Serialize};

/// How far a cleanup goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Calls are replaced by the value, and nothing else.
    Constant,
    /// What became constant is folded, and what only served it goes: branches, variables, imports.
    #[default]
    Fold,
    /// Functions, constants and types that nothing uses any more go too.
    Deep,
}

/// Why something was left for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The key is not known before the program runs.
    DynamicKey,
    /// More than the value of the details is read, or they are handed on.
    DetailsEscape,
    /// The flag's value is an object.
    ObjectValue,
    /// An operand that would go may have an effect.
    SideEffectOperand,
    /// An argument that would go may have an effect.
    SideEffectArgument,
    /// `x && true` is used as a value, and `x` may be no boolean.
    ValuePositionAnd,
    /// `x || false` is used as a value, and `x` may be no boolean.
    ValuePositionOr,
    /// The call stands in the arguments of a macro.
    InsideMacro,
    /// The call stands in a decorator or an annotation.
    DecoratorOrAnnotation,
    /// A template, which no rule reads, names the flag.
    TemplateFile,
    /// A program wrote the file.
    GeneratedFile,
    /// The code around the call does not parse.
    ParseError,
    /// A preprocessor decides by the key what is part of the program.
    Preprocessor,
    /// The variable gets other values too.
    Reassigned,
    /// Other files may use the name.
    ExportedDefinition,
    /// Other classes may override the method, or call it.
    PublicOverridableMethod,
    /// The value is kept in a field that others may read and write.
    EscapesToPublicAttribute,
    /// The error that comes with the value is used for something else as well.
    ErrorVariableReused,
    /// An arm of the switch has a condition, or matches something else than literals.
    SwitchGuard,
    /// Something deeper in the arm leaves the switch.
    SwitchBreakNested,
    /// The function would stop being a generator.
    GeneratorChange,
    /// A name would mean something else.
    ScopeChange,
    /// A `catch` may lose the only thing that throws what it catches.
    CheckedException,
    /// A test sets the flag to another value.
    TestPinsOtherValue,
    /// What the method is called on may be no SDK.
    ReceiverNotSdk,
    /// The condition of an assertion becomes false.
    AssertFalse,
    /// The key occurs in a text.
    TextReference,
    /// The code waits for the flag to change.
    Subscription,
    /// The value is used in a way that no rule covers.
    UnsupportedShape,
    /// The result did not pass the checks, and a smaller change was made.
    VerifyFailed,
}

impl Reason {
    /// Every reason, in the order of the documentation.
    pub const ALL: [Self; 30] = [
        Self::DynamicKey,
        Self::DetailsEscape,
        Self::ObjectValue,
        Self::SideEffectOperand,
        Self::SideEffectArgument,
        Self::ValuePositionAnd,
        Self::ValuePositionOr,
        Self::InsideMacro,
        Self::DecoratorOrAnnotation,
        Self::TemplateFile,
        Self::GeneratedFile,
        Self::ParseError,
        Self::Preprocessor,
        Self::Reassigned,
        Self::ExportedDefinition,
        Self::PublicOverridableMethod,
        Self::EscapesToPublicAttribute,
        Self::ErrorVariableReused,
        Self::SwitchGuard,
        Self::SwitchBreakNested,
        Self::GeneratorChange,
        Self::ScopeChange,
        Self::CheckedException,
        Self::TestPinsOtherValue,
        Self::ReceiverNotSdk,
        Self::AssertFalse,
        Self::TextReference,
        Self::Subscription,
        Self::UnsupportedShape,
        Self::VerifyFailed,
    ];

    /// Returns the code, such as `side-effect-operand`.
    pub fn code(self) -> &'static str {
        match self {
            Self::DynamicKey => "dynamic-key",
            Self::DetailsEscape => "details-escape",
            Self::ObjectValue => "object-value",
            Self::SideEffectOperand => "side-effect-operand",
            Self::SideEffectArgument => "side-effect-argument",
            Self::ValuePositionAnd => "value-position-and",
            Self::ValuePositionOr => "value-position-or",
            Self::InsideMacro => "inside-macro",
            Self::DecoratorOrAnnotation => "decorator-or-annotation",
            Self::TemplateFile => "template-file",
            Self::GeneratedFile => "generated-file",
            Self::ParseError => "parse-error",
            Self::Preprocessor => "preprocessor",
            Self::Reassigned => "reassigned",
            Self::ExportedDefinition => "exported-definition",
            Self::PublicOverridableMethod => "public-overridable-method",
            Self::EscapesToPublicAttribute => "escapes-to-public-attribute",
            Self::ErrorVariableReused => "error-variable-reused",
            Self::SwitchGuard => "switch-guard",
            Self::SwitchBreakNested => "switch-break-nested",
            Self::GeneratorChange => "generator-change",
            Self::ScopeChange => "scope-change",
            Self::CheckedException => "checked-exception",
            Self::TestPinsOtherValue => "test-pins-other-value",
            Self::ReceiverNotSdk => "receiver-not-sdk",
            Self::AssertFalse => "assert-false",
            Self::TextReference => "text-reference",
            Self::Subscription => "subscription",
            Self::UnsupportedShape => "unsupported-shape",
            Self::VerifyFailed => "verify-failed",
        }
    }

    /// Returns what a person should know about it, in one sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::DynamicKey => "the key is not known before the program runs",
            Self::DetailsEscape => "more than the value of the details is read, or they are handed on",
            Self::ObjectValue => "the flag's value is an object",
            Self::SideEffectOperand => "an operand that would go may have an effect",
            Self::SideEffectArgument => "an argument that would go may have an effect",
            Self::ValuePositionAnd => "the result of `&&` is used as a value, and the left side may be no boolean",
            Self::ValuePositionOr => "the result of `||` is used as a value, and the left side may be no boolean",
            Self::InsideMacro => "the name stands in the arguments of a macro",
            Self::DecoratorOrAnnotation => "the call stands in a decorator or an annotation",
            Self::TemplateFile => "a template names the flag, and no rule reads templates",
            Self::GeneratedFile => "a program writes this file",
            Self::ParseError => "the code around the call does not parse",
            Self::Preprocessor => "a preprocessor or the compiler decides by the key, before the flag could be asked",
            Self::Reassigned => "the variable gets other values too",
            Self::ExportedDefinition => "other files may use the name",
            Self::PublicOverridableMethod => "other classes may override the method",
            Self::EscapesToPublicAttribute => "the value is kept in a field that others may read and write",
            Self::ErrorVariableReused => "the error that comes with the value is used for something else",
            Self::SwitchGuard => "an arm of the switch matches something else than literals",
            Self::SwitchBreakNested => "something deeper in the arm leaves the switch",
            Self::GeneratorChange => "the function would stop being a generator",
            Self::ScopeChange => "a name would mean something else",
            Self::CheckedException => "a `catch` may lose what throws the error it catches",
            Self::TestPinsOtherValue => "a test sets the flag to another value",
            Self::ReceiverNotSdk => "what the method is called on may be no SDK",
            Self::AssertFalse => "the condition of an assertion becomes false",
            Self::TextReference => "the key occurs in a text",
            Self::Subscription => "the code waits for the flag to change",
            Self::UnsupportedShape => "the value is used in a way that no rule covers",
            Self::VerifyFailed => "the result did not pass the checks, and a smaller change was made",
        }
    }
}

/// A rule of rewriting, by its number and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Rule {
    /// The number, such as `E2`.
    pub id: &'static str,
    /// What the rule does, in a few words.
    pub name: &'static str,
}

/// Something that was left for a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Refusal {
    /// The file.
    pub file: String,
    /// The line before the change, from 1.
    pub line: u32,
    /// Why.
    pub code: Reason,
    /// How far the place was rewritten all the same; nothing if it was not touched.
    pub level: Option<Level>,
    /// What else is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Something a reviewer should look at, although it was done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Risk {
    /// The file.
    pub file: String,
    /// The line before the change, from 1.
    pub line: u32,
    /// A stable name: `dropped-error-path`, `optional-receiver` or `empty-file`.
    pub code: &'static str,
}

/// One application of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Change {
    /// The file.
    pub file: String,
    /// The line before the change, from 1.
    pub line: u32,
    /// The rule.
    pub rule: Rule,
    /// The commit that the change belongs to.
    pub stage: Level,
}
