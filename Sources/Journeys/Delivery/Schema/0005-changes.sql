-- What registers are asked for that tell when something about a person with an approved request changes, and how far it was read.
CREATE TABLE delivery_feed (
    body_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    purpose TEXT NOT NULL,
    after_number BIGINT NOT NULL,
    PRIMARY KEY (body_id, operation, purpose)
);
