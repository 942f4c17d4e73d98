import { MatrixEvent, type MatrixClient } from "matrix-js-sdk";
import { beforeEach, expect, test } from "vitest";

import { Preferences } from "./preferences.svelte";
import { PREFERENCES, type Shared } from "./quiet";

/** Takes one choice at a time, and tells of it when it is told to. */
class FakeServer {
  readonly sent: Partial<Shared>[] = [];
  #kept: object = {};
  #answer: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #tell: (event: MatrixEvent) => void = () => undefined;

  readonly client = {
    on: (_: string, listener: (event: MatrixEvent) => void) => (this.#tell = listener),
    getAccountData: () => this.#event(),
    setAccountData: (_: string, content: Shared) => {
      this.sent.push(content);
      return new Promise<void>((resolve, reject) => (this.#answer = { resolve, reject }));
    },
  } as unknown as MatrixClient;

  #event(): MatrixEvent {
    return new MatrixEvent({ type: PREFERENCES, content: this.#kept });
  }

  /** Another device, or this one, has set something. */
  async tell(content: object): Promise<void> {
    this.#kept = content;
    this.#tell(this.#event());
    this.#answer?.resolve();
    await settled();
  }

  async refuse(): Promise<void> {
    this.#answer?.reject(new Error("refused"));
    await settled();
  }
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

let server: FakeServer;
let preferences: Preferences;

beforeEach(() => {
  server = new FakeServer();
  preferences = new Preferences(server.client);
});

test("what she chooses quickly counts at once, and no earlier answer undoes it", async () => {
  const all = { quiet: true, quietFrom: "00:00", quietTo: "23:59", quietWeekend: false };
  const choices = [{ quiet: true }, { quietFrom: "00:00" }, { quietTo: "23:59" }];
  const changes = choices.map((choice) => preferences.change(choice));
  await settled();
  expect(preferences.now).toEqual(all);
  for (const length of [1, 2, 3]) {
    expect(server.sent).toHaveLength(length);
    await server.tell(server.sent.at(-1) ?? {});
    expect(preferences.now).toEqual(all);
  }
  await Promise.all(changes);
  expect(server.sent.at(-1)).toEqual(all);
});

test("what another device sets meanwhile is kept", async () => {
  const change = preferences.change({ quiet: true });
  await settled();
  await server.tell({ ...server.sent[0], quietWeekend: true });
  await change;
  expect(preferences.now).toMatchObject({ quiet: true, quietWeekend: true });
  const next = preferences.change({ quietTo: "06:00" });
  await settled();
  expect(server.sent.at(-1)).toMatchObject({ quiet: true, quietWeekend: true, quietTo: "06:00" });
  await server.tell(server.sent.at(-1) ?? {});
  await next;
});

test("what the server refuses is as before, and the rest goes on", async () => {
  const refused = preferences.change({ quiet: true });
  const taken = preferences.change({ quietTo: "06:00" });
  const outcome = expect(refused).rejects.toThrow("refused");
  await settled();
  await server.refuse();
  await outcome;
  expect(preferences.now).toMatchObject({ quiet: false, quietTo: "06:00" });
  await server.tell(server.sent.at(-1) ?? {});
  await taken;
  expect(server.sent.at(-1)).toMatchObject({ quiet: false, quietTo: "06:00" });
});
