//! Flags that other flags and segments ask about.
//!
//! Whoever archives a flag looks here first, behind the lock of its row; whoever begins to ask about it locks that row
//! too. So one of the two sees the other, on both databases.

use std::collections::BTreeSet;

use hoist_eval::draft::{SegmentDraft, TargetingDraft};
use hoist_lifecycle::staleness::{asked_by_segment, asked_by_targeting};

use super::change::LIVE;
use super::record::TargetingRow;
use crate::dialect::locking_shared;
use crate::driver::{Tx, on};
use crate::error::{Refusal, Result};
use crate::segments::SegmentRow;

/// Why a flag that others ask about cannot go, and the way out.
pub const ASKED_ELSEWHERE: &str = "another flag has it as a prerequisite, or a rule or a segment asks what it serves; take it \
                                   out there first";

// The pattern leaves most rows out before anything is parsed; it may let some in that do not ask.
const TARGETINGS: &str =
    "SELECT t.environment, t.flag, t.enabled, t.off_variant, t.body, t.allocation, t.format, t.salt,
    t.version, t.generation, t.changed_at FROM targetings t JOIN flags f ON f.project = t.project AND f.key = t.flag
    WHERE t.project = $1 AND t.flag <> $2 AND f.archived_at IS NULL AND t.body LIKE $3 ORDER BY t.flag, t.environment";
const SEGMENTS: &str = "SELECT key, body, format FROM documents
    WHERE project = $1 AND kind = 'segment' AND body LIKE $2 ORDER BY key";

/// Refuses to let a flag go that a live flag or a segment asks about. Its row is locked. What cannot be read asks
/// nobody: a flag with such a row is served broken.
pub(super) async fn check_not_asked(tx: &mut Tx, project: &str, key: &str) -> Result<()> {
    let pattern = format!("%\"{key}\"%");
    let rows = on!(tx, |c| sqlx::query_as::<_, TargetingRow>(TARGETINGS)
        .bind(project)
        .bind(key)
        .bind(&pattern)
        .fetch_all(c)
        .await)?;
    let mut targetings = rows.into_iter().filter_map(|row| row.parse().ok());
    let mut asked = targetings.any(|there| asked_by_targeting(&there.targeting).contains(key));
    let rows = on!(tx, |c| sqlx::query_as::<_, SegmentRow>(SEGMENTS).bind(project).bind(&pattern).fetch_all(c).await)?;
    let mut segments = rows.into_iter().filter_map(|row| row.parse().ok());
    asked |= segments.any(|segment| asked_by_segment(&segment).contains(key));
    if asked {
        return Err(Refusal::InUse { what: "flag", detail: ASKED_ELSEWHERE }.into());
    }
    Ok(())
}

/// Refuses a targeting that begins to ask about an archived flag, and keeps the others from being archived until the
/// transaction ends.
pub(super) async fn check_targeting(
    tx: &mut Tx,
    project: &str,
    was: Option<&TargetingDraft>,
    to_be: &TargetingDraft,
) -> Result<()> {
    check_begun(tx, project, was.map(asked_by_targeting), asked_by_targeting(to_be)).await
}

/// Does the same for a segment.
pub(crate) async fn check_segment(
    tx: &mut Tx,
    project: &str,
    was: Option<&SegmentDraft>,
    to_be: &SegmentDraft,
) -> Result<()> {
    check_begun(tx, project, was.map(asked_by_segment), asked_by_segment(to_be)).await
}

async fn check_begun(tx: &mut Tx, project: &str, before: Option<BTreeSet<&str>>, to_be: BTreeSet<&str>) -> Result<()> {
    let begun = &to_be - &before.unwrap_or_default();
    match archived_among(tx, project, begun).await?.pop_first() {
        Some(flag) => Err(Refusal::AsksArchived { flag }.into()),
        None => Ok(()),
    }
}

/// Returns which of the flags are archived, and keeps the others from being archived until the transaction ends. Looks in the
/// order of the keys, so that two who do this never wait for each other.
pub(super) async fn archived_among(tx: &mut Tx, project: &str, asked: BTreeSet<&str>) -> Result<BTreeSet<String>> {
    let mut archived = BTreeSet::new();
    for flag in asked {
        let live = locking_shared(tx, LIVE);
        let archived_at =
            on!(tx, |c| sqlx::query_scalar::<_, Option<i64>>(live).bind(project).bind(flag).fetch_optional(c).await)?;
        // A flag that was never there is for whoever checks the draft to refuse.
        if matches!(archived_at, Some(Some(_))) {
            archived.insert(flag.to_owned());
        }
    }
    Ok(archived)
}
