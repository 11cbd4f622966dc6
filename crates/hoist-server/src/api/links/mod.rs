//! What flags are linked with: the services that ask for them, and the features that they gate.

pub(super) mod get;
pub(super) mod link_feature;
pub(super) mod link_service;
pub(super) mod unlink_feature;
pub(super) mod unlink_service;

use std::collections::BTreeSet;

use hoist_store::{FlagRecord, Link, LinkKind};

/// Returns the services or features that a flag is linked with: those declared as links, and the one among its details.
pub(super) fn targets(record: &FlagRecord, links: &[Link], kind: LinkKind) -> BTreeSet<String> {
    let detail = match kind {
        LinkKind::Service => &record.details.service,
        LinkKind::Feature => &record.details.feature,
    };
    let declared = links.iter().filter(|link| link.flag == record.key && link.kind == kind);
    declared.map(|link| link.target.clone()).chain(detail.iter().cloned()).collect()
}
