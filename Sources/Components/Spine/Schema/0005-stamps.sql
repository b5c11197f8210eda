-- A time-stamp token (RFC 3161) over the note, from an authority outside; most checkpoints have none.
ALTER TABLE spine_message_checkpoint ADD COLUMN stamp BYTEA;
CREATE INDEX spine_message_checkpoint_stamped ON spine_message_checkpoint (size) WHERE stamp IS NOT NULL;
