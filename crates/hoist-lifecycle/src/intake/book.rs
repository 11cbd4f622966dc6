//! The sums of one stay.

use serde::{Deserialize, Serialize};

use crate::sequential::Histogram;

use super::buckets::Buckets;
use super::unit::Arm;

/// What one arm did at one stay, as far as one metric is concerned.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ArmBook {
    /// Units exposed at this stay that are still here: those without a first event for a metric that counts units,
    /// all of them for another. A level, not a sum: it goes down when a unit has its event or moves to a later stay. On
    /// one server it may be negative, where another server counted the unit in; over all servers it is not.
    #[serde(default)]
    pub at_risk: i64,
    /// Units without a first event that were counted here and forgotten since, because the table was full.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub forgotten: u64,
    /// Events so far; first events of units for a metric that counts units.
    #[serde(default)]
    pub events: u64,
    /// Opportunities so far: events of that name, or units that came to the stay where a unit is the opportunity.
    #[serde(default)]
    pub opportunities: u64,
    /// Units that were heard of again at this stay, by an event that is an opportunity.
    #[serde(default)]
    pub reporting: u64,
    /// Units whose maturity is over, for a metric that has one.
    #[serde(default)]
    pub matured: u64,
    /// Those of them that did it before.
    #[serde(default)]
    pub matured_events: u64,
    /// Values that were cut at the cap.
    #[serde(default)]
    pub capped: u64,
    /// The values of the event, for a metric about their size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Histogram>,
    /// The same per group of units, for a metric that units may count in more than once. Of latencies, values since their
    /// threshold was known, and those beyond it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buckets: Option<Buckets>,
    /// Whether a group may hold what a reporter counted for many units at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub aggregated: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl ArmBook {
    pub(super) fn bucketed(&mut self, bucket: usize, n: f64, x: f64) {
        self.buckets.get_or_insert_default().add(bucket, n, x);
    }

    /// Adds what another server counted of the same stay, metric and arm.
    pub fn merge(&mut self, other: &Self) {
        self.at_risk = self.at_risk.saturating_add(other.at_risk);
        self.forgotten = self.forgotten.saturating_add(other.forgotten);
        self.events = self.events.saturating_add(other.events);
        self.opportunities = self.opportunities.saturating_add(other.opportunities);
        self.reporting = self.reporting.saturating_add(other.reporting);
        self.matured = self.matured.saturating_add(other.matured);
        self.matured_events = self.matured_events.saturating_add(other.matured_events);
        self.capped = self.capped.saturating_add(other.capped);
        self.aggregated |= other.aggregated;
        if let Some(values) = &other.values {
            self.values.get_or_insert_default().merge(values);
        }
        if let Some(buckets) = &other.buckets {
            self.buckets.get_or_insert_default().merge(buckets);
        }
    }
}

/// One metric at one stay, both arms.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MetricBook {
    /// The units with the variant of the stage.
    pub treatment: ArmBook,
    /// The units with the control variant.
    pub control: ArmBook,
}

impl MetricBook {
    /// Returns the book of one arm.
    pub fn arm(&self, arm: Arm) -> &ArmBook {
        match arm {
            Arm::Treatment => &self.treatment,
            Arm::Control => &self.control,
        }
    }

    pub(super) fn arm_mut(&mut self, arm: Arm) -> &mut ArmBook {
        match arm {
            Arm::Treatment => &mut self.treatment,
            Arm::Control => &mut self.control,
        }
    }

    /// Adds what another server counted.
    pub fn merge(&mut self, other: &Self) {
        self.treatment.merge(&other.treatment);
        self.control.merge(&other.control);
    }
}

/// How many units came to one stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Exposed {
    /// Units that no earlier stay of the rollout had seen, with the variant of the stage.
    #[serde(default)]
    pub first_treatment: u64,
    /// The same with the control variant.
    #[serde(default)]
    pub first_control: u64,
    /// All units that came to the stay with its variant, those that moved here from an earlier one included.
    #[serde(default)]
    pub treatment: u64,
    /// The same with the control variant.
    #[serde(default)]
    pub control: u64,
}

impl Exposed {
    pub(super) fn count(&mut self, arm: Arm, first: bool) {
        let (all, new) = match arm {
            Arm::Treatment => (&mut self.treatment, &mut self.first_treatment),
            Arm::Control => (&mut self.control, &mut self.first_control),
        };
        *all = all.saturating_add(1);
        *new = new.saturating_add(u64::from(first));
    }

    /// Takes back a unit that another server counted, too.
    pub(super) fn take_back(&mut self, arm: Arm, first: bool) {
        let (all, new) = match arm {
            Arm::Treatment => (&mut self.treatment, &mut self.first_treatment),
            Arm::Control => (&mut self.control, &mut self.first_control),
        };
        *all = all.saturating_sub(1);
        *new = new.saturating_sub(u64::from(first));
    }

    /// Returns by what these counts are multiplied so that each unit counts once: at most 1, given how many of the first
    /// exposures in them were of distinct units. Servers that see the same units add up, and a test that took them for
    /// independent ones would find differences where there are none.
    pub fn counted_once(&self, distinct: u64) -> f64 {
        let counted = self.first_treatment.saturating_add(self.first_control);
        if counted == 0 { 1.0 } else { (distinct as f64 / counted as f64).min(1.0) }
    }

    /// Adds what another server counted.
    pub fn merge(&mut self, other: &Self) {
        self.first_treatment = self.first_treatment.saturating_add(other.first_treatment);
        self.first_control = self.first_control.saturating_add(other.first_control);
        self.treatment = self.treatment.saturating_add(other.treatment);
        self.control = self.control.saturating_add(other.control);
    }
}
