-- Descriptions of registers (OpenAPI), every version that was imported.
CREATE TABLE spine_service (
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    owner_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    document TEXT NOT NULL,
    imported_by TEXT NOT NULL,
    imported_at BIGINT NOT NULL,
    PRIMARY KEY (id, version)
);

-- How much each value of an answer tells of a person. Kept when a description changes, so that a field that comes back is what it was.
CREATE TABLE spine_field_class (
    operation TEXT NOT NULL,
    pointer TEXT NOT NULL,
    class TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    PRIMARY KEY (operation, pointer)
);
