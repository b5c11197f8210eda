-- Parts of a body, as a tree.
CREATE TABLE officers_unit (
    body_id TEXT NOT NULL,
    id TEXT NOT NULL,
    parent_id TEXT,
    -- Language to name.
    name TEXT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (body_id, id)
);

-- That somebody is to begin an office, or to end one that needs four eyes: from the proposal to its end. The number is sealed and forgotten
-- once the person is found.
CREATE TABLE officers_appointment (
    body_id TEXT NOT NULL,
    id TEXT NOT NULL,
    -- begin, end
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    unit_id TEXT,
    subject_id TEXT,
    number BYTEA,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    -- proposed: waits for another administrator. invited: waits for the person. Then accepted, declined, refused, withdrawn, expired, done.
    state TEXT NOT NULL,
    proposer_id TEXT NOT NULL,
    confirmer_id TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (body_id, id)
);
CREATE INDEX officers_appointment_person ON officers_appointment (subject_id, state);
CREATE INDEX officers_appointment_open ON officers_appointment (state, expires_at);

-- What is known of an office beside its days: where in the body it is, and when somebody last said that it is still needed.
CREATE TABLE officers_place (
    body_id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    role TEXT NOT NULL,
    unit_id TEXT,
    confirmed_on TEXT NOT NULL,
    PRIMARY KEY (body_id, subject_id, role)
);

-- Every act, for ever.
CREATE TABLE officers_act (
    body_id TEXT NOT NULL,
    id TEXT NOT NULL,
    what TEXT NOT NULL,
    role TEXT NOT NULL,
    -- Whom it was about; nil while the person is not known.
    subject_id TEXT,
    actor_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (body_id, id)
);
