//! From sums to the reading of a guard.

use std::collections::BTreeMap;

use hoist_eval::Timestamp;
use hoist_lifecycle::intake::{ArmBook, Measure, MetricBook, sums};
use hoist_lifecycle::limits::QUANTILE_DEFAULT;
use hoist_lifecycle::metric::{MetricKey, MetricSourceDraft};
use hoist_lifecycle::rollout::DueGuard;
use hoist_lifecycle::rollout::evidence::{
    ArmSums, Dispersion, FirstExposures, Reading, Reporting, SourceFault, ValueSums,
};
use hoist_lifecycle::rollout::state::EntryId;
use hoist_lifecycle::sequential::{Edge, dispersion, treated_dispersion};

use super::intake::{Intake, StaySums};

impl Intake {
    /// Returns what all servers have counted at a stay, asked for once and shown to every guard of a look.
    pub async fn look(&self, rollout: &str, stay: EntryId) -> StayLook {
        let sums = match self.sums(rollout, stay).await {
            Ok(sums) => Ok(sums),
            Err(error) => {
                tracing::warn!(rollout, %error, "sums of other servers cannot be read; guards on tracked events hold");
                Err(SourceFault::Unreachable)
            }
        };
        StayLook { stay, measures: self.measures(rollout), sums }
    }
}

/// What was counted at one stay when it was looked at.
#[derive(Debug)]
pub struct StayLook {
    stay: EntryId,
    measures: BTreeMap<MetricKey, Measure>,
    sums: Result<Option<StaySums>, SourceFault>,
}

impl StayLook {
    /// Returns what a guard's tracked metric shows, over all servers. Missing while no unit came, and for a guard of
    /// another stay: silence is no evidence. Failed if the store did not say what other servers counted.
    pub fn read(&self, due: &DueGuard) -> Reading {
        let Some(measure) = self.measures.get(&due.metric).filter(|_| due.entry == self.stay) else {
            return Reading::Missing;
        };
        match &self.sums {
            Ok(Some(sums)) => reading(measure, sums, due),
            Ok(None) => Reading::Missing,
            Err(fault) => Reading::Failed(*fault),
        }
    }

    /// Returns how many units came to the stay for the first time, over all servers and each once, and how many of them
    /// were heard of again; nothing while nobody counts, or if the store did not answer.
    pub fn first_exposures(&self) -> Option<FirstExposures> {
        let found = self.sums.as_ref().ok()?.as_ref()?;
        let mut reporting = Vec::new();
        for (metric, book) in &found.metrics {
            if self.measures.get(metric).is_some_and(|measure| measure.per().is_some()) {
                let (treatment, control) = (book.treatment.reporting, book.control.reporting);
                reporting.push(Reporting { metric: metric.clone(), treatment, control });
            }
        }
        let (treatment, control) = found.firsts?;
        Some(FirstExposures { treatment, control, reporting })
    }
}

fn reading(measure: &Measure, stay: &StaySums, due: &DueGuard) -> Reading {
    let (Some(book), Some(sampled_at)) = (stay.metrics.get(&due.metric), stay.active_at) else {
        return Reading::Missing;
    };
    let (treatment, control) = match (&due.source, due.threshold) {
        (MetricSourceDraft::LatencyQuantile { quantile, .. }, None) => {
            return control_quantile(book, quantile.unwrap_or(QUANTILE_DEFAULT), sampled_at);
        }
        (_, Some(threshold)) => {
            let edge = Edge::of_value(threshold);
            (beyond(&book.treatment, edge), beyond(&book.control, edge))
        }
        _ => (arm(measure, &book.treatment), arm(measure, &book.control)),
    };
    // Nobody came, or nothing was heard of those who did: silence is no evidence. Where `n` is the units without an event,
    // nobody is left once all of them had it.
    if treatment.n + treatment.x <= 0.0 && control.n + control.x <= 0.0 {
        return Reading::Missing;
    }
    Reading::Arms { treatment, control, sampled_at, dispersion: dispersion_of(measure, book) }
}

fn control_quantile(book: &MetricBook, quantile: f64, sampled_at: Timestamp) -> Reading {
    let values = book.control.values.as_ref();
    match values.and_then(|values| Some((values.len(), values.quantile(quantile)?))) {
        Some((count, edge)) => Reading::Quantile { control_n: count as f64, value: edge.value(), sampled_at },
        None => Reading::Missing,
    }
}

fn beyond(book: &ArmBook, edge: Edge) -> ArmSums {
    let (n, x) = book.values.as_ref().map_or((0, 0), |values| (values.len(), values.above(edge)));
    ArmSums { n: n as f64, x: x as f64, values: None }
}

fn arm(measure: &Measure, book: &ArmBook) -> ArmSums {
    let sums = sums(measure, book);
    ArmSums { n: sums.n, x: sums.x, values: sums.values.map(ValueSums::from) }
}

/// Returns how events of a rate vary between groups of units; absent where units count once, and so are independent.
fn dispersion_of(measure: &Measure, book: &MetricBook) -> Option<Dispersion> {
    if !matches!(measure, Measure::EventRate { .. }) {
        return None;
    }
    let control = book.control.buckets.as_ref().and_then(|buckets| dispersion(buckets.pairs()));
    let treatment = book.treatment.buckets.as_ref().and_then(|buckets| treated_dispersion(buckets.pairs()));
    Some(Dispersion {
        control: control.map_or(1.0, |control| control.dispersion),
        treatment: treatment.map_or(1.0, |treatment| treatment.dispersion),
        treatment_sd: treatment.map_or(0.0, |treatment| treatment.sampling_deviation),
    })
}
