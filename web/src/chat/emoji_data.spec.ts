import "fake-indexeddb/auto";

import { expect, test } from "vitest";

import { loadEmoji, recentEmoji, rememberEmoji, search } from "./emoji_data";

test("every kind has its emoji, and each has a name", async () => {
  const all = await loadEmoji();
  expect(all.map(({ kind }) => kind)).toEqual([
    "smileys",
    "people",
    "nature",
    "food",
    "travel",
    "activities",
    "objects",
    "symbols",
    "flags",
  ]);
  for (const { emoji } of all) {
    expect(emoji.length).toBeGreaterThan(50);
    expect(emoji.filter(({ name }) => name === "")).toEqual([]);
  }
});

test.each([
  ["daumen hoch", "👍"],
  ["thumbs up", "👍"],
  ["Kaffee", "☕"],
  ["rakete", "🚀"],
  ["rocket", "🚀"],
])("%s finds %s", async (term, symbol) => {
  const found = search(await loadEmoji(), term).map((emoji) => emoji.symbol.replace("\uFE0F", ""));
  expect(found.slice(0, 5)).toContain(symbol);
});

test("the emoji of just that name comes first", async () => {
  const all = await loadEmoji();
  expect(search(all, "rocket")[0]?.symbol).toBe("🚀");
  expect(search(all, "Rakete")[0]?.symbol).toBe("🚀");
});

test("nonsense finds nothing", async () => {
  expect(search(await loadEmoji(), "qxqxqx")).toEqual([]);
});

test("what was used last comes first, once", async () => {
  for (const symbol of ["👍", "🚀", "👍"]) await rememberEmoji(symbol);
  expect(await recentEmoji()).toEqual(["👍", "🚀"]);
});
