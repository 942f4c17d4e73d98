import {
  expect,
  type Browser,
  type BrowserContext,
  type Locator,
  type Page,
} from "@playwright/test";

import type { Server } from "./server";

/** Somebody with a browser of her own, who does what people do: reads labels, clicks, types. */
export class Person {
  /** Requests that went anywhere but to the server: there must be none. */
  readonly strayRequests: string[] = [];
  /** What the browser complained about: policies broken, scripts failed. */
  readonly complaints: string[] = [];

  private backups = 0;
  private readonly sendings: [string, string][] = [];

  private constructor(
    readonly name: string,
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly server: Server,
  ) {
    context.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(server.url) && !/^(data|blob):/.test(url)) this.strayRequests.push(url);
    });
    page.on("requestfinished", (request) => {
      if (request.method() === "PUT" && request.url().includes("/room_keys/keys"))
        this.backups += 1;
    });
    page.on("request", (request) => {
      const [, type] = /\/send\/([\w.]+)\//.exec(request.url()) ?? [];
      if (type) this.sendings.push([type, request.postData() ?? ""]);
    });
    page.on("console", (message) => {
      // What is not there yet (the key backup of a new account) answers 404, and browsers call it an error.
      const isMissing = message.text().includes("status of 404");
      if (message.type() === "error" && !isMissing) this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
  }

  /** Opens a fresh browser. */
  static async open(browser: Browser, server: Server, name: string, options = {}): Promise<Person> {
    const context = await browser.newContext({ baseURL: server.url, ...options });
    return new Person(name, context, await context.newPage(), server);
  }

  /** Signs in over the account pages. */
  async signIn(): Promise<void> {
    const { page } = this;
    await page.goto("/");
    await page.getByRole("button", { name: "Anmelden" }).click();
    await page.getByLabel("Benutzername").fill(this.name);
    await page.getByLabel("Passwort", { exact: true }).fill(this.server.passwords[this.name] ?? "");
    await page.getByRole("button", { name: "Anmelden", exact: true }).click();
    await expect(this.rooms).toBeVisible({ timeout: 30_000 });
  }

  /** The list of rooms. */
  get rooms(): Locator {
    return this.page.getByRole("navigation", { name: "Unterhaltungen" });
  }

  /** The messages shown. */
  get messages(): Locator {
    return this.page.getByRole("article");
  }

  /** The message with this text. */
  message(text: string | RegExp): Locator {
    return this.messages.filter({ hasText: text });
  }

  /** A room in the list. */
  room(name: string): Locator {
    return this.rooms.getByRole("link", { name: new RegExp(`^${name}`) });
  }

  /** Opens a room from the list. */
  async open(room: string): Promise<void> {
    await this.room(room).click();
    await expect(this.page.getByRole("region", { name: room })).toBeVisible();
  }

  /** Where she types. */
  get field(): Locator {
    return this.page.getByRole("textbox", { name: /^Nachricht an/ });
  }

  /** Sends a message. */
  async say(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press("Enter");
  }

  /** Chooses an action of a message. */
  async act(text: string | RegExp, action: string | RegExp): Promise<void> {
    const message = this.message(text).last();
    await message.hover();
    await message.getByRole("button", { name: "Aktionen für diese Nachricht" }).click();
    await this.page.getByRole("menuitem", { name: action }).click();
  }

  /** What this browser has sent as events of a type, as the server gets it. */
  async sent(type: string): Promise<string[]> {
    return this.sendings.filter(([sent]) => sent === type).map(([, body]) => body);
  }

  /** All text in the browser's databases and storages. */
  storedText(): Promise<string> {
    return this.page.evaluate(async () => {
      const found: string[] = [];
      const walk = (value: unknown): void => {
        if (typeof value === "string") found.push(value);
        else if (value instanceof ArrayBuffer) walk(new Uint8Array(value));
        else if (value instanceof Uint8Array) found.push(new TextDecoder("utf-8").decode(value));
        else if (Array.isArray(value) && value.every((it) => typeof it === "number")) {
          walk(Uint8Array.from(value as number[]));
        } else if (value && typeof value === "object") Object.values(value).forEach(walk);
      };
      const settled = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      for (const { name } of await indexedDB.databases()) {
        const database = await settled(indexedDB.open(name ?? ""));
        for (const store of database.objectStoreNames) {
          const all = database.transaction(store).objectStore(store).getAll();
          walk(await settled(all as IDBRequest<unknown>));
        }
        database.close();
      }
      walk({ ...localStorage });
      walk({ ...sessionStorage });
      return found.join("\n");
    });
  }

  /** Waits until the keys of everything read so far are in the backup. */
  async backedUp(): Promise<void> {
    await expect.poll(() => this.backups, { timeout: 30_000 }).toBeGreaterThan(0);
  }

  /** Ends this device's session as another device would: with its password. */
  async endElsewhere(): Promise<void> {
    const { request } = this.context;
    const login = await request.post("/_matrix/client/v3/login", {
      data: {
        type: "m.login.password",
        identifier: { type: "m.id.user", user: this.name },
        password: this.server.passwords[this.name],
      },
    });
    const { access_token: token } = (await login.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${token}` };
    const answer = await request.post("/_matrix/client/v3/logout/all", { headers });
    expect(answer.ok()).toBe(true);
  }
}
