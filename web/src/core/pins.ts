import { EventType, type MatrixClient, type Room } from "matrix-js-sdk";

/** The messages that are pinned in a room, the newest pin last. */
export function pinnedIn(room: Room): string[] {
  const content = room.currentState.getStateEvents(EventType.RoomPinnedEvents, "")?.getContent();
  return Array.isArray(content?.pinned) ? content.pinned.map(String) : [];
}

/** Whether she may pin messages. */
export function mayPin(room: Room): boolean {
  const me = room.client.getSafeUserId();
  return room.currentState.maySendStateEvent(EventType.RoomPinnedEvents, me);
}

/** Pins a message, or takes the pin away. */
export async function pin(
  client: MatrixClient,
  room: Room,
  id: string,
  isPinned: boolean,
): Promise<void> {
  const others = pinnedIn(room).filter((pinned) => pinned !== id);
  const pinned = isPinned ? [...others, id] : others;
  await client.sendStateEvent(room.roomId, EventType.RoomPinnedEvents, { pinned }, "");
}
