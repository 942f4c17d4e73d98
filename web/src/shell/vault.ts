/**
 * Small secrets of this browser: the session, the key of the crypto store. They lie in IndexedDB,
 * sealed with a key that the browser uses but never gives out, so that a copied profile folder alone
 * does not open them.
 */

const DATABASE = "kontor";
const STORE = "vault";
const KEY = "key";
const NONCE_BYTES = 12;

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

/** Open as long as nobody wants to delete it: the start asks for many small things. */
let opened: Promise<IDBDatabase> | undefined;
let known: Promise<CryptoKey> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= open();
  opened.catch(letGo);
  return opened;
}

async function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const found = await settled(opening);
  found.onclose = letGo;
  found.onversionchange = () => {
    found.close();
    letGo();
  };
  return found;
}

function letGo(): void {
  opened = undefined;
  known = undefined;
}

async function withStore<T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => Promise<T>,
): Promise<T> {
  return act((await database()).transaction(STORE, mode).objectStore(STORE));
}

function key(): Promise<CryptoKey> {
  known ??= findKey();
  known.catch(letGo);
  return known;
}

async function findKey(): Promise<CryptoKey> {
  const found = await withStore("readonly", (store) => settled(store.get(KEY)));
  if (found) return found as CryptoKey;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  // Another tab may have been quicker: the first key stays.
  return withStore("readwrite", async (store) => {
    const first = await settled(store.get(KEY));
    if (first) return first as CryptoKey;
    await settled(store.put(made, KEY));
    return made;
  });
}

/** Keeps a value under a name. */
export async function keep(name: string, value: unknown): Promise<void> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const content = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, await key(), plain);
  await withStore("readwrite", (store) => settled(store.put({ nonce, content }, name)));
}

/** The value under a name; `undefined` if there is none. */
export async function recall<T>(name: string): Promise<T | undefined> {
  const sealed = (await withStore("readonly", (store) => settled(store.get(name)))) as
    Sealed | undefined;
  if (!sealed) return undefined;
  const plain = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: sealed.nonce },
    await key(),
    sealed.content,
  );
  return JSON.parse(new TextDecoder().decode(plain)) as T;
}

/** Forgets a name. */
export async function forget(name: string): Promise<void> {
  await withStore("readwrite", (store) => settled(store.delete(name)));
}
