import { expect, test, type CDPSession, type Locator } from "@playwright/test";

import { Person } from "./person";
import { PushService } from "./push_service";
import { startServer, type Server } from "./server";

// Kontor tells her of news while it is closed: the server wakes the worker, which fetches and decrypts.

test.describe.configure({ mode: "serial" });

let service: PushService;
let server: Server;
let anna: Person;
let ben: Person;
let browserOfAnna: CDPSession;
let registrationId = "";

test.beforeAll(async ({ browser }) => {
  service = await PushService.start();
  server = await startServer({ settings: { KONTOR_PUSH_HOSTS: service.host } });
  const awake = { permissions: ["notifications"], serviceWorkers: "allow" };
  anna = await Person.open(browser, server, "anna", awake);
  ben = await Person.open(browser, server, "ben");
  await service.adopt(anna.context);
  browserOfAnna = await anna.context.newCDPSession(anna.page);
  browserOfAnna.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    registrationId = registrations.find((it) => !it.isDeleted)?.registrationId ?? registrationId;
  });
  await browserOfAnna.send("ServiceWorker.enable");
  await anna.signIn();
  await ben.signIn();
  await ben.open("Team");
});

test.afterAll(async () => {
  await Promise.all([anna, ben].map((person) => person?.context.close()));
  await server?.stop();
  service?.stop();
});

async function settings(): Promise<Locator> {
  await anna.page.getByRole("button", { name: "Konto und Einstellungen" }).click();
  await anna.page.getByRole("menuitem", { name: "Einstellungen" }).click();
  return anna.page.getByRole("dialog", { name: "Einstellungen" });
}

/** Hands the browser what its push service got. */
async function deliver(): Promise<{ room_id: string; event_id: string }> {
  const hint = service.open(await service.next());
  const data = JSON.stringify(hint);
  await browserOfAnna.send("ServiceWorker.deliverPushMessage", {
    origin: server.url,
    registrationId,
    data,
  });
  return hint;
}

/** A worker of a newer version takes over, and the server has that version. */
async function newerVersion(): Promise<void> {
  await anna.page.evaluate(() => {
    const ask = globalThis.fetch;
    globalThis.fetch = async (input, init) =>
      input === "/" ? new Response('<script src="/app/index-newer.js">') : ask(input, init);
    navigator.serviceWorker.dispatchEvent(new Event("controllerchange"));
  });
  await expect(anna.page.getByText("Es gibt eine neue Version von Kontor.")).toBeVisible();
}

/** What the browser shows, title and text. */
async function shown(): Promise<[string, string][]> {
  const [worker] = anna.context.serviceWorkers();
  return worker!.evaluate(async () => {
    const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration };
    return (await registration.getNotifications()).map(({ title, body }) => [title, body]);
  });
}

async function clear(): Promise<void> {
  const [worker] = anna.context.serviceWorkers();
  await worker!.evaluate(async () => {
    const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration };
    for (const notification of await registration.getNotifications()) notification.close();
  });
  await expect.poll(shown).toEqual([]);
}

async function pushers(): Promise<{ kind: string; data: { url: string } }[]> {
  const headers = { authorization: `Bearer ${await anna.token()}` };
  const answer = await anna.context.request.get("/_matrix/client/v3/pushers", { headers });
  return ((await answer.json()) as { pushers: { kind: string; data: { url: string } }[] }).pushers;
}

test("she is not woken until she wants to be, and told who learns of it", async () => {
  expect(await pushers()).toEqual([]);
  const sheet = await settings();
  const closed = sheet.getByLabel("Auch wenn Kontor geschlossen ist");
  await expect(closed).not.toBeChecked();
  await expect(closed).toBeDisabled();
  await sheet.getByLabel("In diesem Browser benachrichtigen").check();
  await closed.check();
  await expect(sheet.getByText(/Push-Dienst Ihres Browsers \(127\.0\.0\.1\)/)).toBeVisible();
  const [pusher] = await pushers();
  expect(pusher?.kind).toBe("org.matrix.msc4174.webpush");
  await anna.page.keyboard.press("Escape");
});

test("an open page tells her by itself, once", async () => {
  await ben.say("Noch da?");
  await expect(anna.room("Team").getByText("Noch da?")).toBeVisible();
  await expect.poll(shown).toEqual([["Team", "Neue Nachricht von Ben Yilmaz"]]);
  await deliver();
  expect(await shown()).toHaveLength(1);
  await clear();
});

test("while Kontor is closed the worker finds out who wrote, and shows no word of it", async () => {
  await anna.page.goto("about:blank");
  await ben.say("Streng geheim");
  const begin = performance.now();
  await deliver();
  await expect.poll(shown).toEqual([["Team", "Neue Nachricht von Ben Yilmaz"]]);
  console.log(
    `from push to notification, keys opened: ${Math.round(performance.now() - begin)} ms`,
  );
});

test("a newer message of the room takes its place; a reaction wakes nobody", async () => {
  await ben.act("Streng geheim", /👍/);
  await expect(ben.message("Streng geheim").getByRole("button", { name: /👍/ })).toBeVisible();
  await ben.say("Noch eine");
  const { room_id, event_id } = await deliver();
  await expect.poll(shown).toHaveLength(1);
  const headers = { authorization: `Bearer ${await anna.token()}` };
  const path = `/_matrix/client/v3/rooms/${room_id}/event/${encodeURIComponent(event_id)}`;
  const told = await (await anna.context.request.get(path, { headers })).json();
  expect((told as { content: object }).content).not.toHaveProperty("m.relates_to");
});

test("what the worker has read the page can read too, and its session goes on", async () => {
  await anna.page.goto("/");
  await anna.open("Team");
  await expect(anna.message("Streng geheim")).toBeVisible();
  await expect(anna.message("Noch eine")).toBeVisible();
  expect(anna.complaints).toEqual([]);
});

test("the worker keeps the program and nothing else", async () => {
  const kept = await anna.page.evaluate(async () => {
    const found: string[] = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys())
        found.push(new URL(url).pathname);
    }
    return found;
  });
  expect(kept.length).toBeGreaterThan(10);
  expect(kept.filter((path) => path !== "/" && !path.startsWith("/app/"))).toEqual([]);
});

test("she is woken no more when she turns it off", async () => {
  const sheet = await settings();
  await sheet.getByLabel("Auch wenn Kontor geschlossen ist").uncheck();
  await expect.poll(pushers).toEqual([]);
  await anna.page.keyboard.press("Escape");
});

test("without a network the page opens, shows what there was, and says what is the matter", async () => {
  const offline = anna.page.getByText("Keine Verbindung. Nachrichten werden gesendet");
  await anna.context.setOffline(true);
  await anna.page.reload();
  await expect(anna.rooms).toBeVisible();
  await expect(offline).toBeVisible({ timeout: 30_000 });
  // The server has not told what is new, but a worker that was fetched before may take over now.
  await newerVersion();
  await anna.context.setOffline(false);
  await expect(offline).toHaveCount(0, { timeout: 60_000 });
});

test("without a network and without anything kept, it says so and goes on by itself", async () => {
  await anna.page.evaluate(
    () => new Promise((done) => (indexedDB.deleteDatabase("kontor-rooms").onsuccess = done)),
  );
  await anna.context.setOffline(true);
  await anna.page.reload();
  await expect(anna.page.getByText("Der Server ist nicht erreichbar.")).toBeVisible({
    timeout: 30_000,
  });
  await anna.context.setOffline(false);
  await expect(anna.rooms).toBeVisible({ timeout: 60_000 });
});

test("a newer version is offered, and comes with a reload", async () => {
  await newerVersion();
  await anna.page.getByRole("button", { name: "Neu laden" }).click();
  await expect(anna.rooms).toBeVisible();
  await expect(anna.page.getByText("Es gibt eine neue Version von Kontor.")).toHaveCount(0);
});

test("a browser may install it", async () => {
  const { errors, url } = await browserOfAnna.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  expect(url).toContain(".webmanifest");
  const { installabilityErrors } = await browserOfAnna.send("Page.getInstallabilityErrors");
  // A browser window of a test is a private one.
  const real = installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito");
  expect(real).toEqual([]);
});
