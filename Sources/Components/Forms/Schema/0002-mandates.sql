-- The person for whom a draft is filled in by mandate.
ALTER TABLE forms_draft ADD COLUMN principal_id TEXT;
