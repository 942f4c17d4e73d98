import {
  ClientEvent,
  ConnectionError,
  EventStatus,
  EventType,
  MatrixError,
  MatrixEvent,
  SyncState,
  type MatrixClient,
  type Room,
} from "matrix-js-sdk";

import { keep, recall } from "../shell/vault";
import { withFiles } from "./bound_files";
import { whenEncrypted } from "./encrypted";

/** Where the entries lie in the vault, sealed. */
const NAME = "outbox";
/** Waits between attempts grow from the first to the second. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;
const SERVER_ERROR = 500;
const TOO_MANY = 429;

/** A message that the server has not yet taken. */
interface Entry {
  /** Stays the same over all attempts, so that the server takes the message once. */
  txnId: string;
  roomId: string;
  threadId: string | undefined;
  type: string;
  content: Record<string, unknown>;
  /** Addresses of encrypted files that live and die with the message; absent in entries of older pages. */
  files?: string[];
  ms: number;
  /** The server has refused it; she decides what becomes of it. */
  hasFailed: boolean;
}

/** What the SDK keeps to itself about a room. */
interface Remembering {
  txnToEvent: Map<string, MatrixEvent>;
}

/**
 * Messages on their way to the server. They go out in order, one at a time in each room, wait without a
 * connection, and survive a reload.
 */
export class Outbox {
  /** Whether messages wait for the connection. */
  isWaiting = $state(false);
  readonly #client: MatrixClient;
  readonly #echoes = new WeakMap<Entry, MatrixEvent>();
  readonly #listeners = new Set<(roomId: string) => void>();
  readonly #busy = new Map<string, Promise<void>>();
  #entries: Entry[] = [];
  #saving: Promise<void> = Promise.resolve();
  #live: Promise<void> = Promise.resolve();

  constructor(client: MatrixClient) {
    this.#client = client;
  }

  /**
   * Takes up what an earlier page left, as soon as the rooms are `ready`. Nothing is sent before the
   * connection is `live`: until then it is not known for whose devices messages have to be encrypted.
   */
  async resume(ready: Promise<void>, live: Promise<void>): Promise<void> {
    this.#live = live;
    const left = (await recall<Entry[]>(NAME).catch(() => undefined)) ?? [];
    await ready;
    this.#entries = [...left.filter((entry) => !this.#hasArrived(entry)), ...this.#entries];
    if (left.length === 0) return;
    await this.#save();
    for (const roomId of new Set(left.map((entry) => entry.roomId))) {
      this.#changed(roomId);
      void this.#work(roomId);
    }
  }

  /**
   * Puts a message into the queue of its room; it is seen at once. Resolves when the server has it, or
   * has refused it.
   */
  send(
    room: Room,
    content: Record<string, unknown>,
    {
      type = EventType.RoomMessage as string,
      threadId = undefined as string | undefined,
      files = [] as string[],
    } = {},
  ): Promise<void> {
    const txnId = crypto.randomUUID();
    const { roomId } = room;
    const ms = Date.now();
    const entry = { txnId, roomId, threadId, type, content, files, ms, hasFailed: false };
    this.#entries.push(entry);
    void this.#save();
    this.#changed(roomId);
    return this.#work(roomId);
  }

  /** Tries again what the server had refused. */
  retry(txnId: string): void {
    const entry = this.#find(txnId);
    if (!entry) return;
    entry.hasFailed = false;
    this.#echoes.delete(entry);
    void this.#save();
    this.#changed(entry.roomId);
    void this.#work(entry.roomId);
  }

  /** Forgets a message that is not sent yet. */
  discard(txnId: string): void {
    const entry = this.#find(txnId);
    if (entry) this.#remove(entry);
  }

  /** Messages of a room, or of a thread in it, that wait or have failed, as events to show. */
  waiting(room: Room, threadId: string | undefined): MatrixEvent[] {
    const entries = this.#entries.filter(
      (entry) => entry.roomId === room.roomId && entry.threadId === threadId,
    );
    return entries.map((entry) => this.#echoOf(entry));
  }

  /** Calls back with the room whose messages have changed, until the answer is called. */
  listen(changed: (roomId: string) => void): () => void {
    this.#listeners.add(changed);
    return () => void this.#listeners.delete(changed);
  }

  #echoOf(entry: Entry): MatrixEvent {
    const known = this.#echoes.get(entry);
    if (known) return known;
    const echo = new MatrixEvent({
      type: entry.type,
      content: entry.content,
      sender: this.#client.getSafeUserId(),
      room_id: entry.roomId,
      event_id: `~${entry.roomId}:${entry.txnId}`,
      origin_server_ts: entry.ms,
    });
    echo.setTxnId(entry.txnId);
    echo.setStatus(entry.hasFailed ? EventStatus.NOT_SENT : EventStatus.QUEUED);
    this.#echoes.set(entry, echo);
    return echo;
  }

  /** One worker for each room keeps the order. */
  #work(roomId: string): Promise<void> {
    const before = this.#busy.get(roomId) ?? Promise.resolve();
    const working = before.then(() => this.#empty(roomId));
    this.#busy.set(roomId, working);
    return working;
  }

  async #empty(roomId: string): Promise<void> {
    await this.#live;
    for (let attempt = 1; ;) {
      const entry = this.#entries.find((it) => it.roomId === roomId && !it.hasFailed);
      if (!entry) return;
      try {
        await this.#attempt(entry);
        this.#remove(entry);
        attempt = 1;
      } catch (error) {
        this.#dropEcho(entry);
        if (!this.#entries.includes(entry)) continue;
        if (isTemporary(error)) {
          this.#changed(roomId);
          await this.#untilWorthIt(attempt, error);
          attempt += 1;
        } else {
          entry.hasFailed = true;
          this.#echoes.delete(entry);
          await this.#save();
          this.#changed(roomId);
        }
      }
    }
  }

  async #attempt(entry: Entry): Promise<void> {
    const room = this.#client.getRoom(entry.roomId);
    if (!room) throw new Error("no such room");
    await whenEncrypted(this.#client, room);
    const { roomId, threadId, type, content, files = [], txnId } = entry;
    await withFiles(txnId, files, () =>
      // Content of any type: the types of the SDK know the ones of the specification only.
      this.#client.sendEvent(roomId, threadId ?? null, type as never, content as never, txnId),
    );
  }

  /** The SDK's own echo of a failed attempt would stand beside ours, and it refuses a transaction id that
      it remembers, also of an attempt that was given up. */
  #dropEcho({ roomId, txnId }: Entry): void {
    const room = this.#client.getRoom(roomId);
    const echo = room?.getEventForTxnId(txnId);
    if (!room || !echo) return;
    if (echo.status === EventStatus.NOT_SENT) this.#client.cancelPendingEvent(echo);
    (room as unknown as Remembering).txnToEvent.delete(txnId);
  }

  async #untilWorthIt(attempt: number, error: unknown): Promise<void> {
    this.isWaiting = true;
    const told = error instanceof MatrixError ? error.getRetryAfterMs() : null;
    const wait = told ?? Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
    const client = this.#client;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        removeEventListener("online", done);
        client.off(ClientEvent.Sync, synced);
        resolve();
      };
      const synced = (state: SyncState, before: SyncState | null): void => {
        if (state === SyncState.Syncing && before !== SyncState.Syncing) done();
      };
      const timer = setTimeout(done, wait);
      addEventListener("online", done);
      client.on(ClientEvent.Sync, synced);
    });
    this.isWaiting = false;
  }

  /** The page was closed between the server's taking it and its answer. */
  #hasArrived({ roomId, txnId }: Entry): boolean {
    const room = this.#client.getRoom(roomId);
    if (!room) return true;
    const isIt = (event: MatrixEvent): boolean =>
      (event.getUnsigned() as { transaction_id?: string }).transaction_id === txnId;
    return room.getLiveTimeline().getEvents().some(isIt);
  }

  #find(txnId: string): Entry | undefined {
    return this.#entries.find((entry) => entry.txnId === txnId);
  }

  #remove(entry: Entry): void {
    this.#entries = this.#entries.filter((it) => it !== entry);
    void this.#save();
    this.#changed(entry.roomId);
  }

  #changed(roomId: string): void {
    for (const listener of this.#listeners) listener(roomId);
  }

  /** One after the other: the last state is the one that stays. */
  #save(): Promise<void> {
    const entries = this.#entries;
    this.#saving = this.#saving.then(() => keep(NAME, entries)).catch(() => undefined);
    return this.#saving;
  }
}

/** Whether the same message may be taken later: no connection, or the server is busy or broken. */
function isTemporary(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  const status = error instanceof MatrixError ? error.httpStatus : undefined;
  if (status !== undefined) return status >= SERVER_ERROR || status === TOO_MANY;
  return error instanceof DOMException && error.name === "AbortError";
}
