//! The sessions of the console: who one is, signing in and out.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod link;
