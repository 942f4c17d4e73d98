-- What a person's pseudonyms are made with. Without it nobody can tell whose they are. law: R-128, R-192
CREATE TABLE audit_pseudonym (
    tenant_id BIGINT NOT NULL,
    person BYTEA NOT NULL,        -- keyed hash of the user id
    secret BYTEA NOT NULL,        -- sealed
    PRIMARY KEY (tenant_id, person)
);
