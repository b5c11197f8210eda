-- That a person says a register has something wrong about her. `content` is sealed: her name, what she says, and the answer.
CREATE TABLE corrections_claim (
    id TEXT PRIMARY KEY,
    subject_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    -- Names of what is wrong, as a JSON list; empty for all that the operation answers.
    labels TEXT NOT NULL,
    -- open; then accepted, refused, withdrawn.
    state TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    -- The last day on which the owner should answer, in Israel.
    due_on TEXT NOT NULL,
    decided_at BIGINT,
    content BYTEA NOT NULL
);
CREATE INDEX corrections_claim_subject ON corrections_claim (subject_id, id);
CREATE INDEX corrections_claim_owner ON corrections_claim (owner_id, state, id);

-- That a body which had the value is told that it was wrong. One for each body, of the last time it had it.
CREATE TABLE corrections_notice (
    claim_id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    agreement_id TEXT,
    -- Whether the person sees that this body had it.
    is_shown BIGINT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_by TEXT,
    PRIMARY KEY (claim_id, body_id)
);
CREATE INDEX corrections_notice_body ON corrections_notice (body_id, claim_id);
