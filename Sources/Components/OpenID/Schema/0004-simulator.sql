-- At the simulator: the error that was asked for, on its way from the request to the tokens.
ALTER TABLE openid_request ADD COLUMN fault TEXT;
ALTER TABLE openid_grant ADD COLUMN fault TEXT;

-- One row when the database is a simulator's. It never becomes another's, nor another's a simulator's.
CREATE TABLE openid_simulator (
    id INTEGER NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL
);
