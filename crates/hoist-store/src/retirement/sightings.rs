//! Who asks for which flag. Written in batches, apart from every other write; losing some of it costs nothing but
//! precision, because clients that matter ask again.

use hoist_eval::Timestamp;
use serde::{Deserialize, Serialize};

use crate::driver::{Mode, Tx, on, row};
use crate::error::Result;
use crate::limits::{SIGHTINGS_BATCH_MAX, SIGHTINGS_SHOWN_MAX};
use crate::store::{Store, read};

/// An evaluation of one flag by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sighting {
    /// The project.
    pub project: String,
    /// The environment.
    pub environment: String,
    /// The flag.
    pub flag: String,
    /// Who asked: the id of a token.
    pub client: String,
    /// When.
    pub at: Timestamp,
}

/// A delivery of all flags of an environment at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delivery {
    /// The project.
    pub project: String,
    /// The environment.
    pub environment: String,
    /// Who asked: the id of a token.
    pub client: String,
    /// When.
    pub at: Timestamp,
}

/// A client in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSeen {
    /// The environment.
    pub environment: String,
    /// The id of its token.
    pub client: String,
    /// When it asked first.
    pub first_at: Timestamp,
    /// When it asked last.
    pub last_at: Timestamp,
}

row!(
    "sightings",
    /// A sighting, or a delivery: their tables have these columns alike.
    struct SeenRow {
        environment: String,
        client: String,
        first_at: i64,
        last_at: i64,
    }
);

const SIGHT: &str = "INSERT INTO sightings (project, environment, flag, client, first_at, last_at)
    VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (project, environment, flag, client)
    DO UPDATE SET last_at = excluded.last_at WHERE sightings.last_at < excluded.last_at";
const DELIVER: &str = "INSERT INTO deliveries (project, environment, client, first_at, last_at)
    VALUES ($1, $2, $3, $4, $4) ON CONFLICT (project, environment, client)
    DO UPDATE SET last_at = excluded.last_at WHERE deliveries.last_at < excluded.last_at";
const OF_FLAG: &str = "SELECT environment, client, first_at, last_at FROM sightings
    WHERE project = $1 AND flag = $2 ORDER BY last_at DESC, environment, client LIMIT $3";
/// Stands where a delivery names its project: the row that says when counting began.
const NOBODY: &str = "";
const BEGUN: &str = "SELECT first_at FROM deliveries WHERE project = $1 AND environment = $1 AND client = $1";

impl Store {
    /// Notes evaluations and deliveries, at most [`SIGHTINGS_BATCH_MAX`] in one transaction.
    pub async fn note_seen(&self, sightings: &[Sighting], deliveries: &[Delivery]) -> Result<()> {
        let (mut sightings, mut deliveries) = (sightings.to_vec(), deliveries.to_vec());
        // Always in the same order, so that two batches cannot wait for each other.
        sightings.sort();
        deliveries.sort();
        for batch in sightings.chunks(SIGHTINGS_BATCH_MAX) {
            let mut tx = self.begin(Mode::Write).await?;
            let result = sight(&mut tx, batch).await;
            tx.finish(result).await?;
        }
        for batch in deliveries.chunks(SIGHTINGS_BATCH_MAX) {
            let mut tx = self.begin(Mode::Write).await?;
            let result = deliver(&mut tx, batch).await;
            tx.finish(result).await?;
        }
        Ok(())
    }

    /// Returns since when evaluations are noted: from now on, if nobody has asked before.
    pub async fn observed_since(&self, now: Timestamp) -> Result<Timestamp> {
        if let Some(begun) = read!(self, Plain, |tx| begun(tx))? {
            return Ok(begun);
        }
        let nobody = || NOBODY.to_owned();
        let mark = Delivery { project: nobody(), environment: nobody(), client: nobody(), at: now };
        self.note_seen(&[], &[mark]).await?;
        Ok(read!(self, Plain, |tx| begun(tx))?.unwrap_or(now))
    }

    /// Returns who asked for a flag by itself, the latest first, at most [`SIGHTINGS_SHOWN_MAX`] of them.
    pub async fn clients_of_flag(&self, project: &str, flag: &str) -> Result<Vec<ClientSeen>> {
        let rows = read!(self, Plain, |tx| of_flag(tx, project, flag))?;
        Ok(rows.into_iter().map(ClientSeen::from).collect())
    }
}

impl From<SeenRow> for ClientSeen {
    fn from(row: SeenRow) -> Self {
        Self {
            environment: row.environment,
            client: row.client,
            first_at: Timestamp::from_micros(row.first_at),
            last_at: Timestamp::from_micros(row.last_at),
        }
    }
}

async fn sight(tx: &mut Tx, batch: &[Sighting]) -> Result<()> {
    for seen in batch {
        on!(tx, |c| sqlx::query(SIGHT)
            .bind(&seen.project)
            .bind(&seen.environment)
            .bind(&seen.flag)
            .bind(&seen.client)
            .bind(seen.at.as_micros())
            .execute(c)
            .await
            .map(drop))?;
    }
    Ok(())
}

async fn deliver(tx: &mut Tx, batch: &[Delivery]) -> Result<()> {
    for seen in batch {
        on!(tx, |c| sqlx::query(DELIVER)
            .bind(&seen.project)
            .bind(&seen.environment)
            .bind(&seen.client)
            .bind(seen.at.as_micros())
            .execute(c)
            .await
            .map(drop))?;
    }
    Ok(())
}

async fn begun(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let at = on!(tx, |c| sqlx::query_scalar::<_, i64>(BEGUN).bind(NOBODY).fetch_optional(c).await)?;
    Ok(at.map(Timestamp::from_micros))
}

async fn of_flag(tx: &mut Tx, project: &str, flag: &str) -> Result<Vec<SeenRow>> {
    Ok(on!(tx, |c| sqlx::query_as::<_, SeenRow>(OF_FLAG)
        .bind(project)
        .bind(flag)
        .bind(SIGHTINGS_SHOWN_MAX)
        .fetch_all(c)
        .await)?)
}
