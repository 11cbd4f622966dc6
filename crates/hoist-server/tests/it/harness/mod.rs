//! A real server on a real socket, over a store of its own, with a clock that stands still until it is told.

mod client;
mod contract;
mod world;

use hoist_eval::{Span, Timestamp};
use hoist_server::auth::{MadeToken, Role, TokenKind};
use hoist_server::clock::{Clock, Ids};
use hoist_server::{Config, Parts, Server, Shutdown};
use hoist_store::{Actor, NewToken, Store, Write};
use secrecy::ExposeSecret;

pub(crate) use client::{Answer, Ask};
pub(crate) use world::World;

/// When every test begins: 2026-11-21T12:00:00Z.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_795_262_400);

/// A server under test.
pub(crate) struct TestApp {
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    pub(crate) server: Server,
    pub(crate) ids: Ids,
}

/// How a server under test differs from the usual one.
pub(crate) struct Builder {
    config: Config,
    store: Option<Store>,
    set_up: bool,
    seed: u64,
}

impl TestApp {
    /// Starts a server that has been set up.
    pub(crate) async fn start() -> Self {
        Self::builder().start().await
    }

    /// Checks a server on each of the databases.
    pub(crate) async fn on_both(check: impl AsyncFn(Self)) {
        check(Self::start().await).await;
        let database = hoist_store::testing::Postgres::fresh().await.unwrap();
        let store = Store::open(&database.config()).await.unwrap();
        check(Self::builder().store(store).start().await).await;
    }

    pub(crate) fn builder() -> Builder {
        let mut config = Config::ephemeral();
        // Tests ask more often than people do.
        config.limits.rates.anonymous = 10_000;
        config.limits.rates.admin = 100_000;
        Builder { config, store: None, set_up: true, seed: 7 }
    }

    /// Begins a request without a credential.
    pub(crate) fn ask(&self, method: &str, path: &str) -> Ask {
        Ask::new(self.server.http_address(), method, path)
    }

    /// Makes an admin token with a role and a scope, beside the API.
    pub(crate) async fn admin(&self, role: Role, project: Option<&str>, environment: Option<&str>) -> String {
        self.token(TokenKind::Admin, Some(role), project, environment).await
    }

    /// Makes a token beside the API.
    pub(crate) async fn token(
        &self,
        kind: TokenKind,
        role: Option<Role>,
        project: Option<&str>,
        environment: Option<&str>,
    ) -> String {
        let made = MadeToken::make(kind, &self.ids);
        let new = NewToken {
            id: made.id,
            kind,
            title: format!("test {}", role.map_or(kind.as_str(), Role::as_str)),
            digest: made.digest,
            project: project.map(str::to_owned),
            environment: environment.map(str::to_owned),
            actions: role.map(|role| role.as_str().to_owned()).into_iter().collect(),
            expires_at: None,
        };
        let actor = Actor::system();
        self.store.create_token(&Write::new(&actor, self.clock.now()), &new).await.unwrap();
        made.text.expose_secret().to_owned()
    }

    /// Makes an admin token for everything.
    pub(crate) async fn root(&self) -> String {
        self.admin(Role::Admin, None, None).await
    }

    pub(crate) fn advance(&self, by: Span) {
        self.clock.advance(by);
    }
}

impl Builder {
    pub(crate) fn config(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    pub(crate) fn store(mut self, store: Store) -> Self {
        self.store = Some(store);
        self
    }

    /// Leaves the server as a fresh installation is.
    pub(crate) fn fresh(mut self) -> Self {
        self.set_up = false;
        self
    }

    /// Starts a server beside another one over the same store, which has been set up.
    pub(crate) async fn start_beside(mut self) -> TestApp {
        self.set_up = false;
        self.seed = 8;
        self.start().await
    }

    pub(crate) async fn start(self) -> TestApp {
        let store = match self.store {
            Some(store) => store,
            None => Store::in_memory().await.unwrap(),
        };
        let (clock, ids) = (Clock::manual(START), Ids::seeded(self.seed));
        if self.set_up {
            set_up(&store, &ids).await;
        }
        let parts = Parts { clock: clock.clone(), ids: ids.clone(), store: Some(store.clone()) };
        let server = Server::start(self.config, parts, Shutdown::new()).await.unwrap();
        TestApp { clock, store, server, ids }
    }
}

/// Does to the store what a person does with the setup code.
async fn set_up(store: &Store, ids: &Ids) {
    let actor = Actor::system();
    let write = Write::new(&actor, START);
    let code = ids.bytes::<32>();
    store.create_setup_code(&write, &code, START.saturating_add(Span::from_minutes(30))).await.unwrap();
    let made = MadeToken::make(TokenKind::Admin, ids);
    let new = NewToken {
        id: made.id,
        kind: TokenKind::Admin,
        title: "first".to_owned(),
        digest: made.digest,
        project: None,
        environment: None,
        actions: vec!["admin".to_owned()],
        expires_at: None,
    };
    store.complete_setup(&write, &code, &new).await.unwrap().unwrap();
}
