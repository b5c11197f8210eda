-- Systems that let people sign in here. The content is client metadata (RFC 7591) with members of our own.
CREATE TABLE openid_client (
    id TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Pushed authorization requests (RFC 9126), by the hash of the request URI. Sealed, since a login hint may be in them.
CREATE TABLE openid_request (
    request_hash TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    content BYTEA NOT NULL,
    -- 1 once somebody came with it: from then on it lives as long as signing in may take.
    is_begun INTEGER NOT NULL,
    -- The session in which the person agreed to what is passed on.
    agreed_session TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX openid_request_expiry ON openid_request (expires_at);

-- What somebody's sign-in at a client stands for: all tokens that came of one code. `subject_id` leads the key.
CREATE TABLE openid_grant (
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    acr TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (subject_id, id)
);
CREATE UNIQUE INDEX openid_grant_id ON openid_grant (id);
CREATE INDEX openid_grant_session ON openid_grant (subject_id, session_id);
CREATE INDEX openid_grant_expiry ON openid_grant (expires_at);

CREATE TABLE openid_code (
    code_hash TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    -- What of the request the token endpoint needs: challenge, redirect address, nonce, key.
    content TEXT NOT NULL,
    used_at BIGINT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX openid_code_expiry ON openid_code (expires_at);

CREATE TABLE openid_refresh (
    token_hash TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    -- When it was exchanged for the next one.
    rotated_at BIGINT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX openid_refresh_expiry ON openid_refresh (expires_at);

-- What a person has agreed to pass on to a client, so that she is asked once.
CREATE TABLE openid_consent (
    subject_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (subject_id, client_id)
);

-- Assertions by which clients identified themselves, each taken once (RFC 7523 section 3).
CREATE TABLE openid_assertion (
    client_id TEXT NOT NULL,
    jti TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, jti)
);
CREATE INDEX openid_assertion_expiry ON openid_assertion (expires_at);

-- Keys that sign tokens: published before their time, and until the last token they signed has expired.
CREATE TABLE openid_key (
    -- 1, 2, 3 …: of two processes that make the next key at once, one does.
    generation BIGINT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    active_from BIGINT NOT NULL,
    published_until BIGINT NOT NULL
);
