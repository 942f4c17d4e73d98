import { expect, test } from "vitest";

import { fitting, namingAt, type Candidate } from "./completion";

const people: Candidate[] = ["Anna Berger", "Ben Yilmaz", "Clara Nowak"].map((name) => ({
  id: `@${name[0]}:firma.example`,
  name,
  avatar: undefined,
}));

test.each([
  ["Hallo @", { start: 6, term: "" }],
  ["@Be", { start: 0, term: "Be" }],
  ["(@Anna Ber", { start: 1, term: "Anna Ber" }],
  ["anna@firma", undefined],
  ["Hallo", undefined],
  ["@Ben\nund", undefined],
])("%j names %j", (text, naming) => {
  expect(namingAt(text, text.length)).toEqual(naming);
});

test.each([
  ["", ["Anna Berger", "Ben Yilmaz", "Clara Nowak"]],
  ["b", ["Anna Berger", "Ben Yilmaz"]],
  ["nowak", ["Clara Nowak"]],
  ["Clara Nowak ist", []],
  ["x", []],
])("%j offers %j", (term, names) => {
  expect(fitting(people, term).map(({ name }) => name)).toEqual(names);
});
