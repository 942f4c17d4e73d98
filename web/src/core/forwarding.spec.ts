import { expect, test } from "vitest";

import { besidesFile, forwardedBecause, forwardedContent, passage } from "./forwarding";
import { ROOM_CLASSES } from "./room_class";

// law: R-079; columns in the order of ROOM_CLASSES. f: free, r: needs a reason, b: blocked.
const MATRIX: Record<string, string> = {
  //              int ext han bea pri ver flu bek
  intern: /*    */ "f   r   r   r   f   f   f   r",
  extern: /*    */ "f   f   f   r   f   f   f   r",
  handelsbrief: /**/ "f   f   f   r   f   f   f   r",
  beaufsichtigt: /**/ "f   f   f   f   f   f   f   r",
  privat: /*    */ "b   b   b   b   r   b   b   b",
  vertraulich: /**/ "b   b   b   b   b   b   b   b",
  fluechtig: /* */ "b   b   b   b   b   b   r   b",
  bekanntmachung: "f   f   f   r   f   f   f   f",
};

test.each(ROOM_CLASSES)("what is said in a room of class %s goes only where it may", (from) => {
  const row = ROOM_CLASSES.map((to) => passage(from, to)[0]).join("   ");
  expect(row).toBe(MATRIX[from]);
});

test("a room of no class counts as one with people from outside", () => {
  expect(passage("intern", undefined)).toBe("reason");
  expect(passage(undefined, "intern")).toBe("free");
});

test("a forwarded message says what the original says, and names nobody", () => {
  const original = {
    msgtype: "m.text",
    body: "Preisliste",
    "m.mentions": { user_ids: ["@b:x"] },
    "m.relates_to": { "m.in_reply_to": { event_id: "$1" } },
  };
  const content = forwardedContent(original, "Auf Wunsch des Kunden");
  expect(content).toEqual({
    msgtype: "m.text",
    body: "Preisliste",
    "m.mentions": {},
    "app.kontor.forwarded": { reason: "Auf Wunsch des Kunden" },
  });
  expect(forwardedBecause(content)).toBe("Auf Wunsch des Kunden");
  expect(forwardedBecause(forwardedContent(original, undefined))).toBe("");
  expect(forwardedBecause(original)).toBeUndefined();
});

test("a forwarded file is uploaded once more: what is said besides names no file", () => {
  const original = {
    msgtype: "m.image",
    body: "Plan der Halle",
    filename: "plan.png",
    file: { url: "mxc://firma.example/a" },
    info: { thumbnail_file: { url: "mxc://firma.example/b" }, w: 10 },
  };
  const besides = besidesFile(forwardedContent(original, undefined));
  expect(JSON.stringify(besides)).not.toContain("mxc:");
  expect(besides).toMatchObject({ body: "Plan der Halle", filename: "plan.png" });
});
