import { expect, test } from "@playwright/test";

import { Person } from "./person";
import { startServer, type Server } from "./server";

// Moving in a long conversation, and messages without a connection.

test.describe.configure({ mode: "serial" });

let server: Server;
let anna: Person;
let ben: Person;

test.beforeAll(async ({ browser }) => {
  server = await startServer();
  anna = await Person.open(browser, server, "anna");
  ben = await Person.open(browser, server, "ben");
  await anna.signIn();
  await ben.signIn();
});

test.afterAll(async () => {
  await Promise.all([anna?.context.close(), ben?.context.close()]);
  await server?.stop();
});

test("a long conversation opens at its end and is read back to its beginning", async () => {
  await anna.open("Team");
  await ben.open("Team");
  for (let n = 1; n <= 30; n += 1) await anna.say(`Punkt ${n}\n…\n…`);
  await expect(ben.message(/Punkt 30(?!\d)/)).toBeVisible({ timeout: 30_000 });
  await ben.page.reload();
  await expect(ben.message(/Punkt 30(?!\d)/)).toBeInViewport();
  await ben.scrollUntil(ben.message(/Punkt 1(?!\d)/));
  await ben.page.getByRole("button", { name: /Zu den neuesten/ }).click();
  await expect(ben.message(/Punkt 30(?!\d)/)).toBeInViewport();
});

test("what is new is marked, and she can jump to where it begins", async () => {
  // What she has before her counts as read a moment later.
  await expect(ben.room("Team").getByText(/ungelesene/)).not.toBeAttached();
  await ben.page.goto("/#/");
  await anna.say("Neu eins");
  await anna.say("Neu zwei");
  await expect(ben.room("Team").getByText(/(?<!\d)2 ungelesene/)).toBeAttached();
  await ben.open("Team");
  await expect(ben.page.getByText("Neue Nachrichten", { exact: true })).toBeInViewport();
  await expect(ben.message("Neu eins")).toBeVisible();
  for (let n = 1; n <= 16; n += 1) await anna.say(`Danach ${n}\n…\n…`);
  await expect(ben.message("Danach 16")).toBeInViewport();
  await ben.scrollUntil(ben.message("Danach 9"));
  await ben.page.getByRole("button", { name: "Zur ersten neuen Nachricht" }).click();
  await expect(ben.message("Neu eins")).toBeInViewport();
});

test("new messages are counted while she reads older ones, and told to who cannot see", async () => {
  await ben.scrollUntil(ben.message(/Punkt 12(?!\d)/));
  await anna.say("Zwischenruf");
  await expect(ben.page.getByRole("button", { name: /\(1 neue\)/ })).toBeVisible();
  await expect(
    ben.page.locator("[aria-live]").filter({ hasText: "Anna Berger: Zwischenruf" }),
  ).toBeAttached();
  await ben.page.getByRole("button", { name: /\(1 neue\)/ }).click();
  await expect(ben.message("Zwischenruf")).toBeInViewport();
});

test("she jumps to a day", async () => {
  await ben.scrollUntil(ben.message(/Punkt 12(?!\d)/));
  await ben.page.getByRole("button", { name: "Zu einem Tag springen" }).click();
  await ben.page.getByLabel("Tag", { exact: true }).fill("2020-01-01");
  await ben.page.getByRole("button", { name: "Springen", exact: true }).click();
  await expect(ben.page.getByText("Hier beginnt die Unterhaltung.")).toBeInViewport();
  await ben.page.getByRole("button", { name: /Zu den neuesten/ }).click();
  await expect(ben.message("Zwischenruf")).toBeInViewport();
});

test("the others see that she types", async () => {
  await anna.field.pressSequentially("Ich");
  await expect(ben.page.getByText("Anna Berger schreibt …")).toBeVisible();
  // Also whoever comes while she does.
  await ben.page.goto("/#/");
  await ben.open("Team");
  await expect(ben.page.getByText("Anna Berger schreibt …")).toBeVisible();
  await anna.field.fill("");
  await expect(ben.page.getByText("Anna Berger schreibt …")).not.toBeAttached();
});
