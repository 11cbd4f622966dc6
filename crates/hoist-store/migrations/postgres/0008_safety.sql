-- Whether a rollback has reached everybody: what it came to, and what each server says of itself.
ALTER TABLE rollouts ADD COLUMN safety TEXT;
ALTER TABLE rollouts ADD COLUMN watched BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX rollouts_watched ON rollouts (watched) WHERE watched;

CREATE TABLE safety_reports (
    rollout TEXT NOT NULL REFERENCES rollouts (id),
    server  TEXT NOT NULL,
    report  TEXT NOT NULL,
    format  BIGINT NOT NULL,
    PRIMARY KEY (rollout, server)
);
