import { ClientEvent, type MatrixClient } from "matrix-js-sdk";

import { isQuiet, PREFERENCES, readPreferences, type Shared } from "./quiet";

/** Her preferences. They can only be tighter than what the organisation allows. */
export class Preferences {
  #shared = $state.raw<Shared>(readPreferences({}));
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
    return this.#shared;
  }

  /** Whether she wants to be left alone at this time. */
  isQuietNow(): boolean {
    return isQuiet(this.#shared, new Date());
  }

  /** Chooses. */
  async change(wanted: Partial<Shared>): Promise<void> {
    const before = this.#shared;
    this.#shared = { ...before, ...wanted };
    try {
      await this.#client.setAccountData(PREFERENCES as never, this.#shared as never);
    } catch (error) {
      this.#shared = before;
      throw error;
    }
  }

  /** Reads what another device, or this one, has set. */
  #read(): void {
    const content = this.#client.getAccountData(PREFERENCES as never)?.getContent() ?? {};
    this.#shared = readPreferences(content);
  }
}
