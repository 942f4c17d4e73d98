-- Uploaded files and their thumbnails. The bytes lie sealed outside the database (kontor-blob).

-- A row without a blob is a reserved address (spec: "POST /_matrix/media/v1/create").
CREATE TABLE media (
    tenant_id BIGINT NOT NULL,
    media_id TEXT NOT NULL,
    uploader TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT,
    blob_id TEXT,
    size_bytes BIGINT NOT NULL,
    content_type BYTEA,
    file_name BYTEA,
    last_access_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, media_id)
);
CREATE INDEX media_by_uploader ON media (tenant_id, uploader, created_ms);
CREATE INDEX media_by_expiry ON media (tenant_id, expires_ms);

-- A row without a blob says that the original serves as this thumbnail.
CREATE TABLE media_thumbnail (
    tenant_id BIGINT NOT NULL,
    media_id TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    method TEXT NOT NULL,
    animated BOOLEAN NOT NULL,
    blob_id TEXT,
    size_bytes BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    PRIMARY KEY (tenant_id, media_id, width, height, method, animated),
    FOREIGN KEY (tenant_id, media_id) REFERENCES media (tenant_id, media_id) ON DELETE CASCADE
);
