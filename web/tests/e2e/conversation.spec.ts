import { expect, test, type Locator } from "@playwright/test";

import { faults } from "./axe";
import { lookAway } from "./kept";
import { PNG } from "./picture";
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

test("the server sees nothing of it but ciphertext", async () => {
  const [first] = await anna.sent("m.room.encrypted");
  expect(first).toContain("m.megolm.v1.aes-sha2");
  expect(first).not.toContain("wichtig");
  expect(await anna.sent("m.room.message")).toEqual([]);
});

test("a reaction, an answer and an edit reach the other side", async () => {
  await anna.act("Passt!", /👍/);
  await expect(
    ben.message("Passt!").getByRole("button", { name: "Anna Berger: 👍" }),
  ).toBeVisible();
  await ben.act("Hallo Ben", "Antworten");
  await ben.say("Wo denn?");
  const answer = anna.message("Wo denn?");
  await expect(answer.getByRole("button", { name: /Anna Berger.*Hallo Ben/ })).toBeVisible();
  await ben.act("Wo denn?", "Bearbeiten");
  await expect(ben.field).toHaveValue("Wo denn?");
  await ben.say("Im großen Saal?");
  await expect(anna.message("Im großen Saal?").getByText("bearbeitet")).toBeVisible();
  await expect(anna.message("Wo denn?")).toHaveCount(0);
});

test("a deleted message is gone on both sides", async () => {
  await anna.say("Das war falsch");
  await expect(ben.message("Das war falsch")).toBeVisible();
  await anna.act("Das war falsch", "Löschen");
  await anna.page.getByRole("button", { name: "Löschen" }).click();
  await expect(ben.message("Nachricht gelöscht")).toBeVisible();
  await expect(anna.message("Das war falsch")).toHaveCount(0);
});

test("pictures and files arrive, encrypted on the way", async () => {
  const uploads: string[] = [];
  anna.page.on("request", (request) => {
    if (request.url().includes("/media/v3/upload")) uploads.push(request.url());
  });
  await anna.page.locator("input[type=file]").setInputFiles([
    { name: "Plan.png", mimeType: "image/png", buffer: PNG },
    { name: "Angebot.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 geheim") },
  ]);
  const picture = ben.page.getByRole("img", { name: "Plan.png" });
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((it: HTMLImageElement) => it.naturalWidth)).toBe(2);
  const download = ben.page.waitForEvent("download");
  await ben.page.getByRole("button", { name: /Angebot\.pdf/ }).click();
  const stream = await (await download).createReadStream();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toBe("%PDF-1.7 geheim");
  // The server learns neither name nor kind.
  expect(uploads).toHaveLength(2);
  for (const url of uploads) expect(url).not.toMatch(/Plan|Angebot/);
});

test("an unread message is counted in the list", async () => {
  await ben.open("Team");
  await anna.say("Noch da?");
  const row = ben.room("Anna Berger");
  await expect(row.getByText("1 ungelesene Nachricht")).toBeAttached();
  await row.click();
  await expect(ben.message("Noch da?")).toBeVisible();
  await expect(row.getByText("ungelesene")).toHaveCount(0);
});

test("a draft waits in its room", async () => {
  await ben.field.fill("Ich wollte noch");
  await ben.open("Team");
  await expect(ben.field).toHaveValue("");
  await ben.open("Anna Berger");
  await expect(ben.field).toHaveValue("Ich wollte noch");
  await ben.field.fill("");
});

test("after a reload everything is readable, and nothing of it lies on the disk", async () => {
  await ben.page.reload();
  await expect(ben.message("Im großen Saal?")).toBeVisible();
  await expect(ben.message("Noch da?")).toBeVisible();
  const stored = await ben.storedText();
  for (const word of ["großen Saal", "Noch da?", "wichtig", "syt_", "access_token"]) {
    expect(stored).not.toContain(word);
  }
});

test("unread messages are counted, also those that a start does not fetch", async () => {
  await ben.open("Team");
  await lookAway(ben.page);
  await ben.page.goto("about:blank");
  for (let n = 1; n <= 30; n += 1) await anna.say(`Punkt ${n}`);
  await expect(anna.message("Punkt 30").getByText(/^(Gesendet|Gelesen)$/)).toBeAttached();
  await ben.page.goto("/");
  const row = ben.room("Anna Berger");
  await expect(row.getByText("30 ungelesene Nachrichten")).toBeAttached();
  await row.click();
  await expect(ben.message("Punkt 30")).toBeVisible();
  await expect(row.getByText("ungelesene")).toHaveCount(0);
});

test("a name says whether the organisation has confirmed it", async () => {
  const confirmed = /^Von der Organisation bestätigt \(Stufe 1/;
  const header = (name: string): Locator =>
    anna.page.getByRole("region", { name }).locator("header");
  await expect(header("Ben Yilmaz").getByRole("img", { name: confirmed })).toBeVisible();
  await ben.open("Team");
  await ben.say("Ich heiße jetzt anders");
  await anna.open("Team");
  const message = anna.message("Ich heiße jetzt anders");
  await expect(message.getByText("Ben Yilmaz")).toBeVisible();
  await expect(message.getByRole("img", { name: confirmed })).toBeVisible();

  const answer = await ben.context.request.put(
    "/_matrix/client/v3/profile/@ben:localhost/displayname",
    {
      headers: { authorization: `Bearer ${await ben.token()}` },
      data: { displayname: "Die Geschäftsleitung" },
    },
  );
  expect(answer.ok(), await answer.text()).toBe(true);
  await expect(message.getByText("Die Geschäftsleitung")).toBeVisible();
  await expect(message.getByText("unbestätigt", { exact: true })).toBeVisible();
  await expect(message.getByRole("img", { name: confirmed })).toHaveCount(0);
  expect(await faults(anna.page)).toEqual([]);
  await anna.open("Die Geschäftsleitung");
  const doubt = header("Die Geschäftsleitung").getByText("unbestätigt", { exact: true });
  await expect(doubt).toBeVisible();
  // On a small phone neither this nor the class is cut off.
  const size = anna.page.viewportSize() ?? { width: 1280, height: 720 };
  await anna.page.setViewportSize({ width: 360, height: 700 });
  for (const word of ["unbestätigt", "Intern"]) {
    const said = header("Die Geschäftsleitung").getByText(word, { exact: true });
    await expect(said).toBeInViewport({ ratio: 1 });
    expect(await said.evaluate((it) => it.scrollWidth - it.clientWidth)).toBeLessThanOrEqual(1);
  }
  await anna.page.setViewportSize(size);
});

test("nobody asks another host, and no policy is broken", async () => {
  for (const person of [anna, ben]) {
    expect(person.strayRequests).toEqual([]);
    expect(person.complaints).toEqual([]);
  }
});

test("signing out leaves nothing behind", async () => {
  await anna.page.getByRole("button", { name: "Konto und Einstellungen" }).click();
  await anna.page.getByRole("menuitem", { name: "Abmelden" }).click();
  await anna.page.getByRole("dialog").getByRole("button", { name: "Abmelden" }).click();
  await expect(anna.page.getByRole("button", { name: "Anmelden" })).toBeVisible();
  const left = await anna.page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name),
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    caches: await caches.keys(),
  }));
  // The empty vault is made anew by looking into it.
  expect(left).toEqual({ databases: ["kontor"], local: [], session: [], caches: [] });
  expect(await anna.storedText()).toBe("");
});
