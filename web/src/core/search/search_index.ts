import type { Entry, Progress, Segment, Segments } from "./segments";
import { excerpt, fold, hasAll, wordsOf } from "./words";

/** Messages in a segment: few enough to rewrite one when a message goes, many enough to have few. */
const SEGMENT_ENTRIES = 400;
const EXCERPT = 120;

/** Something found. */
export interface Hit {
  roomId: string;
  id: string;
  sender: string;
  ms: number;
  /** The part of the text around what was looked for, or the name of the file. */
  text: string;
  isFile: boolean;
}

interface Known extends Entry {
  folded: string;
  segment: number;
}

/**
 * All messages that this device has read, in memory for searching and sealed on the disk. It knows
 * nothing of Matrix: `reader.ts` feeds it.
 */
export class SearchIndex {
  readonly #segments: Segments;
  readonly #rooms = new Map<string, Map<string, Known>>();
  readonly #stored = new Map<number, { roomId: string; ids: Set<string> }>();
  /** The numbers of each room's segments; the first one carries the room's progress. */
  readonly #numbers = new Map<string, number[]>();
  readonly #progress = new Map<string, Progress>();
  /** Segments that the disk does not know yet as they are. */
  readonly #changed = new Set<number>();
  #next = 1;

  private constructor(segments: Segments) {
    this.#segments = segments;
  }

  /** Opens the index with everything that is kept. */
  static async open(segments: Segments): Promise<SearchIndex> {
    const index = new SearchIndex(segments);
    for (const [number, segment] of await segments.all()) index.#take(number, segment);
    return index;
  }

  /** How many messages are known. */
  get size(): number {
    let size = 0;
    for (const room of this.#rooms.values()) size += room.size;
    return size;
  }

  /** Whether a message is known. */
  has(roomId: string, id: string): boolean {
    return this.#rooms.get(roomId)?.has(id) ?? false;
  }

  /** How far back a room has been read. */
  progressOf(roomId: string): Progress | undefined {
    return this.#progress.get(roomId);
  }

  /** Remembers how far back a room has been read. */
  setProgress(roomId: string, progress: Progress): void {
    this.#progress.set(roomId, progress);
    this.#changed.add(this.#firstOf(roomId));
  }

  /** Takes a message in, or the new text of one: the newest text stays, in whatever order they are read.
      Nobody edits the messages of others. */
  add(roomId: string, entry: Entry, isEdit = false): void {
    const room = this.#room(roomId);
    const known = room.get(entry.id);
    if (known?.sender === entry.sender && entry.ms < known.ms) return;
    if (known && known.sender !== entry.sender && isEdit) return;
    if (known?.text === entry.text) return;
    const segment = known?.segment ?? this.#openSegment(roomId);
    room.set(entry.id, { ...entry, folded: fold(entry.text), segment });
    this.#stored.get(segment)?.ids.add(entry.id);
    this.#changed.add(segment);
  }

  /** Forgets a message. */
  remove(roomId: string, id: string): void {
    const known = this.#rooms.get(roomId)?.get(id);
    if (!known) return;
    this.#rooms.get(roomId)?.delete(id);
    this.#stored.get(known.segment)?.ids.delete(id);
    this.#changed.add(known.segment);
  }

  /** Forgets a room. */
  async removeRoom(roomId: string): Promise<void> {
    this.#rooms.delete(roomId);
    this.#progress.delete(roomId);
    for (const number of this.#numbers.get(roomId) ?? []) {
      this.#stored.delete(number);
      this.#changed.delete(number);
      await this.#segments.remove(number);
    }
    this.#numbers.delete(roomId);
  }

  /** Forgets what is older than a time. */
  removeBefore(roomId: string, ms: number): void {
    for (const entry of this.#rooms.get(roomId)?.values() ?? []) {
      if (entry.ms < ms) this.remove(roomId, entry.id);
    }
  }

  /** The rooms that something is known of. */
  rooms(): string[] {
    return [...new Set([...this.#rooms.keys(), ...this.#progress.keys()])];
  }

  /** Messages with all words of a term, newest first. */
  find(term: string, most: number, roomId?: string): Hit[] {
    const words = wordsOf(term);
    if (words.length === 0) return [];
    const found: [roomId: string, entry: Known][] = [];
    for (const [id, room] of this.#rooms) {
      if (roomId !== undefined && id !== roomId) continue;
      for (const entry of room.values()) {
        if (hasAll(entry.folded, words)) found.push([id, entry]);
      }
    }
    found.sort(([, a], [, b]) => b.ms - a.ms);
    // Excerpts are made of what is shown only: a common word may stand in every other message.
    return found.slice(0, most).map(([id, entry]) => hitOf(id, entry, words));
  }

  /** Writes what has changed to the disk. */
  async flush(): Promise<void> {
    const numbers = [...this.#changed];
    this.#changed.clear();
    for (const number of numbers) {
      const stored = this.#stored.get(number);
      if (stored) await this.#segments.put([[number, this.#segmentOf(number, stored)]]);
    }
  }

  #segmentOf(number: number, { roomId, ids }: { roomId: string; ids: Set<string> }): Segment {
    const room = this.#room(roomId);
    const entries = [...ids].flatMap((id): Entry[] => {
      const known = room.get(id);
      if (!known) return [];
      const { sender, ms, text, isFile } = known;
      return [{ id, sender, ms, text, ...(isFile ? { isFile } : {}) }];
    });
    const isFirst = this.#firstOf(roomId) === number;
    return { roomId, entries, progress: isFirst ? this.#progress.get(roomId) : undefined };
  }

  #take(number: number, { roomId, entries, progress }: Segment): void {
    const room = this.#room(roomId);
    for (const entry of entries) {
      room.set(entry.id, { ...entry, folded: fold(entry.text), segment: number });
    }
    this.#keep(number, roomId, new Set(entries.map(({ id }) => id)));
    if (progress) this.#progress.set(roomId, progress);
    this.#next = Math.max(this.#next, number + 1);
  }

  #room(roomId: string): Map<string, Known> {
    const known = this.#rooms.get(roomId);
    if (known) return known;
    const made = new Map<string, Known>();
    this.#rooms.set(roomId, made);
    return made;
  }

  #firstOf(roomId: string): number {
    return this.#numbers.get(roomId)?.[0] ?? this.#openSegment(roomId);
  }

  /** A segment of the room that is not full. */
  #openSegment(roomId: string): number {
    const last = this.#numbers.get(roomId)?.at(-1);
    if (last !== undefined && (this.#stored.get(last)?.ids.size ?? 0) < SEGMENT_ENTRIES)
      return last;
    const number = this.#next;
    this.#next += 1;
    this.#keep(number, roomId, new Set());
    return number;
  }

  #keep(number: number, roomId: string, ids: Set<string>): void {
    this.#stored.set(number, { roomId, ids });
    const numbers = this.#numbers.get(roomId);
    if (numbers) numbers.push(number);
    else this.#numbers.set(roomId, [number]);
  }
}

function hitOf(roomId: string, entry: Known, words: string[]): Hit {
  return {
    roomId,
    id: entry.id,
    sender: entry.sender,
    ms: entry.ms,
    text: entry.isFile ? entry.text : excerpt(entry.text, words, EXCERPT),
    isFile: entry.isFile ?? false,
  };
}
