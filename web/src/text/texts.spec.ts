import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "svelte/compiler";
import { expect, test } from "vitest";

import { asleepTexts } from "./asleep";
import { de } from "./de";
import { en } from "./en";
import { shellTexts } from "./shell";

type Catalogue = Record<string, unknown>;

const SOURCES = join(import.meta.dirname, "..");

/** All texts by their full name; functions are called with sample values. */
function flat(catalogue: Catalogue, prefix = ""): [string, string][] {
  return Object.entries(catalogue).flatMap(([name, value]): [string, string][] => {
    const key = prefix + name;
    if (typeof value === "string") return [[key, value]];
    if (typeof value === "function") {
      const samples = [["Anna"], ["Anna", "Ben"], ["Anna", "Ben", "Clara"]];
      const said = (value as (...samples: unknown[]) => string)(samples[0], "Ben", 2);
      return [[key, said]];
    }
    return flat(value as Catalogue, `${key}.`);
  });
}

const catalogues: [string, Catalogue, Catalogue][] = [
  ["chat", de, en],
  ["shell", shellTexts.de, shellTexts.en],
  ["worker", asleepTexts.de, asleepTexts.en],
];

test.each(catalogues)("both languages of the %s say the same things", (_, german, english) => {
  const keys = (catalogue: Catalogue): string[] => flat(catalogue).map(([key]) => key);
  expect(keys(english)).toEqual(keys(german));
  for (const [key, text] of [...flat(german), ...flat(english)]) {
    expect(text.trim(), key).not.toBe("");
    expect(text, key).not.toMatch(/undefined|\[object/);
  }
});

test.each(catalogues)("no text of the %s was left untranslated", (_, german, english) => {
  // Words that are the same in both languages.
  const same = new Set(["audio", "video", "name", "thread"]);
  const other = new Map(flat(english));
  const left = flat(german).filter(([key, text]) => other.get(key) === text && !same.has(key));
  expect(
    left.filter(([key]) => !/^(announce|reactedWith|hasRole|languages\.\w+)$/.test(key)),
  ).toEqual([]);
});

function files(ending: string): string[] {
  const names = readdirSync(SOURCES, { recursive: true }) as string[];
  return names.filter((name) => name.endsWith(ending) && !name.includes(".spec."));
}

test("one day is one, not several", () => {
  expect(de.inBackups(1)).toMatch(/einen Tag\.$/);
  expect(de.inBackups(30)).toMatch(/30 Tage\.$/);
  expect(en.inBackups(1)).toMatch(/one day at most\.$/);
});

test("every text is used somewhere", () => {
  const code = [...files(".svelte"), ...files(".ts")]
    .filter((name) => !name.startsWith("text/"))
    .map((name) => readFileSync(join(SOURCES, name), "utf8"))
    .join("\n");
  const own = readFileSync(join(SOURCES, "text/times.ts"), "utf8");
  const unused = Object.keys(de).filter((key) => !new RegExp(`\\bt\\.${key}\\b`).test(code + own));
  expect(unused).toEqual([]);
});

test("no component says anything that is not in the catalogue", () => {
  const said: string[] = [];
  for (const name of files(".svelte")) {
    const tree = parse(readFileSync(join(SOURCES, name), "utf8"), { modern: true });
    const walk = (node: unknown): void => {
      if (!node || typeof node !== "object") return;
      const { type, data, name: attribute, value } = node as Record<string, unknown>;
      if (type === "Text" && /\p{L}{2}/u.test(String(data))) said.push(`${name}: ${data}`);
      if (type === "StyleDirective") return;
      if (type === "Attribute") {
        if (!/^(aria-label|title|placeholder|alt)$/.test(String(attribute))) return;
        walk(value);
        return;
      }
      for (const child of Object.values(node)) {
        if (Array.isArray(child)) child.forEach(walk);
        else walk(child);
      }
    };
    walk(tree.fragment);
  }
  // The title of the page ends with the name of the program.
  expect(said.filter((text) => !text.includes("Kontor"))).toEqual([]);
});
