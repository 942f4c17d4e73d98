import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

interface Package {
  license?: string;
  dev?: boolean;
}

/** Licences that let Kontor be what it is; the GPL family is not among them. */
const ALLOWED =
  /^\(?(MIT|MIT-0|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|CC0-1\.0|CC-BY-4\.0|BlueOak-1\.0\.0|MPL-2\.0|Python-2\.0|Unlicense|Zlib)( (OR|AND) [\w.-]+)*\)?$/;

/** Says it in its file LICENSE only: MIT. */
const SAYS_ELSEWHERE = ["node_modules/svelte-toolbelt"];

test("every package has a licence that we may use", () => {
  const lock = readFileSync(join(import.meta.dirname, "../package-lock.json"), "utf8");
  const { packages } = JSON.parse(lock) as { packages: Record<string, Package> };
  const foreign = Object.entries(packages).filter(
    ([path]) => path !== "" && !SAYS_ELSEWHERE.includes(path),
  );
  expect(foreign.length).toBeGreaterThan(50);
  const bad = foreign.filter(([, { license }]) => !ALLOWED.test(license ?? ""));
  expect(bad.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
});
