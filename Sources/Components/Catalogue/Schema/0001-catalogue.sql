-- One public service, as the JSON document that the content files and the API have too. `version` counts its changes.
CREATE TABLE catalogue_service (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    content TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- What services hang on: life events, and the terms of the taxonomies `needs` and `situations`, in their order.
CREATE TABLE catalogue_entry (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    position INTEGER NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);

-- One row: the version goes up with every change of anything here, and `index_mark` says how the full-text index was made.
CREATE TABLE catalogue_state (
    id INTEGER NOT NULL PRIMARY KEY,
    content_version BIGINT NOT NULL,
    index_mark TEXT NOT NULL
);
INSERT INTO catalogue_state (id, content_version, index_mark) VALUES (1, 0, '');
