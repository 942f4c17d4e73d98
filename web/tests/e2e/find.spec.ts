import { expect, test } from "@playwright/test";

import { Person } from "./person";
import { startServer, type Server } from "./server";

// Everything that this device can read is found; nothing of it can be read on the disk.

test.describe.configure({ mode: "serial" });

let server: Server;
let anna: Person;
let ben: Person;

test.beforeAll(async ({ browser }) => {
  server = await startServer();
  anna = await Person.open(browser, server, "anna");
  ben = await Person.open(browser, server, "ben");
});

test.afterAll(async () => {
  await Promise.all([anna, ben].map((person) => person?.context.close()));
  await server?.stop();
});

async function search(person: Person, term: string): Promise<void> {
  await person.page.getByRole("searchbox", { name: "Suchen" }).fill(term);
}

test("a word of an encrypted message is found, however it is spelled", async () => {
  await anna.signIn();
  await ben.signIn();
  await ben.open("Team");
  await ben.say("Die Übergabe ist am Donnerstag in der Straßburger Straße");
  await ben.say("Und Müller bringt den Schlüssel");
  await anna.open("Willkommen");
  await search(anna, "uebergabe strass");
  const hit = anna.rooms.getByRole("link", { name: /Team.*Die Übergabe ist am Donnerstag/ });
  await expect(hit).toBeVisible();
  await expect(anna.rooms.getByText("Alle Nachrichten auf diesem Gerät durchsucht.")).toBeVisible();
  await hit.click();
  await expect(anna.message("Die Übergabe ist am Donnerstag")).toBeVisible();
});

test("people and rooms are found in the same place", async () => {
  await search(anna, "Clara");
  await expect(anna.rooms.getByRole("button", { name: /Clara Nowak/ })).toBeVisible();
  await search(anna, "Willk");
  await expect(anna.room("Willkommen").first()).toBeVisible();
});

test("files are found by their names", async () => {
  await ben.page
    .locator("input[type=file]")
    .setInputFiles([
      { name: "Rahmenvertrag.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") },
    ]);
  await search(anna, "rahmen");
  await expect(anna.rooms.getByRole("heading", { name: "Dateien" })).toBeVisible();
  await expect(anna.rooms.getByRole("link", { name: /Rahmenvertrag\.pdf/ })).toBeVisible();
});

test("what is deleted is not found any more", async () => {
  await search(anna, "Müller");
  await expect(anna.rooms.getByRole("link", { name: /Müller bringt/ })).toBeVisible();
  await ben.act("Und Müller bringt", "Löschen");
  await ben.page.getByRole("button", { name: "Löschen" }).click();
  await expect(anna.rooms.getByRole("link", { name: /Müller bringt/ })).toHaveCount(0);
  await expect(anna.rooms.getByText("Nichts gefunden.")).toBeVisible();
});

test("after a reload everything is still found, and nothing can be read on the disk", async () => {
  const sealed = (): Promise<number> =>
    anna.page.evaluate(async () => {
      const opening = indexedDB.open("kontor-search");
      const database = await new Promise<IDBDatabase>((resolve) => {
        opening.onsuccess = () => resolve(opening.result);
      });
      const counting = database.transaction("segments").objectStore("segments").count();
      const count = await new Promise<number>((resolve) => {
        counting.onsuccess = () => resolve(counting.result);
      });
      database.close();
      return count;
    });
  await expect.poll(sealed).toBeGreaterThan(0);
  await anna.page.reload();
  await search(anna, "donnerstag");
  await expect(anna.rooms.getByRole("link", { name: /Übergabe/ })).toBeVisible();
  const stored = await anna.storedText();
  for (const word of ["Donnerstag", "Straßburger", "Rahmenvertrag", "Müller"]) {
    expect(stored).not.toContain(word);
  }
});

test("a device signed out from elsewhere forgets what it could find", async () => {
  await anna.endElsewhere();
  await expect(anna.page.getByText("Dieses Gerät wurde abgemeldet")).toBeVisible();
  const left = await anna.page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
  }));
  expect(left).toEqual({ databases: ["kontor"], caches: [] });
  expect(await anna.storedText()).toBe("");
});
