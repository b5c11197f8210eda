-- A time-stamp token (RFC 3161) over the note, from an authority outside; most checkpoints have none.
ALTER TABLE audit_checkpoint ADD COLUMN stamp BYTEA;
CREATE INDEX audit_checkpoint_stamped ON audit_checkpoint (size) WHERE stamp IS NOT NULL;
