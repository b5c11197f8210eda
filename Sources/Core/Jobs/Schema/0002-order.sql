-- A dead job holds back those after it under its key, so all states are looked at.
DROP INDEX jobs_job_order;
CREATE INDEX jobs_job_order ON jobs_job (ordering_key, id);
CREATE INDEX jobs_event_done ON jobs_event (at) WHERE fanned_out = 1;
