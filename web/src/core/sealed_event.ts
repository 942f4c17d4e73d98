import {
  DecryptionSettings,
  DeviceId,
  DeviceLists,
  initAsync,
  OlmMachine,
  RoomId,
  StoreHandle,
  TrustRequirement,
  UserId,
} from "@matrix-org/matrix-sdk-crypto-wasm";
import wasm from "../../node_modules/@matrix-org/matrix-sdk-crypto-wasm/pkg/matrix_sdk_crypto_wasm_bg.wasm?url";

import type { Session } from "../shell/session";
import { recall } from "../shell/vault";
import { CRYPTO_DATABASE, STORAGE_KEY } from "./crypto_store";

/** An event as the server gives it out. */
export interface PlainEvent {
  type: string;
  sender: string;
  origin_server_ts: number;
  content: Record<string, unknown>;
}

/** Opens messages while no page is open, with the keys of this browser. */
export class Opener {
  readonly #machine: OlmMachine;

  private constructor(machine: OlmMachine) {
    this.#machine = machine;
  }

  /** `undefined` if there are no keys. Close it afterwards; a page must not have the keys open too. */
  static async open(session: Session): Promise<Opener | undefined> {
    const key = await recall<number[]>(STORAGE_KEY);
    if (!key) return undefined;
    await initAsync(wasm);
    const store = await StoreHandle.openWithKey(CRYPTO_DATABASE, Uint8Array.from(key));
    try {
      const device = new DeviceId(session.deviceId);
      return new Opener(await OlmMachine.initFromStore(new UserId(session.userId), device, store));
    } finally {
      store.free();
    }
  }

  /** Takes in keys that others have sent. They stay with the server until a page has fetched them too. */
  async learn(events: unknown[]): Promise<void> {
    const sent = JSON.stringify(events);
    await this.#machine.receiveSyncChangesMsc4186(sent, new DeviceLists(), new Map());
  }

  /** What an event says; `undefined` if its key is not here. */
  async read(roomId: string, event: PlainEvent): Promise<PlainEvent | undefined> {
    const settings = new DecryptionSettings(TrustRequirement.Untrusted);
    try {
      const room = new RoomId(roomId);
      const opened = await this.#machine.decryptRoomEvent(JSON.stringify(event), room, settings);
      return { ...event, ...(JSON.parse(opened.event) as Pick<PlainEvent, "type" | "content">) };
    } catch {
      return undefined;
    }
  }

  /** Lets go of the keys. */
  close(): void {
    this.#machine.close();
  }
}
