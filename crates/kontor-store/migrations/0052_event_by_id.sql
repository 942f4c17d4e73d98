-- Ids are hashes: in one index over all rooms each message that comes or goes has a page of its own, anywhere in the
-- database. Within its room it shares pages with its neighbours. Who looks for an event knows the room.
DROP INDEX event_by_id;
CREATE UNIQUE INDEX event_by_id ON event (tenant_id, room_nid, event_id);
