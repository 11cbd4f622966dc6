//! The load: 64 connections, each of which asks again as soon as it has its answer.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::process::Server;

const CONNECTIONS: usize = 64;
const BODY: &str = r#"{"context":{"targetingKey":"user-123456","email":"someone@example.com","plan":"pro","country":"CH","age":41,"beta":true}}"#;
const ALL: &str = "/ofrep/v1/evaluate/flags";

/// One kind of request.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) goal: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    requests: usize,
    pub(crate) status: u16,
    pub(crate) answer: Bytes,
}

impl Case {
    pub(crate) fn one(token: &str) -> Self {
        Self::new("one flag", "at most 1.6x", &format!("{ALL}/flag-0250"), token, 60_000, 200)
    }

    pub(crate) fn all(token: &str, flags: usize) -> Self {
        Self::new(&format!("all {flags} flags"), "at most 60 ms", ALL, token, 15_000, 200)
    }

    pub(crate) fn unchanged(token: &str) -> Self {
        Self::new("unchanged poll (304)", "at most 10 ms", ALL, token, 60_000, 304)
    }

    fn new(name: &str, goal: &'static str, path: &str, token: &str, requests: usize, status: u16) -> Self {
        let headers = vec![
            ("authorization".to_owned(), format!("Bearer {token}")),
            ("content-type".to_owned(), "application/json".to_owned()),
        ];
        let (name, path) = (name.to_owned(), path.to_owned());
        Self { name, goal, path, headers, requests, status, answer: Bytes::new() }
    }

    /// Asks once, to learn the answer and, for an unchanged poll, its ETag.
    pub(crate) async fn prepare(mut self, server: &Server) -> Result<Self> {
        let first = send_one(server.address, self.request()?).await?;
        ensure!(first.status() == 200, "the first answer has status {}", first.status());
        if self.status == 304 {
            let etag = first.headers().get("etag").and_then(|etag| etag.to_str().ok()).unwrap_or_default();
            self.headers.push(("if-none-match".to_owned(), etag.to_owned()));
        } else {
            self.answer = first.into_body();
        }
        Ok(self)
    }

    /// Sends the load and returns the server's processor time in ms per 1,000 requests.
    pub(crate) async fn measure(&self, server: &Server) -> Result<f64> {
        let mut senders = Vec::new();
        for _ in 0..CONNECTIONS {
            senders.push(connect(server.address).await?);
        }
        let share = self.requests / CONNECTIONS;
        let before = server.processor_millis()?;
        let mut tasks = tokio::task::JoinSet::new();
        for mut sender in senders {
            let case = self.clone();
            tasks.spawn(async move {
                for _ in 0..share {
                    let response = send(&mut sender, case.request()?).await?;
                    ensure!(response.status() == case.status, "status {}", response.status());
                }
                Ok(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        let used = server.processor_millis()? - before;
        Ok(used * 1_000.0 / (share * CONNECTIONS) as f64)
    }

    fn request(&self) -> Result<Request<Full<Bytes>>> {
        request(&self.path, &self.headers, Bytes::from_static(BODY.as_bytes()))
    }
}

pub(crate) fn request(path: &str, headers: &[(String, String)], body: Bytes) -> Result<Request<Full<Bytes>>> {
    let mut request = Request::builder().method("POST").uri(path).header("host", "localhost");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    Ok(request.body(Full::new(body))?)
}

pub(crate) async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

pub(crate) async fn send_one(address: SocketAddr, request: Request<Full<Bytes>>) -> Result<Response<Bytes>> {
    send(&mut connect(address).await?, request).await
}

pub(crate) async fn send(
    sender: &mut SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> Result<Response<Bytes>> {
    sender.ready().await?;
    let (parts, body) = sender.send_request(request).await?.into_parts();
    Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
}
