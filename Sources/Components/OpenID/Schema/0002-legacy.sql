-- Grows with each change, so that a process knows when what it has read is old.
ALTER TABLE openid_client ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
-- SHA-256 of the secret of a client of the legacy profile: 256 random bits, so that no slower hash is needed.
ALTER TABLE openid_client ADD COLUMN secret_hash TEXT;
