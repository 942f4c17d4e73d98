import type { MatrixEvent, Room } from "matrix-js-sdk";

import { happeningOf } from "./happening";
import type { Message, TimelineItem } from "./message";
import { messageOf } from "./message_of";

/** Messages of one person within this time belong together. */
const TOGETHER_MS = 5 * 60_000;
const MESSAGES = new Set(["m.room.message", "m.room.encrypted", "m.sticker"]);

/** The lines of a timeline: days, messages in groups, happenings, and where the new ones begin. */
export function arrange(
  events: MatrixEvent[],
  room: Room,
  readUpTo: string | null,
  readIndex: number,
): TimelineItem[] {
  const items: TimelineItem[] = [];
  const me = room.client.getSafeUserId();
  let day = "";
  let isBehindRead = false;
  let hasNewLine = false;
  events.forEach((event, index) => {
    const item = itemOf(event, room);
    if (item) {
      const itemDay = new Date(item.ms).toDateString();
      if (itemDay !== day) items.push({ kind: "day", key: `day ${itemDay}`, ms: item.ms });
      day = itemDay;
      if (isBehindRead && !hasNewLine && event.getSender() !== me && item.kind === "message") {
        items.push({ kind: "new", key: "new" });
        hasNewLine = true;
      }
      if (item.kind === "message") finish(item, items.at(-1), index <= readIndex);
      items.push(item);
    }
    if (event.getId() === readUpTo) isBehindRead = true;
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

function itemOf(event: MatrixEvent, room: Room): Exclude<TimelineItem, { kind: "day" | "new" }> | undefined {
  if (event.isState()) return happeningOf(event, room);
  if (!MESSAGES.has(event.getType()) && !event.isRedacted()) return undefined;
  // A redacted reaction or edit is no message that was deleted.
  if (!MESSAGES.has(event.getWireType()) || event.isRelation("m.replace")) return undefined;
  return messageOf(event, room);
}

/** Position of the newest event that somebody else has read; -1 if nobody has read any. */
export function newestRead(events: MatrixEvent[], room: Room): number {
  const me = room.client.getSafeUserId();
  return events.findLastIndex((event) =>
    room.getReceiptsForEvent(event).some((receipt) => receipt.userId !== me),
  );
}
