import { expect, test } from "@playwright/test";

import { faults, SIZES } from "./axe";
import { Person } from "./person";
import { startServer, type Server } from "./server";

// The views about rooms, finding and settings, looked at by axe; SCREENSHOTS=folder keeps a picture of each.

const folder = process.env.SCREENSHOTS;

let server: Server;

test.beforeAll(async () => {
  server = await startServer();
});

test.afterAll(async () => {
  await server?.stop();
});

const devices = {
  ...SIZES,
  // 200 % zoom of a small notebook: half as many CSS pixels.
  zoomed: { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
};

for (const [size, device] of Object.entries(devices)) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`rooms, search and settings are sound: ${size}, ${colorScheme}`, async ({ browser }) => {
      const anna = await Person.open(browser, server, "anna", {
        ...device,
        colorScheme,
        reducedMotion: "reduce",
      });
      const { page } = anna;
      const dialog = page.getByRole("dialog");
      const found: string[] = [];
      const look = async (view: string): Promise<void> => {
        found.push(...(await faults(page)).map((fault) => `${view}: ${fault}`));
        if (folder) await page.screenshot({ path: `${folder}/${view}-${size}-${colorScheme}.png` });
      };
      await anna.signIn();
      await anna.room("Team").waitFor();
      const begin = async (way: string): Promise<void> => {
        await page.getByRole("button", { name: "Neue Unterhaltung" }).first().click();
        await dialog.getByRole("button", { name: way }).click();
      };
      await begin("Gruppe gründen");
      await dialog.getByRole("radio", { name: /^Beaufsichtigt/ }).check();
      await dialog.getByLabel("Zweck", { exact: true }).waitFor();
      await look("supervised");
      await page.keyboard.press("Escape");
      await begin("Kanal einrichten");
      await dialog.getByLabel("Name des Kanals").waitFor();
      await look("channel");
      await page.keyboard.press("Escape");
      await begin("Verzeichnis");
      await dialog.getByText("Keine offene Unterhaltung gefunden.").waitFor();
      await look("directory");
      await page.keyboard.press("Escape");

      await anna.rooms.getByRole("searchbox").fill("Cla");
      await anna.rooms.getByRole("button", { name: /Clara Nowak/ }).waitFor();
      await look("search");
      await anna.rooms.getByRole("searchbox").press("Escape");

      await anna.open("Team");
      await page.getByRole("button", { name: "Wer kann mitlesen?" }).click();
      await dialog.getByText("Clara Nowak").waitFor();
      await look("readers");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Mitglieder und Einstellungen" }).click();
      await dialog.getByText("Clara Nowak").waitFor();
      await dialog.getByText("Einstellungen der Unterhaltung").click();
      await look("members");
      await page.keyboard.press("Escape");

      await page.goto("/#/");
      await page.getByRole("button", { name: "Konto und Einstellungen" }).click();
      await page.getByRole("menuitem", { name: "Einstellungen" }).click();
      await dialog.getByText("Dieses Gerät").first().waitFor();
      await look("settings");
      expect(found).toEqual([]);
      expect(anna.complaints).toEqual([]);
      await anna.context.close();
    });
  }
}
