//! Runs the server, lets it die where it is told to, and starts it again until the work is done.

use std::fs::OpenOptions;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use hoist_lifecycle::safety::Safety;
use tokio::process::{Child, Command};

use super::world::{ROLLOUT, World};

/// The signal that an aborted process ends by.
const ABORTED: i32 = 6;
/// Looks at the database until a run counts as stuck. Each waits up to [`LOOK`] for the process to end.
const LOOKS_MAX: u32 = 600;
const LOOK: Duration = Duration::from_millis(100);

/// What a run came to.
pub(super) struct Ran {
    /// Whether the server died at its point.
    pub(super) died: bool,
    /// Everything that the servers of the run wrote to their logs.
    pub(super) log: String,
}

/// Runs the server until the rollout is over, a rollback verified, and everybody told; once with `order`, and again without if it dies.
pub(super) async fn run(world: &World, order: Option<&str>) -> Ran {
    let mut server = start(world, order);
    let mut died = false;
    for _ in 0..LOOKS_MAX {
        // The end of the process is what is waited for; the time limit is the pause between two looks at the database.
        if let Ok(ended) = tokio::time::timeout(LOOK, server.wait()).await {
            let ended = ended.expect("the process can be waited for");
            assert!(!died && is_abort(ended), "the server ended by itself with {ended}: {}", log(world));
            died = true;
            server = start(world, None);
        }
        if is_done(world).await {
            server.kill().await.expect("the server can be killed");
            return Ran { died, log: log(world) };
        }
    }
    panic!("{order:?}: the rollout never ended: {}", log(world));
}

fn start(world: &World, order: Option<&str>) -> Child {
    let log = OpenOptions::new().create(true).append(true).open(&world.logs).expect("a log");
    let mut command = Command::new(env!("CARGO_BIN_EXE_hoist"));
    command
        .args(["serve", "--http", "127.0.0.1:0", "--tick-floor", "100ms", "--prometheus-url", &world.source_url])
        .arg("--data")
        .arg(world.data.path())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(true);
    if let Some(url) = &world.database_url {
        command.env("HOIST_DATABASE_URL", url);
    }
    if let Some(order) = order {
        command.env("HOIST_FAILPOINT", order);
    }
    command.spawn().expect("the server starts")
}

fn is_abort(ended: ExitStatus) -> bool {
    ended.signal() == Some(ABORTED)
}

async fn is_done(world: &World) -> bool {
    let rollout = world.store.rollout(ROLLOUT).await.expect("the store answers").expect("the rollout is there");
    let watched = rollout.safety.as_deref().is_some_and(Safety::is_open);
    !rollout.is_active() && !watched && world.store.outbox_waiting().await.expect("the store answers") == 0
}

fn log(world: &World) -> String {
    std::fs::read_to_string(&world.logs).unwrap_or_default()
}
