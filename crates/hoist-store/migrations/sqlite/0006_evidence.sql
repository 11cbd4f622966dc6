-- What each server told about the units of a rollout, flush by flush. The latest row about a unit holds.
CREATE TABLE evidence_flushes (
    rollout    TEXT NOT NULL REFERENCES rollouts (id),
    instance   TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    units      BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (rollout, instance, seq)
) STRICT;
CREATE INDEX evidence_flushes_age ON evidence_flushes (created_at);

-- What each server has counted so far at each stay of a rollout. Sums of servers add up.
CREATE TABLE evidence_sums (
    rollout    TEXT NOT NULL REFERENCES rollouts (id),
    stay       INTEGER NOT NULL,
    instance   TEXT NOT NULL,
    sums       TEXT NOT NULL,
    format     INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (rollout, stay, instance)
) STRICT;
