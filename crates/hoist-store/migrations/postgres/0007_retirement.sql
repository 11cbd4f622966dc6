-- Which client asked for which flag by itself, first and last. Clients that take all flags at once are in
-- `deliveries`: which of them they use is not known.
CREATE TABLE sightings (
    project     TEXT NOT NULL,
    environment TEXT NOT NULL,
    flag        TEXT NOT NULL,
    client      TEXT NOT NULL,
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    PRIMARY KEY (project, environment, flag, client)
);
CREATE INDEX sightings_flag ON sightings (project, flag, last_at);
CREATE INDEX sightings_age ON sightings (last_at);

CREATE TABLE deliveries (
    project     TEXT NOT NULL,
    environment TEXT NOT NULL,
    client      TEXT NOT NULL,
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    PRIMARY KEY (project, environment, client)
);
CREATE INDEX deliveries_age ON deliveries (last_at);

-- Declared edges: a service switches a flag, a flag gates a feature.
CREATE TABLE links (
    project    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    flag       TEXT NOT NULL,
    target     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (project, kind, flag, target),
    FOREIGN KEY (project, flag) REFERENCES flags (project, key)
);
CREATE INDEX links_target ON links (project, kind, target);

-- Flags that people have asked to be left alone about.
CREATE TABLE snoozes (
    project TEXT NOT NULL,
    flag    TEXT NOT NULL,
    until   BIGINT NOT NULL,
    reason  TEXT NOT NULL,
    set_by  TEXT NOT NULL,
    set_at  BIGINT NOT NULL,
    PRIMARY KEY (project, flag),
    FOREIGN KEY (project, flag) REFERENCES flags (project, key)
);

-- Open changes that take a flag out of the code.
CREATE TABLE cleanups (
    project    TEXT NOT NULL,
    flag       TEXT NOT NULL,
    repository TEXT NOT NULL,
    url        TEXT NOT NULL,
    opened_by  TEXT NOT NULL,
    opened_at  BIGINT NOT NULL,
    PRIMARY KEY (project, flag),
    FOREIGN KEY (project, flag) REFERENCES flags (project, key)
);

-- What was said about each flag last, so that people are told of what is new.
CREATE TABLE verdicts (
    project    TEXT NOT NULL,
    flag       TEXT NOT NULL,
    state      TEXT NOT NULL,
    reasons    TEXT NOT NULL,
    format     BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    checked_at BIGINT NOT NULL,
    PRIMARY KEY (project, flag),
    FOREIGN KEY (project, flag) REFERENCES flags (project, key)
);

-- The last scan of each branch of each repository, and what it found, by flag.
CREATE TABLE scans (
    project      TEXT NOT NULL REFERENCES projects (key),
    repository   TEXT NOT NULL,
    branch       TEXT NOT NULL,
    main         BOOLEAN NOT NULL,
    commit_id    TEXT NOT NULL,
    committed_at BIGINT NOT NULL,
    complete     BOOLEAN NOT NULL,
    files        BIGINT NOT NULL,
    scanned_at   BIGINT NOT NULL,
    scanned_by   TEXT NOT NULL,
    PRIMARY KEY (project, repository, branch)
);

CREATE TABLE code_references (
    project    TEXT NOT NULL,
    repository TEXT NOT NULL,
    branch     TEXT NOT NULL,
    flag       TEXT NOT NULL,
    found      BIGINT NOT NULL,
    body       TEXT NOT NULL,
    format     BIGINT NOT NULL,
    PRIMARY KEY (project, repository, branch, flag),
    FOREIGN KEY (project, repository, branch) REFERENCES scans (project, repository, branch)
);
CREATE INDEX code_references_flag ON code_references (project, flag);

-- Commits of main branches that took the last reference of a flag away.
CREATE TABLE removals (
    project    TEXT NOT NULL,
    repository TEXT NOT NULL,
    flag       TEXT NOT NULL,
    commit_id  TEXT NOT NULL,
    removed_at BIGINT NOT NULL,
    PRIMARY KEY (project, repository, flag, commit_id)
);
CREATE INDEX removals_flag ON removals (project, flag);

CREATE INDEX rollouts_flag ON rollouts (project, flag, environment, started_at);
