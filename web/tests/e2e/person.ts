import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import {
  expect,
  type Browser,
  type BrowserContext,
  type Locator,
  type Page,
} from "@playwright/test";

import { SIZES } from "./axe";
import type { Server } from "./server";

/** KONTOR_DIST=folder: the client comes from there and not from the program, which need not be built anew
    while somebody works on the client. Headers stay the server's. */
async function serveFromFolder(context: BrowserContext, url: string): Promise<void> {
  const folder = process.env.KONTOR_DIST;
  if (!folder) return;
  await context.route(`${url}/`, async (route) => {
    const headers = (await route.fetch()).headers();
    // The file is not packed.
    delete headers["content-encoding"];
    delete headers["content-length"];
    await route.fulfill({ headers, body: readFileSync(join(folder, "index.html")) });
  });
  const files = readdirSync(join(folder, "app"));
  await context.route(`${url}/app/*`, (route) => {
    const wanted = basename(new URL(route.request().url()).pathname);
    // Where the program sends somebody on to its own index, names carry other hashes.
    const same = (name: string): boolean => withoutHash(name) === withoutHash(wanted);
    const name = files.includes(wanted) ? wanted : (files.find(same) ?? wanted);
    return route.fulfill({ path: join(folder, "app", name) });
  });
}

const withoutHash = (name: string): string => name.replace(/-[\w-]{8}\./, ".");

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
    await serveFromFolder(context, server.url);
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

  /** Goes on in English, in the dark and on a phone, or in German and as before. */
  async goOn(look: "as usual" | "in English on a phone"): Promise<void> {
    const isEnglish = look !== "as usual";
    const language = isEnglish ? "en" : "de";
    await this.context.addCookies([
      { name: "kontor_language", value: language, url: this.server.url },
    ]);
    await this.page.setViewportSize(isEnglish ? SIZES.phone.viewport : SIZES.desktop.viewport);
    await this.page.emulateMedia({ colorScheme: isEnglish ? "dark" : null });
    await this.page.reload();
    await expect(this.page.locator("html")).toHaveAttribute("lang", language);
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

  /** Sends a message, to the room that is open. */
  async say(text: string): Promise<void> {
    // A sheet that is about to close gives the focus back to what opened it, which the key would press.
    await expect(this.page.getByRole("dialog")).toHaveCount(0);
    await this.field.fill(text);
    await this.field.press("Enter");
    await expect(this.field).toHaveValue("");
  }

  /** Scrolls up until a message is shown. */
  async scrollUntil(message: Locator): Promise<void> {
    const list = this.page.getByRole("group", { name: "Nachrichten" });
    await expect
      .poll(async () => {
        await list.evaluate((it) => it.scrollBy(0, -400));
        return message.first().isVisible();
      })
      .toBe(true);
    await message.first().scrollIntoViewIfNeeded();
  }

  /** Makes an encrypted room of a class, as another program of hers would; answers its id. */
  async createRoom(name: string, roomClass: string): Promise<string> {
    const headers = { authorization: `Bearer ${await this.token()}` };
    const encryption = {
      type: "m.room.encryption",
      state_key: "",
      content: { algorithm: "m.megolm.v1.aes-sha2" },
    };
    const answer = await this.context.request.post("/_matrix/client/v3/createRoom", {
      headers,
      data: {
        ...(name && { name }),
        initial_state: [encryption],
        creation_content: { "app.kontor.class": roomClass },
      },
    });
    expect(answer.ok(), await answer.text()).toBe(true);
    return ((await answer.json()) as { room_id: string }).room_id;
  }

  /** A session of another program of hers. */
  async token(): Promise<string> {
    const login = await this.context.request.post("/_matrix/client/v3/login", {
      data: {
        type: "m.login.password",
        identifier: { type: "m.id.user", user: this.name },
        password: this.server.passwords[this.name],
      },
    });
    return ((await login.json()) as { access_token: string }).access_token;
  }

  /** The server cannot be reached any more. */
  async loseServer(): Promise<void> {
    await this.context.route("**/_matrix/**", (route) => route.abort("internetdisconnected"));
  }

  /** It can again. */
  async findServer(): Promise<void> {
    await this.context.unroute("**/_matrix/**");
  }

  /** Chooses an action of a message. */
  async act(text: string | RegExp, action: string | RegExp): Promise<void> {
    const message = this.message(text).last();
    await message.hover();
    await message.getByRole("button", { name: "Aktionen für diese Nachricht" }).click();
    const exact = typeof action === "string";
    await this.page.getByRole("menuitem", { name: action, exact }).click();
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
    const headers = { authorization: `Bearer ${await this.token()}` };
    const { request } = this.context;
    const answer = await request.post("/_matrix/client/v3/logout/all", { headers });
    expect(answer.ok()).toBe(true);
  }
}
