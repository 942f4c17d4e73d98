import { expect, test } from "@playwright/test";

import { faults, faultsOnPhone } from "./axe";
import { Camera } from "./camera";
import { Person } from "./person";
import { startServer, type Server } from "./server";

test.describe.configure({ mode: "serial" });

let server: Server;
let anna: Person;
let ben: Person;
let second: Person;
let key = "";

test.beforeAll(async ({ browser }) => {
  server = await startServer();
  anna = await Person.open(browser, server, "anna");
  ben = await Person.open(browser, server, "ben");
  second = await Person.open(browser, server, "anna");
});

test.afterAll(async () => {
  await Promise.all([anna, ben, second].map((person) => person?.context.close()));
  await server?.stop();
});

test("the recovery key is made silently and printed later", async () => {
  await anna.signIn();
  await ben.signIn();
  await anna.page.getByRole("button", { name: "Jetzt sichern" }).click();
  const paper = anna.page.getByRole("dialog", { name: "Wiederherstellungsschlüssel" });
  key = (await paper.getByText(/^E[A-Za-z1-9]{3} /).textContent()) ?? "";
  expect(key.split(" ")).toHaveLength(12);
  await paper.getByRole("button", { name: "Ich habe ihn gesichert" }).click();
  await expect(anna.page.getByRole("button", { name: "Jetzt sichern" })).toHaveCount(0);
});

test("a second device says why it cannot read old messages", async () => {
  await anna.open("Team");
  await ben.open("Team");
  await ben.say("Geheimer Termin");
  await expect(anna.message("Geheimer Termin")).toBeVisible();
  await anna.backedUp();
  await second.signIn();
  await second.open("Team");
  await expect(second.page.getByText("Bestätigen Sie dieses Gerät, um ältere")).toBeVisible();
  await expect(second.message("Bestätigen Sie dieses Gerät")).toBeVisible();
});

test("a wrong recovery key is refused, the right one opens old messages", async () => {
  await second.page.getByRole("status").getByRole("button", { name: "Gerät bestätigen" }).click();
  const sheet = second.page.getByRole("dialog", { name: "Dieses Gerät bestätigen" });
  await sheet.getByLabel("Mit dem Wiederherstellungsschlüssel").fill("EsTz 1234");
  await sheet.getByRole("button", { name: "Gerät bestätigen" }).click();
  await expect(sheet.getByText("nicht der richtige Schlüssel")).toBeVisible();
  await sheet.getByLabel("Mit dem Wiederherstellungsschlüssel").fill(key);
  await sheet.getByRole("button", { name: "Gerät bestätigen" }).click();
  await expect(sheet).toHaveCount(0);
  await expect(second.message("Geheimer Termin")).toBeVisible();
});

test("a third device is confirmed by comparing pictures", async ({ browser }) => {
  const third = await Person.open(browser, server, "anna");
  await third.signIn();
  await third.page.getByRole("status").getByRole("button", { name: "Gerät bestätigen" }).click();
  await third.page.getByRole("button", { name: /Mit einem anderen Gerät/ }).click();
  await anna.page.getByRole("button", { name: "Ja, vergleichen" }).click();
  await third.page.getByRole("button", { name: "Bilder vergleichen" }).click();
  const shown = async (person: Person): Promise<string[]> => {
    const list = person.page.getByRole("dialog").getByRole("listitem");
    await expect(list).toHaveCount(7);
    return list.allTextContents();
  };
  expect(await shown(third)).toEqual(await shown(anna));
  for (const person of [third, anna]) {
    await person.page.getByRole("button", { name: "Ja, sie sind gleich" }).click();
  }
  for (const person of [third, anna]) {
    await expect(person.page.getByText("Beide Geräte vertrauen einander")).toBeVisible();
    await person.page.getByRole("button", { name: "Fertig" }).click();
  }
  await third.open("Team");
  await expect(third.message("Geheimer Termin")).toBeVisible();
  expect(third.complaints).toEqual([]);
  await third.context.close();
});

test("a fourth device is admitted by scanning the code of the first", async ({ browser }) => {
  const fourth = await Person.open(browser, server, "anna");
  const camera = await Camera.of(fourth.page);
  await fourth.signIn();
  await fourth.page.getByRole("status").getByRole("button", { name: "Gerät bestätigen" }).click();
  await fourth.page.getByRole("button", { name: /Mit einem anderen Gerät/ }).click();
  await anna.page.getByRole("button", { name: "Ja, vergleichen" }).click();
  const code = anna.page.getByRole("img", { name: "Code zum Scannen" });
  await expect(code).toBeVisible();
  expect(await faults(anna.page)).toEqual([]);
  await fourth.page.getByRole("button", { name: "Code scannen" }).click();
  await expect(fourth.page.getByLabel("Bild der Kamera")).toBeVisible();
  expect(await faults(fourth.page)).toEqual([]);
  await camera.see(await code.screenshot());
  await anna.page.getByRole("button", { name: "Ja, bestätigen" }).click();
  for (const person of [fourth, anna]) {
    await expect(person.page.getByText("Beide Geräte vertrauen einander")).toBeVisible();
    await person.page.getByRole("button", { name: "Fertig" }).click();
  }
  expect(await camera.isOff()).toBe(true);
  await fourth.open("Team");
  await expect(fourth.message("Geheimer Termin")).toBeVisible();
  expect(fourth.complaints).toEqual([]);
  await fourth.context.close();
});

test("devices are admitted in English, in the dark and on the narrowest phone, too", async ({
  browser,
}) => {
  const fifth = await Person.open(browser, server, "anna");
  const camera = await Camera.of(fifth.page);
  await fifth.signIn();
  for (const person of [anna, fifth]) await person.goOn("in English on a phone");
  const { page } = fifth;
  await page.getByRole("status").getByRole("button", { name: "Confirm device" }).click();
  await page.getByRole("button", { name: /With another device/ }).waitFor();
  expect(await faultsOnPhone(page, "confirm")).toEqual([]);
  await page.getByRole("button", { name: /With another device/ }).click();
  await anna.page.getByRole("button", { name: "Yes, compare" }).waitFor();
  expect(await faultsOnPhone(anna.page, "confirm-asked")).toEqual([]);
  await anna.page.getByRole("button", { name: "Yes, compare" }).click();
  const code = anna.page.getByRole("img", { name: "Code to scan" });
  await expect(code).toBeVisible();
  expect(await faultsOnPhone(anna.page, "confirm-code")).toEqual([]);
  await page.getByRole("button", { name: "Scan code" }).click();
  await expect(page.getByLabel("Picture of the camera")).toBeVisible();
  expect(await faultsOnPhone(page, "confirm-scan")).toEqual([]);
  await camera.see(await code.screenshot());
  await anna.page.getByRole("button", { name: "Yes, confirm" }).waitFor();
  expect(await faultsOnPhone(anna.page, "confirm-scanned")).toEqual([]);
  await anna.page.getByRole("button", { name: "Yes, confirm" }).click();
  await expect(page.getByText("Both devices trust each other")).toBeVisible();
  expect(await faultsOnPhone(page, "confirm-done")).toEqual([]);
  await fifth.context.close();
});

test("a device signed out elsewhere keeps nothing", async () => {
  await second.endElsewhere();
  await expect(second.page.getByText("Dieses Gerät wurde abgemeldet")).toBeVisible();
  expect(await second.storedText()).toBe("");
});
