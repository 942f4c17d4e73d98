import "fake-indexeddb/auto";

import type { ISyncResponse } from "matrix-js-sdk/lib/sync-accumulator";
import { beforeEach, expect, test, vi } from "vitest";

import { KeptStore } from "./kept_store";
import { SealedRecords } from "./sealed_records";

const ANNA = { userId: "@anna:firma.example", deviceId: "ERSTES" };
const PLACE = { database: "kontor-rooms", store: "rooms", key: "rooms-key" };

/** More rooms than are shown first, the newest with the highest number. */
function twoHundred(): Record<string, [text: string, ms: number]> {
  return Object.fromEntries(
    Array.from({ length: 200 }, (_, n) => [`!raum${n}`, [`Text ${n}`, n] as [string, number]]),
  );
}

/** What the server answers when somebody writes in a room. */
function answer(
  token: string,
  messages: Record<string, [text: string, ms: number]>,
): ISyncResponse {
  const join = Object.entries(messages).map(([roomId, [body, ms]]) => [
    roomId,
    {
      state: { events: [] },
      ephemeral: { events: [] },
      account_data: { events: [] },
      unread_notifications: {},
      summary: {},
      timeline: {
        prev_batch: `before ${token}`,
        events: [
          {
            type: "m.room.message",
            event_id: `$${roomId}${ms}`,
            sender: ANNA.userId,
            origin_server_ts: ms,
            content: { body },
            unsigned: { age: 1000 },
          },
        ],
      },
    },
  ]);
  const rooms = { join: Object.fromEntries(join), invite: {}, leave: {}, knock: {} };
  const direct = { type: "m.direct", content: { "@ben:firma.example": ["!zwei"] } };
  return { next_batch: token, rooms, account_data: { events: [direct] } } as ISyncResponse;
}

/** Until what was begun has been written. */
async function written(token: string): Promise<void> {
  const records = await SealedRecords.open<{ token?: string }>(PLACE);
  await vi.waitFor(async () => expect((await records.find(0))?.token).toBe(token));
  records.close();
}

const bodies = (saved: Awaited<ReturnType<KeptStore["getSavedSync"]>>): unknown[] =>
  Object.values(saved?.roomsData.join ?? {}).flatMap(({ timeline }) =>
    timeline.events.map((event) => event.content["body"]),
  );

beforeEach(async () => {
  const records = await SealedRecords.open(PLACE);
  await records.clear();
  records.close();
});

test("the next start has the rooms as they were told, over several answers", async () => {
  const store = await KeptStore.open(ANNA, undefined);
  expect(await store.getSavedSync()).toBeNull();
  await store.setSyncData(answer("s1", { "!eins": ["Hallo", 1], "!zwei": ["Guten Tag", 2] }));
  await store.save();
  await written("s1");
  await store.setSyncData(answer("s2", { "!eins": ["Noch da?", 3] }));
  await store.save();
  await written("s2");
  const again = await KeptStore.open(ANNA, undefined);
  const saved = await again.getSavedSync();
  expect(await again.getSavedSyncToken()).toBe("s2");
  expect(bodies(saved).sort()).toEqual(["Guten Tag", "Hallo", "Noch da?"]);
  expect(saved?.accountData).toMatchObject([{ type: "m.direct" }]);
  const [event] = saved?.roomsData.join["!zwei"]?.timeline.events ?? [];
  expect(event?.unsigned?.age).toBeGreaterThanOrEqual(1000);
});

test("what another device kept is not shown, and forgotten", async () => {
  const store = await KeptStore.open(ANNA, undefined);
  await store.setSyncData(answer("s1", { "!eins": ["Hallo", 1] }));
  await store.save();
  await written("s1");
  const other = await KeptStore.open({ ...ANNA, deviceId: "ZWEITES" }, undefined);
  expect(await other.getSavedSync()).toBeNull();
  expect(await (await KeptStore.open(ANNA, undefined)).getSavedSync()).toBeNull();
});

test("if a part is missing, everything is fetched anew", async () => {
  for (const isPart of [(number: number) => number > 0, (number: number) => number < 0]) {
    const store = await KeptStore.open(ANNA, undefined);
    await store.setSyncData(answer("s1", { "!eins": ["Hallo", 1], "!zwei": ["Tag", 2] }));
    await store.save();
    await written("s1");
    const records = await SealedRecords.open<object>(PLACE);
    const part = [...(await records.numbers())].find(isPart);
    await records.remove(part ?? 0);
    expect(await (await KeptStore.open(ANNA, undefined)).getSavedSync()).toBeNull();
  }
});

test("a room that is left or gets quiet gives way to newer ones in what is shown first", async () => {
  const store = await KeptStore.open(ANNA, undefined);
  await store.setSyncData(answer("s1", twoHundred()));
  await store.save();
  await written("s1");
  const gone = answer("s2", { "!raum5": ["Wieder da", 500] });
  Object.assign(gone.rooms.leave, {
    "!raum198": { state: { events: [] }, timeline: { events: [] } },
  });
  await store.setSyncData(gone);
  await store.save();
  await written("s2");
  const first = (await (await KeptStore.open(ANNA, undefined)).getSavedSync())?.roomsData.join;
  expect(Object.keys(first ?? {})).toContain("!raum5");
  expect(Object.keys(first ?? {})).not.toContain("!raum198");
  expect(Object.keys(first ?? {})).not.toContain("!raum139");
});

test("what cannot be opened any more is fetched with the next start", async () => {
  const store = await KeptStore.open(ANNA, undefined);
  await store.setSyncData(answer("s1", { "!eins": ["Hallo", 1] }));
  await store.save();
  await written("s1");
  const again = await KeptStore.open(ANNA, undefined);
  expect(bodies(await again.getSavedSync())).toEqual(["Hallo"]);
  const records = await SealedRecords.open<object>(PLACE);
  const part = [...(await records.numbers())].find((number) => number > 0);
  await records.remove(part ?? 0);
  await again.handOver({} as never);
  expect(await (await KeptStore.open(ANNA, undefined)).getSavedSync()).toBeNull();
});

test("after the server was restored from a backup, the next start fetches everything anew", async () => {
  const store = await KeptStore.open(ANNA, undefined);
  await store.setSyncData(answer("s70_0", { "!eins": ["Hallo", 1] }));
  await store.save();
  await written("s70_0");
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  await store.setSyncData(answer("s40_0", { "!eins": ["Zurück", 2] }));
  await store.save();
  await vi.waitFor(async () => {
    const again = await KeptStore.open(ANNA, undefined);
    expect(await again.getSavedSync()).toBeNull();
  });
});

test("of many rooms the open one and the newest come first, the others afterwards", async () => {
  const store = await KeptStore.open(ANNA, undefined);
  await store.setSyncData(answer("s1", twoHundred()));
  await store.save();
  await written("s1");
  const again = await KeptStore.open(ANNA, "!raum3");
  const first = Object.keys((await again.getSavedSync())?.roomsData.join ?? {});
  expect(first).toContain("!raum3");
  expect(first).toContain("!raum199");
  expect(first.length).toBeLessThan(100);
  const later: string[] = [];
  const syncApi = {
    processSyncResponse: async (_: object, { rooms }: ISyncResponse) =>
      void later.push(...Object.keys(rooms.join)),
  };
  await again.handOver({ syncApi } as never);
  expect(new Set([...first, ...later]).size).toBe(200);
  expect(later.length).toBe(200 - first.length);
});

test("what is forgotten is not written again, and fetched with the next start", async () => {
  const store = await KeptStore.open(ANNA, undefined);
  await store.setSyncData(answer("s1", { "!eins": ["Hallo", 1] }));
  await store.save();
  await written("s1");
  await store.forget();
  const put = vi.spyOn(SealedRecords.prototype, "put");
  await store.setSyncData(answer("s2", { "!eins": ["Noch da?", 2] }));
  await store.save();
  // What was begun before it is done when this is.
  await store.forget();
  expect(put).not.toHaveBeenCalled();
  put.mockRestore();
  expect(await (await KeptStore.open(ANNA, undefined)).getSavedSync()).toBeNull();
});
