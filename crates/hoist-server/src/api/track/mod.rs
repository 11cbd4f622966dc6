//! What units do, as applications report it.

mod parse;
pub(super) mod report;

pub(super) use report::{PATH, across_origins, name as outcome_name, preflight};
