-- Payments merchants have asked for. Of a card only the brand and the last four digits are kept.
CREATE TABLE acquirer_charge (
    id TEXT NOT NULL PRIMARY KEY,
    merchant_id TEXT NOT NULL,
    reference TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    description TEXT NOT NULL,
    language TEXT NOT NULL,
    return_url TEXT NOT NULL,
    is_manual INTEGER NOT NULL,
    -- In the address of the hosted page.
    token TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    card_brand TEXT,
    card_last_four TEXT,
    -- What the test card that was used does.
    behaviour TEXT,
    failure TEXT,
    wrong_codes INTEGER NOT NULL DEFAULT 0,
    captured_minor BIGINT NOT NULL DEFAULT 0,
    refunded_minor BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    -- When something happens by itself: the session ends, the bank answers.
    due_at BIGINT
);
CREATE INDEX acquirer_charge_reference ON acquirer_charge (merchant_id, reference);
CREATE INDEX acquirer_charge_due ON acquirer_charge (due_at) WHERE due_at IS NOT NULL;

-- Answers given under an idempotency key, to be given again.
CREATE TABLE acquirer_answer (
    merchant_id TEXT NOT NULL,
    answer_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    content TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, answer_key)
);

-- Notifications to merchants: what is told, and each copy that must arrive.
CREATE TABLE acquirer_notice (
    id TEXT NOT NULL,
    copy INTEGER NOT NULL,
    merchant_id TEXT NOT NULL,
    content TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    -- NULL when it has arrived, or was given up.
    next_at BIGINT,
    arrived_at BIGINT,
    PRIMARY KEY (id, copy)
);
CREATE INDEX acquirer_notice_next ON acquirer_notice (next_at) WHERE next_at IS NOT NULL;

-- Money that moved, for the settlement file of its day (a date in Israel).
CREATE TABLE acquirer_movement (
    id TEXT NOT NULL PRIMARY KEY,
    merchant_id TEXT NOT NULL,
    charge_id TEXT NOT NULL,
    reference TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    day TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX acquirer_movement_day ON acquirer_movement (merchant_id, day, id);
