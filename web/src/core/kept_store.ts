import { MemoryStore, type MatrixClient } from "matrix-js-sdk";
import type { ISavedSync } from "matrix-js-sdk/lib/store";
import {
  SyncAccumulator,
  type IRooms,
  type ISyncResponse,
} from "matrix-js-sdk/lib/sync-accumulator";

import { goesBack, inOrder, noRooms, partsOf, tellAges } from "./kept_rooms";
import { SealedRecords } from "./sealed_records";

const PLACE = { database: "kontor-rooms", store: "rooms", key: "rooms-key" };
/** Changes when what is kept would be read differently: then it is fetched anew. */
const FORM = 1;
/** The record that says for whom and up to where; those with rooms follow. */
const HEAD = 0;
/** Newest events kept of a room. */
const EVENTS = 40;
/** Not written more often than this. */
const WRITE_AFTER_MS = 10_000;

type Rooms = Omit<IRooms, "leave">;

/** Whose rooms are kept. */
export interface Owner {
  userId: string;
  deviceId: string;
}

interface Head extends Owner {
  form: number;
  /** Where syncing goes on. */
  token: string;
  accountData: ISavedSync["accountData"];
  /** The records that belong to it. */
  parts: number[];
}

type Kept = Head | Rooms;

/** What the SDK keeps to itself: how it takes in an answer of the server. */
interface Taking {
  syncApi?: { processSyncResponse(about: object, answer: object): Promise<void> };
}

/**
 * The SDK's store. What is shown lies in memory only; what the server has told of the newest part of each
 * room lies sealed on the disk as well, so that the next start shows it at once and asks only for what is
 * new.
 */
export class KeptStore extends MemoryStore {
  readonly #records: SealedRecords<Kept>;
  readonly #owner: Owner;
  readonly #saved: Promise<ISavedSync | null>;
  /** Rooms that are not shown at once. */
  #rest: IRooms[] = [];
  #parts = new Set<number>();
  /** What has changed since it was written, by record. */
  readonly #changed = new Map<number, SyncAccumulator>();
  readonly #account = new SyncAccumulator();
  #writtenMs = 0;
  #isBroken = false;
  #turn: Promise<void> = Promise.resolve();

  private constructor(records: SealedRecords<Kept>, owner: Owner, open: string | undefined) {
    super();
    this.#records = records;
    this.#owner = owner;
    this.#saved = this.#read(open).catch(() => null);
  }

  /** Opens what is kept for a device; reading it goes on in the background. The room `open` comes first. */
  static async open(owner: Owner, open: string | undefined): Promise<KeptStore> {
    return new KeptStore(await SealedRecords.open(PLACE), owner, open);
  }

  override getSavedSync(): Promise<ISavedSync | null> {
    return this.#saved;
  }

  override async getSavedSyncToken(): Promise<string | null> {
    return (await this.#saved)?.nextBatch ?? null;
  }

  /** Hands the SDK the rooms that could wait until the first ones were shown. */
  async handOver(client: MatrixClient): Promise<void> {
    const saved = await this.#saved;
    for (const rooms of this.#rest.splice(0)) {
      const about = { nextSyncToken: saved?.nextBatch, catchingUp: false, fromCache: true };
      const answer = { next_batch: saved?.nextBatch, rooms, account_data: { events: [] } };
      await (client as unknown as Taking).syncApi?.processSyncResponse(about, answer);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /** Nobody waits for it: what is shown does not come from here. */
  override async setSyncData(answer: ISyncResponse): Promise<void> {
    void this.#inTurn(async () => {
      const before = this.#account.getNextBatchToken() as string | null;
      if (goesBack(before, answer.next_batch)) throw new Error("the server was restored");
      for (const [number, rooms] of partsOf(answer)) {
        const part = this.#changed.get(number) ?? (await this.#open(number));
        part.accumulate({ ...answer, rooms, account_data: { events: [] } });
        this.#changed.set(number, part);
      }
      this.#account.accumulate({ ...answer, rooms: noRooms() });
    });
  }

  override wantsSave(): boolean {
    return Date.now() - this.#writtenMs > WRITE_AFTER_MS;
  }

  /** Begins to write what has changed. */
  override async save(): Promise<void> {
    void this.#inTurn(async () => {
      if (!this.#account.getNextBatchToken()) return;
      this.#writtenMs = Date.now();
      for (const number of this.#changed.keys()) this.#parts.add(number);
      await this.#records.put(this.#written());
      this.#changed.clear();
    });
  }

  override async destroy(): Promise<void> {
    this.#records.close();
  }

  *#written(): Iterable<[number, Kept]> {
    for (const [number, part] of this.#changed) yield [number, part.getJSON(true).roomsData];
    const { nextBatch: token, accountData } = this.#account.getJSON(true);
    yield [HEAD, { form: FORM, ...this.#owner, token, accountData, parts: [...this.#parts] }];
  }

  async #read(open: string | undefined): Promise<ISavedSync | null> {
    const kept = await this.#records.all();
    const head = kept.get(HEAD) as Head | undefined;
    if (!head || !this.#isOurs(head) || !head.parts.every((number) => kept.has(number))) {
      if (kept.size > 0) await this.#records.clear();
      return null;
    }
    this.#parts = new Set(head.parts);
    const all = noRooms();
    for (const number of head.parts) {
      const { join, invite, knock } = kept.get(number) as Rooms;
      Object.assign(all.join, join);
      Object.assign(all.invite, invite);
      Object.assign(all.knock, knock);
    }
    tellAges(all);
    const { token: nextBatch, accountData } = head;
    const account = { next_batch: nextBatch, rooms: noRooms() };
    this.#account.accumulate({ ...account, account_data: { events: accountData } });
    const [roomsData, rest] = inOrder(all, open);
    this.#rest = rest;
    return { nextBatch, accountData, roomsData };
  }

  #isOurs({ form, userId, deviceId }: Head): boolean {
    return form === FORM && userId === this.#owner.userId && deviceId === this.#owner.deviceId;
  }

  async #open(number: number): Promise<SyncAccumulator> {
    await this.#saved;
    const part = new SyncAccumulator({ maxTimelineEntries: EVENTS });
    if (!this.#parts.has(number)) return part;
    const known = (await this.#records.find(number)) as Rooms | undefined;
    if (!known) throw new Error("a record cannot be opened");
    const rooms = { ...noRooms(), ...known };
    part.accumulate({ next_batch: "", rooms, account_data: { events: [] } }, true);
    return part;
  }

  /** One thing after the other: what is written belongs to the token written with it. What failed once
      would leave a gap that is never fetched again, so the next start begins from nothing. */
  #inTurn(act: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      if (this.#isBroken) return;
      try {
        await act();
      } catch (error) {
        console.warn("rooms are not kept", error);
        this.#isBroken = true;
        this.#changed.clear();
        await this.#records.clear().catch(() => undefined);
      }
    });
    return this.#turn;
  }
}
