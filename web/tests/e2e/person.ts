import { expect, type Browser, type BrowserContext, type Locator, type Page } from "@playwright/test";

import type { Server } from "./server";

/** Somebody with a browser of her own, who does what people do: reads labels, clicks, types. */
export class Person {
  /** Requests that went anywhere but to the server: there must be none. */
  readonly strayRequests: string[] = [];
  /** What the browser complained about: policies broken, scripts failed. */
  readonly complaints: string[] = [];

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
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
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
}
