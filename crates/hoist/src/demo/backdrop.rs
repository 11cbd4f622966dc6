//! Everything that runs while the story is told: the server, the shop, and whatever reads the shop's counters.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hoist_server::{RawConfig, Server, Shutdown};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::process::Child;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::cli::serve;
use crate::client::Client;
use crate::clock;
use crate::connection::{SOCKET, Target};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

use super::prometheus::{builtin, child, installed};
use super::shop::Shop;
use super::shop::shopper::{EMPLOYEES, SHOPPERS};
use super::shop::traffic::{TILLS, VISITS_PER_SECOND};
use super::timeline::Timeline;
use super::web::{self, Answered};
use super::{Options, props};

/// Longest time that anything may take to be ready.
const READY_TIMEOUT: Duration = Duration::from_secs(30);
/// Time between two looks whether something is ready.
const READY_WAIT: Duration = Duration::from_millis(100);

/// Whatever was started, so that it can be stopped however the demo ends.
#[derive(Debug)]
pub struct Rig {
    /// Removed with everything in it when the rig goes.
    folder: TempDir,
    server: Option<Server>,
    prometheus: Option<Child>,
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

/// What the story needs of it.
#[derive(Debug, Clone)]
pub struct Backdrop {
    /// The way to the server, as its admin.
    pub client: Client,
    /// The shop.
    pub shop: Shop,
    /// What reads the shop's counters, in a word.
    pub metric_source: &'static str,
    /// Where the server listens.
    pub address: String,
}

impl Rig {
    /// Returns a rig with nothing on it but a temporary folder.
    pub fn new() -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("hoist-demo-").tempdir().map_err(|error| cannot_set_up(&error))?;
        let (tasks, stop) = (JoinSet::new(), CancellationToken::new());
        Ok(Self { folder, server: None, prometheus: None, tasks, stop })
    }

    /// Starts everything and waits until it is ready.
    pub async fn raise(&mut self, options: Options, timeline: &mut Timeline) -> Result<Backdrop, Failure> {
        let metrics = TcpListener::bind(loopback(0)).await.map_err(|error| cannot_set_up(&error))?;
        let shop_address = metrics.local_addr().map_err(|error| cannot_set_up(&error))?;
        let source = self.start_source(options, shop_address).await?;
        let address = self.start_server(&source.url).await?;
        let folder = self.folder.path().display();
        timeline.now("server", &format!("Hoist listens on {address}, embedded storage in {folder}"))?;

        let client = Client::new(Target::Socket(self.data().join(SOCKET)), props::PROJECT)?;
        let token = props::token(&client, "server", "shop").await?;
        props::create(&client, options.speed).await?;
        timeline
            .now("flag", "new-checkout: owner payments, expires in 90 days, serves the old checkout to everyone")?;

        let shop = self.open_shop(&address, &token, metrics)?;
        let visits =
            format!("{VISITS_PER_SECOND} visits a second by {SHOPPERS} shoppers, {EMPLOYEES} of them employees");
        timeline.now("shop", &visits)?;
        wait_until_scraped(&source.url).await?;
        timeline.now("metrics", &source.sentence)?;
        Ok(Backdrop { client, shop, metric_source: source.word, address })
    }

    /// Returns the server's data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Stops everything and waits until it is gone.
    pub async fn strike(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
        if let Some(child) = self.prometheus.take() {
            child::stop(child).await;
        }
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    fn open_shop(&mut self, address: &str, token: &str, metrics: TcpListener) -> Result<Shop, Failure> {
        let shop = Shop::new(address, token)
            .map_err(|error| Failure::new(Exit::Failure, "shop", format!("cannot open the shop: {error}")))?;
        let counters = Arc::clone(&shop.counters);
        let text = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        self.tasks.spawn(web::serve(metrics, move |_| Answered(200, text, counters.text()), self.stop.clone()));
        for till in 0..TILLS {
            self.tasks.spawn(shop.clone().run_till(till, self.stop.clone()));
        }
        Ok(shop)
    }

    async fn start_server(&mut self, prometheus_url: &str) -> Result<String, Failure> {
        let config = serve::check(RawConfig {
            data: Some(self.data()),
            http: Some(loopback(0).to_string()),
            prometheus_url: Some(prometheus_url.to_owned()),
            metric_ranges: vec!["127.0.0.0/8".to_owned()],
            tick_floor: Some("250ms".to_owned()),
            drain: Some("2s".to_owned()),
            ..RawConfig::default()
        })?;
        let server = serve::start(config, Shutdown::new()).await?;
        let address = format!("http://{}", server.http_address());
        self.server = Some(server);
        Ok(address)
    }

    /// Starts what reads the shop's counters.
    async fn start_source(&mut self, options: Options, shop: SocketAddr) -> Result<Source, Failure> {
        let listener = TcpListener::bind(loopback(0)).await.map_err(|error| cannot_set_up(&error))?;
        let address = listener.local_addr().map_err(|error| cannot_set_up(&error))?;
        let url = format!("http://{address}");
        if let Some(program) = installed().filter(|_| !options.built_in_metrics) {
            // Prometheus takes no open socket, so its port is free for a moment; if someone is faster, it says so.
            drop(listener);
            let started = child::start(&program, self.folder.path(), address.port(), &shop.to_string());
            self.prometheus = Some(started.map_err(|error| cannot_set_up(&error))?);
            let program = program.display();
            let sentence = format!("{program} scrapes the shop every second; the demo started it and will stop it");
            return Ok(Source { url, word: "prometheus", sentence });
        }
        let samples = builtin::Shared::default();
        let target = format!("http://{shop}/metrics");
        self.tasks.spawn(builtin::scrape(target, Arc::clone(&samples), self.stop.clone()));
        self.tasks.spawn(web::serve(listener, move |asked| builtin::respond(asked, &samples), self.stop.clone()));
        let why = if options.built_in_metrics { "as asked" } else { "because Prometheus is not installed" };
        let sentence = format!("the demo's own small metric source scrapes the shop every second, {why}");
        Ok(Source { url, word: "built-in", sentence })
    }
}

impl Backdrop {
    /// Says where the story can be watched in a browser, with a link that signs in once.
    pub async fn show_console(&self, out: Output) {
        if let Ok(link) = props::sign_in_link(&self.client).await {
            out.say(&format!("Watch it in the console: {}{link}", self.address));
        }
    }

    /// Says how to look around, with a token of its own.
    pub async fn invite(&self, data: &Path, out: Output) {
        out.say("\nThe server and the shop go on until you press Ctrl-C. Look around from another terminal:");
        out.say(&format!("  export HOIST_DATA={}", data.display()));
        out.say("  hoist flag list\n  hoist rollout status new-checkout --env production");
        self.show_console(out).await;
        if let Ok(token) = props::token(&self.client, "admin", "demo").await {
            out.say(&format!("Over HTTP: {}, token {token}", self.address));
        }
    }
}

/// What reads the shop's counters.
struct Source {
    url: String,
    word: &'static str,
    sentence: String,
}

fn cannot_set_up(error: &std::io::Error) -> Failure {
    Failure::io("cannot set the demo up", error)
}

/// Waits until the metric source answers with what the shop counted.
#[expect(clippy::disallowed_methods, reason = "it asks the one address that the demo itself opened")]
async fn wait_until_scraped(url: &str) -> Result<(), Failure> {
    let http = reqwest::Client::new();
    let begun = clock::moment();
    while begun.elapsed() < READY_TIMEOUT {
        let query = [("query", "sum(shop_checkouts_total)")];
        if let Ok(response) = http.get(format!("{url}/api/v1/query")).query(&query).send().await
            && let Ok(body) = response.json::<serde_json::Value>().await
            && body.pointer("/data/result/0").is_some()
        {
            return Ok(());
        }
        clock::wait(READY_WAIT).await;
    }
    Err(Failure::new(Exit::Failure, "metrics", "the metric source does not become ready")
        .hint("try `--built-in-metrics`"))
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
