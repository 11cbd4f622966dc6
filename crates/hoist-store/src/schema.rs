//! The tables as a backup sees them: every one, with every column, parents before children.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Boolean,
    Bytes,
}

/// A table, its columns, and the columns that order its rows.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [(&'static str, Kind)],
    pub(crate) order: &'static str,
}

use Kind::{Boolean as B, Bytes as X, Integer as I, Text as T};

/// Every table but the list of migrations, which belongs to a database rather than to its content.
pub(crate) const TABLES: &[Table] = &[
    Table {
        name: "installation",
        columns: &[
            ("singleton", I),
            ("id", T),
            ("epoch", I),
            ("audit_seq", I),
            ("audit_hash", X),
            ("created_at", I),
            ("initialised_at", I),
        ],
        order: "singleton",
    },
    Table {
        name: "audit",
        columns: &[
            ("seq", I),
            ("at", I),
            ("actor_kind", T),
            ("actor_id", T),
            ("token", T),
            ("project", T),
            ("environment", T),
            ("action", T),
            ("subject_kind", T),
            ("subject", T),
            ("reason", T),
            ("before", T),
            ("after", T),
            ("previous", X),
            ("hash", X),
        ],
        order: "seq",
    },
    Table {
        name: "projects",
        columns: &[("key", T), ("title", T), ("version", I), ("created_at", I), ("changed_at", I)],
        order: "key",
    },
    Table {
        name: "environments",
        columns: &[
            ("project", T),
            ("key", T),
            ("title", T),
            ("protected", B),
            ("position", I),
            ("generation", I),
            ("version", I),
            ("created_at", I),
            ("changed_at", I),
        ],
        order: "project, key",
    },
    Table {
        name: "flags",
        columns: &[
            ("project", T),
            ("key", T),
            ("kind", T),
            ("variants", T),
            ("details", T),
            ("format", I),
            ("title", T),
            ("owner", T),
            ("category", T),
            ("lifetime", T),
            ("expires_on", T),
            ("tags", T),
            ("seed", T),
            ("template", T),
            ("version", I),
            ("created_at", I),
            ("changed_at", I),
            ("archived_at", I),
        ],
        order: "project, key",
    },
    Table {
        name: "targetings",
        columns: &[
            ("project", T),
            ("environment", T),
            ("flag", T),
            ("enabled", B),
            ("off_variant", T),
            ("body", T),
            ("allocation", T),
            ("format", I),
            ("salt", T),
            ("version", I),
            ("generation", I),
            ("changed_at", I),
        ],
        order: "project, environment, flag",
    },
    Table {
        name: "tombstones",
        columns: &[("project", T), ("key", T), ("archived_at", I), ("archived_by", T), ("reason", T)],
        order: "project, key",
    },
    Table {
        name: "documents",
        columns: &[
            ("project", T),
            ("kind", T),
            ("key", T),
            ("body", T),
            ("format", I),
            ("version", I),
            ("created_at", I),
            ("changed_at", I),
        ],
        order: "project, kind, key",
    },
    Table {
        name: "rollouts",
        columns: &[
            ("id", T),
            ("project", T),
            ("environment", T),
            ("flag", T),
            ("plan", T),
            ("spec", T),
            ("state", T),
            ("format", I),
            ("phase", T),
            ("active", B),
            ("decisions", I),
            ("version", I),
            ("wake_at", I),
            ("started_by", T),
            ("started_at", I),
            ("changed_at", I),
            ("ended_at", I),
            ("safety", T),
            ("watched", B),
        ],
        order: "id",
    },
    Table {
        name: "safety_reports",
        columns: &[("rollout", T), ("server", T), ("report", T), ("format", I)],
        order: "rollout, server",
    },
    Table { name: "looks", columns: &[("rollout", T), ("seq", I), ("look", T), ("format", I)], order: "rollout, seq" },
    Table {
        name: "decisions",
        columns: &[
            ("rollout", T),
            ("seq", I),
            ("at", I),
            ("rule", T),
            ("actor_kind", T),
            ("actor_id", T),
            ("input", T),
            ("before", T),
            ("decision", T),
            ("format", I),
            ("version", I),
            ("generation", I),
            ("audit_seq", I),
        ],
        order: "rollout, seq",
    },
    Table { name: "leases", columns: &[("name", T), ("holder", T), ("fence", I), ("expires_at", I)], order: "name" },
    Table {
        name: "evidence_flushes",
        columns: &[("rollout", T), ("instance", T), ("seq", I), ("units", X), ("created_at", I)],
        order: "rollout, instance, seq",
    },
    Table {
        name: "evidence_sums",
        columns: &[("rollout", T), ("stay", I), ("instance", T), ("sums", T), ("format", I), ("changed_at", I)],
        order: "rollout, stay, instance",
    },
    Table {
        name: "outbox",
        columns: &[
            ("seq", I),
            ("id", T),
            ("stream", T),
            ("topic", T),
            ("payload", T),
            ("lease", T),
            ("fence", I),
            ("attempts", I),
            ("next_attempt_at", I),
            ("created_at", I),
            ("done_at", I),
            ("given_up", B),
        ],
        order: "seq",
    },
    Table {
        name: "tokens",
        columns: &[
            ("id", T),
            ("kind", T),
            ("title", T),
            ("digest", X),
            ("project", T),
            ("environment", T),
            ("actions", T),
            ("created_by", T),
            ("created_at", I),
            ("expires_at", I),
            ("revoked_at", I),
            ("last_used_at", I),
            ("last_used_from", T),
            ("last_used_client", T),
        ],
        order: "id",
    },
    Table {
        name: "setup_codes",
        columns: &[("digest", X), ("created_at", I), ("expires_at", I), ("used_at", I)],
        order: "digest",
    },
    Table {
        name: "idempotency",
        columns: &[("scope", T), ("key", T), ("digest", X), ("result", T), ("created_at", I)],
        order: "scope, key",
    },
    Table {
        name: "sightings",
        columns: &[("project", T), ("environment", T), ("flag", T), ("client", T), ("first_at", I), ("last_at", I)],
        order: "project, environment, flag, client",
    },
    Table {
        name: "deliveries",
        columns: &[("project", T), ("environment", T), ("client", T), ("first_at", I), ("last_at", I)],
        order: "project, environment, client",
    },
    Table {
        name: "links",
        columns: &[("project", T), ("kind", T), ("flag", T), ("target", T), ("created_at", I)],
        order: "project, kind, flag, target",
    },
    Table {
        name: "snoozes",
        columns: &[("project", T), ("flag", T), ("until", I), ("reason", T), ("set_by", T), ("set_at", I)],
        order: "project, flag",
    },
    Table {
        name: "cleanups",
        columns: &[("project", T), ("flag", T), ("repository", T), ("url", T), ("opened_by", T), ("opened_at", I)],
        order: "project, flag",
    },
    Table {
        name: "verdicts",
        columns: &[
            ("project", T),
            ("flag", T),
            ("state", T),
            ("reasons", T),
            ("format", I),
            ("changed_at", I),
            ("checked_at", I),
        ],
        order: "project, flag",
    },
    Table {
        name: "scans",
        columns: &[
            ("project", T),
            ("repository", T),
            ("branch", T),
            ("main", B),
            ("commit_id", T),
            ("committed_at", I),
            ("complete", B),
            ("files", I),
            ("scanned_at", I),
            ("scanned_by", T),
        ],
        order: "project, repository, branch",
    },
    Table {
        name: "code_references",
        columns: &[
            ("project", T),
            ("repository", T),
            ("branch", T),
            ("flag", T),
            ("found", I),
            ("body", T),
            ("format", I),
        ],
        order: "project, repository, branch, flag",
    },
    Table {
        name: "removals",
        columns: &[("project", T), ("repository", T), ("flag", T), ("commit_id", T), ("removed_at", I)],
        order: "project, repository, flag, commit_id",
    },
];

impl Table {
    /// Returns the names of the columns, separated by commas.
    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    /// Returns the query of every row, in order. All parts are constants of this file.
    pub(crate) fn select(&self) -> sqlx::AssertSqlSafe<String> {
        sqlx::AssertSqlSafe(format!("SELECT {} FROM {} ORDER BY {}", self.names(), self.name, self.order))
    }

    /// Returns the query of the number of rows.
    pub(crate) fn count(&self) -> sqlx::AssertSqlSafe<String> {
        sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {}", self.name))
    }

    /// Returns the statement that inserts a row.
    pub(crate) fn insert(&self) -> sqlx::AssertSqlSafe<String> {
        let places = (1..=self.columns.len()).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ");
        sqlx::AssertSqlSafe(format!("INSERT INTO {} ({}) VALUES ({places})", self.name, self.names()))
    }
}
