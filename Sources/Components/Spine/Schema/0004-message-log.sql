-- The place of a message in the signed log; its leaf is made of all other columns.
ALTER TABLE spine_message ADD COLUMN sequence BIGINT;
CREATE INDEX spine_message_waiting ON spine_message (id) WHERE sequence IS NULL;
CREATE UNIQUE INDEX spine_message_sequence ON spine_message (sequence) WHERE sequence IS NOT NULL;

-- The Merkle tree over the messages, in tiles of 256 hashes.
CREATE TABLE spine_message_tile (
    level INTEGER NOT NULL,
    position BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (level, position)
);

CREATE TABLE spine_message_checkpoint (
    size BIGINT NOT NULL PRIMARY KEY,
    note TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- One row, which whoever gives places takes first.
CREATE TABLE spine_message_sequencer (
    id BIGINT PRIMARY KEY,
    turns BIGINT NOT NULL
);
INSERT INTO spine_message_sequencer (id, turns) VALUES (1, 0);
