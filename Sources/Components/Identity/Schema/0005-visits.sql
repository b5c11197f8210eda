-- A visit to an office at which a person proves who she is face to face: the code she shows there, kept as its hash.
CREATE TABLE identity_visit (
    code_hash TEXT NOT NULL PRIMARY KEY,
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX identity_visit_expiry ON identity_visit (expires_at);
