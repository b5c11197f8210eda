-- What bodies register of their systems, version by version: each is reviewed by somebody else before it is live.
CREATE TABLE openid_application (
    client_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    body_id TEXT NOT NULL,
    -- Client metadata (RFC 7591), and the addresses for trying out.
    content TEXT NOT NULL,
    -- submitted, live, refused, replaced; retired says that the system was taken away.
    state TEXT NOT NULL,
    applicant_id TEXT NOT NULL,
    reviewer_id TEXT,
    reason TEXT,
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    PRIMARY KEY (client_id, version)
);
CREATE INDEX openid_application_body ON openid_application (body_id, client_id);
CREATE INDEX openid_application_open ON openid_application (state, created_at);

-- How often something happened at a client on a day. In sixteen parts, so that sign-ins at the same moment do not wait for one another.
CREATE TABLE openid_count (
    client_id TEXT NOT NULL,
    day TEXT NOT NULL,
    what TEXT NOT NULL,
    part INTEGER NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (client_id, day, what, part)
);

-- Ends of sessions that a client has not yet taken.
CREATE TABLE openid_logout (
    client_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    tries BIGINT NOT NULL,
    -- Status of the last answer; 0 when there was none.
    status BIGINT NOT NULL,
    -- 1 when the client said that it will not take it.
    is_refused INTEGER NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (client_id, session_id)
);
CREATE INDEX openid_logout_at ON openid_logout (at);

CREATE INDEX openid_grant_client ON openid_grant (client_id);
