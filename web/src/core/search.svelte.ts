import type { MatrixClient } from "matrix-js-sdk";

import { classOf } from "./room_class";
import type { Rules } from "./rules.svelte";
import { Reader } from "./search/reader";
import { SearchIndex, type Hit } from "./search/search_index";
import { openSegments, type Segments } from "./search/segments";

/** How far the search has read. */
export interface SearchState {
  /** Everything since then can be found, in milliseconds; `undefined` before the first answer. */
  sinceMs: number | undefined;
  /** Whether all messages that can be read have been read. */
  isComplete: boolean;
}

const MOST_HITS = 100;
const WRITE_AFTER_MS = 2_000;
const EXPIRY_EVERY_MS = 3_600_000;

/** Full-text search in everything that this device can read. The server takes no part in it. */
export class Search {
  state = $state.raw<SearchState>({ sinceMs: undefined, isComplete: false });
  /** Changes when something else may be found. */
  revision = $state(0);
  readonly #client: MatrixClient;
  readonly #rules: Rules;
  #index: SearchIndex | undefined;
  #segments: Segments | undefined;
  #reader: Reader | undefined;
  #writing: ReturnType<typeof setTimeout> | undefined;
  #expiring: ReturnType<typeof setInterval> | undefined;
  #telling: ReturnType<typeof setTimeout> | undefined;

  constructor(client: MatrixClient, rules: Rules) {
    this.#client = client;
    this.#rules = rules;
  }

  /** Begins to read, in the background. */
  async start(): Promise<void> {
    this.#segments = await openSegments();
    this.#index = await SearchIndex.open(this.#segments);
    await this.#forgetStrangeRooms(this.#index);
    this.#expire();
    this.#expiring = setInterval(() => this.#expire(), EXPIRY_EVERY_MS);
    this.#reader = new Reader(this.#client, this.#index, () => this.#changed());
    this.#reader.start();
  }

  /** Stops, and lets go of the store. */
  stop(): void {
    clearTimeout(this.#writing);
    clearTimeout(this.#telling);
    clearInterval(this.#expiring);
    this.#reader?.stop();
    this.#segments?.close();
    this.#index = undefined;
  }

  /** Messages and files with all words of a term, newest first; of one room, if it is given. */
  find(term: string, roomId?: string): Hit[] {
    return this.#index?.find(term, MOST_HITS, roomId) ?? [];
  }

  /** A page of messages, or all rooms at the start, come together and are told of together. */
  #changed(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#tell();
    });
  }

  #tell(): void {
    const index = this.#index;
    if (!index) return;
    this.revision += 1;
    this.#show(index);
    this.#writing ??= setTimeout(() => {
      this.#writing = undefined;
      index.flush().catch(() => undefined);
    }, WRITE_AFTER_MS);
  }

  /** Rooms are read one after the other: only the newest of their ends holds for all. */
  #show(index: SearchIndex): void {
    const open = index
      .rooms()
      .map((roomId) => index.progressOf(roomId))
      .filter((progress) => progress?.token !== undefined);
    const sinceMs = Math.max(0, ...open.map((progress) => progress?.oldestMs ?? 0));
    const isComplete = open.length === 0;
    if (sinceMs === this.state.sinceMs && isComplete === this.state.isComplete) return;
    this.state = { sinceMs, isComplete };
  }

  async #forgetStrangeRooms(index: SearchIndex): Promise<void> {
    for (const roomId of index.rooms()) {
      if (this.#client.getRoom(roomId)?.getMyMembership() !== "join")
        await index.removeRoom(roomId);
    }
  }

  /** What the server has deleted because its time is over is not found here either. */
  #expire(): void {
    const index = this.#index;
    if (!index) return;
    for (const roomId of index.rooms()) {
      const room = this.#client.getRoom(roomId);
      const offer = room ? this.#rules.of(classOf(room)) : undefined;
      if (offer) index.removeBefore(roomId, Date.now() - offer.retentionMs);
    }
    this.#changed();
  }
}
