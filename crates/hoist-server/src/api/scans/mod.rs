//! Scans of code: where flags occur, by repository and branch.

pub(super) mod content;
pub(super) mod forget;
pub(super) mod list;
pub(super) mod of_flag;
pub(super) mod upload;

use crate::error::FieldProblem;
use crate::limits::CODE_NAME_BYTES_MAX;

/// Checks the name of a repository, a branch, a commit, a path or a symbol.
pub(crate) fn check_name(path: &str, name: &str, problems: &mut Vec<FieldProblem>) {
    if name.is_empty() || name.len() > CODE_NAME_BYTES_MAX || name.chars().any(char::is_control) {
        let message = format!("must have 1 to {CODE_NAME_BYTES_MAX} bytes and no control characters");
        problems.push(FieldProblem::new(path, "invalid", message));
    }
}
