//! Sessions of browsers: a cookie that no script can read, instead of a token that one could.
//!
//! A session is a token of its own, made from the one that was shown at sign-in: it has the same role and reach, ends
//! by itself, and is good for nothing once its parent is revoked. A cookie is sent by browsers unasked, so a request
//! that changes something must also say that it comes from a page of this server.

use hoist_store::{NewToken, TokenKind};
use http::header::{COOKIE, HOST, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use secrecy::ExposeSecret;

use crate::clock::Ids;
use crate::error::ApiError;
use crate::limits::{COOKIES_BYTES_MAX, SESSION_LIFE, SIGN_IN_LINK_LIFE, TITLE_CHARS_MAX};

use super::credentials;
use super::principal::{Principal, Scope};
use super::token::MadeToken;

/// The cookie's name where the page came over TLS: browsers then hold it to this host and to TLS.
const SECURE_COOKIE: &str = "__Host-hoist";
/// The cookie's name otherwise, as on this machine.
const PLAIN_COOKIE: &str = "hoist";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Begins the mark of a session among a token's actions; the parent's id follows.
const SESSION_OF: &str = "session:";
/// Begins the mark of a token that can be exchanged for a session, once, and is good for nothing else; a colon and the
/// parent's id follow, and nothing in links that older servers made.
const LINK: &str = "sign_in_link";

/// What kind of admin token one is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Origin {
    /// One that a person or a program holds.
    #[default]
    Made,
    /// A browser's session, which lives as long as its parent at most.
    Session {
        /// The id of the token that it comes from; absent means that it was made on this machine.
        parent: Option<String>,
    },
    /// The token in a link that signs in once, which lives as long as its parent at most.
    Link {
        /// The id of the token that it comes from; absent means that it was made on this machine.
        parent: Option<String>,
    },
}

impl Origin {
    /// Reads the marks among a stored token's actions.
    pub(super) fn of(actions: &[String]) -> Self {
        let marked = |mark| actions.iter().find_map(|action| action.strip_prefix(mark));
        let parent = |id: &str| Some(id).filter(|id| !id.is_empty()).map(str::to_owned);
        if let Some(id) = marked(LINK) {
            return Self::Link { parent: parent(id.trim_start_matches(':')) };
        }
        marked(SESSION_OF).map_or(Self::Made, |id| Self::Session { parent: parent(id) })
    }

    /// Returns the id of the token that has to hold for this one to hold.
    pub(super) fn parent(&self) -> Option<&str> {
        match self {
            Self::Made => None,
            Self::Session { parent } | Self::Link { parent } => parent.as_deref(),
        }
    }
}

/// Returns whether a stored token belongs to a browser's session or to a link that makes one.
pub(crate) fn is_session(actions: &[String]) -> bool {
    Origin::of(actions) != Origin::Made
}

/// Returns a session for `principal`, and the token to be stored for it.
pub(crate) fn session_for(principal: &Principal, ids: &Ids, now: hoist_eval::Timestamp) -> (MadeToken, NewToken) {
    derive(principal, ids, now.saturating_add(SESSION_LIFE), format!("{SESSION_OF}{}", parent_of(principal)))
}

/// Returns a token that can be exchanged for a session of `principal`, once, and what is to be stored of it.
pub(crate) fn link_for(principal: &Principal, ids: &Ids, now: hoist_eval::Timestamp) -> (MadeToken, NewToken) {
    derive(principal, ids, now.saturating_add(SIGN_IN_LINK_LIFE), format!("{LINK}:{}", parent_of(principal)))
}

/// Returns the id of the token that everything made for `principal` comes from; empty on this machine. A link and a session
/// end before what is made of them does, so they hand on their parent.
fn parent_of(principal: &Principal) -> &str {
    match principal {
        Principal::Socket { .. } => "",
        Principal::Token { identity, .. } => match &identity.origin {
            Origin::Made => &identity.id,
            derived => derived.parent().unwrap_or_default(),
        },
    }
}

fn derive(principal: &Principal, ids: &Ids, end: hoist_eval::Timestamp, mark: String) -> (MadeToken, NewToken) {
    let made = MadeToken::make(TokenKind::Admin, ids);
    let (project, environment) = match principal.scope() {
        Scope::Installation => (None, None),
        Scope::Project(project) => (Some(project.to_string()), None),
        Scope::Environment(project, environment) => (Some(project.to_string()), Some(environment.to_string())),
    };
    let own_end = match principal {
        Principal::Socket { .. } => None,
        Principal::Token { identity, .. } => {
            identity.expires_at.filter(|_| !matches!(identity.origin, Origin::Link { .. }))
        }
    };
    let new = NewToken {
        id: made.id.clone(),
        kind: TokenKind::Admin,
        title: principal.actor().id.chars().take(TITLE_CHARS_MAX).collect(),
        digest: made.digest,
        project,
        environment,
        actions: vec![principal.role().as_str().to_owned(), mark],
        expires_at: Some(own_end.map_or(end, |own| own.min(end))),
    };
    (made, new)
}

/// Returns what sets the cookie of a session. Browsers keep it until they are closed, and show it to no script.
pub(crate) fn set_cookie(headers: &HeaderMap, session: &MadeToken) -> Result<HeaderValue, ApiError> {
    cookie(headers, session.text.expose_secret(), "")
}

/// Returns what takes the cookie away.
pub(crate) fn clear_cookie(headers: &HeaderMap) -> Result<HeaderValue, ApiError> {
    cookie(headers, "", "; Max-Age=0")
}

fn cookie(headers: &HeaderMap, value: &str, end: &str) -> Result<HeaderValue, ApiError> {
    let over_tls = headers.get(ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https://"));
    let (name, secure) = if over_tls { (SECURE_COOKIE, "; Secure") } else { (PLAIN_COOKIE, "") };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{end}");
    HeaderValue::try_from(text).map(sensitive).map_err(|_| ApiError::Internal)
}

fn sensitive(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}

/// Returns the token that a management request carries: in a header, or else in the cookie of a session.
///
/// With a cookie, a request that changes something must come from a page of this server.
pub(super) fn presented(parts: &Parts) -> Result<Option<&str>, ApiError> {
    let named = [http::header::AUTHORIZATION.as_str(), "x-api-key"];
    if named.iter().any(|name| parts.headers.contains_key(*name)) {
        return Ok(credentials::presented(&parts.headers));
    }
    let Some(text) = from_cookie(&parts.headers) else { return Ok(None) };
    if parts.method.is_safe() || is_same_origin(&parts.headers, &parts.uri) {
        Ok(Some(text))
    } else {
        Err(ApiError::CrossSite)
    }
}

/// Returns the session's token. The cookie of TLS comes first, since nobody but this host over TLS can have set it; one of
/// another name may be left from a page that came without. Nothing if there are two of a name, since it is unclear whose
/// the request is.
pub(super) fn from_cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(COOKIE).iter().filter(|line| line.len() <= COOKIES_BYTES_MAX);
    let pairs = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
    let pairs: Vec<_> = pairs.filter_map(|pair| pair.trim().split_once('=')).collect();
    let named = |wanted: &str| -> Vec<&str> {
        pairs.iter().filter(|(name, _)| *name == wanted).map(|(_, value)| *value).collect()
    };
    let secure = named(SECURE_COOKIE);
    let found = if secure.is_empty() { named(PLAIN_COOKIE) } else { secure };
    match found.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

/// Returns whether a browser says that the request comes from a page of this server. Both of its words must agree;
/// forms of pages that send no referrer come with the origin `null`, and then the other word decides.
pub(crate) fn is_same_origin(headers: &HeaderMap, uri: &Uri) -> bool {
    let site = headers.get(FETCH_SITE).map(|site| site.as_bytes() == b"same-origin");
    let named = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = named.or_else(|| uri.authority().map(http::uri::Authority::as_str));
    let origin = headers.get(ORIGIN).map(|origin| {
        let text = origin.to_str().unwrap_or_default();
        let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        (text != "null").then(|| authority.is_some() && authority == host)
    });
    match (site, origin) {
        (Some(site), origin) => site && origin.flatten().unwrap_or(true),
        (None, origin) => origin.flatten().unwrap_or(false),
    }
}
