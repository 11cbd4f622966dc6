//! What a flag is worth now: flags, rules, segments and splits, compiled into an immutable snapshot and evaluated.
//!
//! Nothing here does IO, reads a clock, draws randomness or waits. Evaluation never fails and never panics.
//!
//! Drafts ([`draft`]) are what people write and storage keeps. [`compile()`] turns a [`draft::SnapshotDraft`] into a
//! [`Snapshot`] and reports every [`Problem`] at once; [`evaluate()`] asks a snapshot about one flag for one
//! [`EvaluationContext`].

mod compile;
mod condition;
mod context;
pub mod draft;
mod evaluate;
mod flag;
pub mod flagd;
pub mod key;
pub mod limits;
mod murmur;
mod problem;
mod resolution;
mod segment;
mod snapshot;
mod split;
pub mod time;
mod trace;
pub mod value;

pub use compile::{Compiled, check_flag, check_segment, compile};
pub use condition::{Combine, Operator, Outcome};
pub use context::{AttributeValue, Attributes, ContextBuilder, ContextError, EvaluationContext, TARGETING_KEY};
pub use evaluate::{evaluate, evaluate_index, evaluate_traced};
pub use key::{EnvironmentKey, FlagKey, ProjectKey, SegmentKey, VariantKey};
pub use murmur::murmur3;
pub use problem::{Problem, ProblemCode};
pub use resolution::{ErrorCode, Reason, Resolution};
pub use snapshot::{FlagIndex, FlagRef, Generation, Snapshot};
pub use split::{Salt, SaltError, split_bucket, split_hash};
pub use time::{Span, Timestamp};
pub use trace::{
    ConditionTrace, DecidedBy, EntryTrace, PartTrace, PrerequisiteTrace, RuleTrace, ShareTrace, SplitTrace, Trace,
};
pub use value::{FlagValue, ValueKind};
