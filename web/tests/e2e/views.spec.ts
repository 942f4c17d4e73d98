import { expect, test } from "@playwright/test";

import { faults, SIZES } from "./axe";
import { Person } from "./person";
import { startServer, type Server } from "./server";

// Every view, narrow and wide, light and dark, is looked at by axe; SCREENSHOTS=folder keeps a picture of each.

const folder = process.env.SCREENSHOTS;

let server: Server;

test.beforeAll(async () => {
  server = await startServer();
});

test.afterAll(async () => {
  await server?.stop();
});

for (const [size, device] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`every view is sound: ${size}, ${colorScheme}`, async ({ browser }) => {
      const anna = await Person.open(browser, server, "anna", { ...device, colorScheme });
      const { page } = anna;
      const found: string[] = [];
      const look = async (view: string): Promise<void> => {
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
        .getByText(/^(Gesendet|Gelesen)$/)
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
