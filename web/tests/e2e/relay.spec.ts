import { expect, test } from "@playwright/test";

import { Person } from "./person";
import { Relay } from "./relay";
import { startServer, type Server } from "./server";

// Two people whose networks do not reach each other talk over a relay of their organisation: a real coturn, with
// passes from Kontor.

let relay: Relay;
let server: Server;
let anna: Person;
let ben: Person;

test.beforeAll(async ({ browser }) => {
  relay = await Relay.start();
  server = await startServer({ settings: relay.settings });
  anna = await Person.open(browser, server, "anna");
  ben = await Person.open(browser, server, "ben");
  for (const person of [anna, ben]) await reachOnlyRelay(person);
  await anna.signIn();
  await ben.signIn();
});

test.afterAll(async () => {
  await Promise.all([anna, ben].map((person) => person?.context.close()));
  await server?.stop();
  await relay?.stop();
});

/** As in a network that lets nothing through to others but the relay. */
async function reachOnlyRelay(person: Person): Promise<void> {
  await person.page.addInitScript(() => {
    const made: RTCPeerConnection[] = [];
    const Usual = RTCPeerConnection;
    class Confined extends Usual {
      constructor(settings?: RTCConfiguration) {
        super({ ...settings, iceTransportPolicy: "relay" });
        made.push(this);
      }
    }
    Object.assign(globalThis, { RTCPeerConnection: Confined, made });
  });
}

/** By what ways the sound that arrives has come, at both ends: `relay relay`. */
function ways(person: Person): Promise<string[]> {
  return person.page.evaluate(async () => {
    const { made } = globalThis as unknown as { made: RTCPeerConnection[] };
    const found: string[] = [];
    for (const connection of made) {
      const stats = [...(await connection.getStats()).values()] as Record<string, unknown>[];
      const type = (id: unknown): unknown => stats.find((it) => it["id"] === id)?.["candidateType"];
      const hears = stats.some(
        (it) => it["type"] === "inbound-rtp" && Number(it["bytesReceived"]) > 1_000,
      );
      for (const pair of stats.filter((it) => it["type"] === "candidate-pair")) {
        if (!hears || pair["nominated"] !== true || pair["state"] !== "succeeded") continue;
        found.push(`${type(pair["localCandidateId"])} ${type(pair["remoteCandidateId"])}`);
      }
    }
    return [...new Set(found)];
  });
}

test("a call goes over the relay when nothing else is left", async () => {
  await anna.page.getByRole("button", { name: "Neue Unterhaltung" }).first().click();
  await anna.page.getByLabel("Name der Person").fill("Ben");
  await anna.page.getByRole("button", { name: /Ben Yilmaz/ }).click();
  await anna.say("Hörst du mich auch von dort?");
  await ben.room("Anna Berger").click();
  await ben.page.getByRole("button", { name: "Annehmen" }).click();
  await expect(ben.message("Hörst du mich")).toBeVisible();
  await anna.page.getByRole("button", { name: "Anrufen", exact: true }).click();
  await ben.page.getByRole("button", { name: "Annehmen", exact: true }).click();
  const call = anna.page.getByRole("region", { name: "Gespräch mit Ben Yilmaz" });
  await expect(call.getByRole("timer")).toHaveText(/^0:\d\d$/);
  for (const person of [anna, ben]) {
    await expect.poll(() => ways(person)).toEqual(["relay relay"]);
  }
  await anna.page.getByRole("button", { name: "Auflegen" }).click();
  await expect(call).toHaveCount(0);
  for (const person of [anna, ben]) {
    expect(person.strayRequests).toEqual([]);
    expect(person.complaints).toEqual([]);
  }
});
