-- Whether a rollback has reached everybody: what it came to, and what each server says of itself.
ALTER TABLE rollouts ADD COLUMN safety TEXT;
ALTER TABLE rollouts ADD COLUMN watched INTEGER NOT NULL DEFAULT 0 CHECK (watched IN (0, 1));
CREATE INDEX rollouts_watched ON rollouts (watched) WHERE watched = 1;

CREATE TABLE safety_reports (
    rollout TEXT NOT NULL REFERENCES rollouts (id),
    server  TEXT NOT NULL,
    report  TEXT NOT NULL,
    format  INTEGER NOT NULL,
    PRIMARY KEY (rollout, server)
) STRICT;
