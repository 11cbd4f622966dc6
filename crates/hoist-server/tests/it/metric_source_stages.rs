//! Every odd answer of a metric source at every stage of a rollout: nothing advances, the right reason is stored, the
//! rollout goes on by itself once the answers are sound, and a rollback needs no answer at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::StreamExt as _;
use hoist_eval::Span;
use hoist_lifecycle::plan::{GuardDraft, PlanDraft};
use hoist_lifecycle::rollout::NoDataCause;
use hoist_lifecycle::rollout::decision::{Rule, Verdict};
use hoist_lifecycle::rollout::evidence::{Command, Input, Reading, SourceFault};
use hoist_server::tasks::Task as _;

use crate::controller_kit::{Node, STAGES, World, guard, plan};
use crate::egress_kit::{Reply, Server};
use crate::metric_source::{dated, odd, prometheus_for};

const ID: &str = "r1";
/// A bake that three looks fill, so that the table is done quickly.
const BAKE: Span = Span::from_seconds(30);
/// Looks under odd answers: twice as many as the bake needs.
const LOOKS: usize = 6;

fn quick() -> PlanDraft {
    let mut plan = plan();
    for stage in &mut plan.stages {
        stage.bake = BAKE;
    }
    plan.guards = vec![GuardDraft { maximum_staleness: Some(Span::from_seconds(15)), ..guard() }];
    plan
}

/// Answers soundly, at the instant that was asked for.
fn sound(request: &str) -> Reply {
    let time = request.split("time=").nth(1).and_then(|rest| rest.split(['&', ' ']).next()).unwrap();
    Reply::json(format!(
        r#"{{"status":"success","data":{{"resultType":"vector","result":[{{"metric":{{}},"value":[{time},"0.001"]}}]}}}}"#
    ))
}

async fn look(world: &World, node: &mut Node) {
    world.clock.advance(Span::from_seconds(10));
    node.keeper.activate(world.clock.now()).await;
    node.controller.activate(world.clock.now()).await;
}

async fn check(name: &'static str, reply: Reply, expected: Reading) {
    let broken = Arc::new(AtomicBool::new(false));
    let says = Arc::clone(&broken);
    let server =
        Server::start(
            "127.0.0.1",
            0,
            move |request| {
                if says.load(Ordering::SeqCst) { reply.clone() } else { sound(request) }
            },
        )
        .await;
    let world = World::new().await;
    world.start(ID, &quick()).await;
    let mut node = world.node("a", 1, prometheus_for(&server.url(), &expected));
    look(&world, &mut node).await;
    // Where every look takes as long as the source is waited for, two stages say it all.
    let slow = expected == Reading::Failed(SourceFault::Timeout);
    let looks = if slow { LOOKS / 2 } else { LOOKS };
    for (index, (stage, _)) in STAGES.iter().enumerate().take(if slow { 2 } else { STAGES.len() }) {
        assert_eq!(world.place(ID).await, *stage, "{name}");
        broken.store(true, Ordering::SeqCst);
        for _ in 0..looks {
            look(&world, &mut node).await;
            assert_eq!(world.place(ID).await, *stage, "{name} must not move a rollout");
        }
        check_reason(&world, name, &expected).await;
        if index + 1 == STAGES.len() {
            break;
        }
        broken.store(false, Ordering::SeqCst);
        let next = STAGES[index + 1].0;
        for _ in 0..LOOKS {
            if world.place(ID).await == next {
                break;
            }
            look(&world, &mut node).await;
        }
        assert_eq!(world.place(ID).await, next, "after {name} the rollout goes on by itself");
    }
    broken.store(true, Ordering::SeqCst);
    world.command(ID, Command::RollBack { reason: "enough".to_owned() }).await;
    assert_eq!(world.place(ID).await, "rolled_back", "{name}");
    assert_eq!(world.flag().await.allocation, None, "{name}");
}

/// The last recorded decision says that there is no data, and holds the reading that says why.
async fn check_reason(world: &World, name: &str, expected: &Reading) {
    let decisions = world.decisions(ID).await;
    let held = decisions.last().unwrap();
    let rationale = &held.decision.rationale;
    assert_eq!((rationale.rule, rationale.guards[0].verdict), (Rule::NoData, Verdict::NoData), "{name}");
    let cause = rationale.guards[0].cause;
    assert!(cause.is_some(), "{name}: the decision says why there is no data");
    if let Some(fault) = NoDataCause::of(expected, false) {
        assert_eq!(cause, Some(fault), "{name}");
    }
    let readings = decisions.iter().rev().find_map(|record| match &record.input {
        Input::Tick(evidence) => evidence.readings.first().map(|reading| reading.reading.clone()),
        Input::Command(_) => None,
    });
    assert_eq!(readings.as_ref(), Some(expected), "{name}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_odd_answer_moves_a_rollout_at_any_stage() {
    let rows = [odd(), dated()].concat();
    assert!(rows.len() >= 40, "{} rows", rows.len());
    let checks = rows.into_iter().map(|(name, reply, expected)| check(name, reply, expected));
    futures::stream::iter(checks).buffer_unordered(6).for_each(|()| async {}).await;
}
