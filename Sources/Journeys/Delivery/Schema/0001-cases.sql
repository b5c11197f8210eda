-- A request from start to finish. `subject_id` (person or business) leads every key, so that a person's cases stay together.
CREATE TABLE delivery_case (
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    number TEXT NOT NULL,
    type TEXT NOT NULL,
    type_version INTEGER NOT NULL,
    service_id TEXT NOT NULL,
    submission_id TEXT NOT NULL,
    -- The case this one is a leg of; NULL for the case the person sees.
    parent_id TEXT,
    body_id TEXT NOT NULL,
    language TEXT NOT NULL,
    applicant_id TEXT NOT NULL,
    stage TEXT NOT NULL,
    -- open, waiting (for the person), closed
    state TEXT NOT NULL,
    result TEXT,
    assigned_to TEXT,
    opened_at BIGINT NOT NULL,
    promised_on TEXT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (subject_id, id),
    UNIQUE (subject_id, submission_id, body_id)
);
CREATE INDEX delivery_case_id ON delivery_case (id);
CREATE INDEX delivery_case_number ON delivery_case (number);
CREATE INDEX delivery_case_parent ON delivery_case (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX delivery_case_desk ON delivery_case (body_id, state, promised_on, id);

-- Append only: what happened to a case, in order. `note` is sealed.
CREATE TABLE delivery_status (
    subject_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    stage TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    note BYTEA,
    told_person INTEGER NOT NULL,
    PRIMARY KEY (subject_id, case_id, id)
);

-- Something the person was asked to add, and what she answered. Both sealed.
CREATE TABLE delivery_completion (
    subject_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    id TEXT NOT NULL,
    question BYTEA NOT NULL,
    asked_at BIGINT NOT NULL,
    answer BYTEA,
    answered_at BIGINT,
    PRIMARY KEY (subject_id, case_id, id)
);
