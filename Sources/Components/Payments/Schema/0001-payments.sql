-- Money asked of a person. `subject_id` (who pays) leads the key, so that a person's payments stay together. No column ever holds a
-- card number: the acquirer tells the brand and the last four digits, for the receipt.
CREATE TABLE payments_payment (
    subject_id TEXT NOT NULL,
    id TEXT NOT NULL,
    -- What is paid for, such as a case, and as what. One open payment per pair.
    reference TEXT NOT NULL,
    product TEXT NOT NULL,
    body_id TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    description TEXT NOT NULL,
    return_path TEXT NOT NULL,
    -- A state of payment-states.json.
    state TEXT NOT NULL,
    -- How many moves it has made, the opening counted.
    step INTEGER NOT NULL,
    -- 1 while the person or the acquirer may still finish it.
    is_open INTEGER NOT NULL,
    -- The language in which the person was sent to the acquirer.
    language TEXT,
    acquirer_id TEXT,
    -- The newest report of the acquirer that was taken in; older ones are passed over.
    acquirer_version BIGINT NOT NULL DEFAULT 0,
    checkout_url TEXT,
    card_brand TEXT,
    card_last_four TEXT,
    failure TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    paid_at BIGINT,
    -- When the acquirer is asked next; NULL when nothing more is expected.
    ask_at BIGINT,
    PRIMARY KEY (subject_id, id)
);
CREATE INDEX payments_payment_id ON payments_payment (id);
CREATE INDEX payments_payment_order ON payments_payment (reference, product, created_at);
CREATE UNIQUE INDEX payments_payment_open ON payments_payment (subject_id, reference, product) WHERE is_open = 1;
CREATE INDEX payments_payment_ask ON payments_payment (ask_at) WHERE ask_at IS NOT NULL;

-- Append only: each move of a payment along an edge of the graph.
CREATE TABLE payments_event (
    subject_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    -- 1, 2, 3 …: two moves at once from one state cannot both be written.
    step INTEGER NOT NULL,
    -- NULL for the first.
    from_state TEXT,
    to_state TEXT NOT NULL,
    is_late INTEGER NOT NULL,
    actor_id TEXT NOT NULL,
    acquirer_version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (subject_id, payment_id, step)
);

-- Notifications of the acquirer that have been taken in. It sends each at least once.
CREATE TABLE payments_notification (
    subject_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (subject_id, event_id)
);
