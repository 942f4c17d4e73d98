import type { MatrixClient } from "matrix-js-sdk";
import {
  CryptoEvent,
  VerificationPhase,
  VerificationRequestEvent,
  VerifierEvent,
  type ShowSasCallbacks,
  type VerificationRequest,
  type Verifier,
} from "matrix-js-sdk/lib/crypto-api";

import { talkTo } from "./people";

const SAS = "m.sas.v1";

/** How far two devices have come in comparing emoji. */
export type Stage = "asked" | "waiting" | "compare" | "confirmed" | "done" | "cancelled";

/** One comparison of emoji between two devices. */
export class Verification {
  stage = $state<Stage>("waiting");
  /** The emoji with their English names. */
  emoji = $state.raw<[string, string][]>([]);
  /** Whether the other device is her own. */
  readonly isOwn: boolean;
  readonly otherUser: string;
  readonly #request: VerificationRequest;
  #sas: ShowSasCallbacks | undefined;
  #verifier: Verifier | undefined;

  constructor(request: VerificationRequest) {
    this.#request = request;
    this.isOwn = request.isSelfVerification;
    this.otherUser = request.otherUserId;
    if (!request.initiatedByMe) this.stage = "asked";
    request.on(VerificationRequestEvent.Change, () => void this.#follow());
    void this.#follow();
  }

  /** Agrees to compare. */
  async accept(): Promise<void> {
    this.stage = "waiting";
    await this.#request.accept();
  }

  /** The emoji are the same on both. */
  async match(): Promise<void> {
    this.stage = "confirmed";
    await this.#sas?.confirm();
  }

  /** The emoji differ: somebody may be in between. */
  mismatch(): void {
    this.#sas?.mismatch();
    this.stage = "cancelled";
  }

  /** Ends it. */
  async cancel(): Promise<void> {
    if (this.stage === "done" || this.stage === "cancelled") return;
    this.stage = "cancelled";
    await this.#request.cancel();
  }

  async #follow(): Promise<void> {
    const { phase } = this.#request;
    if (phase === VerificationPhase.Done) this.stage = "done";
    if (phase === VerificationPhase.Cancelled) this.stage = "cancelled";
    // The side that asked begins, so that both do not begin at once.
    if (phase === VerificationPhase.Ready && this.#request.initiatedByMe && !this.#verifier) {
      this.#run(await this.#request.startVerification(SAS));
    }
    if (phase === VerificationPhase.Started && this.#request.verifier) {
      this.#run(this.#request.verifier);
    }
  }

  #run(verifier: Verifier): void {
    if (this.#verifier) return;
    this.#verifier = verifier;
    verifier.on(VerifierEvent.ShowSas, (sas) => this.#show(sas));
    verifier.on(VerifierEvent.Cancel, () => (this.stage = "cancelled"));
    const shown = verifier.getShowSasCallbacks();
    if (shown) this.#show(shown);
    verifier.verify().catch(() => (this.stage = "cancelled"));
  }

  #show(sas: ShowSasCallbacks): void {
    this.#sas = sas;
    this.emoji = sas.sas.emoji ?? [];
    this.stage = "compare";
  }
}

/** The comparison going on, if any. */
export class Verifications {
  current = $state.raw<Verification | undefined>();
  readonly #client: MatrixClient;

  constructor(client: MatrixClient) {
    this.#client = client;
    client.on(CryptoEvent.VerificationRequestReceived, (request) => {
      if (!this.current) this.current = new Verification(request);
    });
  }

  /** Asks her other devices to confirm this one. */
  async askOwnDevices(): Promise<void> {
    const request = await this.#client.getCrypto()?.requestOwnUserVerification();
    if (request) this.current = new Verification(request);
  }

  /** Compares with one of her own devices. */
  async askDevice(deviceId: string): Promise<void> {
    const me = this.#client.getSafeUserId();
    const request = await this.#client.getCrypto()?.requestDeviceVerification(me, deviceId);
    if (request) this.current = new Verification(request);
  }

  /** Compares with another person, in the conversation of two with her. */
  async askPerson(userId: string): Promise<void> {
    const roomId = await talkTo(this.#client, userId);
    const request = await this.#client.getCrypto()?.requestVerificationDM(userId, roomId);
    if (request) this.current = new Verification(request);
  }

  /** Closes what is shown. */
  async close(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    await current?.cancel();
  }
}
