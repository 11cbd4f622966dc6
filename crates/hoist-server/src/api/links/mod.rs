//! What flags are linked with: the services that ask for them, and the features that they gate.

pub(super) mod get;
pub(super) mod link_feature;
pub(super) mod link_service;
pub(super) mod unlink_feature;
pub(super) mod unlink_service;

use std::collections::BTreeSet;

use hoist_eval::FlagKey;
use hoist_store::{FlagRecord, Link, LinkKind};

use crate::api::types::rollout::Because;
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::ApiError;

/// Links the flag with the service or feature, or takes that back. Saying twice what is said already changes nothing.
async fn say(
    granted: &Granted<Edits, InProject>,
    mutation: &Mutation<Because>,
    flag: &FlagKey,
    (kind, target): (LinkKind, &str),
    linked: bool,
) -> Result<(), ApiError> {
    let (store, project) = (granted.store(), granted.project().as_str());
    store.flag(project, flag.as_str()).await?.ok_or(ApiError::NotFound { what: "flag" })?;
    granted.require_open()?;
    let write = granted.write(mutation).because(&mutation.body.reason);
    let link = Link { kind, flag: flag.to_string(), target: target.to_owned() };
    if linked {
        store.link_flag(&write, project, &link).await?;
    } else {
        store.unlink_flag(&write, project, &link).await?;
    }
    Ok(())
}

/// Returns the services or features that a flag is linked with: those declared as links, and the one among its details.
pub(super) fn targets(record: &FlagRecord, links: &[Link], kind: LinkKind) -> BTreeSet<String> {
    let detail = match kind {
        LinkKind::Service => &record.details.service,
        LinkKind::Feature => &record.details.feature,
    };
    let declared = links.iter().filter(|link| link.flag == record.key && link.kind == kind);
    declared.map(|link| link.target.clone()).chain(detail.iter().cloned()).collect()
}
