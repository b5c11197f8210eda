-- Whom a register tells when something about a person changes, at the gateway of the body that keeps the register. The id is that of the
-- message by which the other body asked for it, and is in the logs of both.
CREATE TABLE spine_following (
    id TEXT PRIMARY KEY,
    agreement_id TEXT NOT NULL,
    consumer_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    -- A blind index of the national number; the number itself is nowhere.
    person TEXT NOT NULL,
    purpose TEXT NOT NULL,
    basis_kind TEXT NOT NULL,
    basis_reference TEXT NOT NULL,
    since BIGINT NOT NULL,
    -- Days since 1970, the last one.
    until_day BIGINT NOT NULL
);
CREATE UNIQUE INDEX spine_following_person ON spine_following (person, operation, agreement_id);

-- What registers told, so that the same is not told twice: of one owner, source and id together name an event (CloudEvents 1.0).
CREATE TABLE spine_change (
    owner_id TEXT NOT NULL,
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, source, id)
);
CREATE INDEX spine_change_at ON spine_change (at);

-- How far the events of an agreement are numbered.
CREATE TABLE spine_feed (
    agreement_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (agreement_id, operation)
);

-- Events that wait to be fetched, sealed.
CREATE TABLE spine_event (
    agreement_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    number BIGINT NOT NULL,
    following_id TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (agreement_id, operation, number)
);
CREATE INDEX spine_event_following ON spine_event (following_id);
CREATE INDEX spine_event_at ON spine_event (at);

-- How far each system of the body was told.
CREATE TABLE spine_webhook (
    url TEXT NOT NULL,
    body_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    purpose TEXT NOT NULL,
    after_number BIGINT NOT NULL,
    PRIMARY KEY (url, body_id, operation, purpose)
);
