import type { MatrixEvent, Room } from "matrix-js-sdk";
import type { IRooms } from "matrix-js-sdk/lib/sync-accumulator";
import { expect, test } from "vitest";

import { readUpToIn, ToldCounts, unreadOf } from "./unread";

interface Facts {
  opened: number;
  inThreads?: number;
  isEncrypted?: boolean;
  /** Where what she has read stands. */
  read: "here" | "before a gap" | "nowhere";
}

function room({ opened, inThreads = 0, isEncrypted = true, read }: Facts): Room {
  const [live, older] = [{ getEvents: () => [] }, {}];
  return {
    client: { getSafeUserId: () => "@anna:firma.example" },
    getUnreadNotificationCount: () => opened + inThreads,
    getRoomUnreadNotificationCount: () => opened,
    hasEncryptionStateEvent: () => isEncrypted,
    getEventReadUpTo: () => (read === "nowhere" ? null : "$read"),
    getTimelineForEvent: () => (read === "here" ? live : older),
    getLiveTimeline: () => live,
  } as unknown as Room;
}

test("across a gap, the server's number of an encrypted room holds", () => {
  expect(unreadOf(room({ opened: 20, read: "before a gap" }), 22)).toBe(22);
  expect(unreadOf(room({ opened: 20, read: "nowhere" }), 22)).toBe(22);
  expect(unreadOf(room({ opened: 20, inThreads: 3, read: "before a gap" }), 22)).toBe(25);
});

test("where everything unread is here, what was opened is counted", () => {
  expect(unreadOf(room({ opened: 2, read: "here" }), 3)).toBe(2);
  expect(unreadOf(room({ opened: 5, read: "before a gap" }), 3)).toBe(5);
});

test("rooms that are not encrypted are the server's", () => {
  expect(unreadOf(room({ opened: 4, isEncrypted: false, read: "before a gap" }), 9)).toBe(4);
});

test("the newest word of the server about a room counts", () => {
  const told = new ToldCounts();
  const answer = (counts: Record<string, object>): Partial<IRooms> => ({
    join: Object.fromEntries(
      Object.entries(counts).map(([id, unread_notifications]) => [id, { unread_notifications }]),
    ) as unknown as IRooms["join"],
  });
  told.note(answer({ "!eins": { notification_count: 22 }, "!zwei": { notification_count: 1 } }));
  told.note(answer({ "!eins": { notification_count: 0 }, "!zwei": {} }));
  expect([told.of("!eins"), told.of("!zwei"), told.of("!drei")]).toEqual([0, 1, 0]);
});

test("the later of what the server tells her to have read and what she wrote holds", () => {
  const place = (told: string | null, own: string | null): Pick<Room, "getEventReadUpTo"> => ({
    getEventReadUpTo: (_: string, isTold = false) => (isTold ? told : own),
  });
  const events = ["$eins", "$zwei", "$drei"].map((id) => ({ getId: () => id }) as MatrixEvent);
  const readUpTo = (told: string | null, own: string | null): string | null =>
    readUpToIn(place(told, own), events, "@anna:firma.example");
  expect(readUpTo("$eins", "$drei")).toBe("$drei");
  expect(readUpTo("$drei", "$eins")).toBe("$drei");
  // What she wrote lies before a gap.
  expect(readUpTo("$zwei", "$lange-her")).toBe("$zwei");
  expect(readUpTo("$ganz-woanders", "$lange-her")).toBe("$ganz-woanders");
  expect(readUpTo(null, "$zwei")).toBe("$zwei");
  expect(readUpTo("$zwei", null)).toBe("$zwei");
  expect(readUpTo(null, null)).toBe(null);
});
