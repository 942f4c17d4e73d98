import { MatrixEvent, type Room } from "matrix-js-sdk";
import { expect, test } from "vitest";

import { arrange, firstUnread } from "./arrange";

const ME = "@anna:firma.example";
const BEN = "@ben:firma.example";
const MORNING = new Date(2026, 10, 23, 8).getTime();
const DAY = 86_400_000;

const room = {
  client: { getSafeUserId: () => ME, getUserId: () => ME },
  currentState: {
    getStateEvents: () => undefined,
    maySendStateEvent: () => false,
    maySendRedactionForEvent: () => false,
  },
  relations: { getChildEventsForEvent: () => undefined },
  polls: new Map(),
  getMember: () => null,
  getThread: () => null,
  getThreadUnreadNotificationCount: () => 0,
  findEventById: () => undefined,
} as unknown as Room;

function say(id: string, sender: string, ms: number): MatrixEvent {
  return new MatrixEvent({
    type: "m.room.message",
    event_id: id,
    sender,
    room_id: "!r:firma.example",
    origin_server_ts: ms,
    content: { msgtype: "m.text", body: id },
  });
}

const lines = (events: MatrixEvent[], firstNew?: string, readIndex = -1): string[] =>
  arrange(events, room, { firstNew, readIndex }).map((item) => {
    if (item.kind !== "message") return item.kind;
    return `${item.id}${item.isFirst ? " first" : ""}${item.delivery ? ` ${item.delivery}` : ""}`;
  });

test("each day has its heading, and what belongs together stands together", () => {
  const events = [
    say("$1", BEN, MORNING),
    say("$2", BEN, MORNING + 60_000),
    say("$3", BEN, MORNING + DAY),
  ];
  expect(lines(events)).toEqual(["day", "$1 first", "$2", "day", "$3 first"]);
});

test("the new ones begin at a line of their own", () => {
  const events = [say("$1", BEN, MORNING), say("$2", BEN, MORNING + 1)];
  expect(lines(events, "$2")).toEqual(["day", "$1 first", "new", "$2 first"]);
});

test("what others have read is marked as read, what came later as sent", () => {
  const events = [say("$1", ME, MORNING), say("$2", ME, MORNING + 1)];
  expect(lines(events, undefined, 0)).toEqual(["day", "$1 first read", "$2 sent"]);
});

test("her own messages are never new to her", () => {
  const events = [say("$1", BEN, MORNING), say("$2", ME, MORNING + 1), say("$3", BEN, MORNING + 2)];
  expect(firstUnread(events, room, "$1", ME)).toBe("$3");
  expect(firstUnread(events, room, "$3", ME)).toBeUndefined();
  // What she has read last is not loaded: where the new ones begin is not known.
  expect(firstUnread(events, room, "$0", ME)).toBeUndefined();
});

test("what stands twice for a moment is shown once", () => {
  const sent = say("$1", ME, MORNING);
  expect(lines([sent, say("$1", ME, MORNING + 1), say("$2", ME, MORNING + 2)])).toEqual(
    lines([sent, say("$2", ME, MORNING + 2)]),
  );
});
