//! Answers of the server, and refusals turned into failures.

use reqwest::header::ETAG;
use reqwest::{Response, StatusCode};
use serde_json::Value;

use crate::exit::Exit;
use crate::failure::{Failure, Problem};
use crate::limits::ANSWER_BYTES_MAX;
use crate::output::text;

/// A good answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The version of what was answered, to be sent back with a change.
    pub version: Option<String>,
    /// What was answered; null if there is nothing.
    pub body: Value,
}

impl Answer {
    /// Reads an answer of bounded size.
    pub async fn read(response: Response) -> Result<Self, Failure> {
        let version = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let bytes = bounded(response).await?;
        if bytes.is_empty() {
            return Ok(Self { version, body: Value::Null });
        }
        let body = serde_json::from_slice(&bytes).map_err(|_| not_hoist())?;
        Ok(Self { version, body })
    }
}

fn not_hoist() -> Failure {
    Failure::new(Exit::Unreachable, "not_hoist", "what answers at that address is not a Hoist server")
        .hint("check `HOIST_URL`; a proxy may be in the way")
}

async fn bounded(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    loop {
        let chunk = response.chunk().await.map_err(|error| {
            Failure::new(Exit::Unreachable, "connection_broken", format!("the answer broke off: {error}"))
        })?;
        let Some(chunk) = chunk else { return Ok(bytes) };
        if bytes.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(Failure::new(Exit::Failure, "too_large", "the answer is too large").hint("narrow the request"));
        }
        bytes.extend_from_slice(&chunk);
    }
}

/// Turns a refusal into a failure: the server's own words, and what to do next at a command line.
pub async fn refusal(status: StatusCode, response: Response) -> Failure {
    let bytes = bounded(response).await.unwrap_or_default();
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let (title, detail) = (sentence(&text(&body, "title")), sentence(&text(&body, "detail")));
    let problems = problems(&body);
    let code = match text(&body, "code") {
        code if code.is_empty() => format!("http_{}", status.as_u16()),
        code => code,
    };
    let (message, hint) = match code.as_str() {
        "invalid" => ("the server refuses the content".to_owned(), String::new()),
        // The faults that follow say more than any sentence about them.
        _ if !problems.is_empty() => (title, String::new()),
        "not_found" => {
            let hint = listing(&detail).to_owned();
            (detail, hint)
        }
        "in_use" => (detail, String::new()),
        "transition_refused" => (detail, "`hoist rollout status` shows where the rollout is".to_owned()),
        "version_conflict" => (title, "look at what is there now, then try again".to_owned()),
        _ if title.is_empty() => (format!("the server answered {status}"), hint_for(status).to_owned()),
        _ if status == StatusCode::UNAUTHORIZED => (title, hint_for(status).to_owned()),
        _ => (title, detail),
    };
    let mut failure = Failure::new(exit(status), &code, message).problems(problems);
    failure.hint = Some(hint).filter(|hint| !hint.is_empty());
    failure
}

/// What the server adds for whoever has a token.
pub const VISIBLE: &str = " that this token may see";

/// Returns where to look for the right name of the place that was not found.
fn listing(detail: &str) -> &'static str {
    match detail {
        place if place.contains("no such project") => "`hoist project list` shows the projects",
        _ => "",
    }
}

fn exit(status: StatusCode) -> Exit {
    match status.as_u16() {
        400 | 413 | 415 | 422 => Exit::Invalid,
        401 | 403 => Exit::NotPermitted,
        404 | 410 => Exit::NotFound,
        409 | 412 | 428 => Exit::Conflict,
        502..=504 => Exit::Unreachable,
        _ => Exit::Failure,
    }
}

fn hint_for(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => {
            "give a token in `HOIST_TOKEN` that exists, has not expired and was not revoked; on the server's machine \
             `hoist token create --kind admin --data DIR` makes one"
        }
        502..=504 => "the server is not ready; `hoist doctor` says why",
        _ => "check that `HOIST_URL` is the address of a Hoist server",
    }
}

fn problems(body: &Value) -> Vec<Problem> {
    let Some(Value::Array(errors)) = body.get("errors") else { return Vec::new() };
    errors.iter().map(|error| Problem { path: text(error, "path"), message: text(error, "message") }).collect()
}

/// Returns a sentence as it reads after `error: `.
fn sentence(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let Some(first) = chars.next() else { return String::new() };
    // A word in capitals, such as a protocol's name, stays as it is.
    if chars.clone().next().is_some_and(char::is_uppercase) {
        return sentence.to_owned();
    }
    first.to_lowercase().chain(chars).collect::<String>().trim_end_matches('.').to_owned()
}
