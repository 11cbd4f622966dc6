//! Flags: what a flag is in its project.

pub(super) mod archive;
pub(super) mod create;
pub(super) mod get;
pub(super) mod list;
pub(super) mod overview;
pub(super) mod protect;
pub(super) mod unarchive;
pub(super) mod update;
