import { expect, test } from "@playwright/test";

import { faults } from "./axe";
import { lookAway } from "./kept";
import { Person } from "./person";
import { startServer, type Server } from "./server";

// How Kontor opens: with what was kept from the last time, and never without a way on.

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
  await anna.open("Team");
  await ben.open("Team");
});

test.afterAll(async () => {
  await Promise.all([anna, ben].map((person) => person?.context.close()));
  await server?.stop();
});

test("what was read before is there while the server cannot be reached", async () => {
  await ben.say("Das Angebot liegt im Schrank");
  await expect(anna.message("Das Angebot liegt im Schrank")).toBeVisible();
  await lookAway(anna.page);
  await anna.loseServer();
  await anna.page.reload();
  await expect(anna.message("Das Angebot liegt im Schrank")).toBeVisible();
  await anna.say("Ich hole es");
  await ben.say("Nimm auch die Pläne mit");
  await anna.findServer();
  await expect(ben.message("Ich hole es")).toBeVisible({ timeout: 45_000 });
  await expect(anna.message("Nimm auch die Pläne mit")).toBeVisible();
  const stored = await anna.storedText();
  for (const word of ["Schrank", "Pläne", "Team", "m.room"]) expect(stored).not.toContain(word);
});

test("a page that has just been left may let go a little later", async () => {
  await anna.page.goto("about:blank");
  const other = await anna.context.newPage();
  await other.goto("/account/");
  await other.evaluate(() => {
    const hold = (): Promise<void> =>
      new Promise((resolve) => Object.assign(globalThis, { letGo: resolve }));
    void navigator.locks.request("kontor", hold);
  });
  await anna.page.goto("/");
  const isWaiting = (): Promise<boolean> =>
    other.evaluate(async () => {
      const { pending } = await navigator.locks.query();
      return pending?.some(({ name }) => name === "kontor") ?? false;
    });
  await expect.poll(isWaiting).toBe(true);
  await other.evaluate(() => (globalThis as unknown as { letGo(): void }).letGo());
  await expect(anna.rooms).toBeVisible();
  await other.close();
});

test("while another tab is the device, she is told, and may take over", async () => {
  const other = await anna.context.newPage();
  await other.goto("/");
  await expect(other.getByText("Kontor ist in einem anderen Tab geöffnet.")).toBeVisible();
  await other.getByRole("button", { name: "Hier weiterarbeiten" }).click();
  await expect(other.getByRole("navigation", { name: "Unterhaltungen" })).toBeVisible();
  await expect(anna.page.getByText("Kontor wurde in einem anderen Tab geöffnet.")).toBeVisible();
  await other.close();
});

test("a file that does not come leaves her a way on", async () => {
  const file = "**/app/open-*.js";
  await anna.context.route(file, (route) => route.abort("connectionreset"));
  await anna.page.goto("/");
  await expect(anna.page.getByText("Kontor konnte nicht geöffnet werden.")).toBeVisible();
  await anna.context.unroute(file);
  await anna.page.getByRole("button", { name: "Erneut versuchen" }).click();
  await expect(anna.rooms).toBeVisible();
});

test("if it takes long, she is told so", async () => {
  const file = "**/app/open-*.js";
  await anna.context.route(file, () => undefined);
  await anna.page.clock.install();
  await anna.page.goto("/", { waitUntil: "commit" });
  await expect(anna.page.getByText("Kontor wird geöffnet …")).toBeAttached();
  await anna.page.clock.runFor(20_000);
  await expect(anna.page.getByText("Das dauert länger als sonst.")).toBeVisible();
  expect(await faults(anna.page)).toEqual([]);
  await anna.context.unroute(file);
  await anna.page.getByRole("button", { name: "Erneut versuchen" }).click();
  await expect(anna.rooms).toBeVisible();
});
