//! What a rollout would do, told before it starts: whom each stage reaches, how long it takes to decide, what would be
//! missed, and what is not known.
//!
//! [`preview`] is a function of the plan and of what is seen today ([`Facts`]). It promises nothing that today's traffic
//! does not carry: where a number is missing the answer has none, and a [`Note`] says why. Times are those of the
//! planner ([`crate::sequential::information_rate`]): about what a regression of that size takes in the middle, not at
//! most.
//!
//! Left out: windows, approvals and the time that people take.

mod facts;
mod guard;
mod metric;
mod note;
mod stage;
mod times;

use hoist_eval::Span;
use serde::Serialize;

use crate::rollout::RolloutSpec;

pub use facts::{Answer, Facts, Rates, Traffic, Units, Unknown};
pub use guard::{Base, GuardPreview};
pub use note::{Note, Severity};
pub use stage::{Detection, GuardAtStage, Judged, Radius, StagePreview};

/// What a rollout would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Preview {
    /// Evaluations of the flag in a second; absent while nobody has watched them for long enough.
    pub evaluations_per_second: Option<f64>,
    /// Distinct units in an hour; absent where nobody counts them.
    pub units_per_hour: Option<f64>,
    /// The guards, in the order of the plan.
    pub guards: Vec<GuardPreview>,
    /// The stages, in order.
    pub stages: Vec<StagePreview>,
    /// The least time until the rollout completes if nothing is wrong: absent where the time of a stage is not known.
    /// Approvals, windows and waiting for another rollout come on top.
    pub expected: Option<Span>,
    /// What stands in the way, what is doubtful and what is not known, the worst first.
    pub notes: Vec<Note>,
}

/// Returns what the rollout would do at today's traffic. `regression` is how many times worse than today the treatment
/// is assumed to be where times to detection are told; ratios below 1 count as their inverse. One that is to keep to a part of
/// the units is given as it is carried out ([`RolloutSpec::keeping_to`]).
pub fn preview(spec: &RolloutSpec, facts: &Facts, regression: f64) -> Preview {
    let mut notes = Vec::new();
    let metrics = metric::of(spec);
    note::traffic(spec, facts, &mut notes);
    note::audiences(spec, &mut notes);
    note::part(spec, &mut notes);
    let guards: Vec<GuardPreview> = spec
        .plan()
        .guards()
        .iter()
        .map(|guard| {
            let seen = guard::look(guard, metrics.get(guard.metric()), facts.answer(guard.key()), &mut notes);
            let watch = spec.watches().iter().find(|watch| watch.guard().key() == guard.key());
            GuardPreview { service: watch.and_then(|watch| watch.service().map(str::to_owned)), ..seen }
        })
        .collect();
    let times = times::Times::of(spec, &metrics, &guards, regression);
    let stages: Vec<StagePreview> = (0..spec.plan().stages().len())
        .filter_map(|index| stage::look(spec, index, facts, &times, &mut notes))
        .collect();
    let expected =
        stages.iter().map(|stage| stage.expected).try_fold(Span::ZERO, |sum, next| Some(sum.saturating_add(next?)));
    notes.sort_by_key(|note| note.severity);
    Preview {
        evaluations_per_second: facts.traffic.and_then(|traffic| traffic.evaluations_per_second()),
        units_per_hour: facts.traffic.and_then(|traffic| traffic.units_per_hour()),
        guards,
        stages,
        expected: expected.filter(|_| !spec.plan().stages().is_empty()),
        notes,
    }
}
