-- One person has one national number. A card's round is bound to the session that began it.
CREATE UNIQUE INDEX identity_identifier_national ON identity_identifier (subject_id) WHERE kind = 'national-number';
ALTER TABLE identity_card_round ADD COLUMN session_id TEXT;
ALTER TABLE identity_card_round ADD COLUMN ticket_hash TEXT;
