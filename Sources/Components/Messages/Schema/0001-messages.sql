-- What was told to a person: template and version are pinned, the values are sealed. It lies in her mailbox from the moment of
-- acceptance; `state` is that of the e-mail beside it.
CREATE TABLE messages_message (
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body_id TEXT NOT NULL,
    case_id TEXT,
    template TEXT NOT NULL,
    version INTEGER NOT NULL,
    fields BYTEA NOT NULL,
    link TEXT,
    language TEXT,
    state TEXT NOT NULL,
    failure TEXT,
    accepted_at BIGINT NOT NULL,
    settled_at BIGINT,
    read_at BIGINT,
    PRIMARY KEY (subject_id, id),
    UNIQUE (subject_id, idempotency_key)
);
CREATE INDEX messages_message_unread ON messages_message (subject_id) WHERE read_at IS NULL;
