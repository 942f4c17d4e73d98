// A browser without script: keeps cookies, reads forms and sends them, follows only what it is told to.

const unescape = (text) =>
  text
    .replaceAll("&#34;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&#60;", "<")
    .replaceAll("&#62;", ">")
    .replaceAll("&#38;", "&");

const attribute = (tag, name) => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag);
  return found ? unescape(found[1]) : undefined;
};

export class Browser {
  #cookies = new Map();
  #origin;

  constructor(url) {
    this.#origin = url;
  }

  /** Asks for a page; answers status, text and where it leads. */
  async open(address, init = {}) {
    const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
    const url = new URL(address, this.#origin);
    const headers = { ...init.headers, cookie };
    const answer = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = line.split(";")[0].split("=");
      this.#cookies.set(name, value);
    }
    const leadsTo = answer.headers.get("location");
    const target = leadsTo === null ? undefined : new URL(leadsTo, url);
    return { status: answer.status, text: await answer.text(), url, target };
  }

  /** Fills in the form of a page that goes to `action`, and sends it. */
  async send(page, action, fields) {
    const forms = page.text.split("<form ").slice(1);
    const form = forms.find((text) => attribute(` ${text}`, "action") === action);
    if (!form) throw new Error(`no form to ${action} on ${page.url}: ${page.text}`);
    const body = new URLSearchParams();
    for (const [tag] of form.split("</form>")[0].matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      body.append(attribute(tag, "name"), attribute(tag, "value") ?? "");
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return this.open(action, { method: "POST", body, headers: { origin: this.#origin } });
  }

  /** Follows while the server itself answers; stops where somebody else is to be asked. */
  async follow(page) {
    let here = page;
    while (here.target?.origin === this.#origin) here = await this.open(here.target);
    return here;
  }

  /** Opens a page that needs a person, and signs her in where it is asked for. */
  async openAs(address, name, password) {
    const page = await this.follow(await this.open(address));
    if (page.url.pathname !== "/account/login") return page;
    return this.follow(await this.send(page, "/account/login", { name, password }));
  }
}
