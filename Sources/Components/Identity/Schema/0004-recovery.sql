-- A way back into an account whose password is lost: the identity was proved anew, and what was chosen takes effect when it is due,
-- unless the person, who is told at once, stops it.
CREATE TABLE identity_recovery (
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    -- Hash of the new password, and the new e-mail address where there is one.
    sealed BYTEA NOT NULL,
    -- Of the secret in the messages that stops it.
    stop_hash TEXT NOT NULL,
    -- waiting, done, stopped
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (subject_id, id)
);
-- One at a time.
CREATE UNIQUE INDEX identity_recovery_waiting ON identity_recovery (subject_id) WHERE state = 'waiting';
CREATE UNIQUE INDEX identity_recovery_stop ON identity_recovery (stop_hash);
CREATE INDEX identity_recovery_due ON identity_recovery (due_at) WHERE state = 'waiting';
