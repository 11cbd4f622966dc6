//! From sums to the reading of a guard.

use std::collections::BTreeMap;

use hoist_eval::Timestamp;
use hoist_lifecycle::intake::{ArmBook, Exposed, Measure, MetricBook, dispersion_of, sums};
use hoist_lifecycle::limits::{LATE_STAYS_MAX, QUANTILE_DEFAULT};
use hoist_lifecycle::metric::{MetricKey, MetricSourceDraft};
use hoist_lifecycle::rollout::DueGuard;
use hoist_lifecycle::rollout::evidence::{
    ArmSums, EarlierArms, FirstExposures, Reading, Reporting, SourceFault, ValueSums,
};
use hoist_lifecycle::rollout::state::EntryId;
use hoist_lifecycle::sequential::Edge;

use super::intake::{Intake, StaySums};

impl Intake {
    /// Returns what all servers have counted at a stay and at those before it, asked for once and shown to every guard of a
    /// look.
    pub async fn look(&self, rollout: &str, stay: EntryId) -> StayLook {
        let from = EntryId(stay.0.saturating_sub(LATE_STAYS_MAX as u64));
        let sums = match self.sums(rollout, from).await {
            Ok(sums) => Ok(sums),
            Err(error) => {
                tracing::warn!(rollout, %error, "sums of other servers cannot be read; guards on tracked events hold");
                Err(SourceFault::Unreachable)
            }
        };
        StayLook { stay, measures: self.measures(rollout), sums }
    }
}

/// What was counted at one stay, and at those before it, when it was looked at.
#[derive(Debug)]
pub struct StayLook {
    stay: EntryId,
    measures: BTreeMap<MetricKey, Measure>,
    sums: Result<BTreeMap<EntryId, StaySums>, SourceFault>,
}

impl StayLook {
    /// Returns what a guard's tracked metric shows, over all servers. Missing while no unit came, and for a guard of
    /// another stay: silence is no evidence. Failed if the store did not say what other servers counted.
    pub fn read(&self, due: &DueGuard) -> Reading {
        let Some(measure) = self.measures.get(&due.metric).filter(|_| due.entry == self.stay) else {
            return Reading::Missing;
        };
        match &self.sums {
            Ok(stays) => match stays.get(&self.stay) {
                Some(stay) => reading(measure, stay, self.earlier(measure, due), due),
                None => Reading::Missing,
            },
            Err(fault) => Reading::Failed(*fault),
        }
    }

    /// Returns what both arms have had at the stays before this one, as far as late events are still judged.
    fn earlier(&self, measure: &Measure, due: &DueGuard) -> Vec<EarlierArms> {
        let Ok(stays) = &self.sums else { return Vec::new() };
        let before = stays.range(..self.stay).rev().take(LATE_STAYS_MAX);
        let told = before.filter_map(|(entry, stay)| {
            let (treatment, control) = arms(measure, stay.metrics.get(&due.metric)?, due);
            Some(EarlierArms { entry: *entry, treatment, control })
        });
        told.collect()
    }

    /// Returns how many units came to the stay for the first time, over all servers and each once, and how many of them
    /// were heard of again; nothing while nobody counts, or if the store did not answer.
    pub fn first_exposures(&self) -> Option<FirstExposures> {
        let stays = self.sums.as_ref().ok()?;
        let found = stays.get(&self.stay)?;
        let once = counted_once(stays);
        // Both counts of a share are shortened alike, so the share stays, and says no more than its units can.
        let shorten = |count: u64| (count as f64 * once) as u64;
        let mut reporting = Vec::new();
        for (metric, book) in &found.metrics {
            if self.measures.get(metric).is_some_and(Measure::hears_of_units) {
                reporting.push(Reporting {
                    metric: metric.clone(),
                    treatment: shorten(book.treatment.reporting),
                    control: shorten(book.control.reporting),
                    of_treatment: shorten(found.exposed.treatment),
                    of_control: shorten(found.exposed.control),
                });
            }
        }
        let (treatment, control) = found.firsts?;
        Some(FirstExposures { treatment, control, reporting })
    }
}

/// Returns by what counts that servers add up are multiplied, so that a unit that several saw counts once.
///
/// Taken over all stays: at a later one most units came before, and which of them are the same is not kept.
fn counted_once(stays: &BTreeMap<EntryId, StaySums>) -> f64 {
    let (mut counted, mut distinct) = (Exposed::default(), 0_u64);
    for stay in stays.values() {
        counted.merge(&stay.exposed);
        let (treatment, control) = stay.firsts.unwrap_or_default();
        distinct = distinct.saturating_add(treatment).saturating_add(control);
    }
    counted.counted_once(distinct)
}

fn reading(measure: &Measure, stay: &StaySums, earlier: Vec<EarlierArms>, due: &DueGuard) -> Reading {
    let (Some(book), Some(sampled_at)) = (stay.metrics.get(&due.metric), stay.active_at) else {
        return Reading::Missing;
    };
    if let (MetricSourceDraft::LatencyQuantile { quantile, .. }, None) = (&due.source, due.threshold) {
        return control_quantile(book, quantile.unwrap_or(QUANTILE_DEFAULT), sampled_at);
    }
    let (treatment, control) = arms(measure, book, due);
    // Nobody came, or nothing was heard of those who did: silence is no evidence. Where `n` is the units without an event,
    // nobody is left once all of them had it.
    if treatment.n + treatment.x <= 0.0 && control.n + control.x <= 0.0 {
        return Reading::Missing;
    }
    Reading::Arms { treatment, control, sampled_at, dispersion: dispersion_of(measure, book), earlier }
}

/// Returns the sums of both arms, treatment first.
fn arms(measure: &Measure, book: &MetricBook, due: &DueGuard) -> (ArmSums, ArmSums) {
    match due.threshold {
        Some(threshold) => {
            let edge = Edge::of_value(threshold);
            (beyond(&book.treatment, edge), beyond(&book.control, edge))
        }
        None => (arm(measure, &book.treatment), arm(measure, &book.control)),
    }
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
    ArmSums { n: n as f64, x: x as f64, values: None, ..ArmSums::default() }
}

fn arm(measure: &Measure, book: &ArmBook) -> ArmSums {
    let sums = sums(measure, book);
    let forgotten = if measure.is_once_per_unit() { book.forgotten as f64 } else { 0.0 };
    let values = sums.values.map(|clusters| ValueSums { capped: sums.capped, ..ValueSums::from(clusters) });
    ArmSums { n: sums.n, x: sums.x, values, forgotten }
}
