import { ClientEvent, type MatrixClient } from "matrix-js-sdk";
import { decodeRecoveryKey } from "matrix-js-sdk/lib/crypto-api";

import type { Encryption } from "./encryption.svelte";
import {
  knowsPasskeys,
  openWithPasskey,
  sealWithPasskey,
  type SealedSecret,
} from "./passkey_secret";

/** Where the recovery key lies at the server, sealed with a passkey. */
const TYPE = "app.kontor.recovery.passkey";

interface Kept extends SealedSecret {
  /** The recovery key that it is; after a new one was made, this opens nothing any more. */
  key_id: string;
}

/** What was typed is not the recovery key of this account. */
export class WrongKey extends Error {}

/** Her recovery key, sealed with a passkey: on a new device she needs no paper. */
export class RecoveryPasskey {
  /** Whether a passkey opens her account. */
  isSetUp = $state(false);
  /** Whether this browser knows passkeys. */
  readonly isPossible = knowsPasskeys();
  readonly #client: MatrixClient;
  readonly #encryption: Encryption;

  constructor(client: MatrixClient, encryption: Encryption) {
    this.#client = client;
    this.#encryption = encryption;
    client.on(ClientEvent.AccountData, () => void this.#look());
  }

  /** Sets it up with a new passkey; `typed` is the recovery key, if none waits here to be saved. */
  async setUp(typed: string): Promise<void> {
    const text = (await this.#encryption.unsavedKey()) ?? typed;
    const [id, key] = await this.#checked(text);
    const secret = await sealWithPasskey(key, this.#client.getSafeUserId());
    await this.#keep({ ...secret, key_id: id });
  }

  /** Confirms this device with the passkey, and fetches the keys of old messages. */
  async recover(): Promise<void> {
    const kept = this.#kept();
    if (!kept) throw new WrongKey();
    await this.#encryption.recoverWith(await openWithPasskey(kept));
  }

  /** The passkey opens nothing any more. */
  async remove(): Promise<void> {
    await this.#keep({});
  }

  /** The id of the recovery key, and its bytes. Throws `WrongKey`. */
  async #checked(text: string): Promise<[string, Uint8Array<ArrayBuffer>]> {
    const { secretStorage } = this.#client;
    const found = await secretStorage.getKey();
    if (!found) throw new WrongKey();
    const [id, about] = found;
    let key: Uint8Array<ArrayBuffer>;
    try {
      key = Uint8Array.from(decodeRecoveryKey(text.trim()));
    } catch {
      throw new WrongKey();
    }
    if (!(await secretStorage.checkKey(key, about))) throw new WrongKey();
    return [id, key];
  }

  #kept(): Kept | undefined {
    const content = this.#client.getAccountData(TYPE as never)?.getContent() as
      Partial<Kept> | undefined;
    return content?.sealed ? (content as Kept) : undefined;
  }

  async #keep(content: Kept | Record<string, never>): Promise<void> {
    await this.#client.setAccountData(TYPE as never, content as never);
    await this.#look();
  }

  async #look(): Promise<void> {
    const kept = this.#kept();
    const id = kept && (await this.#client.secretStorage.getDefaultKeyId());
    this.isSetUp = kept !== undefined && kept.key_id === id;
  }
}
