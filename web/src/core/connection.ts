import {
  ClientEvent,
  createClient,
  HttpApiEvent,
  MatrixScheduler,
  MemoryStore,
  PendingEventOrdering,
  SyncState,
  type MatrixClient,
} from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger";

import { keepSession, type Session } from "../shell/session";
import { keep, recall } from "../shell/vault";
import { CRYPTO_DATABASE, STORAGE_KEY } from "./crypto_store";
import { encryptReactionsInClosedRooms } from "./reactions_of";
import type { SecretStorageKeys } from "./secret_storage";

const STORAGE_KEY_BYTES = 32;
/** Enough for the preview of each room and a first screen of the open one. */
const FIRST_EVENTS = 20;
/** Names of verification methods: emoji, and what a QR code would need (not offered yet). */
const SAS = "m.sas.v1";

/** A random key for the crypto store, kept in the vault. */
async function storageKey(): Promise<Uint8Array> {
  const known = await recall<number[]>(STORAGE_KEY);
  if (known) return Uint8Array.from(known);
  const made = crypto.getRandomValues(new Uint8Array(STORAGE_KEY_BYTES));
  await keep(STORAGE_KEY, Array.from(made));
  return made;
}

/** A client of the SDK with its crypto ready, not yet syncing. Events live in memory only: what is
    readable in the browser must not be found on its disk. */
export async function connect(
  session: Session,
  secretStorageKeys: SecretStorageKeys,
): Promise<MatrixClient> {
  if (!import.meta.env.DEV) (logger as { disableAll?(): void }).disableAll?.();
  let current = session;
  const client = createClient({
    baseUrl: location.origin,
    userId: session.userId,
    deviceId: session.deviceId,
    accessToken: session.accessToken,
    refreshToken: session.refreshToken,
    oauthClientId: session.clientId,
    onTokenRefresh: ({ accessToken, refreshToken }) => {
      current = { ...current, accessToken, refreshToken: refreshToken ?? current.refreshToken };
      void keepSession(current);
    },
    store: new MemoryStore(),
    // She can go to any day of a room.
    timelineSupport: true,
    // The outbox keeps the order; a queue of the SDK's would give up all rooms for one message.
    scheduler: new MatrixScheduler(undefined, () => null),
    cryptoCallbacks: {
      getSecretStorageKey: async (wanted) => secretStorageKeys.find(Object.keys(wanted.keys)),
      cacheSecretStorageKey: (id, _, key) => secretStorageKeys.add(id, key),
    },
    verificationMethods: [SAS],
  });
  encryptReactionsInClosedRooms(client);
  await client.initRustCrypto({
    storageKey: await storageKey(),
    cryptoDatabasePrefix: CRYPTO_DATABASE,
  });
  return client;
}

/** Begins to sync; resolves when the first answer has arrived. Calls `failed` when it does not come, and goes
    on trying. */
export async function startSyncing(client: MatrixClient, failed: () => void): Promise<void> {
  const prepared = new Promise<void>((resolve) => {
    const listen = (state: SyncState): void => {
      if (state === SyncState.Error || state === SyncState.Reconnecting) failed();
      if (state !== SyncState.Prepared && state !== SyncState.Syncing) return;
      client.off(ClientEvent.Sync, listen);
      resolve();
    };
    client.on(ClientEvent.Sync, listen);
  });
  await client.startClient({
    initialSyncLimit: FIRST_EVENTS,
    lazyLoadMembers: true,
    threadSupport: true,
    pendingEventOrdering: PendingEventOrdering.Chronological,
    disablePresence: true,
    clientWellKnownPollPeriod: undefined,
  });
  await prepared;
}

/** Calls `ended` when the server says that the session is over. */
export function onSessionEnded(client: MatrixClient, ended: () => void): void {
  client.on(HttpApiEvent.SessionLoggedOut, ended);
}
