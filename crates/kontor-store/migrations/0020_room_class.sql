-- What each room is for. Rooms from before there were classes were for work inside the organisation.
ALTER TABLE room ADD COLUMN class TEXT NOT NULL DEFAULT 'intern';
CREATE INDEX room_by_class ON room (tenant_id, class, room_nid);
