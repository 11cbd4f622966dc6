//! What is recommended to a plan that asks for it: `defaults: recommended`.
//!
//! A plan without that word keeps the defaults that it always had. Were they another one for every plan, a plan that is stored
//! would change its meaning with a release of Hoist, and a stage that is held by its bake alone would wait for units that
//! nobody asked for. So the numbers are asked for by name, and a rollout writes them into the plan that it keeps.

use hoist_eval::Span;

use crate::limits::{
    GRACE_DEFAULT_INTERVALS, GRACE_QUIET, INTERVAL_DEFAULT, QUIET_PER_SECOND, RECOMMENDED_AUDIENCE, RECOMMENDED_STAGES,
};

use super::draft::{Defaults, PlanDraft, StageDraft};

/// What is recommended to a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Recommended {
    pub(super) bake: Span,
    pub(super) minimum_treated: u64,
    pub(super) maximum_time: Span,
}

impl Recommended {
    /// Returns what is recommended to a stage of so many percent, of everyone or of a segment.
    pub(super) fn of(percentage: f64, has_audience: bool) -> Self {
        let enough = RECOMMENDED_STAGES.iter().find(|(share, ..)| !has_audience && percentage <= *share);
        let (bake, minimum_treated, maximum_time) =
            enough.map_or(RECOMMENDED_AUDIENCE, |(_, bake, treated, maximum)| (*bake, *treated, *maximum));
        Self { bake, minimum_treated, maximum_time }
    }
}

impl PlanDraft {
    /// Returns the plan with what is recommended written into every stage that says nothing, if the plan asks for it. What a
    /// stage says stays; no bake and no treated units are nothing said.
    #[must_use]
    pub fn filled(mut self) -> Self {
        if self.defaults == Some(Defaults::Recommended) {
            self.stages.iter_mut().for_each(fill);
        }
        self
    }

    /// Returns the plan for a flag that is asked for so many times in a second, as far as that is known: where the plan asks
    /// for what is recommended and the flag is asked for less than once a second, a guard that does not say has a day of grace
    /// for silence. A flag of which nothing was seen is not known to be quiet: somebody may evaluate it without asking.
    #[must_use]
    pub fn expecting(mut self, evaluations_per_second: Option<f64>) -> Self {
        let is_quiet = evaluations_per_second.is_some_and(|rate| rate > 0.0 && rate < QUIET_PER_SECOND);
        if is_quiet && self.defaults == Some(Defaults::Recommended) {
            for guard in &mut self.guards {
                let least = guard.interval.unwrap_or(INTERVAL_DEFAULT).saturating_mul(GRACE_DEFAULT_INTERVALS);
                guard.no_data_grace.get_or_insert(GRACE_QUIET.max(least));
            }
        }
        self
    }
}

fn fill(stage: &mut StageDraft) {
    let recommended = Recommended::of(stage.percentage, stage.audience.is_some());
    if stage.bake.is_zero() {
        stage.bake = recommended.bake;
    }
    if stage.minimum_treated == 0 {
        stage.minimum_treated = recommended.minimum_treated;
    }
    let longest = recommended.maximum_time.max(stage.bake.saturating_mul(2));
    stage.maximum_time.get_or_insert(longest);
}
