-- Somebody on her way to have her smart card read, by the hash of the secret she carries there.
CREATE TABLE identity_card_round (
    token_hash TEXT NOT NULL PRIMARY KEY,
    subject_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX identity_card_round_person ON identity_card_round (subject_id);
