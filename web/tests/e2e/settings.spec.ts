import { expect, test, type Locator } from "@playwright/test";

import { replaceIdentity } from "./identity";
import { Person } from "./person";
import { startServer, type Server } from "./server";

// Her settings, her devices, and what she is warned of.

test.describe.configure({ mode: "serial" });

let server: Server;
let anna: Person;
let ben: Person;

test.beforeAll(async ({ browser }) => {
  server = await startServer();
  anna = await Person.open(browser, server, "anna", { permissions: ["notifications"] });
  ben = await Person.open(browser, server, "ben");
});

test.afterAll(async () => {
  await Promise.all([anna, ben].map((person) => person?.context.close()));
  await server?.stop();
});

async function settings(person: Person): Promise<Locator> {
  await person.page.getByRole("button", { name: "Konto und Einstellungen" }).click();
  await person.page.getByRole("menuitem", { name: "Einstellungen" }).click();
  return person.page.getByRole("dialog", { name: "Einstellungen" });
}

test("texts become larger, and stay so", async () => {
  await anna.signIn();
  const sheet = await settings(anna);
  await sheet.getByLabel("Textgröße").selectOption({ label: "150 %" });
  const size = (): Promise<string> =>
    anna.page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
  expect(await size()).toBe("24px");
  await anna.page.reload();
  await anna.room("Team").waitFor();
  expect(await size()).toBe("24px");
  const excess = await anna.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(excess).toBe(0);
  const again = await settings(anna);
  await again.getByLabel("Textgröße").selectOption({ label: "100 %" });
  await anna.page.keyboard.press("Escape");
});

test("the language changes everywhere", async () => {
  const sheet = await settings(anna);
  await sheet.getByLabel("Sprache").selectOption("en");
  await expect(anna.page.getByRole("navigation", { name: "Conversations" })).toBeVisible();
  await expect(anna.page.locator("html")).toHaveAttribute("lang", "en");
  await anna.page.getByRole("button", { name: "Account and settings" }).click();
  await anna.page.getByRole("menuitem", { name: "Settings" }).click();
  await anna.page.getByLabel("Language").selectOption("de");
  await expect(anna.rooms).toBeVisible();
});

test("she is told who wrote, not what, and nothing in her quiet hours", async () => {
  await anna.page.addInitScript(() => {
    const shown: [string, string][] = [];
    Object.assign(globalThis, { shown });
    class Recorded {
      static permission = "granted";
      static requestPermission = async (): Promise<string> => "granted";
      constructor(title: string, options: { body: string }) {
        shown.push([title, options.body]);
      }
      close(): void {}
    }
    Object.assign(globalThis, { Notification: Recorded });
  });
  await anna.page.reload();
  const shown = (): Promise<[string, string][]> =>
    anna.page.evaluate(() => (globalThis as unknown as { shown: [string, string][] }).shown);
  const sheet = await settings(anna);
  await sheet.getByLabel("In diesem Browser benachrichtigen").check();
  await anna.page.keyboard.press("Escape");
  await ben.signIn();
  await ben.open("Team");
  await ben.say("Streng geheim");
  await expect.poll(shown).toEqual([["Team", "Neue Nachricht von Ben Yilmaz"]]);
  await expect(anna.page).toHaveTitle(/^\(1\) /);

  const again = await settings(anna);
  await again.getByLabel("Ruhezeiten").check();
  // From now on, all day but this one minute that is over.
  await again.getByLabel("Von").fill("00:00");
  await again.getByLabel("Bis", { exact: true }).fill("23:59");
  await anna.page.keyboard.press("Escape");
  await ben.say("Auch geheim");
  await expect(anna.room("Team").getByText("Auch geheim")).toBeVisible();
  expect(await shown()).toHaveLength(1);
});

test("she sees her devices and signs one out", async ({ browser }) => {
  const lost = await Person.open(browser, server, "anna");
  await lost.signIn();
  // It has told the server its keys.
  await expect(lost.page.getByText("Bestätigen Sie dieses Gerät")).toBeVisible();
  const sheet = await settings(anna);
  await expect(sheet.getByText(/Dieses Gerät\s+·\s+bestätigt/)).toBeVisible();
  const row = sheet.getByRole("listitem").filter({ hasText: "nicht bestätigt" });
  await row.getByRole("button", { name: /abmelden$/ }).click();
  await anna.page.getByRole("dialog").getByLabel("Ihr Passwort").fill("falsch");
  const confirm = anna.page.locator("form").getByRole("button", { name: /abmelden$/ });
  await confirm.click();
  await expect(sheet.getByText("Das Passwort stimmt nicht.")).toBeVisible();
  await sheet.getByLabel("Ihr Passwort").fill(server.passwords["anna"] ?? "");
  await confirm.click();
  await expect(sheet.getByText("nicht bestätigt")).toHaveCount(0);
  await expect(lost.page.getByText("Dieses Gerät wurde abgemeldet")).toBeVisible();
  expect(await lost.storedText()).toBe("");
  await lost.context.close();
  await anna.page.keyboard.press("Escape");
});

test("other keys in somebody's place are a clear warning", async () => {
  await anna.open("Team");
  await anna.say("Vorher");
  await expect(ben.message("Vorher")).toBeVisible();
  await replaceIdentity(ben, server);
  const warning = anna.page.getByText("Die Identität von Ben Yilmaz hat sich geändert.");
  await expect(warning).toBeVisible();
  await anna.page.getByRole("button", { name: "Ich weiß, warum" }).click();
  await expect(warning).toHaveCount(0);
  expect(anna.strayRequests).toEqual([]);
});
