//! A fleet of streams: what each costs in memory, how soon all of them hear of a change, and how soon all of them are
//! back after the server was killed.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use crate::load;
use crate::median;
use crate::process::Server;

/// How long a stream waits that found nobody listening, or was cut.
const PAUSE: Duration = Duration::from_millis(250);
/// Longest wait for the next stream to hear of something.
const PATIENCE: Duration = Duration::from_secs(30);

/// A size of a fleet, and what is asked of a server with it.
pub(crate) struct Size {
    pub(crate) count: usize,
    pub(crate) changes: usize,
    pub(crate) commit_goal: &'static str,
    pub(crate) memory_goal: &'static str,
}

/// An event that a stream of the fleet heard.
struct Heard {
    stream: usize,
    /// The position of the snapshot that the event tells of.
    position: Box<str>,
    at: Instant,
}

/// Streams that are open, and open again when they end, as clients do. They end with this value.
pub(crate) struct Fleet {
    count: usize,
    /// What all of them heard last.
    position: Box<str>,
    hears: UnboundedReceiver<Heard>,
    _tasks: JoinSet<()>,
}

impl Fleet {
    /// Opens `count` streams and waits until each has heard its greeting.
    async fn open(address: SocketAddr, uri: &str, count: usize) -> Result<Self> {
        let (heard, hears) = unbounded_channel();
        let mut tasks = JoinSet::new();
        for stream in 0..count {
            tasks.spawn(follow(stream, address, uri.to_owned(), heard.clone()));
        }
        let mut fleet = Self { count, position: Box::default(), hears, _tasks: tasks };
        fleet.all_greeted().await?;
        Ok(fleet)
    }

    /// Waits until every stream has heard of whatever is served, and returns when each did.
    async fn all_greeted(&mut self) -> Result<Vec<Instant>> {
        self.all("").await
    }

    /// Waits until every stream has heard of another snapshot than before, and returns when each did.
    async fn all_changed(&mut self) -> Result<Vec<Instant>> {
        let before = std::mem::take(&mut self.position);
        self.all(&before).await
    }

    /// Waits for each stream's first event of another position than `before`: streams that were cut and came back are
    /// greeted, and must not be counted for those that still wait.
    async fn all(&mut self, before: &str) -> Result<Vec<Instant>> {
        let mut arrivals = vec![None; self.count];
        let mut missing = self.count;
        while missing > 0 {
            let next = tokio::time::timeout(PATIENCE, self.hears.recv()).await;
            let Ok(next) = next else { bail!("{missing} of {} streams did not hear of it in time", self.count) };
            let heard = next.context("all streams ended")?;
            let arrival = arrivals.get_mut(heard.stream).context("a stream of another fleet")?;
            if arrival.is_none() && *heard.position != *before {
                *arrival = Some(heard.at);
                self.position = heard.position;
                missing -= 1;
            }
        }
        let mut arrivals: Vec<Instant> = arrivals.into_iter().flatten().collect();
        arrivals.sort_unstable();
        Ok(arrivals)
    }
}

/// Opens streams, changes a flag several times, and prints what came of it.
pub(crate) async fn run(server: &Server, data: &Path, token: &str, size: &Size) -> Result<Fleet> {
    let uri = stream_uri(server, token).await?;
    let before = server.resident_kib()?;
    let opening = Instant::now();
    let mut fleet = Fleet::open(server.address, &uri, size.count).await?;
    let (opened, after) = (opening.elapsed(), server.resident_kib()?);
    let (mut most, mut calls) = (Vec::new(), Vec::new());
    for change in 0..size.changes {
        let asked = Instant::now();
        switch(data, change % 2 == 0).await?;
        let answered = Instant::now();
        let arrivals = fleet.all_changed().await?;
        let at = arrivals.get(size.count * 99 / 100).or(arrivals.last()).context("no arrivals")?;
        most.push(at.saturating_duration_since(answered).as_secs_f64() * 1_000.0);
        calls.push(answered.duration_since(asked).as_secs_f64() * 1_000.0);
    }
    if size.changes % 2 == 1 {
        // The next fleet shall find the flag as this one did: throwing a switch that is thrown changes nothing.
        switch(data, false).await?;
        fleet.all_changed().await?;
    }
    let each = after.saturating_sub(before) as f64 / size.count as f64;
    let resident = server.resident_kib()?.max(after) as f64 / 1_024.0;
    println!();
    println!("{} streams, medians of {} changes", size.count, size.changes);
    println!("opened within                {:>9.1} ms", opened.as_secs_f64() * 1_000.0);
    println!("server memory per stream     {each:>9.1} KiB  at most 32 KiB");
    println!("server memory in all         {resident:>9.1} MiB  {}", size.memory_goal);
    println!("switching a flag, API call   {:>9.1} ms", median(&mut calls));
    println!("commit to 99 % of streams    {:>9.1} ms   {}", median(&mut most), size.commit_goal);
    Ok(fleet)
}

/// Kills the server, starts it again, and prints how soon all streams are back and whether evaluations failed.
///
/// The streams come back without a pause of their own making, which is the worst case, and wait when they are told to.
/// An evaluation counts as failed if it got any other answer than 200, or none from a server that listens.
pub(crate) async fn come_back(server: &mut Server, token: &str, mut fleet: Fleet) -> Result<()> {
    while fleet.hears.try_recv().is_ok() {}
    server.kill_and_start_again().await?;
    let started = Instant::now();
    let evaluating = tokio::spawn(evaluate(server.address, token.to_owned()));
    let arrivals = fleet.all_greeted().await?;
    evaluating.abort();
    let (asked, failed) = COUNTS.with_borrow(|counts| *counts);
    let last = arrivals.last().context("no arrivals")?.saturating_duration_since(started);
    println!("all back after kill -9       {:>9.1} ms   at most 10000 ms", last.as_secs_f64() * 1_000.0);
    println!("failed evaluations meanwhile {failed:>9}      none ({asked} asked)");
    Ok(())
}

thread_local! {
    /// Evaluations that were asked for and that failed; the runtime has one thread.
    static COUNTS: std::cell::RefCell<(u64, u64)> = const { std::cell::RefCell::new((0, 0)) };
}

/// Asks for one flag about 500 times a second, on a new connection after each failure.
async fn evaluate(address: SocketAddr, token: String) {
    let mut ticks = tokio::time::interval(Duration::from_millis(2));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let headers = [("authorization".to_owned(), format!("Bearer {token}"))];
    let mut sender = None;
    loop {
        ticks.tick().await;
        let answered = async {
            let mut open = match sender.take() {
                Some(open) => open,
                None => load::connect(address).await?,
            };
            let request = load::request("/ofrep/v1/evaluate/flags/flag-0250", &headers, Bytes::from_static(b"{}"))?;
            let response = load::send(&mut open, request).await?;
            sender = Some(open);
            ensure!(response.status() == 200, "status {}", response.status());
            Ok(())
        };
        let failed = answered.await.is_err();
        COUNTS.with_borrow_mut(|counts| *counts = (counts.0 + 1, counts.1 + u64::from(failed)));
    }
}

async fn stream_uri(server: &Server, token: &str) -> Result<String> {
    let headers = [("authorization".to_owned(), format!("Bearer {token}"))];
    let request = load::request("/ofrep/v1/evaluate/flags", &headers, Bytes::from_static(b"{}"))?;
    let answer: serde_json::Value = serde_json::from_slice(load::send_one(server.address, request).await?.body())?;
    let uri = answer.pointer("/eventStreams/0/endpoint/requestUri").and_then(|uri| uri.as_str());
    Ok(uri.context("no stream is offered")?.to_owned())
}

/// Keeps a stream open whose every event is reported.
async fn follow(stream: usize, address: SocketAddr, uri: String, heard: UnboundedSender<Heard>) {
    while !heard.is_closed() {
        let pause = listen(stream, address, &uri, &heard).await.unwrap_or(PAUSE);
        tokio::time::sleep(pause).await;
    }
}

/// Listens until the stream ends, and returns for how long to wait before it is opened again.
async fn listen(number: usize, address: SocketAddr, uri: &str, heard: &UnboundedSender<Heard>) -> Result<Duration> {
    let mut stream = TcpStream::connect(address).await?;
    stream
        .write_all(format!("GET {uri} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n").as_bytes())
        .await?;
    // Events are a tenth of this, and are written whole.
    let mut buffer = [0; 2_048];
    loop {
        let length = stream.read(&mut buffer).await?;
        let text = String::from_utf8_lossy(buffer.get(..length).unwrap_or_default());
        if length == 0 {
            return Ok(PAUSE);
        }
        if text.starts_with("HTTP/1.1 503") {
            let text = text.to_lowercase();
            let after = text.split("retry-after: ").nth(1).and_then(|rest| rest.split('\r').next()?.parse().ok());
            return Ok(after.map_or(PAUSE, Duration::from_secs));
        }
        for event in text.split("\nid: ").skip(1) {
            let position = event.lines().next().unwrap_or_default().into();
            heard.send(Heard { stream: number, position, at: Instant::now() })?;
        }
    }
}

/// Throws a flag's kill switch through the server's own socket, as its operator.
async fn switch(data: &Path, off: bool) -> Result<()> {
    let stream = UnixStream::connect(data.join("admin.sock")).await?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let way = if off { "off" } else { "on" };
    let request = Request::builder()
        .method("POST")
        .uri(format!("/api/v1/projects/default/flags/flag-0000/environments/production/{way}"))
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from_static(br#"{"reason":"a benchmark"}"#)))?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    ensure!(status.is_success(), "switching a flag failed: {status} {}", String::from_utf8_lossy(&body));
    Ok(())
}
