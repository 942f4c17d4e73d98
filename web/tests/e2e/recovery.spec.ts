import { expect, test, type Locator } from "@playwright/test";

import { faults, faultsOnPhone } from "./axe";
import { Person } from "./person";
import { startServer, type Server } from "./server";

// Recovery by passkey: what the authenticator makes (PRF) opens the recovery key on a new device.

test.describe.configure({ mode: "serial" });

let server: Server;
let anna: Person;
let ben: Person;

test.beforeAll(async ({ browser }) => {
  server = await startServer();
  anna = await Person.open(browser, server, "anna");
  ben = await Person.open(browser, server, "ben");
  const authenticator = await anna.context.newCDPSession(anna.page);
  await authenticator.send("WebAuthn.enable");
  await authenticator.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      hasPrf: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
});

test.afterAll(async () => {
  await Promise.all([anna, ben].map((person) => person?.context.close()));
  await server?.stop();
});

async function menu(item: string): Promise<Locator> {
  await anna.page.getByRole("button", { name: "Konto und Einstellungen" }).click();
  await anna.page.getByRole("menuitem", { name: item }).click();
  return anna.page.getByRole("dialog");
}

test("the recovery key is sealed with a passkey", async () => {
  await anna.signIn();
  await ben.signIn();
  await anna.open("Team");
  await ben.open("Team");
  await ben.say("Der Code der Alarmanlage");
  await expect(anna.message("Der Code der Alarmanlage")).toBeVisible();
  await anna.backedUp();
  const told: string[] = [];
  anna.page.on("request", (request) => {
    if (request.url().includes("app.kontor.recovery.passkey")) told.push(request.postData() ?? "");
  });
  const settings = await menu("Einstellungen");
  await settings.getByRole("button", { name: "Passkey einrichten" }).click();
  await expect(settings.getByText("Eingerichtet.")).toBeVisible();
  expect(await faults(anna.page)).toEqual([]);
  await anna.page.keyboard.press("Escape");
  expect(told).toHaveLength(1);
  expect(Object.keys(JSON.parse(told[0] ?? "{}")).sort()).toEqual([
    "credential",
    "key_id",
    "nonce",
    "salt",
    "sealed",
  ]);
  // Signing out, below, is told in red by browsers: requests on their way are refused.
  expect(anna.complaints).toEqual([]);
});

test("on a new device it opens what was written before", async () => {
  await (await menu("Abmelden")).getByRole("button", { name: "Abmelden" }).click();
  await expect(anna.page.getByRole("button", { name: "Anmelden" })).toBeVisible();
  await anna.signIn();
  await anna.open("Team");
  await expect(anna.message("Bestätigen Sie dieses Gerät")).toBeVisible();
  await anna.goOn("in English on a phone");
  await anna.page.getByRole("status").getByRole("button", { name: "Confirm device" }).click();
  await expect(anna.page.getByRole("button", { name: /With your passkey/ })).toBeVisible();
  expect(await faultsOnPhone(anna.page, "recovery-passkey")).toEqual([]);
  await anna.goOn("as usual");
  await anna.page.getByRole("status").getByRole("button", { name: "Gerät bestätigen" }).click();
  const sheet = anna.page.getByRole("dialog", { name: "Dieses Gerät bestätigen" });
  expect(await faults(anna.page)).toEqual([]);
  await sheet.getByRole("button", { name: /Mit Ihrem Passkey/ }).click();
  await expect(sheet).toHaveCount(0);
  await expect(anna.message("Der Code der Alarmanlage")).toBeVisible();
});

test("without the sheet it is not set up again, and once removed it opens nothing", async () => {
  const settings = await menu("Einstellungen");
  await settings.getByRole("button", { name: "Passkey entfernen" }).click();
  const key = settings.getByLabel("Ihr Wiederherstellungsschlüssel, vom Blatt");
  await key.fill("EsTz 1234");
  await settings.getByRole("button", { name: "Passkey einrichten" }).click();
  await expect(settings.getByText("nicht der richtige Schlüssel")).toBeVisible();
  await anna.page.keyboard.press("Escape");
  expect(anna.strayRequests).toEqual([]);
});
