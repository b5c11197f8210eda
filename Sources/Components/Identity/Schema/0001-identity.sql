-- A person who registered. Names, birth date, e-mail and telephone are one sealed text.
CREATE TABLE identity_subject (
    subject_id TEXT NOT NULL PRIMARY KEY,
    profile BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

-- What a person is known by outside: the national number, later a passport or permit. A new one does not make a new person.
CREATE TABLE identity_identifier (
    subject_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    value_index TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (subject_id, kind, value_index)
);

-- The way back, spread by the keyed hash of the value: one point read finds the subject, and nobody registers twice.
CREATE TABLE identity_identifier_owner (
    value_index TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    PRIMARY KEY (value_index, kind)
);

-- The evidence ledger: every check of an identity against a source. Rows are only ever added.
CREATE TABLE identity_evidence (
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    source TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    method TEXT NOT NULL,
    fields TEXT NOT NULL,
    result TEXT NOT NULL,
    agreement_id TEXT NOT NULL,
    registration_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (subject_id, id)
);
CREATE INDEX identity_evidence_registration ON identity_evidence (registration_id);

-- What a person proves herself with. A replaced one stays as a row without use.
CREATE TABLE identity_credential (
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    replaced_at BIGINT,
    PRIMARY KEY (subject_id, id)
);
CREATE UNIQUE INDEX identity_credential_password ON identity_credential (subject_id) WHERE kind = 'password' AND replaced_at IS NULL;

-- Who holds which office at which body, by calendar dates in Israel; valid_to is the last day.
CREATE TABLE identity_office (
    subject_id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    role TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    PRIMARY KEY (subject_id, body_id, role)
);
CREATE INDEX identity_office_body ON identity_office (body_id, role);

-- A signed-in browser, found by the hash of its cookie. Spread by that hash: it is read with every request, the list of a person's
-- sessions hardly ever. `sealed` holds name, address and device.
CREATE TABLE identity_session (
    token_hash TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    credential_level INTEGER NOT NULL,
    proof_level INTEGER NOT NULL,
    capacity TEXT NOT NULL,
    organisation_id TEXT,
    role TEXT,
    capacity_checked_at BIGINT,
    holds_office INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (token_hash, subject_id)
);
CREATE INDEX identity_session_subject ON identity_session (subject_id);
CREATE INDEX identity_session_idle ON identity_session (last_seen_at);
CREATE INDEX identity_session_expiry ON identity_session (expires_at);

-- Browsers a person has signed in with before, so that a new one is told to her.
CREATE TABLE identity_device (
    subject_id TEXT NOT NULL,
    device_hash TEXT NOT NULL,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    PRIMARY KEY (subject_id, device_hash)
);

-- A registration on its way, found by the hash of its cookie. Nobody's yet, so there is no subject in the key.
CREATE TABLE identity_registration (
    token_hash TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX identity_registration_expiry ON identity_registration (expires_at);

-- A sign-in whose password was right and whose code is still awaited.
CREATE TABLE identity_sign_in (
    token_hash TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    next_path TEXT,
    attempt_key TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (token_hash, subject_id)
);
CREATE INDEX identity_sign_in_expiry ON identity_sign_in (expires_at);

-- The one code that a registration or a sign-in waits for; only a keyed hash of it is kept.
CREATE TABLE identity_code (
    ceremony_id TEXT NOT NULL PRIMARY KEY,
    code_hash TEXT NOT NULL,
    tries INTEGER NOT NULL,
    issues INTEGER NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX identity_code_expiry ON identity_code (expires_at);

-- Failures by (what was guessed at, from where), both as keyed hashes in one.
CREATE TABLE identity_attempt (
    attempt_key TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX identity_attempt_last ON identity_attempt (last_at);
