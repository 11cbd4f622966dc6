//! Tokens: only their digests are stored. A token is looked up by its id; the caller compares digests.

use hoist_eval::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit::{Entry, append};
use crate::dialect::locking;
use crate::driver::{Mode, Tx, on, row};
use crate::error::{Result, StoreError, is_taken};
use crate::json::{decode, encode};
use crate::limits::TOUCH_MAX;
use crate::notify::Nudge;
use crate::store::{Store, mutate, read};
use crate::write::{Page, PageRequest, Write};

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Manages the installation, as far as its actions allow.
    Admin,
    /// Evaluates, on a server: sees rules.
    Server,
    /// Evaluates, in a browser or an app: sees values only.
    Client,
    /// Serves an environment from elsewhere.
    Edge,
}

impl TokenKind {
    /// Returns the name as it is stored and written in the token's text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Server => "server",
            Self::Client => "client",
            Self::Edge => "edge",
        }
    }

    fn from_row(text: &str) -> Option<Self> {
        [Self::Admin, Self::Server, Self::Client, Self::Edge].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A token to be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewToken {
    /// Its id, a part of its text.
    pub id: String,
    /// What it is for.
    pub kind: TokenKind,
    /// A name for people.
    pub title: String,
    /// SHA-256 of its text.
    pub digest: [u8; 32],
    /// The only project it is good for; absent means all.
    pub project: Option<String>,
    /// The only environment it is good for; absent means all.
    pub environment: Option<String>,
    /// What it may do; its meaning belongs to the caller.
    pub actions: Vec<String>,
    /// When it stops working; absent means never.
    pub expires_at: Option<Timestamp>,
}

/// A stored token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRecord {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub kind: TokenKind,
    /// A name for people.
    pub title: String,
    /// SHA-256 of its text, to be compared in constant time.
    pub digest: [u8; 32],
    /// The only project it is good for; absent means all.
    pub project: Option<String>,
    /// The only environment it is good for; absent means all.
    pub environment: Option<String>,
    /// What it may do.
    pub actions: Vec<String>,
    /// Who created it: the id of the token that was presented, or the actor's name if none was. Names of tokens are
    /// chosen freely, so they would tell nothing.
    pub created_by: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it stops working; absent means never.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was used last, give or take the interval at which uses are written.
    pub last_used_at: Option<Timestamp>,
    /// The address prefix that it was used from last.
    pub last_used_from: Option<String>,
    /// The client that used it last.
    pub last_used_client: Option<String>,
}

/// The last use of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenUse {
    /// The token's id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// From which address prefix.
    pub from: Option<String>,
    /// By which client.
    pub client: Option<String>,
}

row!(
    "tokens",
    struct TokenRow {
        id: String,
        kind: String,
        title: String,
        digest: Vec<u8>,
        project: Option<String>,
        environment: Option<String>,
        actions: String,
        created_by: String,
        created_at: i64,
        expires_at: Option<i64>,
        revoked_at: Option<i64>,
        last_used_at: Option<i64>,
        last_used_from: Option<String>,
        last_used_client: Option<String>,
    }
);

const INSERT: &str = "INSERT INTO tokens (id, kind, title, digest, project, environment, actions, created_by,
    created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const FIND: &str = "SELECT * FROM tokens WHERE id = $1";
const LIST: &str = "SELECT * FROM tokens WHERE created_at < $1 OR (created_at = $1 AND id < $2)
    ORDER BY created_at DESC, id DESC LIMIT $3";
const REVOKE: &str = "UPDATE tokens SET revoked_at = $2 WHERE id = $1";
const TOUCH: &str = "UPDATE tokens SET last_used_at = $2, last_used_from = $3, last_used_client = $4
    WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";

impl Store {
    /// Stores a token.
    pub async fn create_token(&self, write: &Write<'_>, new: &NewToken) -> Result<TokenRecord> {
        mutate!(self, write, |tx| insert_token(tx, write, new, TOKEN))
    }

    /// Stores the token of a browser's session: a sign-in, and so the audit log calls it.
    pub async fn create_session(&self, write: &Write<'_>, new: &NewToken) -> Result<TokenRecord> {
        mutate!(self, write, |tx| insert_token(tx, write, new, SESSION))
    }

    /// Returns a token, revoked and expired ones included.
    pub async fn token(&self, id: &str) -> Result<Option<TokenRecord>> {
        read!(self, Plain, |tx| find(tx, id))
    }

    /// Returns tokens, newest first, revoked and expired ones included.
    pub async fn list_tokens(&self, page: &PageRequest) -> Result<Page<TokenRecord>> {
        let rows = read!(self, Plain, |tx| list(tx, page))?;
        let tokens = rows.into_iter().map(TokenRow::parse).collect::<Result<Vec<_>>>()?;
        Ok(page.page(tokens, |token| format!("{}:{}", token.created_at.as_micros(), token.id)))
    }

    /// Ends a token at once. Revoking it again changes nothing.
    pub async fn revoke_token(&self, write: &Write<'_>, id: &str) -> Result<TokenRecord> {
        mutate!(self, write, |tx| revoke(tx, write, id, TOKEN))
    }

    /// Ends the token of a browser's session at once: a sign-out. Ending it again changes nothing.
    pub async fn end_session(&self, write: &Write<'_>, id: &str) -> Result<TokenRecord> {
        mutate!(self, write, |tx| revoke(tx, write, id, SESSION))
    }

    /// Notes last uses, at most [`TOUCH_MAX`] in one transaction, apart from every other write. Losing them harms nobody.
    pub async fn touch_tokens(&self, uses: &[TokenUse]) -> Result<()> {
        let mut uses: Vec<&TokenUse> = uses.iter().collect();
        // Always in the same order, so that two batches cannot wait for each other.
        uses.sort_by(|a, b| a.id.cmp(&b.id));
        for batch in uses.chunks(TOUCH_MAX) {
            let mut tx = self.begin(Mode::Write).await?;
            let result = touch(&mut tx, batch).await;
            tx.finish(result).await?;
        }
        Ok(())
    }
}

impl TokenRow {
    fn parse(self) -> Result<TokenRecord> {
        let corrupt = |column, what: &'static str| StoreError::corrupt("tokens", column, self.id.as_str(), what);
        let kind = TokenKind::from_row(&self.kind).ok_or_else(|| corrupt("kind", "unknown kind"))?;
        let digest =
            <[u8; 32]>::try_from(self.digest.as_slice()).map_err(|_| corrupt("digest", "it is not 32 bytes long"))?;
        let actions = decode("tokens", "actions", self.id.as_str(), &self.actions)?;
        Ok(TokenRecord {
            id: self.id,
            kind,
            title: self.title,
            digest,
            project: self.project,
            environment: self.environment,
            actions,
            created_by: self.created_by,
            created_at: Timestamp::from_micros(self.created_at),
            expires_at: self.expires_at.map(Timestamp::from_micros),
            revoked_at: self.revoked_at.map(Timestamp::from_micros),
            last_used_at: self.last_used_at.map(Timestamp::from_micros),
            last_used_from: self.last_used_from,
            last_used_client: self.last_used_client,
        })
    }
}

/// What the audit log calls a token, and what happens to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Called {
    kind: &'static str,
    made: &'static str,
    ended: &'static str,
}

/// A token that somebody asked for.
pub(crate) const TOKEN: Called = Called { kind: "token", made: "token.create", ended: "token.revoke" };
/// A token that signing in made.
const SESSION: Called = Called { kind: "session", made: "session.create", ended: "session.end" };

/// Stores a token and tells the audit log, which never sees the digest.
pub(crate) async fn insert_token(
    tx: &mut Tx,
    write: &Write<'_>,
    new: &NewToken,
    called: Called,
) -> Result<TokenRecord> {
    let actions = encode(&new.actions)?;
    let result = on!(tx, |c| sqlx::query(INSERT)
        .bind(&new.id)
        .bind(new.kind.as_str())
        .bind(&new.title)
        .bind(new.digest.as_slice())
        .bind(&new.project)
        .bind(&new.environment)
        .bind(&actions)
        .bind(write.actor.token.as_ref().unwrap_or(&write.actor.id))
        .bind(write.now.as_micros())
        .bind(new.expires_at.map(Timestamp::as_micros))
        .execute(c)
        .await
        .map(drop));
    match result {
        Err(error) if is_taken(&error) => return Err(StoreError::Exists { what: "token" }),
        other => other?,
    }
    let entry = Entry::new(called.made, called.kind, &new.id).created(json!({
        "kind": new.kind, "title": new.title, "project": new.project, "environment": new.environment,
        "actions": new.actions, "expires_at": new.expires_at,
    }));
    append(tx, write, entry).await?;
    tx.nudges.push(Nudge::Tokens);
    find(tx, &new.id).await?.ok_or(StoreError::Missing { what: "token" })
}

async fn find(tx: &mut Tx, id: &str) -> Result<Option<TokenRecord>> {
    let row = on!(tx, |c| sqlx::query_as::<_, TokenRow>(FIND).bind(id).fetch_optional(c).await)?;
    row.map(TokenRow::parse).transpose()
}

async fn list(tx: &mut Tx, page: &PageRequest) -> Result<Vec<TokenRow>> {
    let (before, id) = page.moment();
    Ok(on!(tx, |c| sqlx::query_as::<_, TokenRow>(LIST).bind(before).bind(id).bind(page.rows()).fetch_all(c).await)?)
}

async fn revoke(tx: &mut Tx, write: &Write<'_>, id: &str, called: Called) -> Result<TokenRecord> {
    let text = locking(tx, FIND);
    let row = on!(tx, |c| sqlx::query_as::<_, TokenRow>(text).bind(id).fetch_optional(c).await)?;
    let was = row.ok_or(StoreError::Missing { what: "token" })?;
    if was.revoked_at.is_none() {
        let now = write.now.as_micros();
        on!(tx, |c| sqlx::query(REVOKE).bind(id).bind(now).execute(c).await.map(drop))?;
        let entry = Entry::new(called.ended, called.kind, id)
            .changed(&json!({ "revoked": false }), &json!({ "revoked": true }));
        append(tx, write, entry).await?;
        tx.nudges.push(Nudge::Tokens);
    }
    find(tx, id).await?.ok_or(StoreError::Missing { what: "token" })
}

async fn touch(tx: &mut Tx, uses: &[&TokenUse]) -> Result<()> {
    for used in uses {
        on!(tx, |c| sqlx::query(TOUCH)
            .bind(&used.id)
            .bind(used.at.as_micros())
            .bind(&used.from)
            .bind(&used.client)
            .execute(c)
            .await
            .map(drop))?;
    }
    Ok(())
}
