//! The first administrator: a code that is shown once, used once, and stored as a digest.

use hoist_eval::Timestamp;

use crate::audit::{Entry, append};
use crate::driver::{Tx, on};
use crate::error::Result;
use crate::store::{Store, mutate};
use crate::tokens::{NewToken, TOKEN, TokenRecord, insert_token};
use crate::write::Write;

const INSERT: &str = "INSERT INTO setup_codes (digest, created_at, expires_at) VALUES ($1, $2, $3)";
const RETIRE: &str = "UPDATE setup_codes SET used_at = $1 WHERE used_at IS NULL";
const USE: &str = "UPDATE setup_codes SET used_at = $2 WHERE digest = $1 AND used_at IS NULL AND expires_at > $2";
const INITIALISE: &str = "UPDATE installation SET initialised_at = $1 WHERE singleton = 1 AND initialised_at IS NULL";

impl Store {
    /// Stores a setup code by its SHA-256. Earlier codes that were not used stop working.
    pub async fn create_setup_code(&self, write: &Write<'_>, digest: &[u8; 32], expires_at: Timestamp) -> Result<()> {
        mutate!(self, write, |tx| create(tx, write, digest, expires_at))
    }

    /// Uses a setup code and stores the first administrator's token, both or neither. An answer of `None` means that
    /// the code is wrong, used or expired; callers say no more than that.
    pub async fn complete_setup(
        &self,
        write: &Write<'_>,
        digest: &[u8; 32],
        token: &NewToken,
    ) -> Result<Option<TokenRecord>> {
        mutate!(self, write, |tx| complete(tx, write, digest, token))
    }
}

async fn create(tx: &mut Tx, write: &Write<'_>, digest: &[u8; 32], expires_at: Timestamp) -> Result<()> {
    let now = write.now.as_micros();
    on!(tx, |c| sqlx::query(RETIRE).bind(now).execute(c).await.map(drop))?;
    on!(tx, |c| sqlx::query(INSERT)
        .bind(digest.as_slice())
        .bind(now)
        .bind(expires_at.as_micros())
        .execute(c)
        .await
        .map(drop))?;
    append(tx, write, Entry::new("setup.code", "installation", "setup")).await.map(drop)
}

async fn complete(tx: &mut Tx, write: &Write<'_>, digest: &[u8; 32], token: &NewToken) -> Result<Option<TokenRecord>> {
    let now = write.now.as_micros();
    let used = on!(tx, |c| sqlx::query(USE)
        .bind(digest.as_slice())
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if used == 0 {
        return Ok(None);
    }
    on!(tx, |c| sqlx::query(INITIALISE).bind(now).execute(c).await.map(drop))?;
    let token = insert_token(tx, write, token, TOKEN).await?;
    append(tx, write, Entry::new("setup.complete", "installation", "setup")).await?;
    Ok(Some(token))
}
