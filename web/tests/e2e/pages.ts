import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, type Browser, type BrowserContext, type Page } from "@playwright/test";

import { faults } from "./axe";
import type { Server } from "./server";

const SOURCES = join(import.meta.dirname, "../../../crates/kontor-web/src");
/** Pages whose paths are constants there. */
const NAMED = ["/oauth2/authorize", "/oauth2/link"];
/** More stops than any page has for the Tab key. */
const MOST_STOPS = 400;

/** Paths of everything that the server shows as a page, as its source names them: no page is forgotten. */
export function pagePaths(): string[] {
  const files = (readdirSync(SOURCES, { recursive: true }) as string[]).filter((name) =>
    name.endsWith(".rs"),
  );
  const found = files.flatMap((name) => {
    const text = readFileSync(join(SOURCES, name), "utf8");
    const routes = text.matchAll(/\.route\(\s*"(\/(?:account|admin)\/[^"]*)",\s*get\(/g);
    return [...routes].map(([, path]) => path ?? "");
  });
  return [...found, ...NAMED].sort();
}

/** Somebody looking at pages: everything wrong with one is noted. */
export class Reader {
  /** What was found, with the page in front. */
  readonly found: string[] = [];
  /** Paths looked at, as the source names them. */
  readonly seen = new Set<string>();

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly look: string,
    private readonly isWalked: boolean,
  ) {
    page.on("pageerror", (error) => this.found.push(`${page.url()}: ${error}`));
    page.on("console", (message) => {
      // A page that is refused, or shown again, is an error to the browser.
      const isStatus = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isStatus) this.found.push(message.text());
    });
  }

  /** Opens a browser; `look` names it in pictures. With `isWalked` each page is walked through by Tab. */
  static async open(
    browser: Browser,
    server: Server,
    { look, isWalked, ...options }: { look: string; isWalked: boolean },
  ): Promise<Reader> {
    const context = await browser.newContext({ baseURL: server.url, ...options });
    return new Reader(context, await context.newPage(), look, isWalked);
  }

  /** Signs in on the account pages. */
  async signIn(name: string, password = ""): Promise<void> {
    await this.page.goto("/account/login");
    await this.page.locator("#name").fill(name);
    await this.page.locator("#password").fill(password);
    await this.press("form button.primary");
    await this.page.waitForURL("**/account/");
  }

  /** Goes to a page, and looks at it. `path` is the one in the source, if the address has more in it; it
      counts as seen if it is shown, or if it is meant to be over. */
  async visit(address: string, path = address): Promise<void> {
    const response = await this.page.goto(address);
    const status = response?.status() ?? 0;
    expect(status, address).toBeLessThan(500);
    if (status < 400 || status === 410) this.seen.add(path);
    await this.inspect(path);
  }

  /** Presses a button whose answer is another page. */
  async press(button: string): Promise<void> {
    await Promise.all([
      this.page.waitForEvent("load"),
      this.page.locator(button).first().click({ noWaitAfter: true }),
    ]);
  }

  /** Sends a form as it stands, although the browser knows that something is missing. */
  async send(button: string): Promise<void> {
    await this.page.evaluate(() => {
      for (const form of document.forms) form.noValidate = true;
    });
    await this.press(button);
  }

  /** Looks at what is shown; nothing else could be done with what is no page of ours. */
  async inspect(view: string): Promise<void> {
    const { page } = this;
    // Whatever can be unfolded is looked at unfolded.
    await page.evaluate(() => {
      for (const it of document.querySelectorAll("details")) it.open = true;
    });
    const noted = (await faults(page)).map((fault) => `${view}: ${fault}`);
    const language = await page.locator("html").getAttribute("lang");
    if (!this.look.includes(`-${language}-`)) noted.push(`${view}: speaks ${language}`);
    const folder = process.env.SCREENSHOTS;
    const name = view.replaceAll(/[^\w]+/g, "-").replaceAll(/^-|-$/g, "");
    if (folder) {
      await page.screenshot({ path: `${folder}/page-${name}-${this.look}.png`, fullPage: true });
    }
    if (this.isWalked) noted.push(...(await this.walk()).map((fault) => `${view}: ${fault}`));
    this.found.push(...noted);
  }

  /** Walks through the page by Tab: everything is reached, and one always sees where one is. */
  private async walk(): Promise<string[]> {
    const { page } = this;
    const wanted = await page.evaluate(() => {
      (document.activeElement as HTMLElement | null)?.blur();
      // From the top, whatever had the focus at first.
      document.body.tabIndex = -1;
      document.body.focus();
      document.body.removeAttribute("tabindex");
      const all = document.querySelectorAll<HTMLElement>(
        "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']",
      );
      return [...all].filter((it) => it.checkVisibility() && !it.matches(":disabled")).length;
    });
    const faulty: string[] = [];
    const stops = new Set<string>();
    let last: string | undefined;
    for (let step = 0; step < MOST_STOPS; step += 1) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const it = document.activeElement;
        if (!(it instanceof HTMLElement) || it === document.body) return undefined;
        const all = [...document.querySelectorAll("*")];
        const style = getComputedStyle(it);
        const { top, bottom, left, right } = it.getBoundingClientRect();
        return {
          key: String(all.indexOf(it)),
          what: it.outerHTML.slice(0, 80),
          isMarked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
          isSeen: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
        };
      });
      // A field for a date has a stop each for day, month and year.
      if (stop && stop.key === last) continue;
      if (!stop || stops.has(stop.key)) break;
      last = stop.key;
      stops.add(stop.key);
      if (!stop.isMarked) faulty.push(`focus cannot be seen on ${stop.what}`);
      if (!stop.isSeen) faulty.push(`focus is outside of the page on ${stop.what}`);
    }
    if (stops.size < wanted) faulty.push(`${stops.size} of ${wanted} can be reached by Tab`);
    return faulty;
  }
}
