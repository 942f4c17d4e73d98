import { expect, test } from "vitest";

import { EVERYBODY, namedIn, textContent } from "./content";

const ben = { id: "@k7f3:firma.example", name: "Ben Yilmaz" };
const all = { id: EVERYBODY, name: "alle" };

test("a mention is told to the server and is a link for other programs", () => {
  const content = textContent("Hallo @Ben Yilmaz, **heute**?", [ben]);
  expect(content.body).toBe("Hallo @Ben Yilmaz, **heute**?");
  expect(content["m.mentions"]).toEqual({ user_ids: [ben.id] });
  expect(content.formatted_body).toBe(
    'Hallo <a href="https://matrix.to/#/%40k7f3%3Afirma.example">Ben Yilmaz</a>, <strong>heute</strong>?',
  );
});

test("a name that was taken out of the text is no mention", () => {
  expect(textContent("Hallo", [ben])["m.mentions"]).toEqual({});
});

test("everybody can be named", () => {
  const content = textContent("@alle: Feueralarm", [all]);
  expect(content["m.mentions"]).toEqual({ room: true });
  expect(content.formatted_body).toBeUndefined();
  expect(namedIn(content)).toEqual({ people: [], everybody: true });
});

test("a name cannot bring formatting or markup with it", () => {
  const content = textContent("@<b>*x*</b>", [{ id: "@x:y", name: "<b>*x*</b>" }]);
  expect(content.formatted_body).toBe(
    '<a href="https://matrix.to/#/%40x%3Ay">&lt;b&gt;*x*&lt;/b&gt;</a>',
  );
});

test("mentions of others that are no such thing are left out", () => {
  expect(namedIn({ "m.mentions": { user_ids: "@x:y", room: "yes" } })).toEqual({
    people: [],
    everybody: false,
  });
});
