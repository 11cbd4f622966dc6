-- What each server told about the units of a rollout, flush by flush. The latest row about a unit holds.
CREATE TABLE evidence_flushes (
    rollout    TEXT NOT NULL REFERENCES rollouts (id),
    instance   TEXT NOT NULL,
    seq        BIGINT NOT NULL,
    units      BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (rollout, instance, seq)
);
CREATE INDEX evidence_flushes_age ON evidence_flushes (created_at);

-- What each server has counted so far at each stay of a rollout. Sums of servers add up.
CREATE TABLE evidence_sums (
    rollout    TEXT NOT NULL REFERENCES rollouts (id),
    stay       BIGINT NOT NULL,
    instance   TEXT NOT NULL,
    sums       TEXT NOT NULL,
    format     BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (rollout, stay, instance)
);
