import {
  ClientEvent,
  createClient,
  FeatureSupport,
  HttpApiEvent,
  MatrixScheduler,
  PendingEventOrdering,
  SyncState,
  Thread,
  type MatrixClient,
} from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger";

import { keepSession, type Session } from "../shell/session";
import { keep, recall } from "../shell/vault";
import { namingFiles } from "./bound_files";
import { CRYPTO_DATABASE, STORAGE_KEY } from "./crypto_store";
import { hearMembers } from "./hear_members";
import { KeptStore } from "./kept_store";
import { encryptReactionsInClosedRooms } from "./reactions_of";
import type { SecretStorageKeys } from "./secret_storage";
import { verificationMethods } from "./verification.svelte";

const STORAGE_KEY_BYTES = 32;
/** Enough for the preview of each room and a first screen of the open one. */
const FIRST_EVENTS = 20;
/** What the server can do: asked before anything is shown, and known for our own server. */
const VERSIONS = "/_matrix/client/versions";
const VERSIONS_MS = 3_000;
/** A random key for the crypto store, kept in the vault. */
async function storageKey(): Promise<Uint8Array> {
  const known = await recall<number[]>(STORAGE_KEY);
  if (known) return Uint8Array.from(known);
  const made = crypto.getRandomValues(new Uint8Array(STORAGE_KEY_BYTES));
  await keep(STORAGE_KEY, Array.from(made));
  return made;
}

/** A client of the SDK, and what it waits for. */
export interface Connection {
  client: MatrixClient;
  store: KeptStore;
  /** Answers of the server to `/sync` are held back until then. */
  gate: { isOpen: Promise<void> };
}

/** A client of the SDK with its crypto ready, not yet syncing. What is readable in the browser must not be
    found on its disk: both stores are sealed. */
export async function connect(
  session: Session,
  secretStorageKeys: SecretStorageKeys,
  openRoom: string | undefined,
): Promise<Connection> {
  if (!import.meta.env.DEV) (logger as { disableAll?(): void }).disableAll?.();
  let current = session;
  const [store, key] = await Promise.all([KeptStore.open(session, openRoom), storageKey()]);
  const gate = { isOpen: Promise.resolve() };
  const client = createClient({
    baseUrl: location.origin,
    fetchFn: (input, init) =>
      fetchThrough(gate, input instanceof Request ? input : namingFiles(input), init),
    userId: session.userId,
    deviceId: session.deviceId,
    accessToken: session.accessToken,
    refreshToken: session.refreshToken,
    oauthClientId: session.clientId,
    // The SDK waits: once a new token is used, an old one that was kept would end the session.
    onTokenRefresh: async ({ accessToken, refreshToken }) => {
      current = { ...current, accessToken, refreshToken: refreshToken ?? current.refreshToken };
      await keepSession(current);
    },
    store,
    // She can go to any day of a room.
    timelineSupport: true,
    // The outbox keeps the order; a queue of the SDK's would give up all rooms for one message.
    scheduler: new MatrixScheduler(undefined, () => null),
    cryptoCallbacks: {
      getSecretStorageKey: async (wanted) => secretStorageKeys.find(Object.keys(wanted.keys)),
      cacheSecretStorageKey: (id, _, key) => secretStorageKeys.add(id, key),
    },
    verificationMethods: verificationMethods(),
  });
  // Asked while the crypto is opened; the start finds the answer.
  client.getVersions().catch(() => undefined);
  encryptReactionsInClosedRooms(client);
  hearMembers(client);
  await client.initRustCrypto({
    storageKey: key,
    cryptoDatabasePrefix: CRYPTO_DATABASE,
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") void store.save();
  });
  return { client, store, gate };
}

/** Asks the server. What is new in rooms must not arrive before the rooms that were kept. */
async function fetchThrough(
  gate: Connection["gate"],
  input: RequestInfo | URL,
  init?: RequestInit,
): Promise<Response> {
  const { pathname } = new URL(input instanceof Request ? input.url : input);
  // The start waits for this one answer; a server that is lost in the network gives none.
  const signal = pathname === VERSIONS ? AbortSignal.timeout(VERSIONS_MS) : init?.signal;
  const answer = fetch(input, { ...init, signal });
  if (pathname.endsWith("/v3/sync")) {
    await answer.catch(() => undefined);
    await gate.isOpen;
  }
  return answer;
}

/** How far the start has come. */
export interface Start {
  /** The rooms are there: kept from the last time, or fetched. */
  ready: Promise<void>;
  /** The server has told what is new. */
  live: Promise<void>;
}

/** Begins to sync. Rooms that can wait do so until the open one is `shown`. Calls `failed` when there is nothing to show and the server does not answer; it goes on
    trying. */
export function startSyncing(
  { client, store, gate }: Connection,
  shown: Promise<void>,
  failed: () => void,
): Start {
  let isReady = false;
  const until = (...wanted: SyncState[]): Promise<void> =>
    new Promise((resolve) => {
      const listen = (state: SyncState): void => {
        if (!wanted.includes(state)) return;
        client.off(ClientEvent.Sync, listen);
        resolve();
      };
      client.on(ClientEvent.Sync, listen);
    });
  const watch = (state: SyncState): void => {
    const isBad = state === SyncState.Error || state === SyncState.Reconnecting;
    if (isBad && !isReady) failed();
  };
  client.on(ClientEvent.Sync, watch);
  const ready = until(SyncState.Prepared, SyncState.Syncing).then(() => {
    isReady = true;
    client.off(ClientEvent.Sync, watch);
  });
  gate.isOpen = store.getSavedSync().then(async (saved) => {
    if (!saved) return;
    await ready;
    // What is opened and taken in for the other rooms would keep the open one from being drawn.
    await shown;
    await store.handOver(client);
  });
  Thread.setServerSideSupport(FeatureSupport.Stable);
  Thread.setServerSideListSupport(FeatureSupport.Stable);
  Thread.setServerSideFwdPaginationSupport(FeatureSupport.Stable);
  const live = until(SyncState.Syncing);
  const started = client.startClient({
    initialSyncLimit: FIRST_EVENTS,
    lazyLoadMembers: true,
    threadSupport: true,
    pendingEventOrdering: PendingEventOrdering.Chronological,
    disablePresence: true,
    clientWellKnownPollPeriod: undefined,
  });
  // There are no group calls of that kind here, and each room would be watched for them.
  const { startMatrixRTC } = client as unknown as { startMatrixRTC: () => void };
  client.off(ClientEvent.Sync, startMatrixRTC);
  // A start that fails must be seen, and not be waited for.
  return { ready: Promise.all([ready, started]).then(() => undefined), live };
}

/** Calls `ended` when the server says that the session is over. */
export function onSessionEnded(client: MatrixClient, ended: () => void): void {
  client.on(HttpApiEvent.SessionLoggedOut, ended);
}
