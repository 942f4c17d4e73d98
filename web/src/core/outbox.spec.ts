import "fake-indexeddb/auto";

import { ConnectionError, MatrixError, type MatrixClient, type Room } from "matrix-js-sdk";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { forget, recall } from "../shell/vault";
import { Outbox } from "./outbox.svelte";

const ROOM = "!raum:firma.example";

/** A server that takes messages, or does what it is told. */
class FakeServer {
  readonly taken: { text: unknown; txnId: string }[] = [];
  fault: (() => unknown) | undefined;
  timeline: unknown[] = [];

  /** As the SDK: a transaction id that is known is not taken a second time, whatever became of it. */
  readonly echoes = new Map<string, { status: string }>();

  readonly room = {
    roomId: ROOM,
    getLiveTimeline: () => ({ getEvents: () => this.timeline }),
    getEventForTxnId: (txnId: string) => this.echoes.get(txnId),
    txnToEvent: this.echoes,
    hasEncryptionStateEvent: () => false,
  } as unknown as Room;

  readonly client = {
    getRoom: () => this.room,
    getSafeUserId: () => "@anna:firma.example",
    getCrypto: () => undefined,
    on: () => undefined,
    off: () => undefined,
    cancelPendingEvent: () => undefined,
    sendEvent: async (_: string, __: null, ___: string, content: { body: string }, txn: string) => {
      if (this.echoes.has(txn)) throw new Error(`known txnId ${txn}`);
      this.echoes.set(txn, { status: "not_sent" });
      const fault = this.fault?.();
      if (fault) throw fault;
      this.taken.push({ text: content.body, txnId: txn });
    },
  } as unknown as MatrixClient;

  get texts(): unknown[] {
    return this.taken.map(({ text }) => text);
  }
}

const now = Promise.resolve();
const offline = (): unknown => new ConnectionError("no network");
const refused = (): unknown => new MatrixError({ errcode: "M_FORBIDDEN" }, 403);

let server: FakeServer;
let outbox: Outbox;

beforeEach(async () => {
  await forget("outbox");
  server = new FakeServer();
  outbox = new Outbox(server.client);
});

afterEach(async () => {
  // What an outbox still writes would reach into the next test.
  await vi.waitFor(async () => expect(await recall("outbox")).toEqual([]));
});

const shown = (): unknown[] =>
  outbox.waiting(server.room, undefined).map((event) => [event.getContent().body, event.status]);

test("messages wait for the connection and go out in order", async () => {
  server.fault = offline;
  const sent = ["eins", "zwei", "drei"].map((body) => outbox.send(server.room, { body }));
  await vi.waitFor(() => expect(outbox.isWaiting).toBe(true));
  expect(shown()).toEqual([
    ["eins", "queued"],
    ["zwei", "queued"],
    ["drei", "queued"],
  ]);
  server.fault = undefined;
  dispatchEvent(new Event("online"));
  await Promise.all(sent);
  expect(server.texts).toEqual(["eins", "zwei", "drei"]);
  expect(shown()).toEqual([]);
});

test("a reload loses nothing and sends nothing twice", async () => {
  server.fault = offline;
  void outbox.send(server.room, { body: "eins" });
  void outbox.send(server.room, { body: "zwei" });
  await vi.waitFor(() => expect(outbox.isWaiting).toBe(true));
  const [first] = outbox.waiting(server.room, undefined);

  // The server had taken the first one; only its answer was lost.
  const later = new FakeServer();
  later.timeline = [{ getUnsigned: () => ({ transaction_id: first?.getTxnId() }) }];
  const after = new Outbox(later.client);
  await vi.waitFor(async () => expect(await recall<unknown[]>("outbox")).toHaveLength(2));
  await after.resume(now, now);
  await vi.waitFor(() => expect(later.texts).toContain("zwei"));
  expect(later.texts).toEqual(["zwei"]);
});

test("each attempt has the same transaction id", async () => {
  const seen: string[] = [];
  const { client } = server;
  const send = client.sendEvent.bind(client) as (...all: unknown[]) => Promise<never>;
  client.sendEvent = ((...all: unknown[]) => {
    seen.push(String(all[4]));
    return send(...all);
  }) as typeof client.sendEvent;
  server.fault = offline;
  const sent = outbox.send(server.room, { body: "eins" });
  await vi.waitFor(() => expect(outbox.isWaiting).toBe(true));
  server.fault = undefined;
  dispatchEvent(new Event("online"));
  await sent;
  expect(seen).toHaveLength(2);
  expect(new Set(seen).size).toBe(1);
});

test("what the server refuses waits for her decision, and holds nothing up", async () => {
  server.fault = () => {
    server.fault = undefined;
    return refused();
  };
  await outbox.send(server.room, { body: "eins" });
  await outbox.send(server.room, { body: "zwei" });
  expect(server.texts).toEqual(["zwei"]);
  expect(shown()).toEqual([["eins", "not_sent"]]);
  const [failed] = outbox.waiting(server.room, undefined);
  outbox.retry(failed?.getTxnId() ?? "");
  await vi.waitFor(() => expect(server.texts).toEqual(["zwei", "eins"]));
});

test("a message that waits can be taken back", async () => {
  server.fault = offline;
  const sent = outbox.send(server.room, { body: "eins" });
  await vi.waitFor(() => expect(outbox.isWaiting).toBe(true));
  outbox.discard(outbox.waiting(server.room, undefined)[0]?.getTxnId() ?? "");
  expect(shown()).toEqual([]);
  server.fault = undefined;
  dispatchEvent(new Event("online"));
  await sent;
  expect(server.texts).toEqual([]);
});
