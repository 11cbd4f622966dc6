//! Environments.

pub(super) mod create;
pub(crate) mod events;
pub(super) mod export;
pub(super) mod get;
pub(super) mod intake;
pub(super) mod list;
pub(super) mod update;
