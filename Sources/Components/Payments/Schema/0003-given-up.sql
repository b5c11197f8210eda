-- Orders that nobody wants paid any more, such as the fee of a request that was withdrawn: no further try is opened for them.
CREATE TABLE payments_given_up (
    -- Who would have paid.
    subject_id TEXT NOT NULL,
    reference TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (subject_id, reference)
);
