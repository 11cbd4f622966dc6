//! What people are told of a guard that has no data: a line in the log for each change of the cause, and a counter.

use hoist_eval::Span;
use hoist_lifecycle::rollout::NoDataCause;
use hoist_lifecycle::rollout::evidence::{InvalidReading, Reading, SourceFault};
use serde_json::Value;

use crate::canary::Log;
use crate::controller_kit::{Says, World, plan};

/// Returns the causes that lines about guards without data name, in their order; `null` for "has data again".
fn told(log: &Log) -> Vec<Value> {
    let lines = log.text();
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let about_guards = lines.filter(|line| line["guard"] == "errors");
    about_guards.map(|line| line["cause"].clone()).collect()
}

#[tokio::test]
async fn a_guard_without_data_is_logged_once_for_each_cause_and_counted_each_time() {
    let (log, _listening) = Log::of_this_thread(tracing::Level::INFO);
    let world = World::new().await;
    world.start("r1", &plan()).await;
    let says = Says::new(0.001);
    let mut node = world.node("a", 1, says.source());
    node.tick().await;
    for (reading, looks) in [
        (Reading::Failed(SourceFault::Unreachable), 3),
        (Reading::Invalid(InvalidReading::ManySeries), 2),
        (Reading::Value { value: 0.001, sampled_at: world.clock.now() }, 2),
        (Reading::Missing, 1),
    ] {
        says.say(reading);
        for _ in 0..looks {
            world.clock.advance(Span::from_seconds(10));
            node.tick().await;
        }
    }
    assert_eq!(told(&log), ["unreachable".into(), "many_series".into(), Value::Null, "absent".into()]);
    let text = log.text();
    assert!(text.contains("its rollout holds") && text.contains(NoDataCause::Unreachable.next()), "{text}");
    let counts = [NoDataCause::Unreachable, NoDataCause::ManySeries, NoDataCause::Absent, NoDataCause::Timeout];
    assert_eq!(counts.map(|cause| world.silences.count(cause)), [3, 2, 1, 0]);
}
