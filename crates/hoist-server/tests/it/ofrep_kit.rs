//! A running server with flags of every kind, and clients that speak to it as providers do.

use std::net::SocketAddr;

use bytes::Bytes;
use hoist_eval::draft::{
    ConditionDraft, RuleDraft, ServeDraft, SplitDraft, TargetingDraft, TestDraft, VariantDraft, WeightDraft,
};
use hoist_eval::{Timestamp, ValueKind};
use hoist_server::auth::{MadeToken, TokenKind};
use hoist_server::clock::{Clock, Ids};
use hoist_server::config::Config;
use hoist_server::snapshots::{EnvironmentId, Position};
use hoist_server::{Parts, Server, Shutdown};
use hoist_store::{Actor, FlagChange, FlagDetails, NewFlag, NewToken, Store, Write};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::net::TcpStream;

pub(crate) const START: Timestamp = Timestamp::from_seconds(1_750_000_000);
pub(crate) const PROJECT: &str = "default";
pub(crate) const ENVIRONMENT: &str = "production";

/// A running server.
pub(crate) struct Serving {
    pub(crate) server: Server,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    /// A server token of the environment.
    pub(crate) token: String,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

impl Serving {
    /// Starts a server whose clock stands still, with a flag of every kind.
    pub(crate) async fn start() -> Self {
        Self::start_with(Config::ephemeral(), Clock::manual(START)).await
    }

    pub(crate) async fn start_with(config: Config, clock: Clock) -> Self {
        let store = Store::in_memory().await.unwrap();
        let ids = Ids::seeded(7);
        let parts = Parts { clock: clock.clone(), ids, store: Some(store.clone()) };
        let server = Server::start(config, parts, Shutdown::new()).await.unwrap();
        let mut serving = Self { server, store, clock, token: String::new() };
        serving.token = serving.token(TokenKind::Server, "server").await.1;
        for flag in flags() {
            serving.create(flag).await;
        }
        serving.off("off").await;
        serving.settle().await;
        serving
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.http_address()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    pub(crate) fn id() -> EnvironmentId {
        EnvironmentId { project: PROJECT.parse().unwrap(), environment: ENVIRONMENT.parse().unwrap() }
    }

    pub(crate) async fn create(&self, flag: NewFlag) {
        self.store.create_flag(&self.write(&Actor::system()), PROJECT, &flag).await.unwrap();
    }

    /// Makes a token of the environment and returns its id and its text.
    pub(crate) async fn token(&self, kind: TokenKind, title: &str) -> (String, String) {
        let made = MadeToken::make(kind, &self.server.app().ids);
        let token = NewToken {
            id: made.id.clone(),
            kind,
            title: title.to_owned(),
            digest: made.digest,
            project: Some(PROJECT.to_owned()),
            environment: Some(ENVIRONMENT.to_owned()),
            actions: match kind {
                TokenKind::Admin => vec!["admin".to_owned()],
                _ => Vec::new(),
            },
            expires_at: None,
        };
        self.store.create_token(&self.write(&Actor::system()), &token).await.unwrap();
        (made.id, made.text.expose_secret().to_owned())
    }

    pub(crate) async fn change(&self, flag: &str, change: FlagChange) {
        let actor = Actor::system();
        let write = self.write(&actor);
        self.store.apply_flag_change(&write, PROJECT, ENVIRONMENT, flag, &change).await.unwrap();
    }

    pub(crate) async fn off(&self, flag: &str) {
        self.change(flag, FlagChange::Enabled(false)).await;
    }

    pub(crate) async fn on(&self, flag: &str) {
        self.change(flag, FlagChange::Enabled(true)).await;
    }

    /// Wakes the snapshot task and waits until what the store has is served.
    pub(crate) async fn settle(&self) -> Position {
        let epoch = self.store.epoch().await.unwrap().0;
        let generation = self.store.generation(PROJECT, ENVIRONMENT).await.unwrap().unwrap();
        let position = Position { epoch, generation };
        let app = self.server.app();
        app.nudges.snapshots.nudge();
        let slot = app.snapshots.ensure(&Self::id(), START);
        slot.watch().wait_for(|served| *served >= position).await.unwrap();
        position
    }

    pub(crate) fn write<'a>(&self, actor: &'a Actor) -> Write<'a> {
        Write::new(actor, self.clock.now()).because("a test")
    }

    /// Sends a request on a connection of its own. `token` goes into Authorization.
    pub(crate) async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut client = Client::connect(self.address()).await;
        client.send(method, path, headers, body).await
    }

    /// Asks for one flag, or for all, as a provider with the server's token does.
    pub(crate) async fn evaluate(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, &[("authorization", &format!("Bearer {}", self.token))], &body.to_string()).await
    }
}

/// A connection.
pub(crate) struct Client(SendRequest<Full<Bytes>>);

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        #[expect(clippy::disallowed_methods, reason = "ends with its connection")]
        drop(tokio::spawn(connection));
        Self(sender)
    }

    pub(crate) async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body.as_bytes()))).unwrap();
        let response = self.0.send_request(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Reply { status: parts.status, headers: parts.headers, body }
    }
}

/// A context with a targeting key.
pub(crate) fn user(key: &str) -> Value {
    json!({"context": {"targetingKey": key}})
}

fn variant(key: &str, value: Value) -> VariantDraft {
    VariantDraft { key: key.to_owned(), value }
}

/// A flag that serves its first variant to everyone, for servers and clients.
pub(crate) fn flag(key: &str, kind: ValueKind, variants: Vec<VariantDraft>) -> NewFlag {
    let first = variants[0].key.clone();
    let last = variants[variants.len() - 1].key.clone();
    NewFlag {
        key: key.to_owned(),
        details: FlagDetails { owner: "team".to_owned(), exposed_to_clients: true, ..FlagDetails::default() },
        kind,
        variants,
        targeting: TargetingDraft {
            enabled: true,
            off_variant: last,
            default: ServeDraft::Variant(first),
            rules: Vec::new(),
            prerequisites: Vec::new(),
        },
        seed: "0123456789abcdef".repeat(2),
        override_tombstone: false,
    }
}

pub(crate) fn boolean(key: &str) -> NewFlag {
    flag(key, ValueKind::Boolean, vec![variant("on", json!(true)), variant("off", json!(false))])
}

/// One flag of every kind.
fn flags() -> Vec<NewFlag> {
    let mut hidden = boolean("hidden");
    hidden.details.exposed_to_clients = false;
    vec![
        boolean("simple"),
        boolean("off"),
        flag("text", ValueKind::String, vec![variant("a", json!("äö \"x\"")), variant("b", json!(""))]),
        flag(
            "whole",
            ValueKind::Integer,
            vec![variant("one", json!(1)), variant("big", json!(9_007_199_254_740_991_i64))],
        ),
        flag("ratio", ValueKind::Float, vec![variant("one", json!(1.0)), variant("half", json!(0.5))]),
        flag(
            "shape",
            ValueKind::Object,
            vec![variant("x", json!({"a": [1, {"b": null}], "c": "d"})), variant("y", json!({}))],
        ),
        with_rule(boolean("plan"), "plan", "pro"),
        split(boolean("half")),
        hidden,
    ]
}

/// Serves `off` by default and `on` to those whose attribute has this value.
fn with_rule(mut flag: NewFlag, attribute: &str, value: &str) -> NewFlag {
    flag.targeting.default = ServeDraft::Variant("off".to_owned());
    flag.targeting.rules = vec![RuleDraft {
        id: "r1".to_owned(),
        description: String::new(),
        when: ConditionDraft::Test(TestDraft {
            attribute: Some(attribute.to_owned()),
            operator: "equals".to_owned(),
            values: vec![json!(value)],
            negate: false,
            case_insensitive: false,
            absent: hoist_eval::draft::Absent::NoMatch,
        }),
        serve: ServeDraft::Variant("on".to_owned()),
    }];
    flag
}

/// Serves `on` to half the units.
fn split(mut flag: NewFlag) -> NewFlag {
    let weight = |variant: &str| WeightDraft { variant: variant.to_owned(), weight: 50_000 };
    let weights = vec![weight("on"), weight("off")];
    flag.targeting.default =
        ServeDraft::Split(SplitDraft { salt: "00112233445566778899aabbccddeeff".to_owned(), weights });
    flag
}
