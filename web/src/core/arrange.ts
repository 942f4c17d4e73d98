import type { MatrixEvent, Room } from "matrix-js-sdk";

import { happeningOf, joinHappenings } from "./happening";
import type { Message, TimelineItem } from "./message";
import { messageOf } from "./message_of";
import { POLL_TYPES } from "./polls";

/** The first event of a call; the others say nothing to people. */
const CALL = "m.call.invite";

/** Messages of one person within this time belong together. */
const TOGETHER_MS = 5 * 60_000;
const MESSAGES = new Set(["m.room.message", "m.room.encrypted", "m.sticker", ...POLL_TYPES]);

/** What is known about the readers of a timeline. */
export interface Reading {
  /** The first message that is new to her. */
  firstNew: string | undefined;
  /** Position of the newest event that somebody else has read. */
  readIndex: number;
  /** The root of the thread, if it is one. */
  thread: string | undefined;
}

/** The lines of a timeline: days, messages in groups, happenings, and where the new ones begin. */
export function arrange(
  events: MatrixEvent[],
  room: Room,
  { firstNew, readIndex, thread }: Reading,
): TimelineItem[] {
  const items: TimelineItem[] = [];
  // What was just sent stands twice for a moment: as sent, and as it came back.
  const known = new Set<string>();
  let day = "";
  events.forEach((event, index) => {
    const item = itemOf(event, room, thread);
    if (item && !known.has(item.key)) {
      known.add(item.key);
      const itemDay = new Date(item.ms).toDateString();
      if (itemDay !== day) items.push({ kind: "day", key: `day ${itemDay}`, ms: item.ms });
      day = itemDay;
      if (event.getId() === firstNew) items.push({ kind: "new", key: "new" });
      const before = items.at(-1);
      const joined =
        item.kind === "happening" && before?.kind === "happening" && joinHappenings(before, item);
      if (joined) {
        items[items.length - 1] = joined;
        return;
      }
      if (item.kind === "message") finish(item, items.at(-1), index <= readIndex);
      items.push(item);
    }
  });
  return items;
}

function finish(message: Message, before: TimelineItem | undefined, isRead: boolean): void {
  if (message.delivery === "sent" && isRead) message.delivery = "read";
  const isNear =
    before?.kind === "message" &&
    before.sender === message.sender &&
    message.ms - before.ms < TOGETHER_MS;
  message.isFirst = !isNear;
}

function itemOf(
  event: MatrixEvent,
  room: Room,
  thread?: string,
): Exclude<TimelineItem, { kind: "day" | "new" }> | undefined {
  if (event.isState() || event.getType() === CALL) return happeningOf(event, room);
  if (!MESSAGES.has(event.getType()) && !event.isRedacted()) return undefined;
  // A redacted reaction or edit is no message that was deleted.
  if (!MESSAGES.has(event.getWireType()) || event.isRelation("m.replace")) return undefined;
  return messageOf(event, room, thread);
}

/** The first message of others that she has not read; `undefined` if she has read all, or what she has
    read is not among the events. */
export function firstUnread(
  events: MatrixEvent[],
  room: Room,
  readUpTo: string | null,
  me: string,
): string | undefined {
  const read = events.findIndex((event) => event.getId() === readUpTo);
  if (read < 0) return undefined;
  const isNew = (event: MatrixEvent): boolean =>
    event.getSender() !== me && itemOf(event, room)?.kind === "message";
  return events
    .slice(read + 1)
    .find(isNew)
    ?.getId();
}

/** Position of the newest event that somebody else has read; -1 if nobody has read any. */
export function newestRead(events: MatrixEvent[], room: Room): number {
  const me = room.client.getSafeUserId();
  return events.findLastIndex((event) =>
    room.getReceiptsForEvent(event).some((receipt) => receipt.userId !== me),
  );
}
