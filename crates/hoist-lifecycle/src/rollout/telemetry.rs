//! Whether both arms are heard of alike: units that stop reporting take their harm with them.
//!
//! Of the units that came to a stay, so many were heard of again, by an event that a metric counts as an opportunity. If both
//! arms lose the same share, nothing is wrong. If one loses more, the metric sees a choice of that arm's units, and no
//! comparison can be trusted. Treated units that fall silent may be harm itself: whoever crashes reports nothing.

use crate::sequential::{CountFlush, TelemetryEvidence};

use super::evidence::Reporting;
use super::rationale::{ReportingFacts, TelemetryFacts};
use super::spec::RolloutSpec;
use super::state::StageEntry;

/// Returns what the units that the guards of the stage heard of say; nothing where nobody counts them, and where there is no
/// control. Every stay is tested anew: units report for each stay that they come to.
///
/// The evidence of several metrics is their mean, which keeps its guarantee however they depend on one another.
pub(super) fn telemetry(spec: &RolloutSpec, entry: &StageEntry) -> Option<TelemetryFacts> {
    spec.control_at(entry.stage)?;
    let watched = |reporting: &&Reporting| {
        let watches = spec.watches().iter().filter(|watch| !watch.is_goal() && watch.guard.watches(entry.stage.0));
        watches.into_iter().any(|watch| *watch.guard.metric() == reporting.metric)
    };
    let heard = entry.exposed.as_ref()?.reporting.iter().filter(watched);
    let metrics: Vec<ReportingFacts> = heard.filter_map(facts).collect();
    let highest = metrics.iter().map(|facts| facts.log_evidence).reduce(f64::max)?;
    let sum: f64 = metrics.iter().map(|facts| (facts.log_evidence - highest).exp()).sum();
    Some(TelemetryFacts {
        log_evidence: highest + (sum / metrics.len() as f64).ln(),
        log_needed: -spec.plan().sample_ratio_alpha().ln(),
        metrics,
    })
}

fn facts(reporting: &Reporting) -> Option<ReportingFacts> {
    let Reporting { metric, treatment, control, of_treatment, of_control } = reporting;
    let counts = CountFlush {
        n_treatment: *of_treatment as f64,
        n_control: *of_control as f64,
        x_treatment: *treatment as f64,
        x_control: *control as f64,
    };
    if !counts.has_both_arms() {
        return None;
    }
    let mut evidence = TelemetryEvidence::default();
    evidence.absorb(&counts);
    Some(ReportingFacts { metric: metric.clone(), counts, log_evidence: evidence.log_evidence() })
}
