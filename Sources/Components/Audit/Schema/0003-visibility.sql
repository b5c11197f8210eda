-- From when on the person sees an entry, as the entry's signed text has it; null for never as a line of its own.
ALTER TABLE audit_entry ADD COLUMN visible_from BIGINT DEFAULT 0;
