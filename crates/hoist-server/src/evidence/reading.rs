//! From sums to the reading of a guard.

use hoist_lifecycle::intake::{ArmBook, Measure, MetricBook, sums};
use hoist_lifecycle::metric::MetricKey;
use hoist_lifecycle::rollout::DueGuard;
use hoist_lifecycle::rollout::evidence::{ArmSums, FirstExposures, Reading, Reporting, SourceFault, ValueSums};
use hoist_lifecycle::rollout::state::EntryId;

use super::intake::{Intake, StaySums};

impl Intake {
    /// Returns what a guard's tracked metric shows at its stay, over all servers. Missing while no unit came: silence is
    /// no evidence. Failed while the store does not say what other servers counted.
    pub async fn read(&self, rollout: &str, due: &DueGuard) -> Reading {
        let Some(measure) = self.measure(rollout, &due.metric) else { return Reading::Missing };
        match self.sums(rollout, due.entry).await {
            Ok(Some(stay)) => reading(&measure, &stay, &due.metric),
            Ok(None) => Reading::Missing,
            Err(error) => {
                tracing::warn!(rollout, metric = %due.metric, %error, "sums of other servers cannot be read; a guard holds");
                Reading::Failed(SourceFault::Unreachable)
            }
        }
    }

    /// Returns how many units came to a stay for the first time, over all servers, and how many of them were heard of
    /// again; nothing while nobody counts, or the store does not answer.
    pub async fn first_exposures(&self, rollout: &str, stay: EntryId) -> Option<FirstExposures> {
        let found = self.sums(rollout, stay).await.ok()??;
        let mut reporting = Vec::new();
        for (metric, book) in &found.metrics {
            if self.measure(rollout, metric).is_some_and(|measure| measure.per().is_some()) {
                let (treatment, control) = (book.treatment.reporting, book.control.reporting);
                reporting.push(Reporting { metric: metric.clone(), treatment, control });
            }
        }
        let exposed = found.exposed;
        Some(FirstExposures { treatment: exposed.first_treatment, control: exposed.first_control, reporting })
    }
}

fn reading(measure: &Measure, stay: &StaySums, metric: &MetricKey) -> Reading {
    let nothing = MetricBook::default();
    let book = stay.metrics.get(metric).unwrap_or(&nothing);
    let (treatment, control) = (arm(measure, &book.treatment), arm(measure, &book.control));
    match stay.active_at {
        Some(sampled_at) if treatment.n > 0.0 || control.n > 0.0 => {
            Reading::Arms { treatment, control, sampled_at, dispersion: None }
        }
        _ => Reading::Missing,
    }
}

fn arm(measure: &Measure, book: &ArmBook) -> ArmSums {
    let sums = sums(measure, book);
    let values = sums.moments.map(|moments| ValueSums {
        groups: moments.groups,
        sum_y: moments.y,
        sum_x: moments.x,
        sum_yy: moments.yy,
        sum_xx: moments.xx,
        sum_xy: moments.xy,
    });
    ArmSums { n: sums.n, x: sums.x, values }
}
