import { expect, test } from "vitest";

import { emojiName } from "./emoji_names";
import { hue, initials, localpart } from "./names";
import { plainBody, shownBody } from "./reply";

test("initials are the first letters of two words", () => {
  expect(initials("Anna Berger")).toBe("AB");
  expect(initials("@k7f3:firma.example")).toBe("KF");
  expect(initials("Ärger")).toBe("Ä");
  expect(initials("")).toBe("");
});

test("a colour belongs to an id", () => {
  expect(hue("@anna:localhost")).toBe(hue("@anna:localhost"));
  for (const id of ["@a:b", "!room", "", "👍"]) {
    expect(hue(id)).toBeGreaterThanOrEqual(0);
    expect(hue(id)).toBeLessThan(8);
  }
});

test("the name in a user id", () => {
  expect(localpart("@anna:localhost")).toBe("anna");
});

test("quotations before an answer are left out, others stay", () => {
  const answer = { "m.relates_to": { "m.in_reply_to": { event_id: "$x" } } };
  expect(plainBody({ body: "> <@a:b> alt\n> mehr\n\nneu", ...answer })).toBe("neu");
  expect(plainBody({ body: "> selbst zitiert\n\nneu" })).toBe("> selbst zitiert\n\nneu");
  expect(plainBody({ body: 7 })).toBe("");
});

test("lists show what is read, not the signs that were typed for it", () => {
  const html = { formatted_body: "<b>…</b>" };
  expect(shownBody({ body: "die **Protokolle** sind _da_, `x_y_z`", ...html })).toBe(
    "die Protokolle sind da, x_y_z",
  );
  expect(shownBody({ body: "2 * 3 * 4 und **", ...html })).toBe("2 * 3 * 4 und **");
  expect(shownBody({ body: "als **Text** gemeint" })).toBe("als **Text** gemeint");
});

test("the emoji to compare have German names", () => {
  expect(emojiName("thumbs up", "de")).toBe("Daumen hoch");
  expect(emojiName("thumbs up", "en")).toBe("Thumbs Up");
});
