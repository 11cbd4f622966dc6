//! Segments as whoever serves or judges flags reads them: drafts alone, without their circumstances.

use hoist_eval::draft::SegmentDraft;

use crate::driver::{Tx, on, row};
use crate::error::Result;
use crate::json::decode_format;

row!(
    "documents",
    struct SegmentRow {
        key: String,
        body: String,
        format: i64,
    }
);

const SEGMENTS: &str = "SELECT key, body, format FROM documents WHERE project = $1 AND kind = 'segment' ORDER BY key";

impl SegmentRow {
    pub(crate) fn parse(self) -> Result<SegmentDraft> {
        decode_format("documents", "body", self.key, self.format, &self.body)
    }
}

/// Returns the segments of a project in the order of their keys.
pub(crate) async fn segments(tx: &mut Tx, project: &str) -> Result<Vec<SegmentRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, SegmentRow>(SEGMENTS).bind(project).fetch_all(c).await)?)
}
