import { expect, test, type APIResponse } from "@playwright/test";

import { Person } from "./person";
import { startServer, type Server } from "./server";

// The keys of a new account are made while she does something else: she may leave the page at any moment.

let server: Server;

test.beforeAll(async () => {
  server = await startServer();
});

test.afterAll(async () => {
  await server?.stop();
});

/** Keeps the first public keys that a page makes from the server; answers how to send them after all. */
async function holdKeys(person: Person): Promise<(() => Promise<APIResponse>)[]> {
  const held: (() => Promise<APIResponse>)[] = [];
  await person.context.route("**/keys/device_signing/upload", async (route) => {
    if (held.length > 0) return route.continue();
    const request = route.request();
    const { authorization = "" } = await request.allHeaders();
    const headers = { authorization, "content-type": "application/json" };
    const [url, data] = [request.url(), request.postData() ?? ""];
    held.push(() => person.context.request.post(url, { headers, data }));
  });
  return held;
}

/** She has everything on this device, and another one is asked to be confirmed. */
async function isComplete(person: Person, open: (name: string) => Promise<Person>): Promise<void> {
  await expect(person.page.getByRole("button", { name: "Jetzt sichern" })).toBeVisible();
  const other = await open(person.name);
  await other.signIn();
  await expect(other.page.getByText("Bestätigen Sie dieses Gerät")).toBeVisible();
  await person.page.reload();
  await expect(person.page.getByRole("button", { name: "Jetzt sichern" })).toBeVisible();
  await other.context.close();
}

test("a page that is left before its keys reach the server makes others", async ({ browser }) => {
  const open = (name: string): Promise<Person> => Person.open(browser, server, name);
  const anna = await open("anna");
  const held = await holdKeys(anna);
  await anna.signIn();
  await expect.poll(() => held.length).toBe(1);
  await anna.page.reload();
  await isComplete(anna, open);
  await anna.context.close();
});

test("a page that is left while its keys are on the way finds them again", async ({ browser }) => {
  const open = (name: string): Promise<Person> => Person.open(browser, server, name);
  const ben = await open("ben");
  const held = await holdKeys(ben);
  let asked = 0;
  ben.page.on("requestfinished", (request) => {
    if (request.url().endsWith("/keys/query")) asked += 1;
  });
  await ben.signIn();
  await expect.poll(() => held.length).toBe(1);
  await ben.page.reload();
  // They arrive only when the next page has asked for them.
  asked = 0;
  await expect.poll(() => asked).toBeGreaterThan(0);
  expect((await held[0]?.())?.status()).toBe(200);
  await isComplete(ben, open);
  await ben.context.close();
});

test("of two devices that make keys at the same time, one is asked to be confirmed", async ({
  browser,
}) => {
  const [first, second] = [
    await Person.open(browser, server, "clara"),
    await Person.open(browser, server, "clara"),
  ];
  const held = await holdKeys(first);
  await first.signIn();
  await expect.poll(() => held.length).toBe(1);
  await second.signIn();
  await expect(second.page.getByRole("button", { name: "Jetzt sichern" })).toBeVisible();
  await first.page.reload();
  await expect(first.page.getByText("Bestätigen Sie dieses Gerät")).toBeVisible();
  await first.context.close();
  await second.context.close();
});
