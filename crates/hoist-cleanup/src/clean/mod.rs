//! Removes a flag from source code: text in, text out.
//!
//! First every call becomes a literal that is remembered as ours. Then rounds fold what is constant, until nothing
//! changes; only literals of ours are folded. Each round looks at a freshly parsed file, decides everything, and writes
//! once. At last the result has to pass the checks, or a smaller change is made.

mod constant;
mod covered;
mod edits;
mod effects;
mod expressions;
mod fate;
mod fields;
mod fixtures;
mod flow;
mod go_constants;
mod go_errors;
mod go_unread;
mod holes;
mod java_boxes;
mod java_completes;
mod java_numbers;
mod java_types;
mod layout;
mod mentions;
mod names;
mod needs;
mod orphans;
mod outcome;
mod project;
mod retries;
mod round;
mod rules;
mod rust_mut;
mod rust_open;
mod rust_results;
mod rust_types;
mod script_narrowing;
mod script_returns;
mod script_spreads;
mod script_tests;
mod script_types;
mod scripts;
mod seeds;
mod semicolons;
mod stages;
mod test_settings;
mod truths;
mod verify;
mod write;

pub use outcome::{Change, Level, Reason, Refusal, Risk, Rule};
pub use project::{Cleaned, Outcome, Request, SourceFile, cleanup, words_of_name};
pub use rules::RULES;
