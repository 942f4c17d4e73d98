import { expect, test } from "vitest";

import { kindOf } from "../core/asleep";
import type { PlainEvent } from "../core/sealed_event";
import { wordsFor } from "./telling";

test.each([
  [{ kind: "message", room: "Team", sender: "Ben" }, "Team", "Neue Nachricht von Ben"],
  [{ kind: "message", room: "", sender: "Ben" }, "Ben", "Neue Nachricht"],
  [{ kind: "urgent", room: "Team", sender: "Ben" }, "Team", "Dringende Nachricht von Ben"],
  [{ kind: "call", room: "", sender: "Ben" }, "Ben", "Anruf"],
  [{ kind: "invitation", room: "Team", sender: "Ben" }, "Team", "Ben lädt Sie ein."],
  [{ kind: "invitation", room: "", sender: "Ben" }, "Ben", "Sie sind eingeladen."],
  [{ kind: "something", room: "", sender: "" }, "Kontor", "Es gibt etwas Neues für Sie."],
] as const)("%o is told as %s: %s", (finding, title, body) => {
  expect(wordsFor(finding, "de")).toEqual([title, body]);
});

function event(type: string, content: Record<string, unknown>, ms = Date.now()): PlainEvent {
  return { type, sender: "@ben:localhost", origin_server_ts: ms, content };
}

test.each([
  ["a message", event("m.room.message", { body: "x" }), "message"],
  ["an urgent one", event("m.room.message", { body: "x", "app.kontor.urgent": {} }), "urgent"],
  ["an edit", event("m.room.message", { "m.relates_to": { rel_type: "m.replace" } }), undefined],
  ["one that was deleted", event("m.room.message", {}), undefined],
  ["a reaction", event("m.reaction", { "m.relates_to": { rel_type: "m.annotation" } }), undefined],
  ["a call", event("m.call.invite", { call_id: "1" }), "call"],
  ["a call of long ago", event("m.call.invite", { call_id: "1" }, 0), undefined],
  ["what belongs to a call", event("m.call.candidates", { call_id: "1" }), undefined],
])("%s", (_, sent, expected) => {
  expect(kindOf(sent, true)).toBe(expected);
});

test("what cannot be read is a message", () => {
  expect(kindOf(event("m.room.encrypted", { ciphertext: "…" }), false)).toBe("message");
});
