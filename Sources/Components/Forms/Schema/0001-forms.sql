-- Every version of every form that was ever in force: a draft stays with the version it was begun on.
CREATE TABLE forms_version (
    form_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    content TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    PRIMARY KEY (form_id, version)
);

-- Forms being filled in. `content` is sealed: answers with their sources, and what registers said.
CREATE TABLE forms_draft (
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    business_id TEXT,
    form_id TEXT NOT NULL,
    form_version INTEGER NOT NULL,
    content BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (subject_id, id)
);
CREATE INDEX forms_draft_expiry ON forms_draft (expires_at);

-- What was sent. `content` is sealed with the key of the body that decides.
CREATE TABLE forms_submission (
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    body_id TEXT NOT NULL,
    form_id TEXT NOT NULL,
    form_version INTEGER NOT NULL,
    language TEXT NOT NULL,
    content BYTEA NOT NULL,
    case_id TEXT NOT NULL,
    case_number TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (subject_id, id)
);
CREATE INDEX forms_submission_id ON forms_submission (id);

-- Files people attached, to a draft or to a case. Name and bytes are sealed.
CREATE TABLE forms_attachment (
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    name BYTEA NOT NULL,
    type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    scan TEXT NOT NULL,
    content BYTEA NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (subject_id, id)
);
CREATE INDEX forms_attachment_holder ON forms_attachment (holder_id, id);
