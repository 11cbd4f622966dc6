-- Which client asked for which flag by itself, first and last. Clients that take all flags at once are in
-- `deliveries`: which of them they use is not known.
CREATE TABLE sightings (
    project     TEXT NOT NULL,
    environment TEXT NOT NULL,
    flag        TEXT NOT NULL,
    client      TEXT NOT NULL,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    PRIMARY KEY (project, environment, flag, client)
) STRICT;
CREATE INDEX sightings_flag ON sightings (project, flag, last_at);
CREATE INDEX sightings_age ON sightings (last_at);

CREATE TABLE deliveries (
    project     TEXT NOT NULL,
    environment TEXT NOT NULL,
    client      TEXT NOT NULL,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    PRIMARY KEY (project, environment, client)
) STRICT;
CREATE INDEX deliveries_age ON deliveries (last_at);

-- Declared edges: a service switches a flag, a flag gates a feature.
CREATE TABLE links (
    project    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    flag       TEXT NOT NULL,
    target     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project, kind, flag, target),
    FOREIGN KEY (project, flag) REFERENCES flags (project, key)
) STRICT;
CREATE INDEX links_target ON links (project, kind, target);

-- Flags that people have asked to be left alone about.
CREATE TABLE snoozes (
    project TEXT NOT NULL,
    flag    TEXT NOT NULL,
    until   INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    set_by  TEXT NOT NULL,
    set_at  INTEGER NOT NULL,
    PRIMARY KEY (project, flag),
    FOREIGN KEY (project, flag) REFERENCES flags (project, key)
) STRICT;

-- Open changes that take a flag out of the code.
CREATE TABLE cleanups (
    project    TEXT NOT NULL,
    flag       TEXT NOT NULL,
    repository TEXT NOT NULL,
    url        TEXT NOT NULL,
    opened_by  TEXT NOT NULL,
    opened_at  INTEGER NOT NULL,
    PRIMARY KEY (project, flag),
    FOREIGN KEY (project, flag) REFERENCES flags (project, key)
) STRICT;

-- What was said about each flag last, so that people are told of what is new.
CREATE TABLE verdicts (
    project    TEXT NOT NULL,
    flag       TEXT NOT NULL,
    state      TEXT NOT NULL,
    reasons    TEXT NOT NULL,
    format     INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    checked_at INTEGER NOT NULL,
    PRIMARY KEY (project, flag),
    FOREIGN KEY (project, flag) REFERENCES flags (project, key)
) STRICT;

-- The last scan of each branch of each repository, and what it found, by flag.
CREATE TABLE scans (
    project      TEXT NOT NULL REFERENCES projects (key),
    repository   TEXT NOT NULL,
    branch       TEXT NOT NULL,
    main         INTEGER NOT NULL CHECK (main IN (0, 1)),
    commit_id    TEXT NOT NULL,
    committed_at INTEGER NOT NULL,
    complete     INTEGER NOT NULL CHECK (complete IN (0, 1)),
    files        INTEGER NOT NULL,
    scanned_at   INTEGER NOT NULL,
    scanned_by   TEXT NOT NULL,
    PRIMARY KEY (project, repository, branch)
) STRICT;

CREATE TABLE code_references (
    project    TEXT NOT NULL,
    repository TEXT NOT NULL,
    branch     TEXT NOT NULL,
    flag       TEXT NOT NULL,
    found      INTEGER NOT NULL,
    body       TEXT NOT NULL,
    format     INTEGER NOT NULL,
    PRIMARY KEY (project, repository, branch, flag),
    FOREIGN KEY (project, repository, branch) REFERENCES scans (project, repository, branch)
) STRICT;
CREATE INDEX code_references_flag ON code_references (project, flag);

-- Commits of main branches that took the last reference of a flag away.
CREATE TABLE removals (
    project    TEXT NOT NULL,
    repository TEXT NOT NULL,
    flag       TEXT NOT NULL,
    commit_id  TEXT NOT NULL,
    removed_at INTEGER NOT NULL,
    PRIMARY KEY (project, repository, flag, commit_id)
) STRICT;
CREATE INDEX removals_flag ON removals (project, flag);

CREATE INDEX rollouts_flag ON rollouts (project, flag, environment, started_at);
