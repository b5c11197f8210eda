-- An official paper: ordered in the transaction that made the decision, ready once it is rendered and signed. The order's content and
-- the signed file are sealed.
CREATE TABLE documents_document (
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    case_id TEXT NOT NULL,
    case_number TEXT NOT NULL,
    body_id TEXT NOT NULL,
    template TEXT NOT NULL,
    language TEXT NOT NULL,
    title TEXT NOT NULL,
    content BYTEA NOT NULL,
    code TEXT NOT NULL,
    ordered_at BIGINT NOT NULL,
    ready_at BIGINT,
    sha256 TEXT,
    pdf BYTEA,
    PRIMARY KEY (subject_id, id),
    UNIQUE (subject_id, idempotency_key)
);
CREATE INDEX documents_document_case ON documents_document (case_id);

-- By what anybody can check a paper: the code printed on it, or the SHA-256 of the file.
CREATE TABLE documents_proof (
    proof TEXT NOT NULL PRIMARY KEY,
    subject_id TEXT NOT NULL,
    document_id TEXT NOT NULL
);
