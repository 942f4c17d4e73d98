import {
  Direction,
  KnownMembership,
  MatrixEventEvent,
  RoomEvent,
  type MatrixClient,
  type MatrixEvent,
  type Room,
} from "matrix-js-sdk";

import { whenIdle } from "../../shell/idle";
import { entryOf } from "./entry";
import type { SearchIndex } from "./search_index";

/** Messages fetched at a time. */
const PAGE = 100;
/** Rest between two pages, so that nothing she does waits for it. */
const REST_MS = 300;
/** While she scrolls or types, it waits longer, but not for ever. */
const LONGEST_REST_MS = 5_000;
/** Rest after the server or the connection has failed. */
const FAILED_REST_MS = 15_000;

/** Reads rooms for the search: what comes in, and the past, newest rooms first, until all is read. */
export class Reader {
  readonly #client: MatrixClient;
  readonly #index: SearchIndex;
  readonly #changed: () => void;
  readonly #abort = new AbortController();
  readonly #stop: (() => void)[] = [];

  /** Calls `changed` when the index knows more, or less. */
  constructor(client: MatrixClient, index: SearchIndex, changed: () => void) {
    this.#client = client;
    this.#index = index;
    this.#changed = changed;
  }

  /** Begins. */
  start(): void {
    const arrived = (event: MatrixEvent): void => this.#take(event);
    const redacted = (event: MatrixEvent): void => {
      const target = event.event.redacts ?? event.getContent().redacts;
      this.#index.remove(event.getRoomId() ?? "", String(target ?? ""));
      this.#changed();
    };
    const left = (room: Room, membership: string): void => {
      if (membership !== KnownMembership.Leave && membership !== KnownMembership.Ban) return;
      void this.#index.removeRoom(room.roomId).then(this.#changed);
    };
    const client = this.#client;
    client.on(RoomEvent.Timeline, arrived);
    client.on(MatrixEventEvent.Decrypted, arrived);
    client.on(RoomEvent.Redaction, redacted);
    client.on(RoomEvent.MyMembership, left);
    this.#stop.push(() => {
      client.off(RoomEvent.Timeline, arrived);
      client.off(MatrixEventEvent.Decrypted, arrived);
      client.off(RoomEvent.Redaction, redacted);
      client.off(RoomEvent.MyMembership, left);
    });
    void this.#readAll();
  }

  /** Stops. */
  stop(): void {
    this.#abort.abort();
    for (const stop of this.#stop) stop();
  }

  async #readAll(): Promise<void> {
    const rooms = this.#client
      .getRooms()
      .filter((room) => room.getMyMembership() === KnownMembership.Join && !room.isSpaceRoom())
      .sort((a, b) => b.getLastActiveTimestamp() - a.getLastActiveTimestamp());
    for (const room of rooms) this.#readLoaded(room);
    this.#changed();
    for (const room of rooms) await this.#readRoom(room);
  }

  #readLoaded(room: Room): void {
    for (const event of room.getLiveTimeline().getEvents()) this.#take(event);
  }

  async #readRoom(room: Room): Promise<void> {
    await this.#closeGap(room);
    let token = this.#index.progressOf(room.roomId)?.token;
    while (token !== undefined && !this.#abort.signal.aborted) {
      token = await this.#readPage(room, token);
    }
  }

  /** Between what was read before and what has arrived since, something may be missing. */
  async #closeGap(room: Room): Promise<void> {
    const before = this.#index.progressOf(room.roomId);
    const timeline = room.getLiveTimeline();
    let token = timeline.getPaginationToken(Direction.Backward) ?? undefined;
    const oldestMs = timeline.getEvents()[0]?.getTs() ?? Date.now();
    if (!before) {
      this.#index.setProgress(room.roomId, { token, oldestMs });
      return;
    }
    while (token !== undefined && !this.#abort.signal.aborted) {
      const page: Page = await this.#fetch(room, token);
      if (page.isKnown) return;
      token = page.end;
    }
  }

  async #readPage(room: Room, token: string): Promise<string | undefined> {
    const { end, oldestMs } = await this.#fetch(room, token);
    if (this.#abort.signal.aborted) return undefined;
    const before = this.#index.progressOf(room.roomId)?.oldestMs ?? Date.now();
    this.#index.setProgress(room.roomId, { token: end, oldestMs: Math.min(before, oldestMs) });
    this.#changed();
    return end;
  }

  /** One page of the past, tried until it works. */
  async #fetch(room: Room, token: string): Promise<Page> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      await rest(REST_MS, signal);
      await new Promise<void>((resolve) => whenIdle(resolve, LONGEST_REST_MS));
      try {
        const answer = await this.#client.createMessagesRequest(
          room.roomId,
          token,
          PAGE,
          Direction.Backward,
        );
        const map = this.#client.getEventMapper({ decrypt: false, preventReEmit: true });
        const events = answer.chunk.map((json) => map(json));
        const isKnown = events.some((it) => this.#index.has(room.roomId, it.getId() ?? ""));
        for (const event of events) await this.#read(event);
        const end = answer.end === token || events.length === 0 ? undefined : answer.end;
        const oldestMs = events.at(-1)?.getTs() ?? Date.now();
        return { end, oldestMs, isKnown };
      } catch {
        await rest(FAILED_REST_MS, signal);
      }
    }
    return { end: undefined, oldestMs: Date.now(), isKnown: true };
  }

  async #read(event: MatrixEvent): Promise<void> {
    if (event.isEncrypted()) {
      // Its key may come later, from the backup or another device.
      event.on(MatrixEventEvent.Decrypted, (it) => this.#take(it));
      await this.#client.decryptEventIfNeeded(event);
    }
    this.#take(event);
  }

  #take(event: MatrixEvent): void {
    // What is on its way has no id yet that others would know.
    if (event.status !== null) return;
    const entry = entryOf(event);
    const roomId = event.getRoomId();
    if (!entry || !roomId) return;
    this.#index.add(roomId, entry, entry.id !== event.getId());
    this.#changed();
  }
}

interface Page {
  end: string | undefined;
  oldestMs: number;
  /** Whether something in it had been read before. */
  isKnown: boolean;
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
