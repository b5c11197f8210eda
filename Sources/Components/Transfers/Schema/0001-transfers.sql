-- A body's request for data of another, from the draft to the agreement in force. `terms` is the agreement without its id, version and days;
-- `final` is the content that is being signed.
CREATE TABLE transfers_request (
    id TEXT NOT NULL PRIMARY KEY,
    consumer_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    agreement_id TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Goes up whenever it is handed in: opinions are about one edition.
    edition BIGINT NOT NULL,
    title TEXT NOT NULL,
    terms TEXT NOT NULL,
    final TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX transfers_request_consumer ON transfers_request (consumer_id, changed_at);
CREATE INDEX transfers_request_provider ON transfers_request (provider_id, changed_at);

-- Everything that happened, for ever: handed in, opinions, comments, signatures.
CREATE TABLE transfers_act (
    request_id TEXT NOT NULL,
    id TEXT NOT NULL,
    edition BIGINT NOT NULL,
    what TEXT NOT NULL,
    body_id TEXT NOT NULL,
    officer_id TEXT NOT NULL,
    officer_name TEXT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (request_id, id)
);

CREATE TABLE transfers_signature (
    request_id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    jws TEXT NOT NULL,
    officer_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (request_id, body_id)
);

-- That a body still needs what an agreement lets it have, said every year.
CREATE TABLE transfers_justification (
    agreement_id TEXT NOT NULL PRIMARY KEY,
    note TEXT NOT NULL,
    officer_id TEXT NOT NULL,
    at BIGINT NOT NULL
);
