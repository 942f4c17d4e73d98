import { keep, recall } from "../shell/vault";

/** Where records lie, and under which name their key lies in the vault. */
export interface Place {
  database: string;
  store: string;
  key: string;
}

interface Sealed {
  nonce: Uint8Array<ArrayBuffer>;
  content: ArrayBuffer;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;

/**
 * Records on the disk of this browser, each sealed as a whole with a key from the vault. Without it, not
 * even what they are about can be told.
 */
export class SealedRecords<T> {
  readonly #database: IDBDatabase;
  readonly #store: string;
  readonly #key: CryptoKey;

  private constructor(database: IDBDatabase, store: string, key: CryptoKey) {
    this.#database = database;
    this.#store = store;
    this.#key = key;
  }

  /** Opens the records at a place. */
  static async open<T>({ database: name, store, key }: Place): Promise<SealedRecords<T>> {
    const [sealing, database] = await Promise.all([sealingKey(key), openDatabase(name, store)]);
    return new SealedRecords<T>(database, store, sealing);
  }

  /** All records by their number. What cannot be opened any more is left out. */
  async all(): Promise<Map<number, T>> {
    const store = this.#database.transaction(this.#store).objectStore(this.#store);
    const [numbers, sealed] = await Promise.all([
      settled(store.getAllKeys()),
      settled(store.getAll() as IDBRequest<Sealed[]>),
    ]);
    const opened = await Promise.all(sealed.map((it) => this.#unseal(it)));
    const records = new Map<number, T>();
    opened.forEach((record, index) => {
      if (record !== undefined) records.set(Number(numbers[index]), record);
    });
    return records;
  }

  /** The numbers of all records. */
  async numbers(): Promise<Set<number>> {
    const store = this.#database.transaction(this.#store).objectStore(this.#store);
    return new Set((await settled(store.getAllKeys())).map(Number));
  }

  /** The record with a number; `undefined` if there is none, or it cannot be opened any more. */
  async find(number: number): Promise<T | undefined> {
    const store = this.#database.transaction(this.#store).objectStore(this.#store);
    const sealed = await settled(store.get(number) as IDBRequest<Sealed | undefined>);
    return sealed && this.#unseal(sealed);
  }

  /** Keeps records under their numbers: all of them, or none. */
  async put(records: Iterable<[number, T]>): Promise<void> {
    const sealed: [number, Sealed][] = [];
    for (const [number, record] of records) sealed.push([number, await this.#seal(record)]);
    const transaction = this.#database.transaction(this.#store, "readwrite");
    for (const [number, it] of sealed) transaction.objectStore(this.#store).put(it, number);
    await finished(transaction);
  }

  /** Removes a record. */
  async remove(number: number): Promise<void> {
    const transaction = this.#database.transaction(this.#store, "readwrite");
    transaction.objectStore(this.#store).delete(number);
    await finished(transaction);
  }

  /** Removes all. */
  async clear(): Promise<void> {
    const transaction = this.#database.transaction(this.#store, "readwrite");
    transaction.objectStore(this.#store).clear();
    await finished(transaction);
  }

  /** Closes the database. */
  close(): void {
    this.#database.close();
  }

  async #seal(record: T): Promise<Sealed> {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const plain = new TextEncoder().encode(JSON.stringify(record));
    const content = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, this.#key, plain);
    return { nonce, content };
  }

  async #unseal({ nonce, content }: Sealed): Promise<T | undefined> {
    try {
      const algorithm = { name: "AES-GCM", iv: nonce };
      const plain = await crypto.subtle.decrypt(algorithm, this.#key, content);
      return JSON.parse(new TextDecoder().decode(plain)) as T;
    } catch {
      return undefined;
    }
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB failed"));
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(transaction.error ?? new Error("IndexedDB failed"));
    transaction.oncomplete = () => resolve();
    transaction.onerror = fail;
    transaction.onabort = fail;
  });
}

async function openDatabase(name: string, store: string): Promise<IDBDatabase> {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(store);
  const database = await settled(opening);
  // Signing out deletes the database and must not wait for us.
  database.onversionchange = () => database.close();
  return database;
}

async function sealingKey(name: string): Promise<CryptoKey> {
  const known = await recall<number[]>(name);
  const bytes = known ? Uint8Array.from(known) : crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  if (!known) await keep(name, Array.from(bytes));
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}
