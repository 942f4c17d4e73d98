import { NotificationCountType, type MatrixEvent, type Room, type Thread } from "matrix-js-sdk";
import type { IRooms } from "matrix-js-sdk/lib/sync-accumulator";

/** How many unread messages the server counts in each room, as it told last. */
export class ToldCounts {
  readonly #counts = new Map<string, number>();

  /** Notes what an answer of the server says of rooms. */
  note(rooms: Partial<IRooms> | undefined): void {
    for (const [roomId, { unread_notifications: told }] of Object.entries(rooms?.join ?? {})) {
      if (told?.notification_count !== undefined) this.#counts.set(roomId, told.notification_count);
    }
  }

  /** What it counts in a room. */
  of(roomId: string): number {
    return this.#counts.get(roomId) ?? 0;
  }
}

/**
 * The unread messages of a room, with those in its threads.
 *
 * In encrypted rooms the SDK counts what it has opened, and knows better than the server what is to be counted. Where
 * not all that is unread has been fetched, it knows only of a part: then the server's number holds.
 */
export function unreadOf(room: Room, told: number): number {
  const all = room.getUnreadNotificationCount(NotificationCountType.Total);
  const opened = room.getRoomUnreadNotificationCount(NotificationCountType.Total);
  const isPart = told > opened && room.hasEncryptionStateEvent() && !isReadHere(room);
  return isPart ? all - opened + told : all;
}

/**
 * The newest event that she has read, as far as is known.
 *
 * The SDK takes what she wrote herself for read, and goes on to name that when a gap has come after it, whatever the
 * server tells her to have read. The later of the two is answered; where neither is among `events`, the server's.
 */
export function readUpToIn(
  place: Pick<Room | Thread, "getEventReadUpTo">,
  events: MatrixEvent[],
  me: string,
): string | null {
  const [told, assumed] = [place.getEventReadUpTo(me, true), place.getEventReadUpTo(me)];
  if (told === null || assumed === null || told === assumed) return assumed ?? told;
  const at = (id: string): number => events.findLastIndex((event) => event.getId() === id);
  return at(assumed) > at(told) ? assumed : told;
}

/** Whether what is here reaches back to what she has read. */
function isReadHere(room: Room): boolean {
  const events = room.getLiveTimeline().getEvents();
  const readUpTo = readUpToIn(room, events, room.client.getSafeUserId());
  return readUpTo !== null && room.getTimelineForEvent(readUpTo) === room.getLiveTimeline();
}
