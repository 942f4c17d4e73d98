import { keep, recall } from "../../shell/vault";

/**
 * What the search keeps on the disk: segments of a few hundred messages, each sealed as a whole. Not even
 * the rooms they belong to can be told without the key, which lies in the vault.
 */

const DATABASE = "kontor-search";
const SEGMENTS = "segments";
const KEY = "search-key";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;

/** A message as the search knows it. */
export interface Entry {
  id: string;
  sender: string;
  ms: number;
  text: string;
  /** The name of a file. */
  isFile?: boolean;
}

/** Messages of one room that are kept together. */
export interface Segment {
  roomId: string;
  entries: Entry[];
  /** How far back the room has been read; on its first segment only. */
  progress?: Progress | undefined;
}

/** How far back a room has been read. */
export interface Progress {
  /** Where reading goes on; `undefined` if everything has been read. */
  token: string | undefined;
  /** The oldest message read, in milliseconds. */
  oldestMs: number;
}

interface Sealed {
  nonce: Uint8Array<ArrayBuffer>;
  content: ArrayBuffer;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB failed"));
  });
}

/** The sealed segments of this browser. */
export class Segments {
  readonly #database: IDBDatabase;
  readonly #key: CryptoKey;

  private constructor(database: IDBDatabase, key: CryptoKey) {
    this.#database = database;
    this.#key = key;
  }

  /** Opens the store. */
  static async open(): Promise<Segments> {
    const key = await sealingKey();
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(SEGMENTS);
    const database = await settled(opening);
    // Signing out deletes the database and must not wait for us.
    database.onversionchange = () => database.close();
    return new Segments(database, key);
  }

  /** All segments by their number. What cannot be opened any more is left out. */
  async all(): Promise<Map<number, Segment>> {
    const store = this.#database.transaction(SEGMENTS).objectStore(SEGMENTS);
    const [numbers, sealed] = await Promise.all([
      settled(store.getAllKeys()),
      settled(store.getAll() as IDBRequest<Sealed[]>),
    ]);
    const opened = await Promise.all(
      sealed.map((it) => this.#unseal(it).catch((): undefined => undefined)),
    );
    const segments = new Map<number, Segment>();
    opened.forEach((segment, index) => {
      if (segment) segments.set(Number(numbers[index]), segment);
    });
    return segments;
  }

  /** Keeps a segment under a number. */
  async put(number: number, segment: Segment): Promise<void> {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const plain = new TextEncoder().encode(JSON.stringify(segment));
    const algorithm = { name: "AES-GCM", iv: nonce };
    const content = await crypto.subtle.encrypt(algorithm, this.#key, plain);
    const transaction = this.#database.transaction(SEGMENTS, "readwrite");
    await settled(transaction.objectStore(SEGMENTS).put({ nonce, content }, number));
  }

  /** Removes a segment. */
  async remove(number: number): Promise<void> {
    const transaction = this.#database.transaction(SEGMENTS, "readwrite");
    await settled(transaction.objectStore(SEGMENTS).delete(number));
  }

  /** Closes the store. */
  close(): void {
    this.#database.close();
  }

  async #unseal({ nonce, content }: Sealed): Promise<Segment> {
    const algorithm = { name: "AES-GCM", iv: nonce };
    const plain = await crypto.subtle.decrypt(algorithm, this.#key, content);
    return JSON.parse(new TextDecoder().decode(plain)) as Segment;
  }
}

async function sealingKey(): Promise<CryptoKey> {
  const known = await recall<number[]>(KEY);
  const bytes = known ? Uint8Array.from(known) : crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  if (!known) await keep(KEY, Array.from(bytes));
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}
