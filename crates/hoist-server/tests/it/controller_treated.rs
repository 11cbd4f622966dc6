//! Which units a stage may count: those who were treated under its own allocation.

use hoist_eval::draft::{SegmentDraft, ServeDraft};
use hoist_eval::{EvaluationContext, evaluate};
use hoist_lifecycle::plan::StageDraft;
use hoist_server::metrics::MetricSource;
use hoist_server::snapshots::{Content, EnvironmentId, Offered, Position};
use hoist_store::{Actor, Write};

use crate::controller_kit::{BAKE, ENVIRONMENT, FLAG, PROJECT, World, plan, stage};

const ID: &str = "r1";

fn environment() -> EnvironmentId {
    EnvironmentId { project: PROJECT.parse().unwrap(), environment: ENVIRONMENT.parse().unwrap() }
}

/// Serves what the store has; with a definition that does not compile if `sound` is false.
async fn serve(world: &World, sound: bool) {
    let mut newest = world.store.snapshot(PROJECT, ENVIRONMENT).await.unwrap().unwrap();
    if !sound {
        newest.draft.flags[0].targeting.default = ServeDraft::Variant(String::new());
    }
    let position = Position { epoch: newest.epoch.0, generation: newest.generation };
    let offered = world.snapshots.offer(&environment(), position, &Content::from(newest.draft), world.clock.now());
    assert_eq!(offered, Some(Offered::Served));
}

/// Lets a hundred units ask for the flag.
fn visit(world: &World) {
    let slot = world.snapshots.slot(&environment()).unwrap();
    let served = slot.served();
    let served = served.as_ref().unwrap();
    for unit in 0..100 {
        let unit = format!("user-{unit}");
        let context = EvaluationContext::builder(world.clock.now()).targeting_key(unit.as_str()).build().unwrap();
        let resolution = evaluate(&served.snapshot, FLAG, &context);
        served.card_of(FLAG).unwrap().record(&resolution, Some(&unit), None);
    }
}

#[tokio::test]
async fn a_stage_is_not_credited_with_units_of_the_stage_before() {
    let world = World::new().await;
    let mut plan = plan();
    plan.guards.clear();
    plan.stages = [("half", 50.0), ("all", 100.0)]
        .map(|(name, percentage)| StageDraft { minimum_treated: 20, ..stage(name, percentage) })
        .into();
    world.start(ID, &plan).await;
    let mut node = world.node("a", 1, MetricSource::Absent);
    node.tick().await;
    serve(&world, true).await;
    node.run(BAKE).await;
    node.run(BAKE).await;
    assert_eq!(world.place(ID).await, "half", "nobody was treated yet");
    visit(&world);
    node.run(BAKE).await;
    assert_eq!(world.place(ID).await, "all");

    // The newest form of the flag has a problem, so the form of the stage before is served on.
    serve(&world, false).await;
    visit(&world);
    node.run(BAKE).await;
    node.run(BAKE).await;
    assert_eq!(world.place(ID).await, "all", "the units were treated under the allocation of the stage before");

    let (actor, more) =
        (Actor::system(), SegmentDraft { key: "more".to_owned(), included: vec![], excluded: vec![], when: None });
    world.store.create_segment(&Write::new(&actor, world.clock.now()), PROJECT, &more).await.unwrap();
    serve(&world, true).await;
    visit(&world);
    node.run(BAKE).await;
    assert_eq!(world.place(ID).await, "completed");
}

#[tokio::test]
async fn a_snapshot_of_another_history_credits_nobody() {
    let world = World::new().await;
    let mut plan = plan();
    plan.guards.clear();
    plan.stages = vec![StageDraft { minimum_treated: 20, ..stage("all", 100.0) }];
    world.start(ID, &plan).await;
    let mut node = world.node("a", 1, MetricSource::Absent);
    node.tick().await;
    let newest = world.store.snapshot(PROJECT, ENVIRONMENT).await.unwrap().unwrap();
    let other = Position { epoch: newest.epoch.0 - 1, generation: newest.generation + 5 };
    world.snapshots.offer(&environment(), other, &Content::from(newest.draft), world.clock.now());
    visit(&world);
    node.run(BAKE).await;
    node.run(BAKE).await;
    assert_eq!(world.place(ID).await, "all");
}
