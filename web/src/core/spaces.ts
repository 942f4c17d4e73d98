import { EventType, KnownMembership, type MatrixClient, type Room } from "matrix-js-sdk";

import { topicOf } from "./room_words";

/** A space: a section of the list. */
export interface Space {
  id: string;
  name: string;
  topic: string;
  avatar: string | undefined;
  /** The rooms in it. */
  rooms: ReadonlySet<string>;
  /** Whether she may put rooms into it. */
  mayArrange: boolean;
}

/** The spaces she is in, by name. */
export function spacesOf(client: MatrixClient): Space[] {
  return client
    .getRooms()
    .filter((room) => room.isSpaceRoom() && room.getMyMembership() === KnownMembership.Join)
    .map((room) => ({
      id: room.roomId,
      name: room.name,
      topic: topicOf(room),
      avatar: room.getMxcAvatarUrl() ?? undefined,
      rooms: childrenOf(room),
      mayArrange: room.currentState.maySendStateEvent(EventType.SpaceChild, client.getSafeUserId()),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Those of the spaces that a room, or another space, is in. */
export function spacesAround(spaces: Space[], roomId: string): string[] {
  return spaces.filter(({ rooms }) => rooms.has(roomId)).map(({ id }) => id);
}

/** A child without `via` has been taken out (spec: `m.space.child`). */
function childrenOf(space: Room): Set<string> {
  const children = space.currentState.getStateEvents(EventType.SpaceChild);
  const present = children.filter((event) => Array.isArray(event.getContent().via));
  return new Set(present.map((event) => event.getStateKey() ?? ""));
}
