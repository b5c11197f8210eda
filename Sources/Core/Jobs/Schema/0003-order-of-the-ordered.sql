-- Most jobs have no ordering key.
DROP INDEX jobs_job_order;
CREATE INDEX jobs_job_order ON jobs_job (ordering_key, id) WHERE ordering_key IS NOT NULL;
