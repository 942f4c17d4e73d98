import type { RoomSummary } from "../core/rooms.svelte";
import type { Space } from "../core/spaces";
import { t } from "../text/texts";

/** A part of the list of rooms. */
export interface Section {
  id: string;
  title: string;
  rooms: RoomSummary[];
  /** The space that it shows. */
  space?: Space;
  /** Said in the place of rooms that are not there yet. */
  hint?: string;
}

/** The list in parts: what waits for her first, then favourites, her spaces, the rest, and last what she
    finds less important. A room stands in one part only, or in each of its spaces. */
export function sectionsOf(rooms: RoomSummary[], spaces: Space[]): Section[] {
  const left = new Set(rooms);
  const take = (id: string, title: string, wants: (room: RoomSummary) => boolean): Section => {
    const taken = rooms.filter((room) => left.has(room) && wants(room));
    for (const room of taken) left.delete(room);
    return { id, title, rooms: taken };
  };
  const invitations = take("invitations", t.invitations, (room) => room.isInvitation);
  const asking = take("asking", t.askedFor, (room) => room.isAsking);
  const favourites = take("favourites", t.favourites, (room) => room.isFavourite);
  const low = take("low", t.notImportant, (room) => room.isLow);
  const rest = rooms.filter((room) => left.has(room));
  const inSpaces = spaces.map((space): Section => {
    const hint = hintOf(space, rooms);
    const inside = rest.filter((room) => space.rooms.has(room.id));
    return { id: space.id, title: space.name, rooms: inside, space, ...(hint ? { hint } : {}) };
  });
  for (const { rooms: taken } of inSpaces) for (const room of taken) left.delete(room);
  const people = take("people", t.people, (room) => room.directWith !== undefined);
  const channels = take("channels", t.channels, (room) => room.isChannel);
  const groups = take("groups", t.groups, () => true);
  const all: Section[] = [invitations, asking, favourites];
  return [...all, ...inSpaces, people, groups, channels, low].filter(
    // A space without rooms stays: else whoever has just made it, or come into it, would see nothing of it.
    (section) => section.rooms.length > 0 || section.space !== undefined,
  );
}

/** What a space says where none of her rooms stands. */
function hintOf({ rooms: inside, mayArrange }: Space, rooms: RoomSummary[]): string | undefined {
  if (inside.size === 0) return mayArrange ? t.emptySpaceMine : t.emptySpace;
  return rooms.some((room) => inside.has(room.id)) ? undefined : t.notInAnyOfSpace;
}
