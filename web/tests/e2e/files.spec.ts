import { expect, test, type JSHandle } from "@playwright/test";

import { PNG } from "./picture";
import { Person } from "./person";
import { startServer, type Server } from "./server";

// Files on a bad line, pictures seen closely, and messages that wait for the server over a reload.

test.describe.configure({ mode: "serial" });

let server: Server;
let anna: Person;
let ben: Person;

test.beforeAll(async ({ browser }) => {
  server = await startServer();
  anna = await Person.open(browser, server, "anna");
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

const pdf = (name: string): { name: string; mimeType: string; buffer: Buffer } => ({
  name,
  mimeType: "application/pdf",
  buffer: Buffer.from(`%PDF-1.7 ${name}`),
});

test("a file that did not get through is sent again", async () => {
  await anna.context.route("**/media/v3/upload**", (route) => route.abort("connectionreset"));
  await anna.page.locator("input[type=file]").setInputFiles([pdf("Vertrag.pdf")]);
  const row = anna.page.getByRole("listitem").filter({ hasText: "Vertrag.pdf" });
  await expect(row.getByText("Senden fehlgeschlagen")).toBeVisible();
  await anna.context.unroute("**/media/v3/upload**");
  const sending = anna.page.waitForRequest(/\/send\/m\.room\.encrypted\//);
  await row.getByRole("button", { name: "Erneut versuchen" }).click();
  // The server is told which file goes with the message, and will go with it.
  const { searchParams } = new URL((await sending).url());
  expect(searchParams.get("org.matrix.msc3911.attach_media")).toMatch(/^mxc:/);
  await expect(ben.page.getByRole("button", { name: /Vertrag\.pdf/ })).toBeVisible();
  await expect(row.getByText("Senden fehlgeschlagen")).toHaveCount(0);
});

test("a file on its way is stopped, and the next one goes", async () => {
  // The line hangs until she has decided.
  const hanging: (() => void)[] = [];
  await anna.context.route("**/media/v3/upload**", async (route) => {
    await new Promise<void>((resolve) => hanging.push(resolve));
    await route.continue().catch(() => undefined);
  });
  await anna.page
    .locator("input[type=file]")
    .setInputFiles([pdf("Irrtum.pdf"), pdf("Richtig.pdf")]);
  const row = anna.page.getByRole("listitem").filter({ hasText: "Irrtum.pdf" });
  await expect(row.getByRole("progressbar", { name: "Irrtum.pdf wird gesendet" })).toBeVisible();
  await expect.poll(() => hanging.length).toBe(1);
  await row.getByRole("button", { name: "Abbrechen" }).click();
  await expect(row).toHaveCount(0);
  await anna.context.unroute("**/media/v3/upload**");
  hanging.forEach((go) => go());
  await expect(ben.page.getByRole("button", { name: /Richtig\.pdf/ })).toBeVisible();
  await expect(ben.page.getByRole("button", { name: /Irrtum\.pdf/ })).toHaveCount(0);
});

test("files come by dropping and by pasting, too", async () => {
  const carrying = (name: string): Promise<JSHandle<DataTransfer>> =>
    anna.page.evaluateHandle((name) => {
      const data = new DataTransfer();
      data.items.add(new File([`%PDF-1.7 ${name}`], name, { type: "application/pdf" }));
      return data;
    }, name);
  const list = anna.page.getByRole("group", { name: "Nachrichten" });
  const dataTransfer = await carrying("Gezogen.pdf");
  await list.dispatchEvent("dragover", { dataTransfer });
  await list.dispatchEvent("drop", { dataTransfer });
  await expect(ben.page.getByRole("button", { name: /Gezogen\.pdf/ })).toBeVisible();
  const clipboardData = await carrying("Kopiert.pdf");
  await anna.field.evaluate((field, clipboardData) => {
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
  }, clipboardData);
  await expect(ben.page.getByRole("button", { name: /Kopiert\.pdf/ })).toBeVisible();
});

test("a picture is seen large, closer and moved, with keys and with the wheel", async () => {
  await anna.page
    .locator("input[type=file]")
    .setInputFiles([{ name: "Plan.png", mimeType: "image/png", buffer: PNG }]);
  await ben.page.getByRole("button", { name: "Bild Plan.png groß anzeigen" }).click();
  const viewer = ben.page.getByRole("dialog", { name: "Plan.png" });
  const picture = viewer.getByRole("img", { name: "Plan.png" });
  const transform = (): Promise<number[]> =>
    picture.evaluate((it) => {
      const { a, e, f } = new DOMMatrix(getComputedStyle(it).transform);
      return [a, e, f];
    });
  await expect(picture).toBeVisible();
  expect(await transform()).toEqual([1, 0, 0]);
  await ben.page.keyboard.press("ArrowLeft");
  expect(await transform()).toEqual([1, 0, 0]);
  await ben.page.keyboard.press("+");
  await expect.poll(transform).toEqual([1.5, 0, 0]);
  await ben.page.keyboard.press("ArrowLeft");
  await expect.poll(async () => (await transform())[1]).toBeGreaterThan(0);
  await viewer.getByRole("button", { name: "Verkleinern" }).click();
  await expect.poll(transform).toEqual([1, 0, 0]);
  await expect(viewer.getByRole("button", { name: "Verkleinern" })).toBeDisabled();
  await picture.hover({ force: true });
  await ben.page.mouse.wheel(0, -100);
  await expect.poll(async () => (await transform())[0]).toBe(1.5);
  const download = ben.page.waitForEvent("download");
  await viewer.getByRole("button", { name: "Herunterladen" }).click();
  expect((await download).suggestedFilename()).toBe("Plan.png");
  await ben.page.keyboard.press("Escape");
  await expect(viewer).toHaveCount(0);
  await expect(ben.page.getByRole("button", { name: "Bild Plan.png groß anzeigen" })).toBeFocused();
});

test("what was written without a connection goes out after a reload, once and in order", async () => {
  await anna.loseServer();
  await anna.say("Ohne Netz eins");
  await anna.say("Ohne Netz zwei");
  await expect(anna.message("Ohne Netz zwei").getByRole("alert")).toHaveText(
    /Wartet auf die Verbindung/,
  );
  const stored = await anna.storedText();
  expect(stored).not.toContain("Ohne Netz");
  await anna.findServer();
  // The page is loaded anew while they wait; sending is still impossible for a while.
  await anna.context.route("**/send/**", (route) => route.abort("internetdisconnected"));
  await anna.page.reload();
  await expect(anna.message("Ohne Netz eins")).toBeVisible();
  await expect(anna.message("Ohne Netz zwei")).toBeVisible();
  await expect(ben.message("Ohne Netz eins")).toHaveCount(0);
  await anna.context.unroute("**/send/**");
  await expect(ben.message("Ohne Netz zwei")).toBeVisible({ timeout: 45_000 });
  await expect(ben.message(/Ohne Netz/)).toHaveText([/Ohne Netz eins/, /Ohne Netz zwei/]);
  await expect(anna.message("Ohne Netz zwei").getByText(/^(Gesendet|Gelesen)$/)).toBeAttached();
  await expect(anna.message(/Ohne Netz/)).toHaveCount(2);
});

test("what the server refuses is told, sent again or thrown away", async () => {
  await anna.context.route("**/send/**", (route) =>
    route.fulfill({ status: 403, json: { errcode: "M_FORBIDDEN", error: "no" } }),
  );
  await anna.say("Abgewiesen");
  await anna.say("Verworfen");
  const [first, second] = [anna.message("Abgewiesen"), anna.message("Verworfen")];
  await expect(first.getByRole("alert")).toHaveText(/Nicht gesendet/);
  await expect(second.getByRole("alert")).toHaveText(/Nicht gesendet/);
  await second.getByRole("button", { name: "Verwerfen" }).click();
  await expect(second).toHaveCount(0);
  await anna.context.unroute("**/send/**");
  await first.getByRole("button", { name: "Erneut versuchen" }).click();
  await expect(ben.message("Abgewiesen")).toBeVisible();
  await expect(ben.message("Verworfen")).toHaveCount(0);
});
