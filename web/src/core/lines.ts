import type { MatrixEvent, Room } from "matrix-js-sdk";

import { happeningOf } from "./happening";
import type { Happening, Message, TimelineItem } from "./message";
import { messageOf, nameOf } from "./message_of";
import { POLL_TYPES } from "./polls";

/** The first event of a call; the others say nothing to people. */
const CALL = "m.call.invite";
const MESSAGES = new Set(["m.room.message", "m.room.encrypted", "m.sticker", ...POLL_TYPES]);

/** What an event is in a timeline, wherever it stands there; `undefined` if it has no line. */
type Line = Message | Happening | undefined;
type Day = Extract<TimelineItem, { kind: "day" }>;

/** The lines of events, each made once until something about it changes: a long timeline is arranged anew
    with each page and each message, and what stays the same object is not drawn anew. */
export class Lines {
  readonly #room: Room;
  readonly #thread: string | undefined;
  readonly #known = new Map<string, { event: MatrixEvent; line: Line }>();
  /** Who quotes an event, by its id. */
  readonly #quoting = new Map<string, Set<string>>();
  readonly #placed = new WeakMap<Message, Message>();
  readonly #days = new Map<string, Day>();
  /** What people are called just now; asked once for all their messages. */
  readonly #people = new Map<string, { name: string; avatar: string | undefined }>();

  constructor(room: Room, thread?: string) {
    this.#room = room;
    this.#thread = thread;
  }

  /** The timeline is arranged anew: people may have got other names. */
  begin(): void {
    this.#people.clear();
  }

  /** The line of an event. */
  of(event: MatrixEvent): Line {
    const id = event.getId() ?? "";
    const known = this.#known.get(id);
    if (known?.event === event && this.#isStillNamed(known.line)) return known.line;
    const line = lineOf(event, this.#room, this.#thread);
    this.#known.set(id, { event, line });
    if (line?.kind === "message" && line.quoted) {
      const quoting = this.#quoting.get(line.quoted.id) ?? new Set();
      this.#quoting.set(line.quoted.id, quoting.add(id));
    }
    return line;
  }

  /** A message as it is where it stands. */
  placed(message: Message, isFirst: boolean, isRead: boolean): Message {
    const delivery = message.delivery === "sent" && isRead ? "read" : message.delivery;
    const before = this.#placed.get(message);
    if (before?.isFirst === isFirst && before.delivery === delivery) return before;
    const placed = { ...message, isFirst, delivery };
    this.#placed.set(message, placed);
    return placed;
  }

  /** The heading of a day. */
  day(name: string, ms: number): Day {
    const known = this.#days.get(name);
    if (known?.ms === ms) return known;
    const day: Day = { kind: "day", key: `day ${name}`, ms };
    this.#days.set(name, day);
    return day;
  }

  /** Something about an event has changed, or about what it belongs to; without one, about anything. */
  forget(event?: MatrixEvent, isPast = false): void {
    // State changes names, rights and pins, unless it is from a past that was fetched.
    if (!event || (event.isState() && !isPast)) {
      this.#known.clear();
      return;
    }
    for (const id of [event.getId(), event.getRelation()?.event_id, event.getAssociatedId()]) {
      if (id === undefined) continue;
      this.#known.delete(id);
      this.#quoting.get(id)?.forEach((quoting) => this.#known.delete(quoting));
    }
  }

  /** Threads count what she has not read. */
  forgetThreads(): void {
    for (const [id, { line }] of this.#known) {
      if (line?.kind === "message" && line.thread) this.#known.delete(id);
    }
  }

  /** People are known only after their messages, at times. */
  #isStillNamed(line: Line): boolean {
    if (line?.kind !== "message") return true;
    const { sender, name, avatar } = line;
    const now = this.#personOf(sender);
    return now.name === name && now.avatar === avatar;
  }

  #personOf(id: string): { name: string; avatar: string | undefined } {
    const known = this.#people.get(id);
    if (known) return known;
    const avatar = this.#room.getMember(id)?.getMxcAvatarUrl();
    const person = { name: nameOf(id, this.#room), avatar };
    this.#people.set(id, person);
    return person;
  }
}

/** Makes the line of an event. */
export function lineOf(event: MatrixEvent, room: Room, thread?: string): Line {
  if (event.isState() || event.getType() === CALL) return happeningOf(event, room);
  if (!MESSAGES.has(event.getType()) && !event.isRedacted()) return undefined;
  // A redacted reaction or edit is no message that was deleted.
  if (!MESSAGES.has(event.getWireType()) || event.isRelation("m.replace")) return undefined;
  return messageOf(event, room, thread);
}
