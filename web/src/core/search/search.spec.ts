import "fake-indexeddb/auto";

import { expect, test } from "vitest";

import { SearchIndex } from "./search_index";
import { openSegments } from "./segments";
import { excerpt, fold, hasAll, wordsOf } from "./words";

const finds = (text: string, term: string): boolean => hasAll(fold(text), wordsOf(term));

test.each([
  ["Der Vertrag für Müller", "mueller", true],
  ["Der Vertrag für Mueller", "Müller", true],
  ["Straße frei", "strasse", true],
  ["Café um drei", "cafe drei", true],
  ["Angebotsliste", "angebot", true],
  ["Das Angebot", "bot", false],
  ["Das Angebot", "angebot liste", false],
  ["", "x", false],
])("%s is found by %s: %s", (text, term, expected) => {
  expect(finds(text, term)).toBe(expected);
});

test("a long text is shown around what was looked for", () => {
  const text = `${"wort ".repeat(80)}Kündigung ${"wort ".repeat(80)}`;
  const shown = excerpt(text, wordsOf("kündigung"), 60);
  expect(shown).toContain("Kündigung");
  expect(shown.length).toBeLessThan(64);
});

async function stored(): Promise<string> {
  const opening = indexedDB.open("kontor-search");
  const database = await new Promise<IDBDatabase>((resolve) => {
    opening.onsuccess = () => resolve(opening.result);
  });
  const all = database.transaction("segments").objectStore("segments").getAll();
  const sealed = await new Promise<{ content: ArrayBuffer }[]>((resolve) => {
    all.onsuccess = () => resolve(all.result as { content: ArrayBuffer }[]);
  });
  database.close();
  return sealed.map(({ content }) => new TextDecoder().decode(content)).join("\n");
}

test("what was read is found after a restart, and lies sealed on the disk", async () => {
  const segments = await openSegments();
  const index = await SearchIndex.open(segments);
  for (let n = 0; n < 900; n += 1) {
    index.add("!raumA", { id: `$${n}`, sender: "@ben:x", ms: n, text: `Bericht Nummer ${n}` });
  }
  index.add("!raumB", {
    id: "$f",
    sender: "@ben:x",
    ms: 5,
    text: "Vertrag Müller.pdf",
    isFile: true,
  });
  index.setProgress("!raumA", { token: "t7", oldestMs: 3 });
  await index.flush();
  segments.close();

  const again = await SearchIndex.open(await openSegments());
  expect(again.size).toBe(901);
  expect(again.find("bericht 899", 10).map(({ id }) => id)).toEqual(["$899"]);
  expect(again.find("mueller", 10)[0]).toMatchObject({ roomId: "!raumB", isFile: true });
  expect(again.find("bericht", 5)).toHaveLength(5);
  expect(again.find("mueller", 10, "!raumA")).toEqual([]);
  expect(again.progressOf("!raumA")).toEqual({ token: "t7", oldestMs: 3 });
  const disk = await stored();
  for (const word of ["Bericht", "Vertrag", "@ben", "!raumA", "!raumB"])
    expect(disk).not.toContain(word);
});

test("what was deleted, edited, is too old or in a room she left is not found any more", async () => {
  const index = await SearchIndex.open(await openSegments());
  index.add("!raumC", { id: "$1", sender: "@a:x", ms: 10, text: "gestern" });
  index.add("!raumC", { id: "$2", sender: "@a:x", ms: 20, text: "morgen" });
  index.add("!raumC", { id: "$3", sender: "@a:x", ms: 30, text: "übermorgen früh" });
  index.add("!raumC", { id: "$2", sender: "@a:x", ms: 20, text: "nie" });
  index.add("!raumC", { id: "$2", sender: "@a:x", ms: 19, text: "früher geschrieben" });
  index.add("!raumC", { id: "$2", sender: "@mallory:x", ms: 90, text: "untergeschoben" }, true);
  index.remove("!raumC", "$3");
  index.removeBefore("!raumC", 15);
  expect(index.find("gestern", 9)).toEqual([]);
  expect(index.find("morgen", 9)).toEqual([]);
  expect(index.find("früh", 9)).toEqual([]);
  expect(index.find("geschrieben", 9)).toEqual([]);
  expect(index.find("untergeschoben", 9)).toEqual([]);
  expect(index.find("nie", 9)).toHaveLength(1);
  await index.flush();
  await index.removeRoom("!raumC");
  const again = await SearchIndex.open(await openSegments());
  expect(again.rooms()).not.toContain("!raumC");
});
