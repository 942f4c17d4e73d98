import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test, type Browser, type Page } from "@playwright/test";

import { Person } from "../e2e/person";
import { startServer, type Server } from "../e2e/server";
import { STORIES, type Story } from "./stories";

// Pictures of the main views, in both languages, light and dark, on a phone and on a desktop. Three people have
// talked to each other in three browsers before, so that what is shown is the real thing.

const FOLDER = join(import.meta.dirname, "../../../docs/screenshots");
const SIZES = { phone: { width: 390, height: 780 }, desktop: { width: 1280, height: 800 } };
type Size = keyof typeof SIZES;
const QUALITY = 85;

test.beforeAll(() => mkdir(FOLDER, { recursive: true }));

for (const [language, story] of Object.entries(STORIES)) {
  test(`pictures, ${language}`, async ({ browser }) => {
    const server = await startServer();
    try {
      const anna = await talk(browser, server, story);
      if (language === "en") await speakEnglish(anna.page);
      for (const size of Object.keys(SIZES) as Size[]) {
        for (const colorScheme of ["light", "dark"] as const) {
          await anna.page.setViewportSize(SIZES[size]);
          await anna.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          const suffix = `${language}-${colorScheme}-${size}`;
          await picturesOfChat(anna, story, size, suffix);
          await picturesOfPages(anna.page, suffix);
          await pictureOfSignIn(browser, server, { language, colorScheme, size });
        }
      }
      await anna.context.close();
    } finally {
      await server.stop();
    }
  });
}

/** Keeps a picture as WebP, which is a third of the size of a PNG. */
async function take(page: Page, name: string): Promise<void> {
  // Pictures of people have arrived, and nothing moves any more.
  await page.waitForLoadState("load");
  await page.evaluate(() => document.fonts.ready);
  const session = await page.context().newCDPSession(page);
  const wish = { format: "webp", quality: QUALITY } as const;
  const { data } = await session.send("Page.captureScreenshot", wish);
  await session.detach();
  await writeFile(join(FOLDER, `${name}.webp`), Buffer.from(data, "base64"));
}

/** Three people get to know each other; answers the one whose screen is shown. */
async function talk(browser: Browser, server: Server, story: Story): Promise<Person> {
  const names = ["anna", "ben", "clara"] as const;
  const people = {} as Record<(typeof names)[number], Person>;
  for (const name of names) {
    people[name] = await Person.open(browser, server, name);
    await people[name].signIn();
  }
  const { anna, ben, clara } = people;
  await anna.page.getByRole("button", { name: "Jetzt sichern" }).click();
  await anna.page.getByRole("button", { name: "Ich habe ihn gesichert" }).click();
  for (const [name, text] of story.rooms) {
    await anna.createRoom(name, "intern");
    await anna.open(name);
    await anna.say(text);
    await expect(anna.message(text)).toBeVisible();
  }
  await found(anna, story);
  for (const person of [ben, clara]) {
    await person.room(story.room).click();
    await person.page.getByRole("button", { name: "Annehmen" }).click();
    await expect(person.field).toBeVisible();
  }
  for (const [who, text] of story.talk) {
    await people[who].say(text);
    const said = text.replaceAll("**", "").slice(0, 20);
    for (const name of names) await expect(people[name].message(said)).toBeVisible();
  }
  await anna.act(story.reactedTo, /👍/);
  await clara.act(story.reactedTo, /👍/);
  await ben.act(story.thread.root, "Im Thread antworten");
  const field = ben.page.getByRole("textbox", { name: "Antwort im Thread" });
  await field.fill(story.thread.answer);
  await field.press("Enter");
  await add(clara, "Neue Umfrage");
  const sheet = clara.page.getByRole("dialog");
  await sheet.getByLabel("Frage").fill(story.poll.question);
  await sheet.getByRole("button", { name: "Antwort hinzufügen" }).click();
  for (const [index, answer] of story.poll.answers.entries()) {
    await sheet.getByLabel(`Antwort ${index + 1}`, { exact: true }).fill(answer);
  }
  await sheet.getByRole("button", { name: "Umfrage starten" }).click();
  const [first, second] = story.poll.answers;
  await anna.message(story.poll.question).getByRole("button", { name: first }).click();
  await ben.message(story.poll.question).getByRole("button", { name: second }).click();
  await add(ben, "Als dringend senden");
  await ben.say(story.urgent);
  const urgent = anna.message(story.urgent);
  await urgent.getByRole("button", { name: "Gelesen und verstanden" }).click();
  await ben.room(story.other).click();
  await ben.say(story.direct);
  await expect(anna.room(story.other).getByText(story.direct)).toBeVisible();
  await Promise.all([ben.context.close(), clara.context.close()]);
  return anna;
}

async function found(anna: Person, story: Story): Promise<void> {
  const { page } = anna;
  await page.getByRole("button", { name: "Neue Unterhaltung" }).first().click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("button", { name: "Gruppe gründen" }).click();
  await sheet.getByLabel("Name der Gruppe").fill(story.room);
  await sheet.getByLabel("Thema").fill(story.topic);
  for (const name of ["Ben Yilmaz", "Clara Nowak"]) {
    await sheet.getByLabel("Wer soll dabei sein?").fill(name);
    await sheet
      .getByRole("button", { name: new RegExp(name) })
      .first()
      .click();
  }
  await sheet.getByRole("button", { name: "Gruppe gründen" }).click();
  await expect(page.getByRole("region", { name: story.room })).toBeVisible();
}

async function add(person: Person, what: string): Promise<void> {
  // Beside an open thread there are two: the room's comes first.
  await person.page.getByRole("button", { name: "Hinzufügen" }).first().click();
  await person.page.getByRole("menuitem", { name: what }).click();
}

/** The account pages follow. */
async function speakEnglish(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Konto und Einstellungen" }).click();
  await page.getByRole("menuitem", { name: "Einstellungen" }).click();
  await page.getByLabel("Sprache").selectOption("en");
  await expect(page.getByRole("navigation", { name: "Conversations" })).toBeVisible();
}

async function picturesOfChat(
  { page }: Person,
  story: Story,
  size: Size,
  suffix: string,
): Promise<void> {
  const list = page.getByRole("navigation").getByRole("link");
  await page.goto("/#/");
  // After a reload the rooms stand there as they were kept; what came since follows.
  await expect(list.filter({ hasText: story.direct })).toBeVisible();
  if (size === "phone") await take(page, `rooms-${suffix}`);
  await list.filter({ hasText: story.room }).first().click();
  await expect(page.getByRole("article").filter({ hasText: story.urgent })).toBeInViewport();
  await expect(page.getByText(story.labels.retention).first()).toBeAttached();
  await take(page, `chat-${suffix}`);
  await page.getByRole("button", { name: story.labels.readers }).click();
  await expect(page.getByRole("dialog").getByText("Clara Nowak")).toBeVisible();
  await take(page, `readers-${suffix}`);
  await page.keyboard.press("Escape");
  if (size !== "desktop") return;
  const search = page.getByRole("searchbox");
  await search.fill(story.search);
  await expect(
    page.getByRole("navigation").getByRole("link", { name: story.thread.root }),
  ).toBeVisible();
  await take(page, `search-${suffix}`);
  await search.fill("");
}

async function picturesOfPages(page: Page, suffix: string): Promise<void> {
  for (const [name, path] of [
    ["account", "/account/"],
    ["console", "/admin/"],
    ["settings", "/admin/policy"],
  ] as const) {
    await page.goto(path);
    await take(page, `${name}-${suffix}`);
  }
}

async function pictureOfSignIn(
  browser: Browser,
  server: Server,
  look: { language: string; colorScheme: "light" | "dark"; size: Size },
): Promise<void> {
  const { language, colorScheme, size } = look;
  const context = await browser.newContext({
    baseURL: server.url,
    viewport: SIZES[size],
    colorScheme,
    locale: language === "de" ? "de-DE" : "en-GB",
  });
  const page = await context.newPage();
  await page.goto("/");
  await page
    .getByRole("button", { name: STORIES[language as "de" | "en"].labels.signIn })
    .waitFor();
  await take(page, `sign-in-${language}-${colorScheme}-${size}`);
  await context.close();
}
