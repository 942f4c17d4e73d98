import { expect, test, type Locator } from "@playwright/test";

import { lookAway } from "./kept";
import { Person } from "./person";
import { PNG } from "./picture";
import { startServer, type Server } from "./server";

// What a room is for, who reads along, who is in it, and how it is set up.

test.describe.configure({ mode: "serial" });

let server: Server;
let anna: Person;
let ben: Person;
let clara: Person;

test.beforeAll(async ({ browser }) => {
  server = await startServer();
  anna = await Person.open(browser, server, "anna");
  ben = await Person.open(browser, server, "ben");
  clara = await Person.open(browser, server, "clara");
});

test.afterAll(async () => {
  await Promise.all([anna, ben, clara].map((person) => person?.context.close()));
  await server?.stop();
});

const dialog = (person: Person): Locator => person.page.getByRole("dialog");

async function begin(person: Person, way: string): Promise<Locator> {
  await person.page.getByRole("button", { name: "Neue Unterhaltung" }).first().click();
  await dialog(person).getByRole("button", { name: way }).click();
  return dialog(person);
}

async function add(sheet: Locator, label: string, name: string): Promise<void> {
  await sheet.getByLabel(label).fill(name);
  await sheet
    .getByRole("button", { name: new RegExp(name) })
    .first()
    .click();
}

async function details(person: Person): Promise<Locator> {
  await person.page.getByRole("button", { name: "Mitglieder und Einstellungen" }).click();
  return dialog(person);
}

test("a group has a purpose, which its header says with a word", async () => {
  for (const person of [anna, ben, clara]) await person.signIn();
  const sheet = await begin(anna, "Gruppe gründen");
  await sheet.getByLabel("Name der Gruppe").fill("Messe Hannover");
  await sheet.getByRole("radio", { name: /^Extern/ }).check();
  await add(sheet, "Wer soll dabei sein?", "Ben Yilmaz");
  await sheet.getByRole("button", { name: "Gruppe gründen" }).click();
  const header = anna.page.getByRole("region", { name: "Messe Hannover" }).locator("header");
  await expect(header.getByText("Extern", { exact: true })).toBeVisible();
  await expect(header.getByText("Ende-zu-Ende verschlüsselt")).toBeVisible();
  await expect(header.getByText(/^Nachrichten bleiben \d+ Tage\.$/)).toBeVisible();
  await ben.room("Messe Hannover").click();
  await expect(ben.page.getByText("Menschen von außen lesen mit.")).toBeVisible();
  await ben.page.getByRole("button", { name: "Annehmen" }).click();
  await expect(ben.field).toBeVisible();
});

test("everybody sees who can read along", async () => {
  await anna.page.getByRole("button", { name: "Wer kann mitlesen?" }).click();
  const sheet = dialog(anna);
  await expect(sheet.getByText("2 Personen")).toBeVisible();
  await expect(sheet.getByText("Ben Yilmaz")).toBeVisible();
  await expect(sheet.getByText(/1 Gerät/).first()).toBeVisible();
  await expect(sheet.getByText("Kein anderer Server bekommt Kopien.")).toBeVisible();
  await expect(sheet.getByText("Niemand kann diese Unterhaltung beaufsichtigen.")).toBeVisible();
  await anna.page.keyboard.press("Escape");
});

test("the server never learns the name of a confidential group; its members do", async () => {
  const seen: string[] = [];
  anna.page.on("request", (request) => seen.push(request.postData() ?? ""));
  const sheet = await begin(anna, "Gruppe gründen");
  await sheet.getByLabel("Name der Gruppe").fill("Umzug nach Kassel");
  await sheet.getByLabel("Thema").fill("Noch nicht verraten");
  await sheet.getByRole("radio", { name: /^Vertraulich/ }).check();
  await add(sheet, "Wer soll dabei sein?", "Ben Yilmaz");
  await sheet.getByRole("button", { name: "Gruppe gründen" }).click();
  await expect(anna.page.getByRole("region", { name: "Umzug nach Kassel" })).toBeVisible();
  // Whoever is invited sees a neutral name until the device of the one who named it hands it over.
  await ben.room("Vertraulicher Raum").click();
  await ben.page.getByRole("button", { name: "Annehmen" }).click();
  await expect(ben.page.getByRole("region", { name: "Umzug nach Kassel" })).toBeVisible();
  await ben.say("Hier liest niemand mit");
  await expect(
    ben.message("Hier liest niemand mit").getByText(/^(Gesendet|Gelesen)$/),
  ).toBeAttached();
  await expect(anna.message("Hier liest niemand mit")).toBeVisible();
  for (const body of seen) expect(body).not.toMatch(/Kassel|verraten/);
  await ben.page.reload();
  await expect(ben.room("Umzug nach Kassel")).toBeVisible();
  expect(await ben.storedText()).not.toMatch(/Kassel|verraten/);
});

test("nobody writes in a supervised room before they have taken note", async () => {
  const sheet = await begin(anna, "Gruppe gründen");
  await sheet.getByLabel("Name der Gruppe").fill("Beratung");
  await sheet.getByRole("radio", { name: /^Beaufsichtigt/ }).check();
  await sheet.getByLabel("Zweck", { exact: true }).fill("Qualität der Beratung");
  await sheet.getByLabel("Rechtsgrundlage").fill("DSGVO Art. 6(1)(f)");
  await sheet.getByLabel("Abwägung der Interessen").fill("Kunden erwarten geprüfte Auskünfte.");
  await sheet.getByLabel("Vereinbarung mit dem Betriebsrat").fill("BV 12/2026");
  await sheet.getByLabel("Datenschutz-Folgenabschätzung").fill("DSFA 3");
  await add(sheet, "Wer beaufsichtigt", "Clara Nowak");
  await add(sheet, "Wer soll dabei sein?", "Ben Yilmaz");
  await sheet.getByRole("button", { name: "Gruppe gründen" }).click();
  await expect(anna.page.getByRole("region", { name: "Beratung" })).toBeVisible();

  await ben.room("Beratung").click();
  await expect(ben.page.getByText(/Beaufsichtigt durch Clara Nowak/)).toBeVisible();
  await ben.page.getByRole("button", { name: "Annehmen" }).click();
  const notice = ben.page.getByRole("region", { name: "Diese Unterhaltung wird beaufsichtigt" });
  await expect(notice.getByText("Kunden erwarten geprüfte Auskünfte.")).toBeVisible();
  await expect(ben.field).toHaveCount(0);
  await notice.getByRole("button", { name: "Ich habe es zur Kenntnis genommen" }).click();
  await clara.room("Beratung").click();
  await clara.page.getByRole("button", { name: "Annehmen" }).click();
  await ben.say("Das Angebot gilt bis Freitag");
  await expect(
    ben.message("Das Angebot gilt bis Freitag").getByText(/^(Gesendet|Gelesen)$/),
  ).toBeAttached();
});

test("whoever supervises reads for a reason that the room is told", async () => {
  await expect(clara.message("Das Angebot gilt")).toHaveCount(0);
  // What was kept of the room has nothing of it, either.
  await lookAway(clara.page);
  await clara.page.getByRole("button", { name: "Einzelheiten" }).click();
  await dialog(clara).getByLabel("Anlass", { exact: true }).fill("Beschwerde 17");
  await dialog(clara).getByRole("button", { name: "Mitlesen beginnen" }).click();
  await expect(clara.message("Das Angebot gilt bis Freitag")).toBeVisible();
  await expect(ben.message("Beschwerde 17")).toBeVisible();
  await ben.page.getByRole("button", { name: "Einzelheiten" }).click();
  await expect(dialog(ben).getByText(/Clara Nowak, .*Beschwerde 17/)).toBeVisible();
  await ben.page.keyboard.press("Escape");
});

test("supervision ends, and everybody sees it", async () => {
  await anna.page.getByRole("button", { name: "Einzelheiten" }).click();
  await dialog(anna).getByRole("button", { name: "Aufsicht beenden" }).click();
  await dialog(anna).getByRole("button", { name: "Aufsicht beenden" }).click();
  await expect(dialog(anna).getByRole("button", { name: "Aufsicht beenden" })).toHaveCount(0);
  await anna.page.keyboard.press("Escape");
  await expect(anna.page.getByText("Die Aufsicht ist beendet.")).toBeVisible();
});

test("in a channel only some write", async () => {
  const sheet = await begin(anna, "Kanal einrichten");
  await sheet.getByLabel("Name des Kanals").fill("Neues aus dem Haus");
  await expect(sheet.getByRole("radio", { name: /^Bekanntmachung/ })).toBeChecked();
  await add(sheet, "Wer soll dabei sein?", "Ben Yilmaz");
  await sheet.getByRole("button", { name: "Kanal einrichten" }).click();
  await expect(anna.page.getByRole("region", { name: "Neues aus dem Haus" })).toBeVisible();
  await anna.say("Die Kantine hat wieder offen");
  await ben.room("Neues aus dem Haus").click();
  await ben.page.getByRole("button", { name: "Annehmen" }).click();
  await expect(ben.page.getByText("Hier schreiben nur einige Personen")).toBeVisible();
  await expect(ben.page.getByText("der Server kann mitlesen").first()).toBeVisible();
  await expect(ben.message("Die Kantine hat wieder offen")).toBeVisible();
  await expect(ben.field).toHaveCount(0);
  await expect(ben.rooms.getByRole("heading", { name: "Kanäle" })).toBeVisible();
});

test("a space is a section of the list", async () => {
  const sheet = await begin(anna, "Bereich einrichten");
  await sheet.getByLabel("Name des Bereichs").fill("Vertrieb");
  await sheet.getByRole("button", { name: "Bereich einrichten" }).click();
  await anna.open("Messe Hannover");
  const settings = await details(anna);
  await settings.getByText("Einstellungen der Unterhaltung").click();
  await settings.getByLabel("Vertrieb").check();
  await settings.getByLabel("Name", { exact: true }).fill("Messe Hannover 2027");
  await settings.getByLabel("Thema").fill("Stand C 17");
  const file = { name: "stand.png", mimeType: "image/png", buffer: PNG };
  await settings.getByLabel("Bild").setInputFiles(file);
  // What it is to be in counts at once.
  const entry = settings.getByLabel("Wer hereinkommt");
  await entry.selectOption("Alle im Bereich Vertrieb");
  await settings.getByRole("button", { name: "Speichern" }).click();
  await expect(settings.getByText("Gespeichert.")).toBeVisible();
  await expect(settings.getByLabel("Bild")).toHaveValue("");
  await anna.page.keyboard.press("Escape");
  await details(anna);
  await settings.getByText("Einstellungen der Unterhaltung").click();
  await expect(entry).toHaveValue("restricted");
  // Without the space, only who is invited comes in.
  await settings.getByLabel("Vertrieb", { exact: true }).uncheck();
  await expect(entry).toHaveValue("invite");
  await settings.getByLabel("Vertrieb", { exact: true }).check();
  await expect(entry).toHaveValue("restricted");
  await anna.page.keyboard.press("Escape");
  await expect(anna.rooms.getByRole("heading", { name: "Vertrieb" })).toBeVisible();
  await expect(ben.room("Messe Hannover 2027").locator("img")).toBeVisible();
});

test("people are invited, appointed and removed", async () => {
  const sheet = await details(anna);
  await sheet.getByRole("button", { name: "Einladen" }).click();
  await add(sheet, "Wen möchten Sie einladen?", "Clara Nowak");
  await expect(sheet.getByText("eingeladen", { exact: true })).toBeVisible();
  await clara.room("Messe Hannover 2027").click();
  await clara.page.getByRole("button", { name: "Annehmen" }).click();
  await expect(clara.field).toBeVisible();
  await sheet.getByRole("button", { name: "Aktionen für Ben Yilmaz" }).click();
  await anna.page.getByRole("menuitem", { name: "Zur Moderation machen" }).click();
  await expect(sheet.getByText("Moderation", { exact: true })).toBeVisible();
  await sheet.getByRole("button", { name: "Aktionen für Clara Nowak" }).click();
  await anna.page.getByRole("menuitem", { name: "Aus der Unterhaltung entfernen" }).click();
  await expect(clara.room("Messe Hannover 2027")).toHaveCount(0);
  await anna.page.keyboard.press("Escape");
});

test("a group that is opened to everybody later is found, too", async () => {
  const sheet = await begin(anna, "Gruppe gründen");
  await sheet.getByLabel("Name der Gruppe").fill("Kochgruppe");
  await sheet.getByRole("radio", { name: /^Intern/ }).check();
  await sheet.getByRole("button", { name: "Gruppe gründen" }).click();
  await expect(anna.page.getByRole("region", { name: "Kochgruppe" })).toBeVisible();
  const settings = await details(anna);
  await settings.getByText("Einstellungen der Unterhaltung").click();
  await settings.getByLabel("Wer hereinkommt").selectOption("Alle in der Organisation");
  await settings.getByRole("button", { name: "Speichern" }).click();
  await expect(settings.getByText("Gespeichert.")).toBeVisible();
  await anna.page.keyboard.press("Escape");
  const directory = await begin(ben, "Verzeichnis");
  await directory.getByLabel("Name oder Thema").fill("Koch");
  await directory.getByRole("button", { name: "Eintreten" }).click();
  await expect(ben.page.getByRole("region", { name: "Kochgruppe" })).toBeVisible();
});

test("an open group is found in the directory; into another one asks to be let in", async () => {
  const sheet = await begin(anna, "Gruppe gründen");
  await sheet.getByLabel("Name der Gruppe").fill("Lauftreff");
  await sheet.getByRole("radio", { name: /^Intern/ }).check();
  await sheet.getByLabel("Im Verzeichnis").check();
  await sheet.getByRole("button", { name: "Gruppe gründen" }).click();
  await expect(anna.page.getByRole("region", { name: "Lauftreff" })).toBeVisible();
  const directory = await begin(ben, "Verzeichnis");
  await directory.getByLabel("Name oder Thema").fill("Lauf");
  await directory.getByRole("button", { name: "Eintreten" }).click();
  await expect(ben.page.getByRole("region", { name: "Lauftreff" })).toBeVisible();

  const settings = await details(anna);
  await settings.getByText("Einstellungen der Unterhaltung").click();
  await settings.getByLabel("Wer hereinkommt").selectOption({ index: 1 });
  await settings.getByRole("button", { name: "Speichern" }).click();
  await expect(settings.getByText("Gespeichert.")).toBeVisible();
  const asking = await begin(clara, "Verzeichnis");
  await asking.getByLabel("Name oder Thema").fill("Lauf");
  await asking.getByRole("button", { name: "Um Einlass bitten" }).click();
  await expect(asking.getByText("Angefragt")).toBeVisible();
  await clara.page.keyboard.press("Escape");
  await expect(clara.rooms.getByText("Wartet auf Antwort")).toBeVisible();
  await settings.getByRole("button", { name: "Einlassen" }).click();
  await anna.page.keyboard.press("Escape");
  await clara.room("Lauftreff").click();
  await clara.page.getByRole("button", { name: "Annehmen" }).click();
  await expect(clara.page.getByRole("region", { name: "Lauftreff" })).toBeVisible();
});

test("favourites stand on top, muted rooms stay quiet, on all devices", async () => {
  await ben.open("Lauftreff");
  const sheet = await details(ben);
  await sheet.getByRole("button", { name: "Favorit" }).click();
  await expect(sheet.getByRole("button", { name: "Favorit" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await sheet.getByLabel("Benachrichtigungen").selectOption({ label: "Nie" });
  await ben.page.keyboard.press("Escape");
  await expect(ben.rooms.getByRole("heading").first()).toHaveText("Favoriten");
  await expect(ben.room("Lauftreff").getByText("stumm")).toBeAttached();
  await ben.page.reload();
  await expect(ben.room("Lauftreff").getByText("stumm")).toBeAttached();
  await ben.open("Team");
  await anna.say("Sonntag um neun");
  await expect(ben.room("Lauftreff").getByText("Sonntag um neun")).toBeVisible();
  await expect(ben.room("Lauftreff").getByText("ungelesene")).toHaveCount(0);
});

test("a room that is left is forgotten", async () => {
  await ben.open("Lauftreff");
  const sheet = await details(ben);
  await sheet.getByRole("button", { name: "Unterhaltung verlassen" }).click();
  await dialog(ben).getByRole("button", { name: "Unterhaltung verlassen" }).click();
  await expect(ben.room("Lauftreff")).toHaveCount(0);
  for (const person of [anna, ben, clara]) {
    // Whoever was removed may have been about to say that she has read.
    const late = (text: string): boolean => text.includes("status of 403");
    expect(person.complaints.filter((text) => !late(text))).toEqual([]);
    expect(person.strayRequests).toEqual([]);
  }
});
