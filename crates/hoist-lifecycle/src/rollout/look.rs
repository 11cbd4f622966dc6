//! What a look leaves for the curves of its guards: a point each, in the unit of the guard.
//!
//! Decisions are kept when they are news, with everything that they rest on. A curve wants the time in between as well,
//! and little of each moment. Nothing is judged here, and nothing is judged by it.

use hoist_eval::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::plan::{GuardKey, LimitDraft};
use crate::sequential::CountFlush;

use super::decision::{Decision, Verdict};
use super::evidence::Input;
use super::rationale::{ComparedFacts, GuardRationale, StayFacts};
use super::state::EntryId;

/// What the guards of a stage showed when the controller looked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// When.
    pub at: Timestamp,
    /// The stage, counted from 0.
    pub stage: usize,
    /// Each guard of the stage, in the order of the plan.
    pub guards: Vec<GuardPoint>,
}

/// One guard at one moment. All numbers but the verdict are in the guard's unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GuardPoint {
    /// The guard.
    pub guard: GuardKey,
    /// What it said.
    pub verdict: Verdict,
    /// The treatment: everything since the stage was entered where it is compared with the control, otherwise the last
    /// value. Absent while nothing could be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treatment: Option<f64>,
    /// The control over the same time; absent where nothing is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<f64>,
    /// Lower end of what is plausible for the treatment: the confidence sequence of the ratio times the control. Absent
    /// where nothing excludes a value close to 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lower: Option<f64>,
    /// Upper end of it; absent where nothing excludes any value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upper: Option<f64>,
    /// The limit: as it was set, or the control times the margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// What was judged up to here, for a guard that compares with the control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
}

/// What a guard against control has judged at a stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// All intervals of the stage that were compared, added up; nothing for a metric of values.
    #[serde(flatten)]
    pub counts: CountFlush,
    /// Observed time in the stay.
    pub elapsed: Span,
    /// The stay. Looks of earlier versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay: Option<EntryId>,
    /// How much more the events of the stay varied than independent ones would, at least 1; absent where they did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispersion: Option<f64>,
    /// The threshold of a quantile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// The latest stays of a metric of values, the present one last; at most [`crate::limits::RECORDED_STAYS_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stays: Vec<StayFacts>,
    /// The harm that is looked for, for a metric of values, once it is frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<f64>,
}

impl Judged {
    fn of(compared: &ComparedFacts) -> Self {
        Self {
            counts: compared.here(),
            elapsed: compared.observed,
            stay: None,
            dispersion: Some(compared.dispersion).filter(|dispersion| *dispersion > 1.0),
            threshold: compared.threshold,
            stays: compared.stays.clone(),
            effect: compared.values.and_then(|values| values.effect),
        }
    }
}

/// Returns what a step leaves for the curves; `None` where no source was asked, or no stage was there to be watched.
pub fn look(input: &Input, decision: &Decision, at: Timestamp) -> Option<Look> {
    let Input::Tick(evidence) = input else { return None };
    let rationale = &decision.rationale;
    let stage = rationale.stage.as_ref()?.number.saturating_sub(1);
    if evidence.readings.is_empty() || rationale.guards.is_empty() {
        return None;
    }
    let guards = rationale.guards.iter().map(|seen| {
        let mut point = GuardPoint::of(seen);
        if let Some(judged) = &mut point.judged {
            judged.stay = Some(evidence.entry);
        }
        point
    });
    Some(Look { at, stage, guards: guards.collect() })
}

impl GuardPoint {
    /// Returns what a rationale says as a point of a curve, without the stay, which it does not say.
    pub fn of(seen: &GuardRationale) -> Self {
        let point = Self {
            guard: seen.guard.clone(),
            verdict: seen.verdict,
            treatment: seen.value,
            control: None,
            lower: None,
            upper: None,
            limit: match seen.limit {
                LimitDraft::Above(limit) | LimitDraft::Below(limit) => Some(limit),
                LimitDraft::Control(_) => None,
            },
            judged: None,
        };
        let Some(compared) = &seen.compared else { return point };
        let (treatment, control) = levels(compared);
        let ratio = compared.ratio();
        let times = |ratio: Option<f64>| Some(ratio? * control?).filter(|value| value.is_finite());
        Self {
            treatment,
            control,
            lower: times(ratio.lower),
            upper: times(ratio.upper),
            limit: times(Some(compared.test.direction().boundary(compared.test.margin()))),
            judged: Some(Judged::of(compared)),
            ..point
        }
    }
}

/// Returns what the treatment and the control came to since the stage was entered; absent where nothing was heard.
fn levels(compared: &ComparedFacts) -> (Option<f64>, Option<f64>) {
    let (treatment, control) = if let Some(values) = &compared.values {
        values.levels()
    } else {
        let counts = compared.units.unwrap_or_else(|| compared.here());
        (counts.x_treatment / counts.n_treatment, counts.x_control / counts.n_control)
    };
    let known = |level: f64| level.is_finite().then_some(level);
    (known(treatment), known(control))
}
