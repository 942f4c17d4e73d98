import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { expect, test, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

import { Person } from "./person";
import { startServer, type Server } from "./server";

// Every view, narrow and wide, light and dark, is looked at by axe; SCREENSHOTS=folder keeps a picture of each.

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = process.env.SCREENSHOTS;

let server: Server;

test.beforeAll(async () => {
  server = await startServer();
});

test.afterAll(async () => {
  await server?.stop();
});

async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    return axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`);
}

const sizes = {
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};

for (const [size, device] of Object.entries(sizes)) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`every view is sound: ${size}, ${colorScheme}`, async ({ browser }) => {
      const anna = await Person.open(browser, server, "anna", { ...device, colorScheme });
      const { page } = anna;
      const found: string[] = [];
      const look = async (view: string): Promise<void> => {
        // Nothing may stick out to the side.
        const excess = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (excess > 0) found.push(`${view}: ${excess} px too wide`);
        found.push(...(await faults(page)).map((fault) => `${view}: ${fault}`));
        if (folder) await page.screenshot({ path: `${folder}/${view}-${size}-${colorScheme}.png` });
      };
      await page.goto("/");
      await page.getByRole("button", { name: "Anmelden" }).waitFor();
      await look("sign-in");
      await anna.signIn();
      await anna.room("Team").waitFor();
      await look("rooms");
      await page.getByRole("button", { name: "Konto und Einstellungen" }).click();
      await page.getByRole("menu").waitFor();
      await look("account");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Neue Unterhaltung" }).first().click();
      await page.getByLabel("Name der Person").fill("Cl");
      await page.getByRole("button", { name: /Clara Nowak/ }).waitFor();
      await look("new");
      await page.getByRole("button", { name: "Gruppe gründen" }).click();
      await page.getByLabel("Name der Gruppe").waitFor();
      await look("group");
      await page.keyboard.press("Escape");
      await anna.open("Team");
      await anna.field.fill("Guten Morgen! Der **Vertrag** ist da, siehe https://kontor.example");
      await page.getByRole("button", { name: "Senden" }).click();
      await anna
        .message("Guten Morgen!")
        .last()
        .getByText("Gesendet", { exact: true })
        .waitFor({ state: "attached" });
      await look("room");
      await page.getByRole("button", { name: "Wer kann mitlesen?" }).click();
      await page.getByText("Clara Nowak").last().waitFor();
      await look("details");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Emoji einfügen" }).click();
      await page.getByRole("group", { name: "Emoji auswählen" }).waitFor();
      await look("emoji");
      expect(found).toEqual([]);
      expect(anna.complaints).toEqual([]);
      await anna.context.close();
    });
  }
}
