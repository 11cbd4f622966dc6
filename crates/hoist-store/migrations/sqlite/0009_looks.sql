-- What the guards of a rollout showed whenever a source was asked, thinned as it grows: the curves that people look at.
CREATE TABLE looks (
    rollout TEXT NOT NULL REFERENCES rollouts (id),
    seq     INTEGER NOT NULL,
    look    TEXT NOT NULL,
    format  INTEGER NOT NULL,
    PRIMARY KEY (rollout, seq)
) STRICT;
