-- When the person was reminded of a question she has not answered.
ALTER TABLE delivery_completion ADD COLUMN reminded_at BIGINT;
CREATE INDEX delivery_completion_open ON delivery_completion (asked_at) WHERE answered_at IS NULL AND reminded_at IS NULL;
