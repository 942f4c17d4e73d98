import type { MatrixClient } from "matrix-js-sdk";

/** One of her devices. */
export interface OwnDevice {
  id: string;
  name: string;
  isThis: boolean;
  /** Whether she has confirmed that it is hers. */
  isConfirmed: boolean;
  /** Whether it can read encrypted messages at all. */
  canRead: boolean;
  lastSeenMs: number | undefined;
}

/** The proof that the server asks for before it signs out a device. */
interface Challenge {
  httpStatus?: number;
  data?: { session?: string; flows?: { stages: string[] }[] };
}

const PASSWORD = "m.login.password";
const UNAUTHENTICATED = 401;

/** How signing out a device ended: `elsewhere` means that the account pages have to do it. */
export type SignOutResult = "done" | "needs-password" | "wrong-password" | "elsewhere";

/** Her devices. */
export class Devices {
  readonly #client: MatrixClient;

  constructor(client: MatrixClient) {
    this.#client = client;
  }

  /** All of them, this one first, then those used last. */
  async list(): Promise<OwnDevice[]> {
    const me = this.#client.getSafeUserId();
    const crypto = this.#client.getCrypto();
    const { devices } = await this.#client.getDevices();
    const found = await Promise.all(
      devices.map(async (device): Promise<OwnDevice> => {
        const status = await crypto?.getDeviceVerificationStatus(me, device.device_id);
        return {
          id: device.device_id,
          name: device.display_name || device.device_id,
          isThis: device.device_id === this.#client.getDeviceId(),
          isConfirmed: status?.crossSigningVerified ?? false,
          canRead: status !== null && status !== undefined,
          lastSeenMs: device.last_seen_ts,
        };
      }),
    );
    return found.sort(
      (a, b) => Number(b.isThis) - Number(a.isThis) || (b.lastSeenMs ?? 0) - (a.lastSeenMs ?? 0),
    );
  }

  /** Gives a device a name. */
  async rename(id: string, name: string): Promise<void> {
    await this.#client.setDeviceDetails(id, { display_name: name });
  }

  /** Signs out a device; the server wants her password for it. */
  async signOut(id: string, password: string | undefined): Promise<SignOutResult> {
    try {
      await this.#client.deleteDevice(id);
      return "done";
    } catch (error) {
      const { httpStatus, data } = error as Challenge;
      if (httpStatus !== UNAUTHENTICATED || !data?.session) throw error;
      const stages = data.flows?.flatMap((flow) => flow.stages) ?? [];
      if (!stages.includes(PASSWORD)) return "elsewhere";
      return password === undefined ? "needs-password" : this.#prove(id, data.session, password);
    }
  }

  async #prove(id: string, session: string, password: string): Promise<SignOutResult> {
    const identifier = { type: "m.id.user", user: this.#client.getSafeUserId() };
    try {
      await this.#client.deleteDevice(id, { type: PASSWORD, identifier, password, session });
      return "done";
    } catch (error) {
      const status = (error as Challenge).httpStatus;
      if (status === UNAUTHENTICATED || status === 403) return "wrong-password";
      throw error;
    }
  }
}
