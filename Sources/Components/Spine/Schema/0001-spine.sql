-- Agreements between bodies. The content is canonical JSON; what is in force is compiled from rows that are live and signed by both.
CREATE TABLE spine_agreement (
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    consumer_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    status TEXT NOT NULL,
    content TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (id, version)
);

CREATE TABLE spine_agreement_signature (
    agreement_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    body_id TEXT NOT NULL,
    jws TEXT NOT NULL,
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (agreement_id, version, body_id)
);

-- Keys by which bodies sign agreements, public part only.
CREATE TABLE spine_body_key (
    body_id TEXT PRIMARY KEY,
    jwk TEXT NOT NULL,
    since BIGINT NOT NULL
);

-- Goes up with every change above: gateways ask for this one number.
CREATE TABLE spine_edition (
    id BIGINT PRIMARY KEY,
    edition BIGINT NOT NULL
);
INSERT INTO spine_edition (id, edition) VALUES (1, 1);

-- One row per message and side. No payload: hashes and sizes only.
CREATE TABLE spine_message (
    body_id TEXT NOT NULL,
    id TEXT NOT NULL,
    face TEXT NOT NULL,
    other_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    agreement_id TEXT,
    agreement_version BIGINT,
    purpose TEXT NOT NULL,
    basis_kind TEXT NOT NULL,
    basis_reference TEXT NOT NULL,
    actor TEXT NOT NULL,
    case_id TEXT,
    subject_id TEXT,
    request_hash TEXT NOT NULL,
    request_bytes BIGINT NOT NULL,
    answer_hash TEXT,
    answer_bytes BIGINT NOT NULL,
    dropped BIGINT NOT NULL,
    decision TEXT NOT NULL,
    outcome TEXT NOT NULL,
    at BIGINT NOT NULL,
    took_us BIGINT NOT NULL,
    PRIMARY KEY (body_id, id, face)
);
CREATE INDEX spine_message_agreement ON spine_message (agreement_id, at);
CREATE INDEX spine_message_subject ON spine_message (subject_id, at) WHERE subject_id IS NOT NULL;
