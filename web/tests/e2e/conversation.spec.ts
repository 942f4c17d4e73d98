import { expect, test } from "@playwright/test";

import { Person } from "./person";
import { startServer, type Server } from "./server";

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
  await Promise.all([anna?.context.close(), ben?.context.close()]);
  await server?.stop();
});

test("two people sign in and see their rooms", async () => {
  for (const person of [anna, ben]) {
    await person.signIn();
    await expect(person.room("Team")).toBeVisible();
  }
});

test("an encrypted conversation of two begins with a name", async () => {
  await anna.page.getByRole("button", { name: "Neue Unterhaltung" }).first().click();
  await anna.page.getByLabel("Name der Person").fill("Ben");
  await anna.page.getByRole("button", { name: /Ben Yilmaz/ }).click();
  await expect(anna.page.getByText("Ende-zu-Ende verschlüsselt").first()).toBeVisible();
  await anna.say("Hallo Ben, **wichtig**: 14 Uhr?");
  await ben.room("Anna Berger").click();
  await ben.page.getByRole("button", { name: "Annehmen" }).click();
  await expect(ben.message("Hallo Ben").locator("strong", { hasText: "wichtig" })).toBeVisible();
  await ben.say("Passt!");
  await expect(anna.message("Passt!")).toBeVisible();
  await expect(anna.message("Hallo Ben").getByText("Gelesen")).toBeAttached();
});
