-- That somebody may act for somebody else, from the offer to its end. `content` is sealed: names, what it covers, the signed text, and the
-- national number of whom it was offered to until she is found.
CREATE TABLE mandates_mandate (
    principal_id TEXT NOT NULL,
    id TEXT NOT NULL,
    -- attorney: given by the person herself. guardian: of a parent, by the population register.
    kind TEXT NOT NULL,
    attorney_id TEXT,
    -- offered, live; then declined, withdrawn, ended, lapsed.
    state TEXT NOT NULL,
    -- The last day, in Israel.
    valid_until TEXT NOT NULL,
    offered_at BIGINT NOT NULL,
    -- Until when an offer can be accepted.
    open_until BIGINT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (principal_id, id)
);
CREATE INDEX mandates_mandate_attorney ON mandates_mandate (attorney_id, state);
CREATE INDEX mandates_mandate_offered ON mandates_mandate (open_until) WHERE state = 'offered';
CREATE INDEX mandates_mandate_live ON mandates_mandate (valid_until) WHERE state = 'live';
