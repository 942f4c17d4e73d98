import { createDecipheriv, createECDH, hkdfSync, randomBytes, type ECDH } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { BrowserContext } from "@playwright/test";

/** The push service of a browser, which this Chromium has none of: takes what the server sends, and opens it
    as the browser would. What the browser then gets comes over the debugging protocol. */
export class PushService {
  readonly #server: Server;
  readonly #keys: ECDH = createECDH("prime256v1");
  readonly #auth = randomBytes(16);
  readonly #taken: Buffer[] = [];
  #waiting: ((body: Buffer) => void) | undefined;

  private constructor() {
    this.#keys.generateKeys();
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        response.writeHead(201).end();
        const body = Buffer.concat(parts);
        if (this.#waiting) this.#waiting(body);
        else this.#taken.push(body);
        this.#waiting = undefined;
      });
    });
  }

  static async start(): Promise<PushService> {
    const service = new PushService();
    await new Promise<void>((resolve) => service.#server.listen(0, "127.0.0.1", resolve));
    return service;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
  }

  /** The next message, sealed. */
  async next(): Promise<Buffer> {
    return this.#taken.shift() ?? new Promise((resolve) => (this.#waiting = resolve));
  }

  /** What a message says (RFC 8291). */
  open(sealed: Buffer): { room_id: string; event_id: string } {
    const [salt, sender] = [sealed.subarray(0, 16), sealed.subarray(21, 21 + sealed[20]!)];
    const record = sealed.subarray(21 + sender.length);
    const shared = this.#keys.computeSecret(sender);
    const info = Buffer.concat([Buffer.from("WebPush: info\0"), this.#keys.getPublicKey(), sender]);
    const input = Buffer.from(hkdfSync("sha256", shared, this.#auth, info, 32));
    const derive = (name: string, length: number): Buffer =>
      Buffer.from(hkdfSync("sha256", input, salt, `Content-Encoding: ${name}\0`, length));
    const cipher = createDecipheriv("aes-128-gcm", derive("aes128gcm", 16), derive("nonce", 12));
    cipher.setAuthTag(record.subarray(-16));
    const plain = Buffer.concat([cipher.update(record.subarray(0, -16)), cipher.final()]);
    return JSON.parse(plain.subarray(0, plain.lastIndexOf(2)).toString()) as never;
  }

  /** Has a browser subscribe here. */
  async adopt(context: BrowserContext): Promise<void> {
    const url = (bytes: Buffer): string => bytes.toString("base64url");
    const given = {
      endpoint: `http://${this.host}/device`,
      keys: { p256dh: url(this.#keys.getPublicKey()), auth: url(this.#auth) },
    };
    await context.addInitScript((subscription) => {
      const [key, KEPT] = [(): string | null => localStorage.getItem(KEPT), "test-subscription"];
      const made = (): object => ({
        endpoint: subscription.endpoint,
        options: {},
        toJSON: () => subscription,
        unsubscribe: async () => {
          localStorage.removeItem(KEPT);
          return true;
        },
      });
      Object.assign(PushManager.prototype, {
        subscribe: async (options: { applicationServerKey: string }) => {
          localStorage.setItem(KEPT, options.applicationServerKey);
          return made();
        },
        getSubscription: async () => (key() ? made() : null),
      });
    }, given);
  }
}
