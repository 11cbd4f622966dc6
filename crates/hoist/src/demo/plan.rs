//! The demo's plan: what a careful team would use, with every bake divided by the speed.

use hoist_eval::Span;
use serde_json::{Value, json};

/// The plan's key.
pub const PLAN: &str = "new-checkout";
/// The segment of employees.
pub const SEGMENT: &str = "internal";
/// The stage at which the bug comes.
pub const BUG_STAGE: &str = "5 %";
/// The guard that has to find it.
pub const GUARD: &str = "checkout-failures";
/// The metric of failed checkouts.
pub const FAILURES: &str = "checkout-failures";
/// The metric of slow checkouts.
pub const SECONDS: &str = "checkout-seconds";

/// The stages: name, percentage, minutes of bake at speed 1, units that must have been served.
pub const STAGES: [(&str, f64, u64, u64); 5] = [
    ("internal", 100.0, 5, 5),
    ("1 %", 1.0, 8, 10),
    (BUG_STAGE, 5.0, 8, 30),
    ("25 %", 25.0, 8, 100),
    ("100 %", 100.0, 10, 200),
];
/// How many times as many failures as with the old checkout are no harm yet. The shop is small: with a narrow margin a
/// demonstration would take hours.
const MARGIN: f64 = 2.0;
/// How many times as many failures must be ruled out before a stage is left: what some ten seconds of the shop's traffic
/// can show at that share.
const RULED_OUT: [(&str, f64); 3] = [("1 %", 8.0), (BUG_STAGE, 6.0), ("25 %", 4.0)];

/// Shortest time between two readings: a scrape is a second, and a reading needs a new one.
const INTERVAL_MIN: Span = Span::from_seconds(2);
/// Shortest bake: a stage is left on a reading of its own.
const BAKE_MIN: Span = Span::from_seconds(3);
/// Shortest bake of the stage with the bug: the guard needs a few readings to be sure, however fast the demo goes.
const BUG_BAKE_MIN: Span = Span::from_seconds(8);
/// The window of the query for slow checkouts; its guard is not asked more often.
const WINDOW: Span = Span::from_seconds(3);

/// Returns the plan.
pub fn plan(speed: u32) -> Value {
    let stages: Vec<Value> = STAGES.iter().map(|stage| self::stage(*stage, speed)).collect();
    let interval = divided(Span::from_minutes(1), speed).max(INTERVAL_MIN);
    json!({
        "key": PLAN,
        "title": "New checkout",
        "description": "Employees first, then everyone, a little at a time; back at once if payments fail.",
        "treatment": super::shop::NEW,
        "stages": stages,
        "guards": [
            { "key": GUARD, "metric": FAILURES, "limit": { "control": { "margin": MARGIN } }, "interval": interval },
            { "key": "checkout-seconds", "metric": SECONDS, "limit": { "above": 0.5 }, "interval": interval.max(WINDOW) },
        ],
    })
}

fn stage((name, percentage, minutes, treated): (&str, f64, u64, u64), speed: u32) -> Value {
    let shortest = if name == BUG_STAGE { BUG_BAKE_MIN } else { BAKE_MIN };
    let mut stage = json!({
        "name": name,
        "percentage": percentage,
        "bake": divided(Span::from_minutes(minutes), speed).max(shortest),
        "minimum_treated": treated,
    });
    if let Some(fields) = stage.as_object_mut() {
        if name == SEGMENT {
            fields.insert("audience".to_owned(), Value::from(SEGMENT));
        }
        if let Some((_, ratio)) = RULED_OUT.iter().find(|(stage, _)| *stage == name) {
            fields.insert("noninferiority".to_owned(), Value::from(*ratio));
        }
    }
    stage
}

/// Returns the metrics that the guards watch.
pub fn metrics() -> [Value; 2] {
    let of_variant = |name: &str| format!("{name}{{variant=\"{{{{variant}}}}\"}}");
    let rate = |name: &str| format!("sum(rate({}[{WINDOW}]))", of_variant(name));
    [
        json!({
            "key": FAILURES,
            "title": "Checkouts that fail",
            "unit": "ratio",
            "source": {
                "kind": "promql_counts",
                "events": format!("sum({})", of_variant("shop_checkout_failures_total")),
                "total": format!("sum({})", of_variant("shop_checkouts_total")),
                "absent_is_zero": true,
            },
        }),
        json!({
            "key": SECONDS,
            "title": "Time that a checkout takes",
            "unit": "s",
            "source": {
                "kind": "promql_value",
                "query": format!("{} / {}", rate("shop_checkout_seconds_sum"), rate("shop_checkout_seconds_count")),
            },
        }),
    ]
}

fn divided(span: Span, speed: u32) -> Span {
    Span::from_micros(span.as_micros() / u64::from(speed.max(1)))
}
