import type { MatrixEvent, Room } from "matrix-js-sdk";

import { joinHappenings } from "./happening";
import { lineOf, Lines } from "./lines";
import type { Message, TimelineItem } from "./message";

/** Messages of one person within this time belong together. */
const TOGETHER_MS = 5 * 60_000;
const NEW: TimelineItem = { kind: "new", key: "new" };

/** What is known about the readers of a timeline. */
export interface Reading {
  /** The first message that is new to her. */
  firstNew: string | undefined;
  /** Position of the newest event that somebody else has read. */
  readIndex: number;
}

/** The lines of a timeline: days, messages in groups, happenings, and where the new ones begin. */
export function arrange(
  events: MatrixEvent[],
  room: Room,
  { firstNew, readIndex }: Reading,
  lines = new Lines(room),
): TimelineItem[] {
  const items: TimelineItem[] = [];
  lines.begin();
  // What was just sent stands twice for a moment: as sent, and as it came back.
  const known = new Set<string>();
  let day = { from: 0, to: 0 };
  events.forEach((event, index) => {
    const item = lines.of(event);
    if (!item || known.has(item.key)) return;
    known.add(item.key);
    if (item.ms < day.from || item.ms >= day.to) {
      day = dayAround(item.ms);
      items.push(lines.day(new Date(item.ms).toDateString(), item.ms));
    }
    if (event.getId() === firstNew) items.push(NEW);
    const before = items.at(-1);
    const joined =
      item.kind === "happening" && before?.kind === "happening" && joinHappenings(before, item);
    if (joined) items[items.length - 1] = joined;
    else if (item.kind === "happening") items.push(item);
    else items.push(lines.placed(item, isFirst(item, before), index <= readIndex));
  });
  return items;
}

function dayAround(ms: number): { from: number; to: number } {
  const from = new Date(ms).setHours(0, 0, 0, 0);
  const next = new Date(from);
  return { from, to: next.setDate(next.getDate() + 1) };
}

/** Whether a message is the first of several by the same person. */
function isFirst(message: Message, before: TimelineItem | undefined): boolean {
  const isNear =
    before?.kind === "message" &&
    before.sender === message.sender &&
    message.ms - before.ms < TOGETHER_MS;
  return !isNear;
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
    event.getSender() !== me && lineOf(event, room)?.kind === "message";
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
