-- One row for every look at, or change of, a person's data. `subject_id` leads the key: a person's own history is one range.
CREATE TABLE audit_entry (
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    content TEXT NOT NULL,
    sequence BIGINT,
    PRIMARY KEY (subject_id, id)
);
CREATE INDEX audit_entry_unsequenced ON audit_entry (id) WHERE sequence IS NULL;
CREATE UNIQUE INDEX audit_entry_sequence ON audit_entry (sequence) WHERE sequence IS NOT NULL;

-- The Merkle tree over the entries, in tiles of 256 hashes.
CREATE TABLE audit_tile (
    level INTEGER NOT NULL,
    position BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (level, position)
);

-- Signed statements of how long the log was and what its root was.
CREATE TABLE audit_checkpoint (
    size BIGINT NOT NULL PRIMARY KEY,
    note TEXT NOT NULL,
    at BIGINT NOT NULL
);
