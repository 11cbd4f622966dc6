//! Metrics: what is measured, and where the number comes from. A guard puts a limit on a metric.

mod draft;
mod query;
mod source;

use std::sync::Arc;

use hoist_eval::Span;

use crate::limits::{
    MARGIN_CONVERSION_DEFAULT, MARGIN_DEFAULT, MATURITY_MAX, RATIO_MAX, STAGES_MAX, TITLE_CHARS_MAX, UNIT_CHARS_MAX,
    WEIGHT_MAX,
};
use crate::problem::{Problem, Problems};

pub use draft::{Absence, Direction, MetricDraft, MetricSourceDraft, NoninferiorityDraft, RatioUpTo};
pub use query::{Placeholders, Query, QueryError};
pub use source::{EventName, EventNameError, MetricSource};

hoist_eval::define_key!(
    /// The name of a metric. Unique within a project.
    MetricKey,
    "metric key"
);

/// A metric whose queries can be filled.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    draft: MetricDraft,
    key: MetricKey,
    unit: Arc<str>,
    source: MetricSource,
}

impl Metric {
    /// Returns the metric that the draft describes, or everything that is wrong with the draft.
    pub fn parse(draft: &MetricDraft) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        let key = problems.key("key", &draft.key);
        problems.text("title", &draft.title, TITLE_CHARS_MAX);
        problems.text("unit", &draft.unit, UNIT_CHARS_MAX);
        let source = MetricSource::parse(&draft.source, draft.absence, &mut problems);
        numbers(draft, &mut problems);
        if let Some(source) = &source {
            capped(draft, source, &mut problems);
        }
        let unit = Arc::from(draft.unit.as_str());
        problems.finish(key.zip(source).map(|(key, source)| Self { draft: draft.clone(), key, unit, source }))
    }

    /// Returns the same of a metric that somebody writes now: what would do nothing is refused as well. Metrics that are stored
    /// may have it, and mean what they meant.
    pub fn parse_written(draft: &MetricDraft) -> Result<Self, Vec<Problem>> {
        let parsed = Self::parse(draft);
        let counts = matches!(draft.source, MetricSourceDraft::PromqlCounts { .. });
        if draft.absence == Absence::Hold || counts {
            return parsed;
        }
        let mut problems = parsed.err().unwrap_or_default();
        let message = "`absent_is_zero` does something for kind promql_counts alone: one number that is absent is no number, \
                       and what Hoist tracks is never absent; leave it out";
        problems.push(Problem { path: "absence".to_owned(), message: message.to_owned() });
        Err(problems)
    }

    /// Returns what the person wrote.
    pub fn to_draft(&self) -> MetricDraft {
        self.draft.clone()
    }

    /// Returns the metric's key.
    pub fn key(&self) -> &MetricKey {
        &self.key
    }

    /// Returns what the number means, for people.
    pub fn unit(&self) -> &Arc<str> {
        &self.unit
    }

    /// Returns where the number comes from.
    pub fn source(&self) -> &MetricSource {
        &self.source
    }

    /// Returns which way is worse.
    pub fn direction(&self) -> Direction {
        self.draft.direction.unwrap_or_else(|| self.source.direction())
    }

    /// Returns how many times worse than control is still no harm, at least 1.
    pub fn margin(&self) -> f64 {
        let default = match self.source {
            MetricSource::Conversion { .. } => MARGIN_CONVERSION_DEFAULT,
            _ => MARGIN_DEFAULT,
        };
        self.draft.margin.unwrap_or(default)
    }

    /// Returns how many times worse than control must be ruled out before a stage of `percentage` percent is left, if the
    /// metric says. Shares are looked up as those of the defaults are: the first that is not below the stage's.
    pub fn noninferiority(&self, percentage: f64) -> Option<f64> {
        match self.draft.noninferiority.as_ref()? {
            NoninferiorityDraft::Ratio(ratio) => Some(*ratio),
            NoninferiorityDraft::ByShare(ratios) => {
                ratios.iter().find(|entry| percentage <= entry.share).map(|entry| entry.ratio)
            }
        }
    }

    /// Returns what the metric counts for beside others.
    pub fn weight(&self) -> f64 {
        self.draft.weight.unwrap_or(1.0)
    }

    /// Returns whether units are counted once their outcome is known for good, each with its own: conversions that say how
    /// long they take.
    pub fn closes_cohorts(&self) -> bool {
        matches!(self.source, MetricSource::Conversion { .. }) && self.maturity() > Span::ZERO
    }

    /// Returns the largest value that counts, for a metric of values.
    pub fn cap(&self) -> Option<f64> {
        self.draft.cap
    }

    /// Returns whether the opportunities are the units that have had no event yet, to which those with one are to be added:
    /// units that count once, unless each is counted when its outcome is known for good.
    pub fn counts_at_risk(&self) -> bool {
        match self.source {
            MetricSource::AffectedUnits { .. } => true,
            MetricSource::Conversion { .. } => !self.closes_cohorts(),
            _ => false,
        }
    }

    /// Returns how long after an exposure its outcomes arrive.
    pub fn maturity(&self) -> Span {
        self.draft.maturity.unwrap_or(Span::ZERO)
    }
}

fn numbers(draft: &MetricDraft, problems: &mut Problems) {
    let margin = draft.margin;
    if margin.is_some_and(|margin| !(1.0..=RATIO_MAX).contains(&margin)) {
        problems.add("margin", format!("must be a ratio of at least 1 and at most {RATIO_MAX}"));
    }
    match &draft.noninferiority {
        None => {}
        Some(NoninferiorityDraft::Ratio(ratio)) => ruled_out("noninferiority", *ratio, margin, problems),
        Some(NoninferiorityDraft::ByShare(ratios)) => by_share(ratios, margin, problems),
    }
    if draft.weight.is_some_and(|weight| !(weight > 0.0 && weight <= WEIGHT_MAX)) {
        problems.add("weight", format!("must be greater than 0 and at most {WEIGHT_MAX}"));
    }
    if draft.maturity.is_some_and(|maturity| maturity > MATURITY_MAX) {
        problems.add("maturity", format!("must be at most {MATURITY_MAX}"));
    }
    if draft.cap.is_some_and(|cap| !(cap.is_finite() && cap > 0.0)) {
        problems.add("cap", "must be a finite number greater than 0");
    }
}

fn ruled_out(path: &str, ratio: f64, margin: Option<f64>, problems: &mut Problems) {
    if !(ratio > margin.unwrap_or(1.0) && ratio <= RATIO_MAX) {
        problems.add(path, format!("must be a ratio greater than the margin and at most {RATIO_MAX}"));
    }
}

/// Checks what must be ruled out by share: shares that grow, each with its ratio.
fn by_share(ratios: &[RatioUpTo], margin: Option<f64>, problems: &mut Problems) {
    if ratios.is_empty() || ratios.len() > STAGES_MAX {
        let message = format!("must be one ratio, or a list of at least one and at most {STAGES_MAX} shares");
        problems.add("noninferiority", message);
        return;
    }
    let mut last = 0.0;
    for (index, RatioUpTo { share, ratio }) in ratios.iter().enumerate() {
        if !(*share > last && *share <= 100.0) {
            let message = "must be a share in percent, greater than the one before it and at most 100";
            problems.add(format!("noninferiority[{index}].share"), message);
        }
        last = last.max(*share);
        ruled_out(&format!("noninferiority[{index}].ratio"), *ratio, margin, problems);
    }
}

/// A cap is for values; counts have none.
fn capped(draft: &MetricDraft, source: &MetricSource, problems: &mut Problems) {
    if draft.cap.is_some() && !source.has_values() {
        problems.add("cap", "is for metrics of kind mean and ratio; leave it out");
    }
}
