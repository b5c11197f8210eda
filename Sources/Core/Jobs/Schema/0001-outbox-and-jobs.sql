-- What has happened, written in the transaction that made it so. `sequence` orders the events of one key.
CREATE TABLE jobs_event (
    id TEXT NOT NULL PRIMARY KEY,
    type TEXT NOT NULL,
    event_key TEXT NOT NULL,
    payload TEXT NOT NULL,
    at BIGINT NOT NULL,
    fanned_out INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX jobs_event_waiting ON jobs_event (id) WHERE fanned_out = 0;

-- Work to do later. A job waits while an older one with the same ordering key is unfinished.
CREATE TABLE jobs_job (
    id TEXT NOT NULL PRIMARY KEY,
    type TEXT NOT NULL,
    ordering_key TEXT,
    unique_key TEXT UNIQUE,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    run_at BIGINT NOT NULL,
    leased_until BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX jobs_job_due ON jobs_job (run_at, id) WHERE state IN ('waiting', 'running');
CREATE INDEX jobs_job_order ON jobs_job (ordering_key, id) WHERE state IN ('waiting', 'running');
CREATE INDEX jobs_job_dead ON jobs_job (id) WHERE state = 'dead';
