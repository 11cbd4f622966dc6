//! The metrics of a plan's guards, by key.

use std::collections::HashMap;

use crate::metric::{Metric, MetricKey};
use crate::plan::LimitDraft;
use crate::rollout::RolloutSpec;

/// The metrics that a rollout was given. They were proven when its specification was.
pub(super) struct Metrics(HashMap<MetricKey, Metric>);

impl Metrics {
    pub(super) fn get(&self, key: &MetricKey) -> Option<&Metric> {
        self.0.get(key)
    }
}

pub(super) fn of(spec: &RolloutSpec) -> Metrics {
    let drafts = spec.to_draft().metrics;
    let metrics = drafts.iter().filter_map(|draft| Metric::parse(draft).ok());
    Metrics(metrics.map(|metric| (metric.key().clone(), metric)).collect())
}

/// Returns what the weights of all guards against control add up to.
pub(super) fn weights(spec: &RolloutSpec, metrics: &Metrics) -> f64 {
    let compared = spec.plan().guards().iter().filter(|guard| matches!(guard.limit(), LimitDraft::Control(_)));
    compared.filter_map(|guard| metrics.get(guard.metric())).map(Metric::weight).sum()
}
