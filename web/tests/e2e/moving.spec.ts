import { expect, test, type Locator } from "@playwright/test";

import { lookAway } from "./kept";
import { Person } from "./person";
import { startServer, type Server } from "./server";

// Getting about: by search, by links, by the keyboard; drafts; and what others are shown of it.

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

const thread = (person: Person): Locator =>
  person.page.getByRole("complementary", { name: "Thread" });

async function find(person: Person, term: string, hit: RegExp): Promise<void> {
  const field = person.rooms.getByRole("searchbox");
  await field.fill("");
  await field.fill(term);
  await person.rooms.getByRole("link", { name: hit }).first().click();
}

test("a hit of the search far back is where the room opens, and once more when chosen again", async () => {
  await ben.open("Team");
  await ben.say("Der Tresor steht im Keller");
  for (let n = 1; n <= 24; n += 1) await ben.say(`Nebensache ${n}\n…\n…`);
  await ben.say("Schlusswort");
  await expect(ben.message("Schlusswort").getByText(/^(Gesendet|Gelesen)$/)).toBeAttached();
  await anna.open("Willkommen");
  await find(anna, "tresor", /Der Tresor steht im Keller/);
  await expect(anna.message("Der Tresor steht im Keller")).toBeInViewport();
  await expect(anna.message("Der Tresor steht im Keller")).toBeFocused();
  await anna.page.getByRole("button", { name: /Zu den neuesten/ }).click();
  await expect(anna.message("Schlusswort")).toBeInViewport();
  await anna.rooms.getByRole("link", { name: /Der Tresor steht im Keller/ }).click();
  await expect(anna.message("Der Tresor steht im Keller")).toBeInViewport();
  // The same place after a reload, where nothing of it is in memory.
  await anna.page.reload();
  await expect(anna.message("Der Tresor steht im Keller")).toBeInViewport();
});

test("a hit in a thread opens the thread", async () => {
  await ben.act("Schlusswort", "Im Thread antworten");
  const field = thread(ben).getByRole("textbox", { name: "Antwort im Thread" });
  await field.fill("Ein Nachsatz über Pinguine");
  await field.press("Enter");
  await anna.open("Willkommen");
  await find(anna, "pinguine", /Nachsatz über Pinguine/);
  await expect(thread(anna).getByText("Ein Nachsatz über Pinguine")).toBeInViewport();
  // Once: the first answer quotes nothing.
  await expect(thread(anna).getByText("Schlusswort")).toHaveCount(1);
  await find(anna, "tresor", /Der Tresor steht im Keller/);
  await expect(anna.message("Der Tresor steht im Keller")).toBeInViewport();
  await expect(thread(anna)).toHaveCount(0);
  await anna.rooms.getByRole("searchbox").press("Escape");
});

test("a reference to a message leads to it, with the words of this chat", async () => {
  await anna.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await anna.act("Der Tresor steht", "Verweis kopieren");
  const reference = await anna.page.evaluate(() => navigator.clipboard.readText());
  expect(reference).toContain(`${server.url}/#/room/`);
  const [room, event] = reference.split("#/room/")[1]?.split("/") ?? [];
  await anna.page.getByRole("button", { name: /Zu den neuesten/ }).click();
  await anna.say(`Siehe ${reference}`);
  const link = ben.message("Siehe").last().getByRole("link", { name: "Nachricht in Team" });
  await link.click();
  await expect(ben.message("Der Tresor steht im Keller")).toBeInViewport();
  // The same with an address as other programs write it: nobody leaves for another host.
  const others = `https://matrix.to/#/${decodeURIComponent(room ?? "")}/${decodeURIComponent(event ?? "")}?via=localhost`;
  await ben.page.getByRole("button", { name: /Zu den neuesten/ }).click();
  await ben.say(`Oder [dort](${others})`);
  await ben.message("Oder dort").getByRole("link", { name: "dort" }).click();
  await expect(ben.message("Der Tresor steht im Keller")).toBeInViewport();
  expect(ben.context.pages()).toHaveLength(1);
  await ben.page.getByRole("button", { name: /Zu den neuesten/ }).click();
});

test("a message that came while the page was closed is in its conversation, also when she comes for it", async () => {
  await anna.open("Team");
  await lookAway(anna.page);
  await anna.page.goto("about:blank");
  await ben.say("Während du weg warst");
  await ben.say("Und noch etwas");
  await expect(ben.message("Und noch etwas").getByText("Gesendet")).toBeAttached();
  await ben.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await ben.act("Während du weg warst", "Verweis kopieren");
  const reference = await ben.page.evaluate(() => navigator.clipboard.readText());
  // The message alone is there long before the news of all rooms.
  let isSlow = true;
  await anna.context.route("**/v3/sync?*", async (route) => {
    while (isSlow) await new Promise((resolve) => setTimeout(resolve, 50));
    await route.continue();
  });
  const fetched = anna.page.waitForResponse("**/context/**", { timeout: 1_500 });
  await anna.page.goto(reference);
  await fetched.catch(() => undefined);
  isSlow = false;
  await expect(anna.message("Während du weg warst")).toBeInViewport();
  await anna.open("Willkommen");
  await anna.open("Team");
  await expect(anna.message("Und noch etwas")).toBeVisible();
  await expect(anna.message("Während du weg warst")).toHaveCount(1);
  await anna.context.unroute("**/v3/sync?*");
});

test("what is deleted keeps the focus at its place", async () => {
  await ben.say("Weg damit");
  // Anna may have read it by now.
  await expect(ben.message("Weg damit").getByText(/^(Gesendet|Gelesen)$/)).toBeAttached();
  // By the keyboard alone.
  await ben
    .message("Weg damit")
    .getByRole("button", { name: "Aktionen für diese Nachricht" })
    .focus();
  await ben.page.keyboard.press("Enter");
  const remove = ben.page.getByRole("menuitem", { name: "Löschen" });
  await expect(remove).toBeVisible();
  await ben.page.keyboard.press("End");
  await expect(remove).toBeFocused();
  await ben.page.keyboard.press("Enter");
  const confirm = ben.page.getByRole("dialog").getByRole("button", { name: "Löschen" });
  await confirm.focus();
  await ben.page.keyboard.press("Enter");
  await expect(ben.message("Nachricht gelöscht")).toBeVisible();
  await expect(ben.message("Nachricht gelöscht")).toBeFocused();
  await expect(anna.message("Nachricht gelöscht")).toBeVisible();
});

test("a draft is seen in the list, and after a reload", async () => {
  await ben.field.fill("Noch nicht fertig");
  await expect(ben.room("Team").getByText("Entwurf:")).toHaveCount(0);
  await ben.open("Willkommen");
  await expect(ben.room("Team").getByText("Entwurf: Noch nicht fertig")).toBeVisible();
  await ben.page.reload();
  await expect(ben.room("Team").getByText("Entwurf: Noch nicht fertig")).toBeVisible();
  await ben.open("Team");
  await expect(ben.field).toHaveValue("Noch nicht fertig");
  await ben.field.fill("");
  await ben.open("Willkommen");
  await expect(ben.room("Team").getByText("Entwurf:")).toHaveCount(0);
});

test("she keeps to herself that she reads and types", async () => {
  const told: string[] = [];
  ben.page.on("request", (request) => {
    const [, signal] = /\/(receipt\/[\w.]+|typing)\//.exec(request.url()) ?? [];
    if (signal) told.push(signal);
  });
  await ben.page.getByRole("button", { name: "Konto und Einstellungen" }).click();
  await ben.page.getByRole("menuitem", { name: "Einstellungen" }).click();
  const sheet = ben.page.getByRole("dialog", { name: "Einstellungen" });
  await sheet.getByLabel("Was Sie gelesen haben").uncheck();
  await sheet.getByLabel("Dass Sie gerade schreiben").uncheck();
  await ben.page.keyboard.press("Escape");
  await anna.open("Team");
  await anna.say("Gelesen?");
  await ben.open("Team");
  await expect(ben.message("Gelesen?")).toBeVisible();
  await expect.poll(() => told).toContain("receipt/m.read.private");
  await ben.field.pressSequentially("Ich verrate nichts");
  // Somebody else writes, so that what there was to tell has arrived.
  await anna.say("Sag doch was");
  await expect(ben.message("Sag doch was")).toBeVisible();
  await expect(anna.message("Gelesen?").getByText("Gelesen", { exact: true })).toHaveCount(0);
  // Whoever answers has read.
  await ben.say("Na gut");
  await expect(anna.message("Na gut")).toBeVisible();
  expect(told.filter((signal) => signal !== "receipt/m.read.private")).toEqual([]);
  // It is the server's to remember: another device of hers does the same.
  await ben.page.reload();
  await ben.page.getByRole("button", { name: "Konto und Einstellungen" }).click();
  await ben.page.getByRole("menuitem", { name: "Einstellungen" }).click();
  await expect(sheet.getByLabel("Was Sie gelesen haben")).not.toBeChecked();
  await sheet.getByLabel("Was Sie gelesen haben").check();
  await ben.page.keyboard.press("Escape");
  await anna.say("Und jetzt?");
  await expect(ben.message("Und jetzt?")).toBeVisible();
  await expect(anna.message("Und jetzt?").getByText("Gelesen", { exact: true })).toBeAttached();
  for (const person of [anna, ben]) {
    expect(person.strayRequests).toEqual([]);
    expect(person.complaints).toEqual([]);
  }
});
