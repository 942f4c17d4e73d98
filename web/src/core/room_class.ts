import type { Room } from "matrix-js-sdk";

/** What a room is for; it is chosen at its creation and never changes (`docs/room-classes.md`). */
export const ROOM_CLASSES = [
  "intern",
  "extern",
  "handelsbrief",
  "beaufsichtigt",
  "privat",
  "vertraulich",
  "fluechtig",
  "bekanntmachung",
] as const;

/** A room's class, as the server names it. */
export type RoomClass = (typeof ROOM_CLASSES)[number];

/** Spaces hold rooms of every class; they themselves have a name that everybody in them reads. */
export const SPACE_CLASS: RoomClass = "intern";

/** Rooms whose name the server must not learn. */
const CLOSED = new Set<RoomClass>(["privat", "vertraulich", "fluechtig"]);

/** The class in the create event; `undefined` for rooms of servers that know no classes. */
export function classOf(room: Room): RoomClass | undefined {
  const word: unknown = room.currentState.getStateEvents("m.room.create", "")?.getContent()[
    "app.kontor.class"
  ];
  return isRoomClass(word) ? word : undefined;
}

/** Whether a word is a class. */
export function isRoomClass(word: unknown): word is RoomClass {
  return ROOM_CLASSES.some((known) => known === word);
}

/** Whether name and topic of such a room are sent encrypted only. */
export function isClosed(roomClass: RoomClass | undefined): boolean {
  return roomClass !== undefined && CLOSED.has(roomClass);
}
