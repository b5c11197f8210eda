-- Gateways that stand at bodies: where others reach them, and the key they sign by.
CREATE TABLE spine_gateway (
    key_id TEXT PRIMARY KEY,
    base_url TEXT NOT NULL,
    jwk TEXT NOT NULL,
    -- The bodies it speaks for, as a JSON list; null for all that no other gateway speaks for.
    bodies TEXT,
    since BIGINT NOT NULL
);

-- At a gateway with a database of its own: what the centre said besides agreements and keys, and how long it may be used.
CREATE TABLE spine_configuration (
    id BIGINT PRIMARY KEY,
    centre_edition BIGINT NOT NULL,
    services TEXT NOT NULL,
    valid_until BIGINT NOT NULL
);

-- There too: looks at people that wait to be told to the centre, sealed.
CREATE TABLE spine_look (
    id TEXT PRIMARY KEY,
    content BYTEA NOT NULL
);

-- At the centre: looks that gateways told, so that each is written once however often it is told.
CREATE TABLE spine_look_taken (
    gateway_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (gateway_id, id)
);
