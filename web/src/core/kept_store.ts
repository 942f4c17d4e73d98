import { MemoryStore } from "matrix-js-sdk";
import type { ISavedSync } from "matrix-js-sdk/lib/store";
import {
  SyncAccumulator,
  type IRooms,
  type ISyncResponse,
} from "matrix-js-sdk/lib/sync-accumulator";

import { SealedRecords } from "./sealed_records";

const PLACE = { database: "kontor-rooms", store: "rooms", key: "rooms-key" };
/** Changes when what is kept would be read differently: then it is fetched anew. */
const FORM = 1;
/** The record that says for whom and up to where; those with rooms follow. */
const HEAD = 0;
/** Rooms are kept in this many records: one that changes makes only its own be written. */
const PARTS = 64;
/** Newest events kept of a room. */
const EVENTS = 40;
/** Not written more often than this. */
const WRITE_AFTER_MS = 10_000;

type Rooms = Omit<IRooms, "leave">;

interface Head {
  form: number;
  userId: string;
  deviceId: string;
  /** Where syncing goes on. */
  token: string;
  accountData: ISavedSync["accountData"];
}

type Kept = Head | Rooms;

/**
 * The SDK's store. What is shown lies in memory only; what the server has told of the newest part of each
 * room lies sealed on the disk as well, so that the next start shows it at once and asks only for what is
 * new.
 */
export class KeptStore extends MemoryStore {
  readonly #records: SealedRecords<Kept>;
  readonly #owner: { userId: string; deviceId: string };
  readonly #saved: Promise<ISavedSync | null>;
  /** What has changed since it was written, by record. */
  readonly #changed = new Map<number, SyncAccumulator>();
  readonly #account = new SyncAccumulator();
  #writtenMs = 0;
  #isBroken = false;
  #turn: Promise<void> = Promise.resolve();

  private constructor(records: SealedRecords<Kept>, owner: { userId: string; deviceId: string }) {
    super();
    this.#records = records;
    this.#owner = owner;
    this.#saved = this.#read().catch(() => null);
  }

  /** Opens what is kept for a device; reading it goes on in the background. */
  static async open(userId: string, deviceId: string): Promise<KeptStore> {
    return new KeptStore(await SealedRecords.open(PLACE), { userId, deviceId });
  }

  override getSavedSync(): Promise<ISavedSync | null> {
    return this.#saved;
  }

  override async getSavedSyncToken(): Promise<string | null> {
    return (await this.#saved)?.nextBatch ?? null;
  }

  override setSyncData(answer: ISyncResponse): Promise<void> {
    return this.#inTurn(async () => {
      const parts = partsOf(answer);
      for (const [number, rooms] of parts) {
        const part = this.#changed.get(number) ?? (await this.#open(number));
        part.accumulate({ ...answer, rooms, account_data: { events: [] } });
        this.#changed.set(number, part);
      }
      this.#account.accumulate({ ...answer, rooms: noRooms() });
      if (answer.account_data?.events?.length) this.#changed.set(HEAD, this.#account);
    });
  }

  override wantsSave(): boolean {
    return this.#changed.size > 0 && Date.now() - this.#writtenMs > WRITE_AFTER_MS;
  }

  /** Writes what has changed. */
  override save(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#changed.size === 0) return;
      await this.#records.put(this.#written());
      this.#changed.clear();
      this.#writtenMs = Date.now();
    });
  }

  override async destroy(): Promise<void> {
    this.#records.close();
  }

  *#written(): Iterable<[number, Kept]> {
    for (const [number, part] of this.#changed) {
      if (number !== HEAD) yield [number, part.getJSON(true).roomsData];
    }
    const { nextBatch, accountData } = this.#account.getJSON(true);
    yield [HEAD, { form: FORM, ...this.#owner, token: nextBatch, accountData }];
  }

  async #read(): Promise<ISavedSync | null> {
    const kept = await this.#records.all();
    const head = kept.get(HEAD) as Head | undefined;
    const { userId, deviceId } = this.#owner;
    if (head?.form !== FORM || head.userId !== userId || head.deviceId !== deviceId) {
      if (kept.size > 0) await this.#records.clear();
      return null;
    }
    kept.delete(HEAD);
    const roomsData = noRooms();
    for (const part of kept.values() as Iterable<Rooms>) {
      Object.assign(roomsData.join, part.join);
      Object.assign(roomsData.invite, part.invite);
      Object.assign(roomsData.knock, part.knock);
    }
    tellAges(roomsData);
    const account = { next_batch: head.token, rooms: noRooms() };
    this.#account.accumulate({ ...account, account_data: { events: head.accountData } });
    return { nextBatch: head.token, accountData: head.accountData, roomsData };
  }

  async #open(number: number): Promise<SyncAccumulator> {
    await this.#saved;
    const part = new SyncAccumulator({ maxTimelineEntries: EVENTS });
    const known = (await this.#records.find(number)) as Rooms | undefined;
    const rooms = { ...noRooms(), ...known };
    if (known) part.accumulate({ next_batch: "", rooms, account_data: { events: [] } }, true);
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

const noRooms = (): IRooms => ({ join: {}, invite: {}, knock: {}, leave: {} });

/** The record in which a room is kept. */
function partOf(roomId: string): number {
  let sum = 0;
  for (let at = 0; at < roomId.length; at += 1) sum = (sum * 31 + roomId.charCodeAt(at)) % 65_521;
  return 1 + (sum % PARTS);
}

/** The rooms of an answer by record. */
function partsOf({ rooms }: ISyncResponse): Map<number, IRooms> {
  const parts = new Map<number, IRooms>();
  for (const kind of ["join", "invite", "knock", "leave"] as const) {
    for (const [roomId, room] of Object.entries(rooms?.[kind] ?? {})) {
      const number = partOf(roomId);
      const part = parts.get(number) ?? noRooms();
      (part[kind] as Record<string, unknown>)[roomId] = room;
      parts.set(number, part);
    }
  }
  return parts;
}

/** Events say how old they are: by now they are older. */
function tellAges({ join }: IRooms): void {
  for (const { timeline } of Object.values(join)) {
    for (const event of timeline.events as Aging[]) {
      const { _localTs: bornMs } = event;
      if (bornMs === undefined) continue;
      delete event._localTs;
      event.unsigned = { ...event.unsigned, age: Date.now() - bornMs };
    }
  }
}

/** An event as the SDK's accumulator keeps it. */
interface Aging {
  unsigned?: object;
  _localTs?: number;
}
