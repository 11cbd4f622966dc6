//! Conditions as people write them, in segments and in rules: they are sent as they are, and the server says what is
//! wrong with them.

use crate::failure::Failure;

/// Adds what a condition looks like to a failure that is about one and says nothing else to do.
pub fn explain(failure: Failure) -> Failure {
    let is_condition = |path: &str| path.split(['.', '[']).any(|part| part == "when");
    if failure.hint.is_some() || !failure.problems.iter().any(|problem| is_condition(&problem.path)) {
        return failure;
    }
    failure.hint(
        "a condition looks like `{\"attribute\": \"email\", \"operator\": \"ends_with\", \"values\": [\"@example.org\"]}`; \
         `all`, `any` and `none` hold several",
    )
}
