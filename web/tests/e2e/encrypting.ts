import {
  DeviceId,
  EncryptionSettings,
  initAsync,
  OlmMachine,
  RequestType,
  RoomId,
  UserId,
} from "@matrix-org/matrix-sdk-crypto-wasm";

import type { Program } from "./program";

/** What is encrypted with one key, before the next one is given out; the SDK's own number. */
const OF_ONE_KEY = 100;

const ENCRYPTION = {
  type: "m.room.encryption",
  state_key: "",
  content: { algorithm: "m.megolm.v1.aes-sha2" },
};

/** What the machine wants to have asked. */
interface Request {
  readonly id?: string;
  readonly type?: RequestType;
  readonly body?: string;
}

const PATHS: Partial<Record<RequestType, string>> = {
  [RequestType.KeysUpload]: "keys/upload",
  [RequestType.KeysQuery]: "keys/query",
  [RequestType.KeysClaim]: "keys/claim",
};

/** A program that encrypts: a device of somebody's without a browser. */
export class EncryptingProgram {
  private sent = 0;

  private constructor(
    private readonly program: Program,
    private readonly machine: OlmMachine,
    private readonly other: UserId,
    readonly roomId: string,
  ) {}

  /** Begins with the keys of a new device, in an encrypted room of its own with somebody else, who is there
      already with the device that is to read. */
  static async start(program: Program, other: Program, name: string): Promise<EncryptingProgram> {
    const roomId = await program.createRoom({
      name,
      invite: [other.userId],
      initial_state: [ENCRYPTION],
    });
    await other.ask("POST", `join/${encodeURIComponent(roomId)}`, {});
    await initAsync();
    const machine = await OlmMachine.initialize(
      new UserId(program.userId),
      new DeviceId(program.deviceId),
    );
    const made = new EncryptingProgram(program, machine, new UserId(other.userId), roomId);
    await machine.updateTrackedUsers([made.other.clone()]);
    for (const request of await machine.outgoingRequests()) await made.ask(request as Request);
    const claim = await machine.getMissingSessions([made.other.clone()]);
    if (claim) await made.ask(claim as Request);
    return made;
  }

  /** Encrypts messages, each from its number, and sends them. */
  async send(count: number, contentOf: (n: number) => object): Promise<void> {
    for (let from = 0; from < count; from += OF_ONE_KEY) {
      await this.shareKey();
      const until = Math.min(count, from + OF_ONE_KEY);
      const numbers = Array.from({ length: until - from }, (_, index) => from + index + 1);
      const sealed = [];
      for (const n of numbers) {
        const content = JSON.stringify(contentOf(n));
        sealed.push(
          await this.machine.encryptRoomEvent(new RoomId(this.roomId), "m.room.message", content),
        );
      }
      await Promise.all(
        sealed.map((content) => {
          this.sent += 1;
          const body = JSON.parse(content) as object;
          return this.program.send(this.roomId, "m.room.encrypted", this.sent, body);
        }),
      );
    }
  }

  /** Gives the key of the next messages to the other's devices. */
  private async shareKey(): Promise<void> {
    const settings = new EncryptionSettings();
    settings.rotationPeriodMessages = BigInt(OF_ONE_KEY);
    const requests = await this.machine.shareRoomKey(
      new RoomId(this.roomId),
      [this.other.clone()],
      settings,
    );
    for (const { id, event_type, txn_id, body } of requests) {
      const path = `sendToDevice/${event_type}/${txn_id}`;
      const answer = await this.program.ask("PUT", path, JSON.parse(body) as object);
      await this.machine.markRequestAsSent(id, RequestType.ToDevice, JSON.stringify(answer));
    }
  }

  private async ask({ id = "", type, body = "" }: Request): Promise<void> {
    const path = PATHS[type ?? RequestType.ToDevice];
    if (type === undefined || !path) throw new Error(`no request of type ${type} was expected`);
    const answer = await this.program.ask("POST", path, JSON.parse(body) as object);
    await this.machine.markRequestAsSent(id, type, JSON.stringify(answer));
  }
}
