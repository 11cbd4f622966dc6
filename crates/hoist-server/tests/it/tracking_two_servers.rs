//! Two servers on one PostgreSQL, behind a balancer that sends everybody to both.

use hoist_eval::Span;
use hoist_lifecycle::intake::ArmBook;
use hoist_lifecycle::metric::MetricDraft;
use hoist_lifecycle::plan::{GuardDraft, GuardMode, LimitDraft, PlanDraft};
use hoist_lifecycle::rollout::state::EntryId;
use hoist_lifecycle::rollout::{due_guards, evidence::Reading};
use hoist_server::clock::Clock;
use hoist_server::evidence::{Intake, Seen, TrackedEvent};
use hoist_server::snapshots::EnvironmentId;
use hoist_store::Store;
use hoist_store::testing::Postgres;

use crate::controller_kit::{ENVIRONMENT, FLAG, PROJECT, START, Says, World, guard, stage};

const ID: &str = "rol-1";

fn place() -> EnvironmentId {
    EnvironmentId { project: PROJECT.parse().unwrap(), environment: ENVIRONMENT.parse().unwrap() }
}

/// Ten internal users come to both servers within one flush, four of them fail, two of those at both. A limit that is a number
/// is held against four of ten, as soon as the servers have heard of each other.
#[tokio::test]
async fn a_unit_that_both_saw_counts_once_against_a_limit() {
    let postgres = Postgres::fresh().await.unwrap();
    let store = async || Store::open(&postgres.config()).await.unwrap();
    let world = World::on(store().await, Clock::manual(START)).await;
    let limit = LimitDraft::Above(0.5);
    let guard = GuardDraft { metric: "failed".into(), limit, mode: GuardMode::Immediate, ..guard() };
    let plan = PlanDraft { guards: vec![guard], ..PlanDraft::new("p", "on", vec![stage("internal", 100.0)]) };
    let source = serde_json::json!({"kind": "affected_units", "event": "error"});
    let metric: MetricDraft = serde_json::from_value(serde_json::json!({"key": "failed", "source": source})).unwrap();
    Box::pin(world.start_with(ID, &plan, vec![metric])).await;
    world.node("controller", 1, Says::new(0.0).source()).tick().await;
    let stay = EntryId(1);
    assert_eq!(world.rollout(ID).await.state.entry_id(), stay);

    let servers = [("a", store().await), ("b", store().await)]
        .map(|(name, store)| Intake::new(store, name.to_owned(), Seen::default()));
    let now = world.clock.now().saturating_add(Span::from_seconds(1));
    let unit = |unit: u32| format!("user-{unit}");
    for (server, failing) in servers.iter().zip([[0, 1, 2], [1, 2, 3]]) {
        assert!(server.refresh(now).await.unwrap());
        for user in 0..10 {
            server.expose(&place(), (FLAG, "on"), &unit(user), now, now);
        }
        let error =
            |user| TrackedEvent { name: "error".to_owned(), targeting_key: unit(user), value: None, at: now, id: None };
        server.track(&place(), &failing.map(error), now);
    }
    let seen = async |server: &Intake| {
        let sums = server.sums(ID, stay).await.unwrap().remove(&stay).unwrap();
        let ArmBook { at_risk, events, .. } = sums.metrics["failed"].treatment;
        (at_risk, events, sums.exposed.treatment, sums.firsts.unwrap().0)
    };
    for server in &servers {
        server.flush(now).await.unwrap();
    }
    // One has heard of the other and has yet to tell what it took back.
    for server in &servers {
        server.flush(now.saturating_add(Span::from_seconds(10))).await.unwrap();
    }
    for server in &servers {
        server.flush(now.saturating_add(Span::from_seconds(20))).await.unwrap();
        assert_eq!(seen(server).await, (6, 4, 10, 10));
    }
    let rollout = world.rollout(ID).await;
    let due = due_guards(&rollout.spec, &rollout.state, now).remove(0);
    for server in &servers {
        let reading = server.look(ID, stay).await.read(&due);
        let Reading::Arms { treatment, .. } = reading else { panic!("{reading:?}") };
        assert_eq!((treatment.n, treatment.x), (6.0, 4.0));
    }
}
