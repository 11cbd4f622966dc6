//! Every bound of this crate, in one place.

use std::time::Duration;

use hoist_eval::Span;

/// Longest wait for a connection; after it the caller is told that the database is unavailable.
pub const POOL_WAIT: Duration = Duration::from_secs(2);
/// What a server keeps beside its SQLite file, in bytes, to have room when the disk is full.
pub const BALLAST_BYTES: u64 = 32 * 1024 * 1024;
/// Longest wait of SQLite for another process that holds the file.
pub const BUSY_WAIT: Duration = Duration::from_secs(5);
/// Longest time of one PostgreSQL statement of the control path.
pub const STATEMENT_TIME: Duration = Duration::from_secs(5);
/// Longest wait of PostgreSQL for a row lock.
pub const LOCK_WAIT: Duration = Duration::from_secs(2);
/// Longest time of one PostgreSQL statement of a backup or a migration.
pub const BULK_STATEMENT_TIME: Duration = Duration::from_mins(10);
/// Connections that read a SQLite file at the same time. There is always exactly one that writes.
pub const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL.
pub const POSTGRES_CONNECTIONS: u32 = 10;
/// Smallest pause between two attempts to listen for PostgreSQL's notifications.
pub const LISTEN_PAUSE_MIN: Duration = Duration::from_millis(100);
/// Largest pause between two attempts to listen for PostgreSQL's notifications.
pub const LISTEN_PAUSE_MAX: Duration = Duration::from_secs(5);

/// Rows of a page when the caller names no number.
pub const PAGE_DEFAULT: u32 = 50;
/// Most rows of one page.
pub const PAGE_MAX: u32 = 500;
/// Most flags of one project, archived ones included.
pub const FLAGS_MAX: i64 = 20_000;
/// Most environments of one project.
pub const ENVIRONMENTS_MAX: i64 = 64;
/// Most projects of one installation.
pub const PROJECTS_MAX: i64 = 1_000;
/// Most segments, plans or metrics of one project, each.
pub const DOCUMENTS_MAX: i64 = 5_000;

/// How long a key stays taken after its flag was archived.
pub const TOMBSTONE_LIFE: Span = Span::from_hours(90 * 24);
/// How long the first result of an idempotency key is kept.
pub const IDEMPOTENCY_LIFE: Span = Span::from_hours(24);
/// How long a delivered outbox row is kept.
pub const OUTBOX_DONE_LIFE: Span = Span::from_hours(7 * 24);
/// How long an undelivered outbox row is kept; after that nobody wants to hear it.
pub const OUTBOX_LIFE: Span = Span::from_hours(30 * 24);
/// How long a used or expired setup code is kept.
pub const SETUP_CODE_LIFE: Span = Span::from_hours(24);
/// How long a revoked or expired token is kept, for the audit log's readers.
pub const TOKEN_LIFE: Span = Span::from_hours(400 * 24);
/// Most rows that one retention pass removes from one table, so that it never holds the writer for long.
pub const RETENTION_ROWS_MAX: u32 = 1_000;

/// Most rows of one outbox batch.
pub const OUTBOX_BATCH_MAX: u32 = 100;
/// Most rollouts of one batch of due ones.
pub const DUE_ROLLOUTS_MAX: u32 = 500;
/// Most rollouts of an environment whose versions are told at once: one of each flag that a project may have.
pub const ROLLOUT_MARKS_MAX: i64 = 10_000;
/// Most rollouts of an environment that a start is compared with.
pub const ROLLOUTS_COMPARED_MAX: i64 = 1_000;
/// Most tokens of one batch of last uses.
pub const TOUCH_MAX: usize = 1_000;
/// Longest pause between two attempts to deliver an event.
pub const OUTBOX_PAUSE_MAX: Span = Span::from_hours(1);
/// Deliveries of one outbox row before it is given up.
pub const OUTBOX_ATTEMPTS_MAX: u32 = 50;
/// Shortest lease; a shorter one would expire between two renewals on a busy machine.
pub const LEASE_MIN: Span = Span::from_seconds(1);
/// Longest lease; a longer one would leave rollouts without a controller after a crash.
pub const LEASE_MAX: Span = Span::from_seconds(60);

/// Largest `before` or `after` of an audit record, in bytes; a larger one is kept as its digest.
pub const AUDIT_DIFF_BYTES_MAX: usize = 64 * 1024;
/// Records that one page of a verification reads.
pub const AUDIT_VERIFY_PAGE: u32 = 500;
/// How far around a bad record the number that its content belongs to is looked for.
pub const AUDIT_SWAP_SEARCH: u64 = 100_000;
/// Longest line of a backup, in bytes.
pub const BACKUP_LINE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Rows that a backup reads at a time.
pub const BACKUP_PAGE: i64 = 500;
/// Most flushes that are read at once, over all servers.
pub const EVIDENCE_FLUSHES_MAX: u32 = 16;
/// Most bytes of flushes that are read at once, but for the first of them: folded ones have up to 6.4 MiB each.
pub const EVIDENCE_PAGE_BYTES_MAX: i64 = 8 * 1024 * 1024;
/// Most bytes that are folded at once; flushes of more stay as they are.
pub const EVIDENCE_FOLD_BYTES_MAX: i64 = 32 * 1024 * 1024;
/// How long what units did is kept after their rollout: long enough to look into what happened. What was decided on it is kept
/// with the decisions.
pub const EVIDENCE_LIFE: Span = Span::from_hours(24 * 7);

/// Most rows of one batch of evaluations that were seen.
pub const SIGHTINGS_BATCH_MAX: usize = 1_000;
/// Most clients that are shown for one flag.
pub const SIGHTINGS_SHOWN_MAX: i64 = 1_000;
/// How long it is remembered that a client asked for a flag.
pub const SIGHTING_LIFE: Span = Span::from_hours(400 * 24);
/// Most services and features that one flag is linked with, each.
pub const LINKS_MAX: i64 = 200;
/// Most branches of repositories of one project whose scans are kept.
pub const SCANS_MAX: usize = 2_000;
/// Most references of one scan.
pub const REFERENCES_MAX: usize = 50_000;
/// Most removals that one scan brings.
pub const REMOVALS_MAX: usize = 10_000;
/// Most references of one flag that are shown.
pub const REFERENCES_SHOWN_MAX: usize = 5_000;
/// Most rollbacks that are verified at a time.
pub const WATCHED_ROLLBACKS_MAX: i64 = 100;
/// Most points of the curves of one rollout that are kept, but for the latest one. Twice as many as a wide chart has room
/// for: when they are reached, every other one goes.
pub const LOOKS_MAX: u64 = 512;
/// Most servers whose reports on one rollback are read.
pub const SAFETY_SERVERS_MAX: i64 = 1_000;
