import { expect, test, type BrowserContext, type CDPSession, type Page } from "@playwright/test";

import { Person } from "./person";
import { startServer, type Server } from "./server";

// Passkeys in a real browser, with an authenticator that Chromium plays. Figures are printed.

test.describe.configure({ mode: "serial" });

/** What the issue allows from the invitation to the rooms; a machine types faster than a person. */
const TO_ROOMS_MS = 120_000;

let server: Server;
let context: BrowserContext;
let page: Page;
let authenticator: CDPSession;
let authenticatorId = "";

test.beforeAll(async ({ browser }) => {
  server = await startServer();
  context = await browser.newContext({ baseURL: server.url });
  page = await context.newPage();
  authenticator = await context.newCDPSession(page);
  await authenticator.send("WebAuthn.enable");
  ({ authenticatorId } = await authenticator.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  }));
});

test.afterAll(async () => {
  await context?.close();
  await server?.stop();
});

/** Whether the fingerprint, say, is given as soon as it is asked for. */
async function answerAlways(enabled: boolean): Promise<void> {
  const wish = { authenticatorId, enabled };
  await authenticator.send("WebAuthn.setAutomaticPresenceSimulation", wish);
}

const rooms = (): ReturnType<Page["getByRole"]> =>
  page.getByRole("navigation", { name: "Unterhaltungen" });

async function signOut(): Promise<void> {
  await page.getByRole("button", { name: "Konto und Einstellungen" }).click();
  await page.getByRole("menuitem", { name: "Abmelden" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Abmelden" }).click();
  await expect(page.getByRole("button", { name: "Anmelden" })).toBeVisible();
}

test("whoever comes by another name of the server goes on under the one of the passkeys", async () => {
  const there = "/account/login?next=/account/devices";
  const other = server.url.replace("localhost", "127.0.0.1");
  await page.goto(other + there, { waitUntil: "commit" });
  await page.waitForURL(server.url + there);
  await expect(page.getByRole("button", { name: "Mit Passkey anmelden" })).toBeVisible();
});

test("an invited person sets a passkey and is in her rooms", async ({ browser }) => {
  const anna = await Person.open(browser, server, "anna");
  await anna.signIn();
  await anna.page.goto("/admin/people/invite");
  await anna.page.getByLabel("Name, wie andere ihn sehen").fill("Dora Klein");
  await anna.page.locator("button[value=link]").click();
  const link = (await anna.page.locator(".secret").textContent())?.trim() ?? "";
  const began = Date.now();
  await page.goto(link);
  await page.getByLabel("Benutzername").fill("dora");
  await page.getByLabel("Ich habe den Datenschutzhinweis gelesen.").check();
  await page.getByRole("button", { name: "Konto anlegen" }).click();
  await page.getByLabel("Name, zum Beispiel „Mein Telefon“").fill("Mein Notebook");
  await page.getByRole("button", { name: "Passkey einrichten" }).click();
  await expect(rooms()).toBeVisible({ timeout: 30_000 });
  const ms = Date.now() - began;
  console.log(`invitation to rooms by passkey: ${(ms / 1_000).toFixed(1)} s`);
  expect(ms).toBeLessThan(TO_ROOMS_MS);
  await expect(page.getByText("Noch keine Unterhaltung")).toBeVisible();
  await anna.context.close();
});

test("she signs in with it by a button", async () => {
  await answerAlways(false);
  await signOut();
  const began = Date.now();
  await page.getByRole("button", { name: "Anmelden" }).click();
  const button = page.getByRole("button", { name: /Passkey/ });
  await expect(button).toBeVisible();
  await answerAlways(true);
  await button.click();
  await expect(rooms()).toBeVisible({ timeout: 30_000 });
  console.log(`signing in by passkey: ${((Date.now() - began) / 1_000).toFixed(1)} s`);
});

test("the browser offers it in the name's field, without a button", async () => {
  await answerAlways(false);
  await signOut();
  await answerAlways(true);
  await page.getByRole("button", { name: "Anmelden" }).click();
  // Chosen as soon as it is offered: no name, no password, no button.
  await expect(rooms()).toBeVisible({ timeout: 30_000 });
});

test("a passkey that is no longer known opens nothing, and says so", async () => {
  await answerAlways(false);
  await signOut();
  await authenticator.send("WebAuthn.clearCredentials", { authenticatorId });
  await page.getByRole("button", { name: "Anmelden" }).click();
  await expect(page.getByLabel("Benutzername")).toBeVisible();
  await answerAlways(true);
  await page.getByRole("button", { name: /Passkey/ }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByLabel("Benutzername")).toBeVisible();
});

test("who has no scripts is not offered what needs them, and signs in all the same", async ({
  browser,
}) => {
  const plain = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false });
  const page = await plain.newPage();
  await page.goto("/account/login?next=/account/devices");
  await expect(page.getByRole("button", { name: "Anmelden", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: /Passkey/ })).toHaveCount(0);
  await page.getByLabel("Benutzername").fill("anna");
  await page.getByLabel("Passwort", { exact: true }).fill(server.passwords["anna"] ?? "");
  await page.getByRole("button", { name: "Anmelden", exact: true }).click();
  await page.waitForURL("/account/devices");
  await plain.close();
});
