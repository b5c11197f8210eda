-- A changed password ends the sign-ins that wait for their code.
CREATE INDEX identity_sign_in_subject ON identity_sign_in (subject_id);

-- What the housekeeping looks for: browsers not seen for a year, passwords that were replaced.
CREATE INDEX identity_device_last ON identity_device (last_seen_at);
CREATE INDEX identity_credential_replaced ON identity_credential (replaced_at) WHERE replaced_at IS NOT NULL;
