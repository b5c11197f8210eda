-- The case that is paid for, when the order came from one.
ALTER TABLE payments_payment ADD COLUMN case_id TEXT;

-- The day, in Israel, in whose settlement file of the acquirer the payment was found; NULL until then.
ALTER TABLE payments_payment ADD COLUMN settled_on TEXT;
CREATE INDEX payments_payment_unsettled ON payments_payment (paid_at) WHERE paid_at IS NOT NULL AND settled_on IS NULL;

-- Days whose settlement file was held against our books, one after another.
CREATE TABLE payments_settlement (
    day TEXT NOT NULL PRIMARY KEY,
    line_count INTEGER NOT NULL,
    difference_count INTEGER NOT NULL,
    read_at BIGINT NOT NULL
);

-- Where file and books differ, for an operator. `reference` is a payment's id, or what the acquirer calls one that we do not know.
CREATE TABLE payments_difference (
    day TEXT NOT NULL,
    reference TEXT NOT NULL,
    -- `unknown`, `amount`, `not-paid`, `not-refunded`, `not-settled`.
    problem TEXT NOT NULL,
    -- In minor units: what the file says and what we have; NULL where one of them has nothing.
    file_minor BIGINT,
    book_minor BIGINT,
    PRIMARY KEY (day, reference, problem)
);
