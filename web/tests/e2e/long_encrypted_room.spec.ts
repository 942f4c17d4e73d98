import { expect, test } from "@playwright/test";

import { EncryptingProgram } from "./encrypting";
import { FRAME_MS, run, told } from "./frames";
import { lookAway } from "./kept";
import { Person } from "./person";
import { Program, words } from "./program";
import { startServer, type Server } from "./server";

// Figures are printed; the bounds are wide, because other work runs on the machine of a test. More messages take
// longer than a test may on a busy machine; ENCRYPTED_MESSAGES=2000 gives the figures of a long room.

const MESSAGES = Number(process.env.ENCRYPTED_MESSAGES ?? 500);
const SCROLLED_FRAMES = 300;
/** A page is opened message by message. Opened at once, it would take longer than a frame by itself. */
const LONGEST_BLOCK_MS = 500;

let server: Server;

test.beforeAll(async () => {
  server = await startServer();
});

test.afterAll(async () => {
  await server?.stop();
});

test(`an encrypted room of ${MESSAGES} messages runs smoothly`, async ({ browser }) => {
  test.setTimeout(600_000);
  // Her device is there before the messages: their keys are for it.
  const anna = await Person.open(browser, server, "anna");
  const { page } = anna;
  await anna.signIn();
  const began = Date.now();
  const his = await Program.signIn(server, "ben");
  const hers = await Program.signIn(server, "anna");
  const ben = await EncryptingProgram.start(his, hers, "Langes Geheimnis");
  await ben.send(MESSAGES, (n) => ({ msgtype: "m.text", body: `Nr. ${n}: ${words(n)}` }));
  console.log(`${MESSAGES} encrypted messages sent in ${Date.now() - began} ms`);

  await expect(anna.room("Langes Geheimnis")).toBeVisible();
  await anna.open("Langes Geheimnis");
  await expect(anna.message(/^.*Nr\. \d+:/).last()).toBeVisible();
  // What came while she was there is readable already. From now on it is not.
  await lookAway(page);
  await page.reload();
  await expect(anna.message(/^.*Nr\. \d+:/).last()).toBeVisible();

  const back = await run(page, ".scroller", -300, SCROLLED_FRAMES);
  console.log(`${MESSAGES} encrypted messages, back while pages arrive: ${told(back)}`);
  const again = await run(page, ".scroller", 300, SCROLLED_FRAMES / 2);
  console.log(`${MESSAGES} encrypted messages, forth in what is there: ${told(again)}`);
  for (const { cpuMs, longestMs } of [back, again]) {
    expect(cpuMs).toBeLessThan(3 * FRAME_MS);
    expect(longestMs).toBeLessThan(LONGEST_BLOCK_MS);
  }
  // All that is seen can be read.
  const unreadable = anna.messages.filter({ hasNotText: /Nr\. \d+:/ });
  await expect(unreadable).toHaveCount(0);
  expect(anna.complaints).toEqual([]);
  await anna.context.close();
});
