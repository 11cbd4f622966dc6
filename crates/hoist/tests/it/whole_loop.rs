//! The whole loop on a real Git repository: a rollout completes, the flag is stale, its code is found, cleaned up on a
//! branch whose tests pass, and gone from the next scan; and the flag is archived.

use std::path::Path;
use std::process::Command;

use hoist_eval::Span;
use hoist_lifecycle::staleness::Policy;
use hoist_server::auth::{MadeToken, TokenKind};
use hoist_server::clock::{Clock, Ids};
use hoist_server::{Config, Parts, Server, Shutdown};
use hoist_store::{Actor, NewToken, Store, Write};
use serde_json::{Value, json};

use crate::harness::{Ran, command, run};
use crate::refs::{commit, git, write};

const PLAN: &str = "key: quick\ntreatment: \"on\"\nstages:\n  - { name: 100 %, percentage: 100, bake: 1s }\n";

const SHOP: &str = "from flags import client


def total(cart):
    if client.get_boolean_value(\"new-checkout\", False):
        return _fast_total(cart)
    return _slow_total(cart)


def _fast_total(cart):
    return sum(cart)


def _slow_total(cart):
    result = 0
    for price in cart:
        result += price
    return result
";

const FLAGS: &str = "class Client:
    def get_boolean_value(self, key, default):
        return default


client = Client()
";

const TEST: &str = "from shop import total

assert total([1, 2, 3]) == 6
assert total([]) == 0
print(\"passed\")
";

/// A server in this process that calls a flag done as soon as it serves one value: nobody wants to wait for a week.
pub(crate) struct World {
    runtime: tokio::runtime::Runtime,
    server: Option<Server>,
    pub(crate) url: String,
    pub(crate) token: String,
    repository: tempfile::TempDir,
}

impl World {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let (server, token) = runtime.block_on(serve());
        let url = format!("http://{}", server.http_address());
        Self { runtime, server: Some(server), url, token, repository: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn root(&self) -> &Path {
        self.repository.path()
    }

    /// Runs a command in the repository.
    pub(crate) fn hoist(&self, arguments: &[&str]) -> Ran {
        let mut command = command();
        command.current_dir(self.root()).env("HOIST_URL", &self.url).env("HOIST_TOKEN", &self.token);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Ada").env(format!("GIT_{role}_EMAIL"), "ada@example.org");
        }
        run(command.args(arguments))
    }

    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let ran = self.hoist(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {}{}", ran.out, ran.err);
        ran.out
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let out = self.ok(&[arguments, &["--json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {out}"))
    }

    fn state(&self) -> String {
        self.json(&["stale", "new-checkout"])["state"].as_str().expect("a state").to_owned()
    }

    /// Runs the repository's own tests.
    fn test(&self) {
        let mut python = Command::new("python3");
        let output = python.args(["-B", "test_shop.py"]).current_dir(self.root()).output().expect("python3 runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(said, "passed\n", "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn upload(&self) {
        self.ok(&["refs", ".", "--upload", "--main", "--repository", "example/shop"]);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.stop());
        }
    }
}

async fn serve() -> (Server, String) {
    let store = Store::in_memory().await.expect("a store");
    let (clock, ids) = (Clock::system(), Ids::system());
    let made = MadeToken::make(TokenKind::Admin, &ids);
    let token = NewToken {
        id: made.id,
        kind: TokenKind::Admin,
        title: "test".to_owned(),
        digest: made.digest,
        project: None,
        environment: None,
        actions: vec!["admin".to_owned()],
        expires_at: None,
    };
    let actor = Actor::system();
    let write = Write::new(&actor, clock.now());
    let code = ids.bytes::<32>();
    store.create_setup_code(&write, &code, clock.now().saturating_add(Span::from_minutes(30))).await.expect("a code");
    store.complete_setup(&write, &code, &token).await.expect("a set-up").expect("a code that holds");
    let mut config = Config::ephemeral();
    config.tick_floor = Span::from_millis(100);
    config.staleness = Policy {
        settled_after: Span::ZERO,
        settled_after_rollout: Span::ZERO,
        quiet_before_archive: Span::ZERO,
        ..Policy::default()
    };
    let parts = Parts { clock, ids, store: Some(store) };
    let server = Server::start(config, parts, Shutdown::new()).await.expect("a server");
    (server, secrecy::ExposeSecret::expose_secret(&made.text).to_owned())
}

#[test]
fn a_flag_goes_from_its_rollout_to_the_archive() {
    let world = World::start();
    let root = world.root();
    for (name, text) in [("shop.py", SHOP), ("flags.py", FLAGS), ("test_shop.py", TEST)] {
        write(root, name, text);
    }
    git(root, &["init", "-q"]);
    commit(root, "Pay");
    world.test();

    // The rollout.
    world.ok(&["flag", "create", "new-checkout", "--owner", "ada", "--expires-on", "2999-01-01"]);
    world.ok(&["flag", "on", "new-checkout", "--env", "production"]);
    write(root, ".git/plan.yaml", PLAN);
    world.ok(&["plan", "create", "quick", "--file", ".git/plan.yaml"]);
    world.ok(&["rollout", "start", "new-checkout", "--env", "production", "--plan", "quick", "--yes"]);
    assert_eq!(world.state(), "live", "a flag in a rollout is left alone");
    world.ok(&["rollout", "watch", "new-checkout", "--env", "production"]);

    // The verdict.
    let found = world.json(&["stale", "new-checkout"]);
    assert_eq!((&found["state"], &found["frozen"]["value"]), (&json!("candidate"), &json!(true)), "{found}");
    assert_eq!(found["findings"][0]["reason"], "rolled_out");
    let evidence = found["findings"][0]["evidence"][0]["message"].as_str().expect("a sentence");
    assert!(evidence.contains("brought by the rollout"), "{evidence}");

    // The code.
    world.upload();
    let places = world.json(&["flag", "references", "new-checkout"]);
    assert_eq!((places[0]["path"].as_str(), places[0]["symbol"].as_str()), (Some("shop.py"), Some("total")));
    let refused = world.hoist(&["flag", "archive", "new-checkout", "--yes"]);
    assert_eq!(refused.code, 4, "{}", refused.err);

    // The cleanup: the value is the server's, and every commit of the branch passes.
    world.ok(&["cleanup", "new-checkout", ".", "--commit"]);
    let branch = "hoist/cleanup/new-checkout";
    let commits = git(root, &["rev-list", "--reverse", &format!("main..{branch}")]);
    assert_eq!(commits.lines().count(), 3, "{}", git(root, &["log", "--oneline", "--all"]));
    world.ok(&["stale", "cleanup", "new-checkout", "--repository", "example/shop", "--at", "https://example.org/1"]);
    assert_eq!(world.state(), "cleanup_open");
    for commit in commits.lines() {
        git(root, &["checkout", "-q", commit]);
        world.test();
    }
    git(root, &["checkout", "-q", "main"]);
    git(root, &["merge", "-q", "--no-ff", "-m", "Clean up", branch]);
    world.test();
    let cleaned = std::fs::read_to_string(root.join("shop.py")).expect("a file");
    assert!(!cleaned.contains("new-checkout") && !cleaned.contains("_slow_total"), "{cleaned}");

    // The end.
    world.upload();
    assert_eq!(world.json(&["flag", "references", "new-checkout"]), json!([]));
    world.ok(&["stale", "cleanup-done", "new-checkout"]);
    assert_eq!(world.state(), "ready_to_archive");
    world.ok(&["flag", "archive", "new-checkout", "--yes"]);
    assert_eq!(world.state(), "archived");
    world.ok(&["refs", ".", "--check"]);
}
