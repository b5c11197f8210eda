-- One row, which whoever gives places takes first: two workers' clocks wait for one another instead of colliding.
CREATE TABLE audit_sequencer (
    id BIGINT PRIMARY KEY,
    turns BIGINT NOT NULL
);
INSERT INTO audit_sequencer (id, turns) VALUES (1, 0);
