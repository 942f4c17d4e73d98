import type { Server } from "./server";

/** Requests that are under way at the same time: the server takes together what comes together. */
const AT_ONCE = 32;

const WORDS =
  "Angebot Termin Lager Kunde Freitag prüfen bitte liefern heute Rechnung Anlage Werk".split(" ");

/** Some text of a length that varies as people's do. */
export function words(n: number): string {
  const count = 3 + ((n * 7_919) % 29);
  return Array.from({ length: count }, (_, i) => WORDS[(n * 31 + i * 17) % WORDS.length]).join(" ");
}

/** Another program of somebody, which fills rooms: it asks for much at once, and without Playwright, whose
    requests cost more than the server's answers. */
export class Program {
  private constructor(
    private readonly url: string,
    readonly token: string,
    readonly userId: string,
    readonly deviceId: string,
  ) {}

  /** Signs in as a device of its own. */
  static async signIn(server: Server, name: string): Promise<Program> {
    const identifier = { type: "m.id.user", user: name };
    const answer = await fetch(`${server.url}/_matrix/client/v3/login`, {
      method: "POST",
      body: JSON.stringify({
        type: "m.login.password",
        identifier,
        password: server.passwords[name],
      }),
    });
    const { access_token, user_id, device_id } = (await answer.json()) as Record<string, string>;
    return new Program(server.url, access_token ?? "", user_id ?? "", device_id ?? "");
  }

  /** Asks the server; throws if it refuses. */
  async ask<Answer>(method: string, path: string, body: object): Promise<Answer> {
    const answer = await fetch(`${this.url}/_matrix/client/v3/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as Answer;
  }

  /** Makes a room; answers its id. */
  async createRoom(options: object): Promise<string> {
    const { room_id } = await this.ask<{ room_id: string }>("POST", "createRoom", options);
    return room_id;
  }

  /** Sends an event; `n` is its number in this program. */
  async send(roomId: string, type: string, n: number, content: object): Promise<void> {
    await this.ask("PUT", `rooms/${encodeURIComponent(roomId)}/send/${type}/${n}`, content);
  }
}

/** Does something for each number from 1 on, much of it at once. */
export async function forEach(count: number, act: (n: number) => Promise<unknown>): Promise<void> {
  let next = 1;
  const work = async (): Promise<void> => {
    while (next <= count) {
      const n = next;
      next += 1;
      await act(n);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
