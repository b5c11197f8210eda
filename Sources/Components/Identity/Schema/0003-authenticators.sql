-- What a person proves herself with beside the password: passkeys, and the app that shows codes.
CREATE TABLE identity_authenticator (
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    -- passkey, or app
    kind TEXT NOT NULL,
    -- Its name and key.
    sealed BYTEA NOT NULL,
    -- Of a passkey its signature counter, of an app the last time step whose code was used.
    counter BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    PRIMARY KEY (subject_id, id)
);
CREATE UNIQUE INDEX identity_authenticator_app ON identity_authenticator (subject_id) WHERE kind = 'app';

-- The way back from a passkey's id, spread by its hash: one point read finds whose it is.
CREATE TABLE identity_passkey_owner (
    credential_hash TEXT NOT NULL PRIMARY KEY,
    subject_id TEXT NOT NULL,
    authenticator_id TEXT NOT NULL
);

-- Questions to passkeys that were answered: each is good once.
CREATE TABLE identity_challenge (
    challenge_hash TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX identity_challenge_expiry ON identity_challenge (expires_at);
