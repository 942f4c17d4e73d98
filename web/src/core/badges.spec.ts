import { ClientEvent, MatrixError, RoomMemberEvent, SyncState } from "matrix-js-sdk";
import type { MatrixClient } from "matrix-js-sdk";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Badges, type Standing } from "./badges.svelte";

const ROOM = "!raum:firma.example";
const ANNA = "@anna:firma.example";
const BEN = "@ben:firma.example";
const CLARA = "@clara:firma.example";

// law: R-040

/** A server that knows badges, or does what it is told. */
class FakeServer {
  readonly asked: string[][] = [];
  readonly standings = new Map<string, Standing>();
  members = [ANNA, BEN, CLARA];
  fault: (() => unknown) | undefined;
  readonly #listeners = new Map<string, (...words: unknown[]) => void>();

  readonly client = {
    on: (name: string, listener: () => void) => this.#listeners.set(name, listener),
    getRoom: () => ({ getJoinedMembers: () => this.members.map((userId) => ({ userId })) }),
    http: {
      authedRequest: async (_: string, __: string, ___: unknown, body: { users: string[] }) => {
        this.asked.push(body.users);
        const fault = this.fault?.();
        if (fault) throw fault;
        const of = (id: string): Standing => this.standings.get(id) ?? "confirmed";
        return { badges: body.users.map((id) => ({ user_id: id, standing: of(id), level: 1 })) };
      },
    },
  } as unknown as MatrixClient;

  rename(userId: string, before: string): void {
    this.#listeners.get(RoomMemberEvent.Name)?.({}, { userId }, before);
  }

  reconnect(): void {
    this.#listeners.get(ClientEvent.Sync)?.(SyncState.Syncing, SyncState.Reconnecting);
  }
}

let server: FakeServer;
let badges: Badges;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  badges = new Badges(server.client);
});

afterEach(() => void vi.useRealTimers());

const settle = (ms = 100): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

test("one request asks for everybody in a room, and none again for whoever is known", async () => {
  expect(badges.of(BEN)).toBeUndefined();
  badges.want(BEN, ROOM);
  badges.want(CLARA, ROOM);
  await settle();
  expect(server.asked).toEqual([[BEN, CLARA, ANNA]]);
  expect(badges.of(BEN)).toEqual({ standing: "confirmed", level: 1 });
  badges.want(ANNA, ROOM);
  badges.want(BEN, ROOM);
  await settle();
  expect(server.asked).toHaveLength(1);
});

test("in a large room only those who are seen are asked for, 500 at a time", async () => {
  server.members = Array.from({ length: 1_200 }, (_, index) => `@p${index}:firma.example`);
  for (const id of server.members.slice(0, 3)) badges.want(id, ROOM);
  await settle();
  expect(server.asked).toEqual([server.members.slice(0, 3)]);
  for (const id of server.members.slice(3, 603)) badges.want(id, ROOM);
  await settle();
  expect(server.asked.slice(1)).toEqual([
    server.members.slice(3, 503),
    server.members.slice(503, 603),
  ]);
});

test("a badge is for one name: with another one there is none until the server was asked", async () => {
  badges.want(BEN, ROOM);
  await settle();
  server.standings.set(BEN, "unconfirmed");
  server.rename(BEN, "Ben Yilmaz");
  expect(badges.of(BEN)).toBeUndefined();
  // The same change in another room.
  server.rename(BEN, "Ben Yilmaz");
  await settle();
  expect(server.asked.slice(1)).toEqual([[BEN]]);
  expect(badges.of(BEN)?.standing).toBe("unconfirmed");
});

test("an answer for the name before is not shown beside the new one", async () => {
  // He takes the name while the first request is on its way; the second one fails.
  server.fault = () => {
    if (server.asked.length > 1) return new Error("no network");
    server.rename(BEN, "Ben Yilmaz");
    return undefined;
  };
  badges.want(BEN, ROOM);
  await settle();
  expect(server.asked).toHaveLength(2);
  expect(badges.of(CLARA)).toBeDefined();
  expect(badges.of(BEN)).toBeUndefined();
});

test("whoever is only now known by name is not asked about again", async () => {
  badges.want(BEN, ROOM);
  await settle();
  server.rename(BEN, BEN);
  await settle();
  expect(server.asked).toHaveLength(1);
  expect(badges.of(BEN)).toBeDefined();
});

test("after ten minutes whoever is seen is asked about again", async () => {
  badges.want(BEN, ROOM);
  await settle();
  server.standings.set(BEN, "external");
  await settle(9 * 60_000);
  badges.want(BEN, ROOM);
  await settle();
  expect(server.asked).toHaveLength(1);
  await settle(60_000);
  badges.want(BEN, ROOM);
  await settle();
  expect(server.asked).toHaveLength(2);
  expect(badges.of(BEN)?.standing).toBe("external");
});

test("a server without badges is asked once", async () => {
  server.fault = () => new MatrixError({ errcode: "M_UNRECOGNIZED" }, 404);
  badges.want(BEN, ROOM);
  await settle();
  badges.want(CLARA, ROOM);
  server.reconnect();
  await settle(20 * 60_000);
  badges.want(BEN, ROOM);
  await settle();
  expect(server.asked).toHaveLength(1);
  expect(badges.of(BEN)).toBeUndefined();
});

test("without a network there are no badges; they come with it", async () => {
  server.fault = () => new Error("no network");
  badges.want(BEN, ROOM);
  await settle();
  badges.want(CLARA, ROOM);
  await settle();
  expect(server.asked).toHaveLength(1);
  server.fault = undefined;
  server.reconnect();
  await settle();
  expect(badges.of(BEN)?.standing).toBe("confirmed");
  expect(badges.of(CLARA)?.standing).toBe("confirmed");
});
