//! A server that stops in good order loses nothing that units did.

use hoist_lifecycle::intake::Outcome;
use hoist_lifecycle::rollout::state::EntryId;
use hoist_server::Shutdown;
use hoist_server::evidence::{Intake, Seen};
use hoist_server::snapshots::EnvironmentId;
use hoist_server::tasks::board::Activity;
use hoist_server::tasks::driver::Task;
use hoist_server::tasks::evidence::EvidenceKeeper;

use crate::harness::TestApp;
use crate::tracking::Shop;

fn place() -> EnvironmentId {
    EnvironmentId { project: "default".parse().unwrap(), environment: "staging".parse().unwrap() }
}

/// Requests end after the task that keeps their evidence: what they bring by then is written down, too.
#[tokio::test]
async fn what_the_last_requests_bring_is_written_down() {
    let Shop { app, rollout, .. } = Shop::open().await;
    let TestApp { clock, store, server, .. } = app;
    let (intake, now) = (server.app().intake.clone(), clock.now());
    let expose = |unit| assert_eq!(intake.expose(&place(), ("f", "on"), unit, now, now), Outcome::Counted);
    let written = async || store.evidence_sums(&rollout, EntryId(1)).await.unwrap()[0].sums.exposed.treatment;
    let mut keeper = server.app().board.watch("evidence").unwrap();
    expose("user-1");
    server.app().shutdown.escalate();
    keeper.wait_for(|notice| notice.activity == Activity::Retired).await.unwrap();
    assert_eq!(written().await, 1, "at once, in case there is no time for more");
    expose("user-2");
    server.wait().await;
    assert_eq!(written().await, 2);
}

#[tokio::test]
async fn a_server_that_stops_learns_no_more() {
    let Shop { app, .. } = Shop::open().await;
    let now = app.clock.now();
    let intake = || Intake::new(app.store.clone(), "late".to_owned(), Seen::default());
    let expose = |intake: &Intake, unit| intake.expose(&place(), ("f", "on"), unit, now, now);
    let late = intake();
    assert!(late.refresh(now).await.unwrap());
    let other = &app.server.app().intake;
    for unit in ["user-1", "user-2"] {
        expose(other, unit);
    }
    other.flush(now).await.unwrap();
    assert_eq!(late.write_down(now).await.unwrap(), 0);
    assert_eq!(expose(&late, "user-1"), Outcome::Counted, "what another server told is not known yet");
    assert_eq!(late.flush(now).await.unwrap(), 1);
    assert_eq!(expose(&late, "user-2"), Outcome::Repeated);

    // Nor does the task that would begin to.
    let late = intake();
    let stopping = Shutdown::new();
    stopping.escalate();
    EvidenceKeeper::new(late.clone(), stopping).activate(now).await;
    assert_eq!(expose(&late, "user-1"), Outcome::Irrelevant);
    EvidenceKeeper::new(late.clone(), Shutdown::new()).activate(now).await;
    assert_eq!(expose(&late, "user-1"), Outcome::Repeated);
}
