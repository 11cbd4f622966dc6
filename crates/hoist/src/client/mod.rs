//! The one way from a command to a server: HTTP with a token, or over the admin socket.

pub mod answer;
pub mod events;

use std::error::Error as _;
use std::fmt::Write as _;
use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;

use crate::clock;
use crate::connection::{NO_SERVER, Target};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits::{ANSWER_TIMEOUT, CONNECT_TIMEOUT, ENVIRONMENTS_NAMED, LONG_ANSWER_TIMEOUT, PAGE_ITEMS, PAGES_MAX};
use crate::output::text;

pub use answer::Answer;
pub use events::Events;

/// A connection to a server, in one project.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
    project: String,
}

impl Client {
    /// Returns a client for a server. Nothing is sent yet.
    #[expect(
        clippy::disallowed_methods,
        reason = "a command talks to the address its user gave, so nothing filters it"
    )]
    pub fn new(target: Target, project: &str) -> Result<Self, Failure> {
        let builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("hoist/", env!("CARGO_PKG_VERSION")));
        let (builder, base, token) = match target {
            Target::Url { base, token } => (builder, base, token),
            // The name is never resolved; the server's host check accepts it.
            Target::Socket(path) => (builder.unix_socket(path), "http://localhost".to_owned(), None),
        };
        let http = builder.build().map_err(|error| Failure::new(Exit::Failure, "client", error.to_string()))?;
        Ok(Self { http, base, token, project: project.to_owned() })
    }

    /// Returns the server's address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Returns the address of something within the project. Parts are escaped.
    pub fn in_project(&self, parts: &[&str]) -> String {
        path(&[&["projects", &self.project], parts].concat())
    }

    /// Asks for something.
    pub async fn get(&self, path: &str) -> Result<Answer, Failure> {
        self.send(Method::GET, path, None, None).await
    }

    /// Creates something, or makes something happen. A broken connection is tried once more: the key makes sure that
    /// it happens once.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        let key = format!("{:032x}", clock::draw());
        let request = || self.request(Method::POST, path).header("idempotency-key", &key).json(body);
        match self.deliver(request().timeout(ANSWER_TIMEOUT)).await {
            Err(failure) if failure.code == "connection_broken" => {
                self.deliver(request().timeout(ANSWER_TIMEOUT)).await
            }
            answer => answer,
        }
    }

    /// Asks for something that takes a while and changes nothing.
    pub async fn post_long(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        self.deliver(self.request(Method::POST, path).json(body).timeout(LONG_ANSWER_TIMEOUT)).await
    }

    /// Asks for a secret. It is shown once, so a broken connection is not tried again.
    pub async fn post_secret(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        self.send(Method::POST, path, Some(body), None).await
    }

    /// Replaces something. `version` is the one that was read; another one there now is a conflict.
    pub async fn put(&self, path: &str, body: &Value, version: Option<&str>) -> Result<Answer, Failure> {
        self.send(Method::PUT, path, Some(body), version).await
    }

    /// Changes parts of something.
    pub async fn patch(&self, path: &str, body: &Value, version: Option<&str>) -> Result<Answer, Failure> {
        self.send(Method::PATCH, path, Some(body), version).await
    }

    /// Deletes something.
    pub async fn delete(&self, path: &str, version: Option<&str>) -> Result<Answer, Failure> {
        self.send(Method::DELETE, path, None, version).await
    }

    /// Returns every item of a listing, page by page.
    pub async fn list(&self, path: &str, query: &[(&str, String)]) -> Result<Vec<Value>, Failure> {
        self.list_at_most(path, query, usize::MAX).await
    }

    /// Returns the first items of a listing.
    pub async fn list_at_most(&self, path: &str, query: &[(&str, String)], most: usize) -> Result<Vec<Value>, Failure> {
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let limit = PAGE_ITEMS.min(most - items.len());
            let mut request = self.request(Method::GET, path).query(query).query(&[("limit", limit)]);
            if let Some(cursor) = &cursor {
                request = request.query(&[("cursor", cursor)]);
            }
            let mut page = self.deliver(request.timeout(ANSWER_TIMEOUT)).await?.body;
            if let Some(Value::Array(more)) = page.get_mut("items").map(Value::take) {
                items.extend(more);
            }
            cursor = page.get("next").and_then(Value::as_str).map(str::to_owned);
            if cursor.is_none() || items.len() >= most {
                return Ok(items);
            }
        }
        Err(Failure::new(Exit::Failure, "too_many", "the listing does not end").hint("narrow it with a filter"))
    }

    /// Opens a stream of events.
    pub async fn events(&self, path: &str) -> Result<Events, Failure> {
        let request = self.request(Method::GET, path).header("accept", "text/event-stream");
        Ok(Events::new(self.open(request).await?))
    }

    /// Asks for something long, to be read piece by piece.
    pub async fn download(&self, path: &str, body: &Value) -> Result<Response, Failure> {
        self.open(self.request(Method::POST, path).json(body)).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        version: Option<&str>,
    ) -> Result<Answer, Failure> {
        let mut request = self.request(method, path).timeout(ANSWER_TIMEOUT);
        if let Some(version) = version {
            request = request.header("if-match", version);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        self.deliver(request).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn deliver(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        Answer::read(self.open(request).await?).await
    }

    /// Sends a request and returns the response if it is a good one.
    async fn open(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let response = request.send().await.map_err(|error| self.transport(&error))?;
        match response.status() {
            status if status.is_success() => Ok(response),
            StatusCode::NOT_MODIFIED => Ok(response),
            status => Err(self.told(answer::refusal(status, response).await).await),
        }
    }

    /// Adds to a refusal what only this client knows: which environments there are, and whether a token is involved.
    async fn told(&self, mut failure: Failure) -> Failure {
        if self.token.is_none() {
            failure.message = failure.message.replace(answer::VISIBLE, "");
        }
        if failure.exit == Exit::NotFound && failure.message.contains("no such environment") {
            let known = self.environments().await.filter(|known| !known.is_empty());
            let listed = known.map(|known| format!(": {}", known.join(", "))).unwrap_or_default();
            return failure.hint(format!("`hoist environment list` shows the environments{listed}"));
        }
        failure
    }

    /// Returns the first environments of the project; nothing if they cannot be asked for.
    async fn environments(&self) -> Option<Vec<String>> {
        let path = self.in_project(&["environments"]);
        let request = self.request(Method::GET, &path).timeout(ANSWER_TIMEOUT);
        let response = request.send().await.ok().filter(|response| response.status().is_success())?;
        let body = Answer::read(response).await.ok()?.body;
        let items = body.get("items").and_then(Value::as_array)?;
        Some(items.iter().take(ENVIRONMENTS_NAMED).map(|item| text(item, "key")).collect())
    }

    fn transport(&self, error: &reqwest::Error) -> Failure {
        if error.is_builder() {
            return Failure::usage("the token or the address holds characters that HTTP does not allow")
                .hint("check `HOIST_TOKEN` and `HOIST_URL` for stray characters");
        }
        let cause = std::iter::successors(error.source(), |cause| (*cause).source()).last().map(ToString::to_string);
        let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
        let (code, what) = match error {
            error if error.is_connect() => ("unreachable", "cannot be reached"),
            error if error.is_timeout() => ("timeout", "did not answer in time"),
            _ => ("connection_broken", "broke the connection"),
        };
        let place = if self.base == "http://localhost" { "of the data folder" } else { self.base.as_str() };
        Failure::new(Exit::Unreachable, code, format!("the server {place} {what}{cause}")).hint(NO_SERVER)
    }
}

/// Returns an address below `/api/v1`. Parts are escaped, so no key can reach another address.
pub fn path(parts: &[&str]) -> String {
    parts.iter().fold(String::from("/api/v1"), |path, part| path + "/" + &escaped(part))
}

/// Returns a text that may stand in a path or a query.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => escaped.push(char::from(b)),
            b => {
                // Writing into a string does not fail.
                let _ = write!(escaped, "%{b:02X}");
            }
        }
    }
    escaped
}

/// Returns a length of time as people read it: `0.4 ms`, `12 ms`, `1.5 s`.
pub fn took(time: Duration) -> String {
    match time.as_secs_f64() {
        s if s < 0.01 => format!("{:.1} ms", s * 1_000.0),
        s if s < 1.0 => format!("{:.0} ms", s * 1_000.0),
        s => format!("{s:.1} s"),
    }
}
