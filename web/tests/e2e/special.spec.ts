import { expect, test, type Locator } from "@playwright/test";

import { Person } from "./person";
import { startServer, type Server } from "./server";

// Messages that are more than text: polls, recordings, what is forwarded, what is urgent.

test.describe.configure({ mode: "serial" });

let server: Server;
let anna: Person;
let ben: Person;

test.beforeAll(async ({ browser }) => {
  server = await startServer();
  anna = await Person.open(browser, server, "anna", { permissions: ["microphone"] });
  ben = await Person.open(browser, server, "ben");
  for (const person of [anna, ben]) {
    await person.signIn();
    await person.open("Team");
  }
});

test.afterAll(async () => {
  await Promise.all([anna?.context.close(), ben?.context.close()]);
  await server?.stop();
});

const dialog = (person: Person): Locator => person.page.getByRole("dialog");

async function add(person: Person, what: string): Promise<void> {
  await person.page.getByRole("button", { name: "Hinzufügen" }).click();
  await person.page.getByRole("menuitem", { name: what }).click();
}

async function ask(question: string, answers: string[], isSecret: boolean): Promise<void> {
  await add(anna, "Neue Umfrage");
  const sheet = dialog(anna);
  await sheet.getByLabel("Frage").fill(question);
  for (const [index, answer] of answers.entries()) {
    const field = sheet.getByLabel(`Antwort ${index + 1}`, { exact: true });
    if ((await field.count()) === 0)
      await sheet.getByRole("button", { name: "Antwort hinzufügen" }).click();
    await field.fill(answer);
  }
  if (isSecret) await sheet.getByLabel("Ergebnis erst am Ende zeigen").check();
  await sheet.getByRole("button", { name: "Umfrage starten" }).click();
  await expect(sheet).toHaveCount(0);
}

test("a poll is asked, answered, answered otherwise and ended", async () => {
  await ask("Wohin zum Essen?", ["Italiener", "Kantine", "Gar nicht"], false);
  const [asked, seen] = [anna.message("Wohin zum Essen?"), ben.message("Wohin zum Essen?")];
  await expect(asked.getByText(/^(Gesendet|Gelesen)$/)).toBeAttached();
  await seen.getByRole("button", { name: /^Kantine/ }).click();
  await expect(seen.getByRole("button", { name: /^Kantine\s*1/ })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await expect(asked.getByText("1 Person hat abgestimmt")).toBeVisible();
  // She has not voted herself: what others think shall not lead her.
  await expect(asked.getByRole("button", { name: /^Kantine$/ })).toBeVisible();
  await asked.getByRole("button", { name: /^Italiener/ }).click();
  await expect(asked.getByRole("button", { name: /^Kantine\s*1/ })).toBeVisible();
  await seen.getByRole("button", { name: /^Italiener/ }).click();
  await expect(asked.getByRole("button", { name: /^Italiener\s*2/ })).toBeVisible();
  await expect(seen.getByRole("button", { name: "Umfrage beenden" })).toHaveCount(0);
  await asked.getByRole("button", { name: "Umfrage beenden" }).click();
  for (const poll of [asked, seen]) {
    await expect(poll.getByText("Die Umfrage ist beendet.")).toBeVisible();
    await expect(poll.getByRole("button", { name: /^Italiener/ })).toBeDisabled();
  }
  // Nothing of it went out readably.
  const bodies = [
    ...(await anna.sent("m.room.encrypted")),
    ...(await ben.sent("m.room.encrypted")),
  ];
  expect(bodies.length).toBeGreaterThan(3);
  for (const body of bodies) expect(body).not.toMatch(/Italiener|Kantine|Essen/);
  expect(await anna.sent("m.poll.start")).toEqual([]);
});

test("a secret poll shows its result at the end only", async () => {
  await ask("Soll Anna Sprecherin werden?", ["Ja", "Nein"], true);
  const [asked, seen] = [anna.message("Sprecherin"), ben.message("Sprecherin")];
  await seen.getByRole("button", { name: "Ja" }).click();
  await expect(asked.getByText("1 Person hat abgestimmt")).toBeVisible();
  await expect(seen.getByRole("button", { name: "Ja", exact: true })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await ben.page.reload();
  await expect(seen.getByRole("button", { name: "Ja", exact: true })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await asked.getByRole("button", { name: "Umfrage beenden" }).click();
  await expect(seen.getByRole("button", { name: /^Ja\s*1/ })).toBeVisible();
});

test("a recording is made, sent and played", async () => {
  await anna.page.getByRole("button", { name: "Sprachnachricht aufnehmen" }).click();
  await expect(anna.page.getByText("Die Aufnahme läuft.")).toBeAttached();
  await expect(anna.page.getByRole("timer")).toHaveText("0:02", { timeout: 10_000 });
  await anna.page.getByRole("button", { name: "Aufnahme senden" }).click();
  await expect(anna.field).toBeFocused();
  const voice = ben.page.getByRole("group", { name: "Sprachnachricht" });
  await expect(voice).toBeVisible();
  await expect(voice.getByText(/^0:0[23]$/)).toBeVisible();
  await voice.getByRole("button", { name: "Abspielen" }).click();
  await expect(voice.getByRole("button", { name: "Anhalten" })).toBeVisible();
  const position = voice.getByRole("slider", { name: "Stelle in der Aufnahme" });
  await expect.poll(() => position.inputValue()).not.toBe("0");
  await expect(voice.getByRole("button", { name: "Abspielen" })).toBeVisible();
});

test("a recording that was begun by mistake is thrown away", async () => {
  const before = (await anna.sent("m.room.encrypted")).length;
  await anna.page.getByRole("button", { name: "Sprachnachricht aufnehmen" }).click();
  await expect(anna.page.getByText("Die Aufnahme läuft.")).toBeAttached();
  await anna.page.getByRole("button", { name: "Aufnahme verwerfen" }).click();
  await expect(anna.field).toBeFocused();
  await anna.say("Doch lieber getippt");
  await expect(ben.message("Doch lieber getippt")).toBeVisible();
  expect(await anna.sent("m.room.encrypted")).toHaveLength(before + 1);
  await expect(ben.page.getByRole("group", { name: "Sprachnachricht" })).toHaveCount(1);
});

test("urgent messages are confirmed, and who has not yet is seen", async () => {
  await add(anna, "Als dringend senden");
  await expect(anna.page.getByText("Dringend: Alle bestätigen")).toBeVisible();
  await anna.say("Bitte das Gebäude verlassen");
  await expect(anna.page.getByText("Dringend: Alle bestätigen")).toHaveCount(0);
  const [sent, seen] = [anna.message("das Gebäude"), ben.message("das Gebäude")];
  await expect(seen.getByText("Dringend", { exact: true })).toBeVisible();
  await sent.getByRole("button", { name: "0 bestätigt" }).click();
  const sheet = dialog(anna);
  await expect(sheet.getByText("Ben Yilmaz")).toBeVisible();
  await expect(sheet.getByText("Clara Nowak")).toBeVisible();
  await anna.page.keyboard.press("Escape");
  await seen.getByRole("button", { name: "Gelesen und verstanden" }).click();
  await expect(seen.getByText("Bestätigt", { exact: true })).toBeVisible();
  await sent.getByRole("button", { name: "1 bestätigt" }).click();
  await expect(sheet.getByText("1 noch nicht")).toBeVisible();
  await expect(sheet.getByRole("list").first()).toHaveText("Ben Yilmaz");
  await anna.page.keyboard.press("Escape");
});

test("what is forwarded says so, and why, where others read along", async () => {
  await anna.createRoom("Kunde Nord", "extern");
  await anna.createRoom("Haus intern", "intern");
  await anna.say("Der Liefertermin ist der 3. März");
  await expect(anna.message("Liefertermin").getByText(/^(Gesendet|Gelesen)$/)).toBeAttached();
  const forward = async (to: string): Promise<Locator> => {
    await anna.act("Liefertermin", "Weiterleiten");
    await dialog(anna).getByLabel("Wohin?").fill(to);
    await dialog(anna).getByRole("button", { name: to }).click();
    return dialog(anna);
  };
  const within = await forward("Haus intern");
  await within.getByRole("button", { name: "Weiterleiten" }).click();
  await anna.open("Haus intern");
  await expect(anna.message("Liefertermin").getByText("Weitergeleitet")).toBeVisible();

  await anna.open("Team");
  const outside = await forward("Kunde Nord");
  await expect(outside.getByRole("button", { name: "Weiterleiten" })).toBeDisabled();
  await outside.getByLabel("Grund").fill("Der Kunde hat gefragt");
  await outside.getByRole("button", { name: "Weiterleiten" }).click();
  await anna.open("Kunde Nord");
  await expect(
    anna.message("Liefertermin").getByText("Weitergeleitet: Der Kunde hat gefragt"),
  ).toBeVisible();
});

test("out of a confidential room goes only a reference to it", async () => {
  await anna.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const secret = await anna.createRoom("", "vertraulich");
  await anna.page.goto(`/#/room/${encodeURIComponent(secret)}`);
  await anna.say("Kein Wort davon nach draußen");
  await expect(anna.message("Kein Wort").getByText(/^(Gesendet|Gelesen)$/)).toBeAttached();
  await anna.act("Kein Wort", "Weiterleiten");
  await dialog(anna)
    .getByRole("button", { name: /Team.*nicht erlaubt/ })
    .click();
  await expect(dialog(anna).getByRole("button", { name: "Weiterleiten" })).toHaveCount(0);
  await dialog(anna).getByRole("button", { name: "Verweis kopieren" }).click();
  await expect(dialog(anna).getByRole("button", { name: "Kopiert" })).toBeVisible();
  await anna.page.keyboard.press("Escape");
  const reference = await anna.page.evaluate(() => navigator.clipboard.readText());
  await anna.open("Team");
  await anna.say(reference);
  // Whoever is not in it is told so, and the way back; whoever is gets to the message.
  await ben.message("#/room/").getByRole("link").click();
  await expect(
    ben.page.getByRole("heading", { name: "Diese Unterhaltung sehen Sie nicht" }),
  ).toBeVisible();
  await ben.page.getByRole("link", { name: "Zu Ihren Unterhaltungen" }).click();
  await expect(ben.rooms).toBeVisible();
  await anna.page.getByRole("link", { name: /^Nachricht in/ }).click();
  await expect(anna.message("Kein Wort davon nach draußen")).toBeInViewport();
  for (const person of [anna, ben]) {
    expect(person.strayRequests).toEqual([]);
    expect(person.complaints).toEqual([]);
  }
});
