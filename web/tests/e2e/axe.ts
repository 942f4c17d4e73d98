import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The narrowest phone that is served, and a desktop. */
export const SIZES = {
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};

/** What is wrong with what a page shows: what axe finds, and whatever sticks out to the side. */
export async function faults(page: Page): Promise<string[]> {
  const excess = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  await page.evaluate(axe);
  const { violations } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    // What is in order need not be described.
    return axe.run({ runOnly, resultTypes: ["violations"] });
  });
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`);
  return excess > 0 ? [`${excess} px too wide`, ...found] : found;
}

/** What is wrong with what a page shows in English, in the dark and on the narrowest phone; SCREENSHOTS=folder keeps
    a picture of it. */
export async function faultsOnPhone(page: Page, name: string): Promise<string[]> {
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}-en-dark-phone.png` });
  return faults(page);
}
