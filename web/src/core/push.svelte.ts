import { Method, type MatrixClient } from "matrix-js-sdk";

import { language } from "../shell/language";
import { readyWorker } from "../shell/worker";

/** Name of the client among her pushers. */
const APP = "app.kontor.web";
const KIND = "org.matrix.msc4174.webpush";

interface Capabilities {
  capabilities: Record<string, { vapid?: string } | undefined>;
}

/** Waking this browser while Kontor is closed (Web Push). The push service of the browser's maker is asked
    to, and learns that there is something, not what. Off until she wants it (law: R-030). */
export class Push {
  /** `impossible`: the server or the browser does not do it. */
  state = $state<"on" | "off" | "impossible">("impossible");
  /** Who learns that there is something for her, while it is on. */
  host = $state("");
  readonly #client: MatrixClient;
  #key: string | undefined;

  constructor(client: MatrixClient) {
    this.#client = client;
  }

  /** Finds out what is possible; tells the server anew where this browser can be reached. */
  async start(): Promise<void> {
    const worker = "PushManager" in globalThis ? await readyWorker() : undefined;
    if (!worker) return;
    const { capabilities } = await this.#ask<Capabilities>(Method.Get, "/capabilities");
    this.#key = capabilities[KIND]?.vapid ?? capabilities["m.webpush"]?.vapid;
    if (!this.#key) return;
    this.state = "off";
    const known = await worker.pushManager.getSubscription();
    if (!known) return;
    if (isFor(known, this.#key)) await this.#announce(known);
    else await known.unsubscribe();
  }

  /** Lets herself be woken here. Fails if the browser or the server refuses it. */
  async turnOn(): Promise<void> {
    const worker = await readyWorker();
    if (!worker || !this.#key) return;
    const subscription = await worker.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: this.#key,
    });
    try {
      await this.#announce(subscription);
    } catch (error) {
      await subscription.unsubscribe().catch(() => undefined);
      throw error;
    }
  }

  /** No more of it. */
  async turnOff(): Promise<void> {
    const subscription = await (await readyWorker())?.pushManager.getSubscription();
    const pushkey = subscription?.toJSON().keys?.["p256dh"];
    if (pushkey) {
      await this.#ask(Method.Post, "/pushers/set", { app_id: APP, pushkey, kind: null });
    }
    await subscription?.unsubscribe();
    this.state = "off";
    this.host = "";
  }

  async #announce(subscription: PushSubscription): Promise<void> {
    const { endpoint, keys } = subscription.toJSON();
    await this.#ask(Method.Post, "/pushers/set", {
      kind: KIND,
      app_id: APP,
      app_display_name: "Kontor",
      device_display_name: "Kontor",
      lang: language,
      pushkey: keys?.["p256dh"],
      data: { url: endpoint, auth: keys?.["auth"], format: "event_id_only" },
    });
    this.state = "on";
    this.host = new URL(subscription.endpoint).hostname;
  }

  #ask<T>(method: Method, path: string, body?: Record<string, unknown>): Promise<T> {
    return this.#client.http.authedRequest<T>(method, path, undefined, body);
  }
}

/** Whether a subscription is bound to the server's present key. */
function isFor(subscription: PushSubscription, key: string): boolean {
  const bound = subscription.options.applicationServerKey;
  if (!bound) return true;
  const text = btoa(String.fromCharCode(...new Uint8Array(bound)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") === key;
}
