import { expect, test, type Locator } from "@playwright/test";

import { faults, SIZES } from "./axe";
import { Person } from "./person";
import { startServer, type Server } from "./server";

// Two people in two browsers call each other: voice, camera, screen.

// SCREENSHOTS=folder keeps pictures.

test.describe.configure({ mode: "serial" });

const folder = process.env.SCREENSHOTS;

async function keep(person: Person, name: string): Promise<void> {
  if (folder) await person.page.screenshot({ path: `${folder}/${name}.png` });
}

let server: Server;
let anna: Person;
let ben: Person;

test.beforeAll(async ({ browser }) => {
  server = await startServer();
  anna = await Person.open(browser, server, "anna");
  ben = await Person.open(browser, server, "ben");
  await anna.signIn();
  await ben.signIn();
});

test.afterAll(async () => {
  await Promise.all([anna, ben].map((person) => person?.context.close()));
  await server?.stop();
});

const call = (person: Person, other: string): Locator =>
  person.page.getByRole("region", { name: `Gespräch mit ${other}` });

/** Waits until a moving picture with this label is really seen: frames arrive and are not black. */
async function sees(where: Locator, label: string): Promise<void> {
  const video = where.getByLabel(label, { exact: true });
  const frames = (): Promise<number> =>
    video.first().evaluate((it: HTMLVideoElement) => {
      if (it.videoWidth === 0) return 0;
      const canvas = new OffscreenCanvas(16, 16);
      const context = canvas.getContext("2d")!;
      context.drawImage(it, 0, 0, 16, 16);
      const isBlack = context.getImageData(0, 0, 16, 16).data.every((n, i) => i % 4 === 3 || n < 9);
      return isBlack ? 0 : it.getVideoPlaybackQuality().totalVideoFrames;
    });
  await expect.poll(frames).toBeGreaterThan(5);
}

/** Waits until somebody is heard. */
async function hears(person: Person): Promise<void> {
  const energy = (): Promise<number> =>
    person.page.locator("audio").evaluate(async (it: HTMLAudioElement) => {
      const stream = it.srcObject as MediaStream | null;
      if (!stream?.getAudioTracks().length || it.paused) return 0;
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      context.createMediaStreamSource(stream).connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      // The device beeps once a second.
      const ends = performance.now() + 1_500;
      let loudest = 0;
      while (performance.now() < ends) {
        await new Promise(requestAnimationFrame);
        analyser.getFloatTimeDomainData(samples);
        loudest = Math.max(loudest, ...samples.map(Math.abs));
      }
      await context.close();
      return loudest;
    });
  await expect.poll(energy).toBeGreaterThan(0.01);
}

test("Anna calls with her camera, Ben answers with his, and they see and hear each other", async () => {
  await anna.page.getByRole("button", { name: "Neue Unterhaltung" }).first().click();
  await anna.page.getByLabel("Name der Person").fill("Ben");
  await anna.page.getByRole("button", { name: /Ben Yilmaz/ }).click();
  await anna.say("Kann ich dich anrufen?");
  await ben.room("Anna Berger").click();
  await ben.page.getByRole("button", { name: "Annehmen" }).click();
  await expect(ben.message("Kann ich dich anrufen?")).toBeVisible();
  const begin = performance.now();
  await anna.page.getByRole("button", { name: "Mit Kamera anrufen" }).click();
  await expect(call(anna, "Ben Yilmaz").getByText("Es klingelt …")).toBeVisible();
  await expect(ben.page.getByText("Anna Berger ruft an")).toBeVisible();
  expect(await faults(ben.page)).toEqual([]);
  await keep(ben, "call-incoming");
  await keep(anna, "call-outgoing");
  await ben.page.getByRole("button", { name: "Mit Kamera annehmen" }).click();
  await sees(call(anna, "Ben Yilmaz"), "Ben Yilmaz");
  await sees(call(ben, "Anna Berger"), "Anna Berger");
  await sees(call(ben, "Anna Berger"), "Ihr Bild");
  console.log(`from calling to two pictures: ${Math.round(performance.now() - begin)} ms`);
  await hears(anna);
  await hears(ben);
  await expect(call(anna, "Ben Yilmaz").getByRole("timer")).toHaveText(/^0:\d\d$/);
  expect(await faults(anna.page)).toEqual([]);
  await keep(anna, "call-video");
});

test("a call fits on the narrowest phone, small and large, in light and in dark", async () => {
  const { page } = anna;
  const wide = page.viewportSize() ?? SIZES.desktop.viewport;
  await page.setViewportSize(SIZES.phone.viewport);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await faults(page)).toEqual([]);
    await keep(anna, `call-video-phone-${colorScheme}`);
    await page.getByRole("button", { name: "Geräte auswählen" }).click();
    await keep(anna, `call-devices-phone-${colorScheme}`);
    expect(await faults(page)).toEqual([]);
    await page.getByRole("button", { name: "Geräte auswählen" }).click();
    await page.getByRole("button", { name: "Verkleinern" }).click();
    await keep(anna, `call-small-phone-${colorScheme}`);
    expect(await faults(page)).toEqual([]);
    await page.getByRole("button", { name: "Vergrößern" }).click();
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(wide);
});

test("what is turned off is not sent, and the other side is told", async () => {
  await anna.page.getByRole("button", { name: "Mikrofon ausschalten" }).click();
  await expect(ben.page.getByText("Anna Berger hat das Mikrofon ausgeschaltet.")).toBeVisible();
  await anna.page.getByRole("button", { name: "Kamera ausschalten" }).click();
  await expect(call(ben, "Anna Berger").getByLabel("Anna Berger", { exact: true })).toHaveCount(0);
  await anna.page.getByRole("button", { name: "Kamera einschalten" }).click();
  await sees(call(ben, "Anna Berger"), "Anna Berger");
});

test("she chooses another microphone while she talks", async () => {
  await anna.page.getByRole("button", { name: "Geräte auswählen" }).click();
  await keep(anna, "call-devices");
  const choice = anna.page.getByLabel("Mikrofon", { exact: true });
  await choice.selectOption({ index: 2 });
  await anna.page.getByRole("button", { name: "Mikrofon einschalten" }).click();
  await hears(ben);
  await anna.page.getByRole("button", { name: "Geräte auswählen" }).click();
});

test("Ben shows his screen, and Anna sees it beside him", async () => {
  await ben.page.getByRole("button", { name: "Bildschirm zeigen" }).click();
  await expect(ben.page.getByText("Ihr Bildschirm ist zu sehen.")).toBeVisible();
  const shown = call(anna, "Ben Yilmaz").getByLabel("Ben Yilmaz", { exact: true });
  await expect(shown).toHaveCount(2);
  await sees(call(anna, "Ben Yilmaz"), "Ben Yilmaz");
  await keep(anna, "call-screen");
  await ben.page.getByRole("button", { name: "Bildschirm nicht mehr zeigen" }).click();
  await expect(shown).toHaveCount(1);
});

test("a call goes on while she writes, and ends for both", async () => {
  await anna.page.getByRole("button", { name: "Verkleinern" }).click();
  await anna.say("Ich schicke dir den Link.");
  await keep(anna, "call-small");
  await expect(ben.message("Ich schicke dir den Link.")).toBeAttached();
  await hears(anna);
  await ben.page.getByRole("button", { name: "Auflegen" }).click();
  await expect(anna.page.getByText("Das Gespräch ist beendet.")).toBeVisible();
  await expect(call(anna, "Ben Yilmaz")).toHaveCount(0);
  await expect(anna.page.getByText("Anna Berger hat angerufen")).toBeVisible();
  const tracks = (person: Person): Promise<number> => person.page.locator("video, audio").count();
  await expect.poll(() => tracks(ben)).toBe(0);
});

test("Ben declines, and Anna is told so", async () => {
  await ben.page.getByRole("button", { name: "Anrufen", exact: true }).click();
  await anna.page.getByRole("button", { name: "Ablehnen" }).click();
  await expect(ben.page.getByText("Der Anruf wurde abgelehnt.")).toBeVisible();
  await ben.page.getByRole("button", { name: "Anrufen", exact: true }).click();
  await expect(anna.page.getByText("Ben Yilmaz ruft an")).toBeVisible();
  await ben.page.getByRole("button", { name: "Auflegen" }).click();
  await expect(anna.page.getByText("Ben Yilmaz ruft an")).toHaveCount(0);
});

test("nothing of a call can be read by the server, and nobody else was asked", async () => {
  expect(await anna.sent("m.call.invite")).toEqual([]);
  expect((await anna.sent("m.room.encrypted")).length).toBeGreaterThan(0);
  for (const person of [anna, ben]) {
    expect(person.strayRequests).toEqual([]);
    expect(person.complaints).toEqual([]);
  }
});
