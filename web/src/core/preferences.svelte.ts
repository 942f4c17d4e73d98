import { ClientEvent, type MatrixClient } from "matrix-js-sdk";

import { isQuiet, PREFERENCES, readPreferences, type Shared } from "./quiet";

/** Her preferences. They can only be tighter than what the organisation allows. */
export class Preferences {
  #known = $state.raw<Shared>(readPreferences({}));
  /** What she has chosen and the server has not told her yet: an answer to an earlier choice does not undo it. */
  #chosen = $state.raw<Partial<Shared>[]>([]);
  #turn: Promise<unknown> = Promise.resolve();
  readonly #client: MatrixClient;

  constructor(client: MatrixClient) {
    this.#client = client;
    client.on(ClientEvent.AccountData, (event) => {
      if (event.getType() === PREFERENCES) this.#read();
    });
    this.#read();
  }

  /** What she has chosen. */
  get now(): Readonly<Shared> {
    return this.#chosen.reduce<Shared>((all, some) => ({ ...all, ...some }), this.#known);
  }

  /** Whether she wants to be left alone at this time. */
  isQuietNow(): boolean {
    return isQuiet(this.now, new Date());
  }

  /** Chooses. Throws if the server does not take it; then it is as before. */
  async change(wanted: Partial<Shared>): Promise<void> {
    this.#chosen = [...this.#chosen, wanted];
    // One after another: each is put into what the server has then.
    const taken = this.#turn.then(() =>
      this.#client.setAccountData(PREFERENCES as never, { ...this.#known, ...wanted } as never),
    );
    this.#turn = taken.catch(() => undefined);
    try {
      await taken;
    } finally {
      this.#chosen = this.#chosen.filter((it) => it !== wanted);
    }
  }

  /** Reads what another device, or this one, has set. */
  #read(): void {
    const content = this.#client.getAccountData(PREFERENCES as never)?.getContent() ?? {};
    this.#known = readPreferences(content);
  }
}
