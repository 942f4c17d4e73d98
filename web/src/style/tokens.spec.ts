import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

function tokens(path: string): Map<string, string> {
  const css = readFileSync(join(import.meta.dirname, path), "utf8");
  const root = /:root \{([^}]+)\}/.exec(css)?.[1] ?? "";
  const pairs = [...root.matchAll(/(--[\w-]+):\s*([^;]+);/g)];
  return new Map(pairs.map(([, name, value]) => [name ?? "", (value ?? "").trim()]));
}

test("the client has the colours and measures of the account pages", () => {
  const ours = tokens("tokens.css");
  const theirs = tokens("../../../crates/kontor-web/assets/kontor.css");
  expect(theirs.size).toBeGreaterThan(10);
  for (const [name, value] of theirs) expect(ours.get(name), name).toBe(value);
});
