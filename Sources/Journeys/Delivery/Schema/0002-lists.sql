-- A number is one case's, whoever looks for it.
DROP INDEX delivery_case_number;
CREATE UNIQUE INDEX delivery_case_number ON delivery_case (number);

-- A person's list leaves legs out; what waits for her stands first; a desk shows what it decided last first.
CREATE INDEX delivery_case_own ON delivery_case (subject_id, id) WHERE parent_id IS NULL;
CREATE INDEX delivery_case_waiting ON delivery_case (subject_id, id) WHERE state = 'waiting';
CREATE INDEX delivery_case_decided ON delivery_case (body_id, closed_at, id) WHERE state = 'closed';

-- When the person was reminded of the fee; NULL until then.
ALTER TABLE delivery_case ADD COLUMN reminded_at BIGINT;
CREATE INDEX delivery_case_unpaid ON delivery_case (type, stage, opened_at) WHERE state = 'waiting' AND reminded_at IS NULL;
CREATE INDEX delivery_case_reminded ON delivery_case (type, stage, reminded_at) WHERE state = 'waiting' AND reminded_at IS NOT NULL;

-- The leg whose answer a row tells of; NULL for everything else.
ALTER TABLE delivery_status ADD COLUMN leg_id TEXT;
