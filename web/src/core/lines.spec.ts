import { MatrixEvent, type Room } from "matrix-js-sdk";
import { expect, test } from "vitest";

import { Lines } from "./lines";

const ANNA = "@anna:firma.example";
const BEN = "@ben:firma.example";
const names = new Map([[BEN, "Ben"]]);
const events = new Map<string, MatrixEvent>();

const room = {
  client: { getSafeUserId: () => ANNA },
  currentState: {
    getStateEvents: () => undefined,
    maySendStateEvent: () => false,
    maySendRedactionForEvent: () => false,
  },
  relations: { getChildEventsForEvent: () => undefined },
  polls: new Map(),
  getMember: (id: string) => ({ name: names.get(id) ?? id, getMxcAvatarUrl: () => undefined }),
  getThread: () => null,
  findEventById: (id: string) => events.get(id),
} as unknown as Room;

function event(id: string, content: object, type = "m.room.message", state?: string): MatrixEvent {
  const made = new MatrixEvent({
    type,
    event_id: id,
    sender: BEN,
    room_id: "!r:firma.example",
    origin_server_ts: 1,
    content: { msgtype: "m.text", body: id, ...content },
    ...(state !== undefined && { state_key: state }),
  });
  events.set(id, made);
  return made;
}

const answering = (id: string): object => ({
  "m.relates_to": { "m.in_reply_to": { event_id: id } },
});
const reacting = (id: string): object => ({
  "m.relates_to": { rel_type: "m.annotation", event_id: id, key: "👍" },
});

test("a line stays the same object until something about it changes", () => {
  const lines = new Lines(room);
  const [first, second] = [event("$1", {}), event("$2", {})];
  const before = [lines.of(first), lines.of(second)];
  expect([lines.of(first), lines.of(second)]).toEqual(before);
  expect(lines.of(first)).toBe(before[0]);
  lines.forget(event("$3", reacting("$1"), "m.reaction"));
  expect(lines.of(first)).not.toBe(before[0]);
  expect(lines.of(second)).toBe(before[1]);
});

test("who quotes a message changes with it", () => {
  const lines = new Lines(room);
  const answer = event("$b", answering("$a"));
  expect(lines.of(answer)).toMatchObject({ quoted: { text: "" } });
  lines.forget(event("$a", { body: "Guten Morgen" }));
  expect(lines.of(answer)).toMatchObject({ quoted: { text: "Guten Morgen" } });
});

test("state changes everything, and a new name is seen without being told", () => {
  const lines = new Lines(room);
  const said = event("$c", {});
  const before = lines.of(said);
  lines.forget(event("$d", {}, "m.room.power_levels", ""));
  expect(lines.of(said)).not.toBe(before);
  names.set(BEN, "Ben Yilmaz");
  lines.begin();
  expect(lines.of(said)).toMatchObject({ name: "Ben Yilmaz" });
});

test("state from a past that was fetched changes nothing but itself", () => {
  const lines = new Lines(room);
  const said = event("$p", {});
  const before = lines.of(said);
  lines.forget(event("$q", { membership: "join" }, "m.room.member", BEN), true);
  expect(lines.of(said)).toBe(before);
  // A reaction does, however old it is.
  lines.forget(event("$r", reacting("$p"), "m.reaction"), true);
  expect(lines.of(said)).not.toBe(before);
});

test("where a message stands makes another object only when it changes", () => {
  const lines = new Lines(room);
  const line = lines.of(event("$e", {}));
  if (line?.kind !== "message") throw new Error("a message has a line");
  const placed = lines.placed(line, true, false);
  expect(lines.placed(line, true, false)).toBe(placed);
  expect(lines.placed(line, false, false)).toMatchObject({ isFirst: false });
});
