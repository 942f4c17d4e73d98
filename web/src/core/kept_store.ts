import { MemoryStore, type MatrixClient } from "matrix-js-sdk";
import type { ISavedSync } from "matrix-js-sdk/lib/store";
import {
  SyncAccumulator,
  type IRooms,
  type ISyncResponse,
} from "matrix-js-sdk/lib/sync-accumulator";

import {
  goesBack,
  inPortions,
  noRooms,
  partOf,
  partsOf,
  putInPlace,
  tellAges,
  upmost,
} from "./kept_rooms";
import { SealedRecords } from "./sealed_records";
import { ToldCounts } from "./unread";

const PLACE = { database: "kontor-rooms", store: "rooms", key: "rooms-key" };
/** Changes when what is kept would be read differently: then it is fetched anew. */
const FORM = 2;
/** The record that says for whom and up to where; those with rooms follow. */
const HEAD = 0;
/** The record with what is shown first, once more: with thousands of rooms, to open all takes longer than
    everything else. */
const FRONT = -1;
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
  /** What the server counts as unread; the SDK forgets it of encrypted rooms. */
  readonly told = new ToldCounts();
  readonly #records: SealedRecords<Kept>;
  readonly #owner: Owner;
  readonly #saved: Promise<ISavedSync | null>;
  /** The room that is open at the start, and what was shown first then. */
  readonly #open: string | undefined;
  #first = new Set<string>();
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
    this.#open = open;
    this.#saved = this.#read().catch(() => null);
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
    for (const rooms of await this.#rest().catch(() => this.#startAnew())) {
      const about = { nextSyncToken: saved?.nextBatch, catchingUp: false, fromCache: true };
      const answer = { next_batch: saved?.nextBatch, rooms, account_data: { events: [] } };
      await (client as unknown as Taking).syncApi?.processSyncResponse(about, answer);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /** Nobody waits for it: what is shown does not come from here. */
  override async setSyncData(answer: ISyncResponse): Promise<void> {
    this.told.note(answer.rooms);
    void this.#inTurn(async () => {
      const before = this.#account.getNextBatchToken() as string | null;
      if (goesBack(before, answer.next_batch)) throw new Error("the server was restored");
      for (const [number, rooms] of partsOf(answer)) {
        const part = this.#changed.get(number) ?? (await this.#part(number));
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
      const front = { ...noRooms(), ...(await this.#records.find(FRONT)) } as IRooms;
      await this.#records.put(this.#written(front));
      this.#changed.clear();
    });
  }

  /** Forgets what was kept: the next start fetches everything anew, as the server gives it out then. */
  async forget(): Promise<void> {
    await this.#inTurn(async () => {
      this.#isBroken = true;
      await this.#records.clear();
    });
  }

  override async destroy(): Promise<void> {
    this.#records.close();
  }

  *#written(front: IRooms): Iterable<[number, Kept]> {
    for (const [number, part] of this.#changed) {
      const rooms = part.getJSON(true).roomsData;
      putInPlace(front, number, rooms);
      yield [number, rooms];
    }
    yield [FRONT, upmost(front)];
    const { nextBatch: token, accountData } = this.#account.getJSON(true);
    yield [HEAD, { form: FORM, ...this.#owner, token, accountData, parts: [...this.#parts] }];
  }

  async #read(): Promise<ISavedSync | null> {
    const [numbers, head, front] = await Promise.all([
      this.#records.numbers(),
      this.#records.find(HEAD) as Promise<Head | undefined>,
      this.#records.find(FRONT) as Promise<Rooms | undefined>,
    ]);
    const isWhole = head && front && head.parts.every((number) => numbers.has(number));
    if (!isWhole || !this.#isOurs(head)) {
      if (numbers.size > 0) await this.#records.clear();
      return null;
    }
    this.#parts = new Set(head.parts);
    const roomsData = { ...noRooms(), ...front };
    const open = this.#open;
    if (open !== undefined && !(open in roomsData.join)) {
      const part = (await this.#records.find(partOf(open))) as Rooms | undefined;
      const room = part?.join[open];
      if (room) roomsData.join[open] = room;
    }
    tellAges(roomsData);
    this.told.note(roomsData);
    this.#first = new Set(Object.keys(roomsData.join));
    const { token: nextBatch, accountData } = head;
    const account = { next_batch: nextBatch, rooms: noRooms() };
    this.#account.accumulate({ ...account, account_data: { events: accountData } });
    return { nextBatch, accountData, roomsData };
  }

  /** What was not shown first, in portions. */
  async #rest(): Promise<IRooms[]> {
    if (this.#parts.size === 0) return [];
    const kept = await this.#records.all();
    const others = noRooms();
    for (const number of this.#parts) {
      const part = kept.get(number) as Rooms | undefined;
      if (!part) throw new Error("a record cannot be opened");
      for (const [roomId, room] of Object.entries(part.join)) {
        if (!this.#first.has(roomId)) others.join[roomId] = room;
      }
    }
    tellAges(others);
    this.told.note(others);
    return inPortions(others);
  }

  /** What cannot be opened any more is fetched with the next start. */
  async #startAnew(): Promise<IRooms[]> {
    this.#isBroken = true;
    await this.#records.clear().catch(() => undefined);
    return [];
  }

  #isOurs({ form, userId, deviceId }: Head): boolean {
    return form === FORM && userId === this.#owner.userId && deviceId === this.#owner.deviceId;
  }

  async #part(number: number): Promise<SyncAccumulator> {
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
