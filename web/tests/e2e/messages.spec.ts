import { expect, test } from "@playwright/test";

import { Person } from "./person";
import { startServer, type Server } from "./server";

// What people do with messages besides writing them.

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
  await Promise.all([anna?.context.close(), ben?.context.close()]);
  await server?.stop();
});

test("a person is named with the keyboard alone", async () => {
  await anna.field.pressSequentially("Frag @yil");
  await expect(anna.page.getByRole("option", { name: "Ben Yilmaz" })).toBeVisible();
  await anna.field.press("Enter");
  await expect(anna.field).toHaveValue("Frag @Ben Yilmaz ");
  await anna.field.pressSequentially("dazu");
  await ben.page.goto("/#/");
  await anna.field.press("Enter");
  await expect(ben.room("Team").getByText("Sie wurden erwähnt")).toBeAttached();
  await ben.open("Team");
  await expect(ben.message("Frag").locator(".mention.me")).toHaveText("Ben Yilmaz");
});

test("only who may can name everybody", async () => {
  await anna.field.pressSequentially("@al");
  await expect(anna.page.getByRole("option", { name: /alle/ })).toBeVisible();
  await anna.field.press("Escape");
  await expect(anna.page.getByRole("listbox")).toHaveCount(0);
  await anna.field.fill("");
  await ben.field.pressSequentially("@");
  await expect(ben.page.getByRole("option", { name: "Anna Berger" })).toBeVisible();
  await expect(ben.page.getByRole("option", { name: /alle/ })).toHaveCount(0);
  await ben.field.fill("");
});

test("what a message said before can be looked up", async () => {
  await anna.say("Um 14 Uhr");
  await expect(ben.message("Um 14 Uhr")).toBeVisible();
  await anna.act("Um 14 Uhr", "Bearbeiten");
  await anna.say("Um 15 Uhr");
  await expect(ben.message("Um 15 Uhr").getByText("bearbeitet")).toBeVisible();
  await ben.act("Um 15 Uhr", "Frühere Fassungen");
  const sheet = ben.page.getByRole("dialog", { name: "Frühere Fassungen" });
  await expect(sheet.getByRole("listitem")).toHaveText([/Um 15 Uhr/, /Um 14 Uhr/]);
  await ben.page.keyboard.press("Escape");
});

test("who reacted is told", async () => {
  await ben.act("Um 15 Uhr", /👍/);
  await anna.act("Um 15 Uhr", /👍/);
  await anna.message("Um 15 Uhr").hover();
  await anna.message("Um 15 Uhr").getByRole("button", { name: "Wer hat reagiert?" }).click();
  const sheet = anna.page.getByRole("dialog", { name: "Wer hat reagiert?" });
  await expect(sheet.getByText("Ben Yilmaz")).toBeVisible();
  await expect(sheet.getByText("Anna Berger")).toBeVisible();
  await anna.page.keyboard.press("Escape");
});

test("any emoji can be put under a message by the keyboard alone", async () => {
  const message = ben.message("Um 15 Uhr");
  await message.getByRole("button", { name: "Aktionen für diese Nachricht" }).focus();
  await ben.page.keyboard.press("Shift+Tab");
  await expect(message.getByRole("button", { name: "Antworten" })).toBeFocused();
  await ben.page.keyboard.press("Shift+Tab");
  const picker = message.getByRole("button", { name: "Reagieren" });
  await expect(picker).toBeFocused();
  await ben.page.keyboard.press("Enter");
  const field = ben.page.getByRole("searchbox", { name: "Emoji suchen" });
  await expect(field).toBeFocused();
  await ben.page.keyboard.press("Escape");
  await expect(field).toHaveCount(0);
  await expect(picker).toBeFocused();
});

test("a message is pinned, seen by all, and jumped to", async () => {
  await anna.act("Um 15 Uhr", "Anheften");
  const bar = ben.page.getByRole("button", { name: /^Angeheftet.*Um 15 Uhr/ });
  await expect(bar).toBeVisible();
  await expect(ben.message("Um 15 Uhr").getByText("Angeheftet")).toBeAttached();
  await bar.click();
  await expect(ben.message("Um 15 Uhr")).toBeInViewport();
  await ben.page.getByRole("button", { name: "Ansehen" }).click();
  const sheet = ben.page.getByRole("dialog", { name: "Angeheftete Nachrichten" });
  await expect(sheet.getByText("Um 15 Uhr")).toBeVisible();
  await ben.page.keyboard.press("Escape");
  await anna.act("Um 15 Uhr", "Nicht mehr anheften");
  await expect(bar).toHaveCount(0);
});

test("answers in a thread stay out of the room and are counted at its root", async () => {
  await anna.say("Wer bringt den Beamer?");
  await expect(ben.message("Beamer")).toBeVisible();
  await ben.act("Beamer", "Im Thread antworten");
  const thread = ben.page.getByRole("complementary", { name: "Thread" });
  await expect(thread.getByText("Wer bringt den Beamer?")).toBeVisible();
  const field = thread.getByRole("textbox", { name: "Antwort im Thread" });
  await field.fill("Ich!");
  await field.press("Enter");
  await expect(thread.getByRole("article").filter({ hasText: "Ich!" })).toBeVisible();
  const summary = anna
    .message("Beamer")
    .getByRole("button", { name: /1 Antwort.*Ben Yilmaz: Ich!/ });
  await expect(summary).toBeVisible();
});
