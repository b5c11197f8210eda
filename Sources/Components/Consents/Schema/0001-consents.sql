-- That a body asks a person to agree that it may have data of hers from a register. `content` is sealed: her name and what she is told.
CREATE TABLE consents_request (
    id TEXT PRIMARY KEY,
    subject_id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    agreement_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    -- For how long she is asked to agree.
    days BIGINT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    -- Until when it can be answered.
    open_until BIGINT NOT NULL,
    -- open; then given, declined, withdrawn, lapsed.
    state TEXT NOT NULL,
    content BYTEA NOT NULL
);
CREATE INDEX consents_request_subject ON consents_request (subject_id, id);
CREATE INDEX consents_request_body ON consents_request (body_id, id);
CREATE INDEX consents_request_open ON consents_request (open_until) WHERE state = 'open';

-- What was agreed to. No row is ever changed: taking a consent back is a row of its own.
CREATE TABLE consents_consent (
    id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    subject_id TEXT NOT NULL,
    person_mark TEXT NOT NULL,
    consumer_id TEXT NOT NULL,
    agreement_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    operations TEXT NOT NULL,
    fields TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    -- JWS over the record, with the names of ISO/IEC TS 27560.
    receipt TEXT NOT NULL
);
CREATE INDEX consents_consent_subject ON consents_consent (subject_id, id);

CREATE TABLE consents_revocation (
    consent_id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    receipt TEXT NOT NULL
);
