import { expect, test, type Browser } from "@playwright/test";

import { SIZES } from "./axe";
import { pagePaths, Reader } from "./pages";
import { startServer, type Server } from "./server";

// Every page that the server makes, looked at by axe: narrow, wide and at 200 % zoom, light and dark, in both
// languages, signed out, as somebody and as an administrator. SCREENSHOTS=folder keeps a picture of each.

const ZOOMED = { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 };
const CHALLENGE = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

/** Each size with each of the two others' values, and each language in light and in dark. */
const LOOKS = [
  { size: "phone", device: SIZES.phone, locale: "en-GB", colorScheme: "dark" },
  { size: "desktop", device: SIZES.desktop, locale: "de-DE", colorScheme: "dark" },
  { size: "zoomed", device: ZOOMED, locale: "de-DE", colorScheme: "light" },
] as const;

/** Addresses that lead nowhere; one of each chapter is looked at as "missing page". */
const UNSHOWN = ["/account/{*rest}", "/admin/{*rest}"];

/** Some pages there are only with a mail server. Nothing is sent here, so none has to answer. */
const MAIL = {
  KONTOR_MAIL_SERVER: "127.0.0.1",
  KONTOR_MAIL_SECURITY: "none",
  KONTOR_MAIL_FROM: "kontor@localhost",
};

let server: Server;

test.beforeAll(async () => {
  // Administrators do not read the audit log.
  server = await startServer({ offices: { clara: "dsb" }, settings: MAIL });
});

test.afterAll(async () => {
  await server?.stop();
});

for (const { size, device, locale, colorScheme } of LOOKS) {
  const look = `${size}-${locale.slice(0, 2)}-${colorScheme}`;
  const options = {
    ...device,
    locale,
    colorScheme,
    look,
    isWalked: size === "desktop" && colorScheme === "dark",
  };

  test(`every page is sound: ${look}`, async ({ browser }) => {
    test.setTimeout(300_000);
    const administrator = await asAdministrator(browser, options);
    const readers = [
      administrator,
      await asOfficer(browser, options, administrator.seen),
      await asPerson(browser, options),
      await asStranger(browser, options),
    ];
    expect(readers.flatMap(({ found }) => found)).toEqual([]);
    const seen = new Set(readers.flatMap((reader) => [...reader.seen]));
    expect(pagePaths().filter((path) => !seen.has(path))).toEqual(UNSHOWN);
    await Promise.all(readers.map(({ context }) => context.close()));
  });
}

type Options = Parameters<typeof Reader.open>[2];

/** Paths of a chapter that stand for themselves. */
const plain = (chapter: string): string[] =>
  pagePaths().filter((path) => path.startsWith(chapter) && !path.includes("{"));

async function asStranger(browser: Browser, options: Options): Promise<Reader> {
  const reader = await Reader.open(browser, server, options);
  await reader.visit("/account/login");
  await reader.page.locator("#name").fill("anna");
  await reader.page.locator("#password").fill("falsch");
  await reader.press("form button.primary");
  await reader.inspect("wrong password");
  await reader.visit("/account/forgotten");
  await reader.visit("/account/reset/x", "/account/reset/{token}");
  await reader.visit("/account/mail/x", "/account/mail/{token}");
  await reader.visit("/account/nothing-of-the-kind", "missing page");
  const invitation = await invite(browser, options);
  await reader.visit(invitation, "/account/invitation/{token}");
  await reader.page.locator("#username").fill("Ä d");
  await reader.page.locator("#password").fill("kurz");
  await reader.send("form button.primary");
  await reader.inspect("invitation without consent");
  await reader.page.locator("[name=notice]").check();
  await reader.send("form button.primary");
  await reader.inspect("invitation with wrong name");
  return reader;
}

/** The link of an invitation, made in the console. */
async function invite(browser: Browser, options: Options): Promise<string> {
  const reader = await Reader.open(browser, server, options);
  await reader.signIn("anna", server.passwords["anna"]);
  await reader.page.goto("/admin/people/invite");
  await reader.page.locator("#display_name").fill("Dora Klein");
  await reader.press("button[value=link]");
  await reader.inspect("invitation made");
  const link = await reader.page.locator(".secret").textContent();
  expect(reader.found).toEqual([]);
  await reader.context.close();
  return new URL(link?.trim() ?? "").pathname;
}

async function asPerson(browser: Browser, options: Options): Promise<Reader> {
  const reader = await Reader.open(browser, server, options);
  await reader.signIn("ben", server.passwords["ben"]);
  const left = ["/account/login", "/account/forgotten"];
  for (const path of plain("/account/")) if (!left.includes(path)) await reader.visit(path);
  await reader.visit("/oauth2/link");
  await reader.visit("/oauth2/link?user_code=XXXX-XXXX", "wrong code");
  await reader.visit(await requestOfProgram(reader), "/oauth2/authorize");
  await reader.page.goto("/account/password");
  await reader.page.locator("#old").fill("falsch");
  await reader.page.locator("#new").fill("violet tram under seven bridges");
  await reader.page.locator("#again").fill("anders");
  await reader.press("form button.primary");
  await reader.inspect("passwords differ");
  await reader.page.goto("/account/security");
  await reader.press("button[value=codes]");
  await reader.inspect("recovery codes");
  await reader.visit("/admin/", "console refused");
  return reader;
}

/** What a program of others asks. */
async function requestOfProgram(reader: Reader): Promise<string> {
  const registered = await reader.context.request.post("/oauth2/register", {
    data: {
      client_name: "Ein anderer Messenger mit einem ziemlich langen Namen",
      client_uri: "https://messenger.example/",
      redirect_uris: ["https://messenger.example/back"],
    },
  });
  const { client_id: clientId } = (await registered.json()) as { client_id: string };
  const query = new URLSearchParams({
    response_type: "code",
    response_mode: "query",
    client_id: clientId,
    redirect_uri: "https://messenger.example/back",
    scope: "urn:matrix:client:api:* urn:matrix:client:device:ABCDEFGHIJ",
    state: "x",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
  });
  return `/oauth2/authorize?${query}`;
}

async function asAdministrator(browser: Browser, options: Options): Promise<Reader> {
  const reader = await Reader.open(browser, server, options);
  const { page } = reader;
  await reader.signIn("anna", server.passwords["anna"]);
  for (const path of plain("/admin/")) await reader.visit(path);
  await page.goto("/admin/people");
  const person = await page.locator("main a[href^='/admin/people/@'], main a[href*='%40']").first();
  await reader.visit((await person.getAttribute("href")) ?? "", "/admin/people/{user}");
  await reader.visit("/admin/people?q=nobody-of-that-name", "nobody found");
  await reader.visit("/admin/policy/setting/read_receipts", "/admin/policy/setting/{key}");
  await reader.send("button[value=decide]");
  await reader.inspect("setting without reason");
  await reader.visit("/admin/policy?q=gibt-es-nicht", "no setting found");
  await reader.visit("/admin/deletion?class=intern&days=30", "dry run");
  return reader;
}

/** What administrators do not see. */
async function asOfficer(
  browser: Browser,
  options: Options,
  seen: ReadonlySet<string>,
): Promise<Reader> {
  const reader = await Reader.open(browser, server, options);
  await reader.signIn("clara", server.passwords["clara"]);
  for (const path of plain("/admin/")) if (!seen.has(path)) await reader.visit(path);
  await reader.visit("/admin/audit?from=gestern", "wrong date");
  await reader.page.goto("/admin/audit");
  await reader.press("button[value=verify]");
  await reader.inspect("audit log verified");
  return reader;
}
