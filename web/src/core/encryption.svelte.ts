import type { MatrixClient } from "matrix-js-sdk";
import { CryptoEvent, decodeRecoveryKey, type CryptoApi } from "matrix-js-sdk/lib/crypto-api";

import { forget, keep, recall } from "../shell/vault";
import type { SecretStorageKeys } from "./secret_storage";

/** Where the recovery key waits until she has printed it. */
const RECOVERY = "recovery-key";
/** How often, and after which time, the server is asked for keys that a page may just have sent. */
const ASKED = 4;
const ASKED_AGAIN_MS = 1_000;

/**
 * - `checking`: not known yet.
 * - `ready`: this device is confirmed, its keys are backed up.
 * - `unconfirmed`: she has other devices; this one reads old messages once it is confirmed.
 * - `failed`: the set-up did not work; it is tried again with the next start.
 */
export type EncryptionState = "checking" | "ready" | "unconfirmed" | "failed";

/** Cross-signing and key backup of her account, set up without asking her anything. */
export class Encryption {
  state = $state<EncryptionState>("checking");
  /** Whether a recovery key waits to be printed. */
  hasUnsavedKey = $state(false);
  /** Whether this device has had none of her keys, and is about to make or to miss them. */
  isBeingSetUp = $state(false);
  /** Whether the set-up has run: before, nobody can say that this device waits to be confirmed. */
  #isPrepared = false;
  readonly #client: MatrixClient;
  readonly #crypto: CryptoApi;
  readonly #keys: SecretStorageKeys;

  constructor(client: MatrixClient, keys: SecretStorageKeys) {
    const crypto = client.getCrypto();
    if (!crypto) throw new Error("the client has no crypto");
    this.#client = client;
    this.#crypto = crypto;
    this.#keys = keys;
    client.on(CryptoEvent.KeysChanged, () => void this.check());
    client.on(CryptoEvent.UserTrustStatusChanged, () => void this.check());
    client.on(CryptoEvent.DevicesUpdated, (users: string[]) => {
      if (users.includes(client.getSafeUserId())) void this.check();
    });
  }

  /** What this browser knows by itself: before anything is shown, so that nothing moves because of it. */
  async look(): Promise<void> {
    this.isBeingSetUp = !(await this.#holdsIdentity());
    await this.#lookForKey();
  }

  /** Sets up what is missing. Call it once, after the first sync. */
  async prepare(): Promise<void> {
    try {
      // On a second device the keys exist, and making new ones would cut off the first.
      if (!(await this.#isPublished())) await this.#makeIdentity();
      // The keys that are kept here hold only if they are those that the server has.
      await this.#crypto.userHasCrossSigningKeys(this.#client.getSafeUserId(), true);
      if (await this.#holdsIdentity()) {
        // A page that was left while it made the identity may not have come to sign its device.
        const device = this.#client.getDeviceId();
        if (device && !(await this.#isConfirmed())) await this.#crypto.crossSignDevice(device);
        await this.#makeBackup();
      }
      await this.#lookForKey();
      this.#isPrepared = true;
      await this.check();
    } catch (error) {
      console.error("encryption could not be set up", error);
      this.state = "failed";
    }
    this.isBeingSetUp = false;
  }

  /** Looks again whether this device is confirmed. */
  async check(): Promise<void> {
    // What was not there when the look began may have been made since.
    const isPrepared = this.#isPrepared;
    if (await this.#isConfirmed()) this.state = "ready";
    else if (isPrepared && this.state !== "failed") this.state = "unconfirmed";
  }

  /** The recovery key, as long as it has not been saved. */
  unsavedKey(): Promise<string | undefined> {
    return recall<string>(RECOVERY);
  }

  /** She has it on paper: it is not kept here any longer. */
  async forgetKey(): Promise<void> {
    await forget(RECOVERY);
    this.hasUnsavedKey = false;
  }

  /** Makes a new recovery key; the old one opens nothing any more. */
  async renewKey(): Promise<string> {
    const made = await this.#crypto.createRecoveryKeyFromPassphrase();
    await this.#crypto.bootstrapSecretStorage({
      createSecretStorageKey: async () => made,
      setupNewSecretStorage: true,
    });
    const key = made.encodedPrivateKey ?? "";
    await keep(RECOVERY, key);
    this.hasUnsavedKey = true;
    return key;
  }

  /**
   * Confirms this device with the recovery key and fetches the keys of old messages.
   *
   * Throws if it is not the right key.
   */
  async recover(recoveryKey: string): Promise<void> {
    await this.recoverWith(Uint8Array.from(decodeRecoveryKey(recoveryKey.trim())));
  }

  /** The same with the bytes of the key. */
  async recoverWith(key: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#keys.offer(key);
    try {
      await this.#crypto.bootstrapCrossSigning({});
      const device = this.#client.getDeviceId();
      if (device) await this.#crypto.crossSignDevice(device);
      await this.fetchOldKeys();
    } finally {
      this.#keys.offer(undefined);
    }
    await this.check();
    if (this.state !== "ready") throw new Error("the key does not open this account");
  }

  /** Another device has just confirmed this one and sends it the secrets. */
  async afterConfirmation(): Promise<void> {
    await this.check();
    await this.fetchOldKeys().catch(() => undefined);
    await this.check();
  }

  /** Fetches the keys of old messages from the backup. */
  async fetchOldKeys(): Promise<void> {
    const info = await this.#crypto.getKeyBackupInfo();
    if (!info) return;
    if (!(await this.#crypto.getSessionBackupPrivateKey())) {
      await this.#crypto.loadSessionBackupPrivateKeyFromSecretStorage();
    }
    await this.#crypto.checkKeyBackupAndEnable();
    await this.#crypto.restoreKeyBackup();
  }

  async #lookForKey(): Promise<void> {
    this.hasUnsavedKey = (await recall<string>(RECOVERY)) !== undefined;
  }

  /**
   * Whether the server has her identity.
   *
   * The SDK is not asked: it takes keys for hers that a page made and did not bring to the server before it was
   * left. They may still be on their way, and are waited for.
   */
  async #isPublished(): Promise<boolean> {
    const user = this.#client.getSafeUserId();
    for (let asked = 1; ; asked += 1) {
      const { master_keys: published } = await this.#client.downloadKeysForUsers([user]);
      if (published?.[user]) return true;
      if (asked === ASKED || !(await this.#holdsIdentity())) return false;
      await new Promise((resolve) => setTimeout(resolve, ASKED_AGAIN_MS));
    }
  }

  async #makeIdentity(): Promise<void> {
    // A page that was left later than that has sealed its keys, which are now replaced, with this one.
    const kept = await recall<string>(RECOVERY);
    if (kept) this.#keys.offer(Uint8Array.from(decodeRecoveryKey(kept)));
    try {
      await this.#crypto.bootstrapCrossSigning({
        // Keys that a page made and did not bring to the server before it was left are replaced.
        setupNewCrossSigning: true,
        // The first keys of an account need no further proof (MSC3967).
        authUploadDeviceSigningKeys: async (upload) => {
          await upload(null);
        },
      });
    } catch (error) {
      // Another device of hers was quicker: then this one is to be confirmed.
      if (!(await this.#isPublished())) throw error;
    } finally {
      this.#keys.offer(undefined);
    }
  }

  async #holdsIdentity(): Promise<boolean> {
    const { privateKeysCachedLocally: held } = await this.#crypto.getCrossSigningStatus();
    return held.masterKey && held.selfSigningKey && held.userSigningKey;
  }

  async #isConfirmed(): Promise<boolean> {
    const [user, device] = [this.#client.getSafeUserId(), this.#client.getDeviceId() ?? ""];
    const status = await this.#crypto.getDeviceVerificationStatus(user, device);
    return (status?.crossSigningVerified ?? false) && (await this.#holdsIdentity());
  }

  /** Also finishes what a closed page had left half done. */
  async #makeBackup(): Promise<void> {
    if (await this.#crypto.isSecretStorageReady()) return;
    const made = await this.#crypto.createRecoveryKeyFromPassphrase();
    // Before the server has anything sealed with it.
    await keep(RECOVERY, made.encodedPrivateKey);
    await this.#crypto.bootstrapSecretStorage({
      createSecretStorageKey: async () => made,
      setupNewSecretStorage: true,
      setupNewKeyBackup: (await this.#crypto.getKeyBackupInfo()) === null,
    });
  }
}
