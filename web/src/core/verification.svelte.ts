import type { MatrixClient } from "matrix-js-sdk";
import {
  CryptoEvent,
  VerificationPhase,
  VerificationRequestEvent,
  VerifierEvent,
  type ShowQrCodeCallbacks,
  type ShowSasCallbacks,
  type VerificationRequest,
  type Verifier,
} from "matrix-js-sdk/lib/crypto-api";

import { talkTo } from "./people";
import { codeOf, type QrCode } from "./qr_code";

const SAS = "m.sas.v1";
const SHOW = "m.qr_code.show.v1";
const SCAN = "m.qr_code.scan.v1";
const RECIPROCATE = "m.reciprocate.v1";

const hasCamera = (): boolean => "mediaDevices" in navigator;

/** How this device can be compared with another: by emoji, by showing a code, with a camera by scanning one. */
export function verificationMethods(): string[] {
  return [SAS, SHOW, RECIPROCATE, ...(hasCamera() ? [SCAN] : [])];
}

/**
 * How far two devices have come.
 *
 * - `choose`: both agree; now one scans the other's code, or both compare emoji.
 * - `scanned`: the other device says that it has scanned our code.
 */
export type Stage =
  "asked" | "waiting" | "choose" | "scanned" | "compare" | "confirmed" | "done" | "cancelled";

/** One comparison of two devices. */
export class Verification {
  stage = $state<Stage>("waiting");
  /** The emoji with their English names. */
  emoji = $state.raw<[string, string][]>([]);
  /** The code that the other device can scan. */
  code = $state.raw<QrCode | undefined>();
  /** Whether the other device can show a code, and this one scan it. */
  mayScan = $state(false);
  /** Whether the other device is her own. */
  readonly isOwn: boolean;
  readonly otherUser: string;
  readonly #request: VerificationRequest;
  #sas: ShowSasCallbacks | undefined;
  #scanned: ShowQrCodeCallbacks | undefined;
  #isOffered = false;
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

  /** Compares emoji instead of a code. */
  async compareEmoji(): Promise<void> {
    this.stage = "waiting";
    this.#run(await this.#request.startVerification(SAS));
  }

  /** Takes what was read from the other device's code. Throws if it is not the code for this comparison. */
  async scan(bytes: Uint8Array): Promise<void> {
    const verifier = await this.#request.scanQRCode(Uint8ClampedArray.from(bytes));
    this.stage = "confirmed";
    this.#run(verifier);
  }

  /** The other device has really scanned the code shown here. */
  confirmScan(): void {
    this.stage = "confirmed";
    this.#scanned?.confirm();
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
    if (phase === VerificationPhase.Ready) await this.#offer();
    const { verifier } = this.#request;
    if (phase === VerificationPhase.Started && verifier) {
      this.#run(verifier);
      this.#scanned ??= verifier.getReciprocateQrCodeCallbacks() ?? undefined;
      if (this.#scanned && this.stage === "choose") this.stage = "scanned";
    }
  }

  /** Shows what can be done with the other device. If it knows emoji only, whoever asked begins with
      them, so that both do not begin at once. */
  async #offer(): Promise<void> {
    if (this.#isOffered) return;
    this.#isOffered = true;
    const request = this.#request;
    this.mayScan = hasCamera() && request.otherPartySupportsMethod(SHOW);
    const bytes = request.otherPartySupportsMethod(SCAN)
      ? await request.generateQRCode().catch(() => undefined)
      : undefined;
    this.code = bytes && codeOf(bytes);
    if (request.phase !== VerificationPhase.Ready) return;
    if (this.code || this.mayScan) this.stage = "choose";
    else if (request.initiatedByMe) await this.compareEmoji();
  }

  #run(verifier: Verifier): void {
    if (this.#verifier === verifier) return;
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
