import { MatrixEvent, type Thread } from "matrix-js-sdk";
import { expect, test } from "vitest";

import { unreadIn } from "./thread_unread";

const ME = "@anna:firma.example";
const BEN = "@ben:firma.example";

const answer = (id: string, sender: string, ms: number): MatrixEvent =>
  new MatrixEvent({
    type: "m.room.message",
    event_id: id,
    sender,
    origin_server_ts: ms,
    content: { body: id, "m.relates_to": { rel_type: "m.thread", event_id: "$root" } },
  });

function thread(events: MatrixEvent[], receipt?: string, unthreadedMs?: number): Thread {
  return {
    client: { getSafeUserId: () => ME },
    room: { getLastUnthreadedReceiptFor: () => unthreadedMs && { ts: unthreadedMs } },
    events,
    getReadReceiptForUserId: () => (receipt ? { eventId: receipt } : null),
  } as unknown as Thread;
}

const three = [answer("$1", BEN, 1), answer("$2", BEN, 2), answer("$3", BEN, 3)];

test("a thread that she has never opened is new as a whole", () => {
  expect(unreadIn(thread(three))).toBe(3);
});

test("what came after her receipt is new", () => {
  expect(unreadIn(thread(three, "$2"))).toBe(1);
  expect(unreadIn(thread(three, "$3"))).toBe(0);
});

test("whoever answers has read what came before", () => {
  expect(unreadIn(thread([...three, answer("$4", ME, 4), answer("$5", BEN, 5)]))).toBe(1);
});

test("a receipt for the whole room counts in its threads, too", () => {
  expect(unreadIn(thread(three, undefined, 2))).toBe(1);
});
