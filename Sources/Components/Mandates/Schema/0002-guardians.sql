-- When the register last said that a guardianship holds; nil for mandates that a person gave.
ALTER TABLE mandates_mandate ADD COLUMN checked_at BIGINT;
CREATE INDEX mandates_mandate_check ON mandates_mandate (checked_at) WHERE kind = 'guardian' AND state = 'live';
-- Found twice at once, it is one.
CREATE UNIQUE INDEX mandates_mandate_guardian ON mandates_mandate (principal_id, attorney_id) WHERE kind = 'guardian' AND state = 'live';
