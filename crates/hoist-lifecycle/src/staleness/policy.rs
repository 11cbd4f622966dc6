//! How long is long enough.

use hoist_eval::Span;
use serde::{Deserialize, Serialize};

use crate::flag::Category;
use crate::limits;

/// The times that a verdict goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Unchanged time after which a flag that serves one value to everyone has done its work.
    pub settled_after: Span,
    /// The same where a rollout came to its end with that value.
    pub settled_after_rollout: Span,
    /// Time without an evaluation after which a flag counts as not evaluated.
    pub unevaluated_after: Span,
    /// Time after its expiry date at which a flag that is still there is an error.
    pub expired_grace: Span,
    /// Age at which a flag without an expiry date deserves a warning.
    pub expiry_wanted_after: Span,
    /// Age of a flag at which it should occur in code.
    pub references_wanted_after: Span,
    /// Longest age of a scan of code that still says something.
    pub scan_fresh: Span,
    /// Time without an evaluation after which a flag may be archived.
    pub quiet_before_archive: Span,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            settled_after: limits::SETTLED_AFTER,
            settled_after_rollout: limits::SETTLED_AFTER_ROLLOUT,
            unevaluated_after: limits::UNEVALUATED_AFTER,
            expired_grace: limits::EXPIRED_GRACE,
            expiry_wanted_after: limits::EXPIRY_WANTED_AFTER,
            references_wanted_after: limits::REFERENCES_WANTED_AFTER,
            scan_fresh: limits::SCAN_FRESH,
            quiet_before_archive: limits::QUIET_BEFORE_ARCHIVE,
        }
    }
}

/// Whether flags of a category should have an expiry date: those that end with a change or a question.
pub(super) fn should_expire(category: Category) -> bool {
    matches!(category, Category::Release | Category::Experiment)
}
