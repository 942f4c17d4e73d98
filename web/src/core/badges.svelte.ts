import { ClientEvent, RoomMemberEvent, SyncState, type MatrixClient } from "matrix-js-sdk";
import { SvelteMap } from "svelte/reactivity";

import { askKontor } from "./server_api";

/** Whether the organisation vouches for somebody's name. */
export type Standing = "confirmed" | "external" | "unconfirmed";

/** What stands beside a name (law.md R-040). */
export interface Badge {
  standing: Standing;
  /** How her identity was proved: 0 not at all, 1 by an invitation or by whoever made the account, 2 by records, 3 in person. */
  level: number;
}

interface Answer {
  badges: { user_id: string; standing: Standing; level: number }[];
}

/** The server answers for so many people at once. */
const MOST = 500;
/** Whoever comes into view within this time shares a request. */
const GATHER_MS = 50;
/** Nobody is asked about again before, unless she takes another name. */
const FRESH_MS = 10 * 60_000;
/** How long a server is left alone that did not answer. */
const PAUSE_MS = 60_000;

/** Who is confirmed, external or unconfirmed. Asked for whoever is seen; kept for the session, nowhere else. */
export class Badges {
  readonly #client: MatrixClient;
  readonly #known = new SvelteMap<string, Badge>();
  /** When somebody was last asked about. */
  readonly #askedMs = new Map<string, number>();
  readonly #wanted = new Set<string>();
  /** Where somebody was last seen: the others there will be seen next. */
  #roomId: string | undefined;
  #isBusy = false;
  /** After a failure nothing is asked for a while. */
  #pausedUntilMs = 0;
  /** Another server than Kontor has no badges. */
  #isAbsent = false;

  constructor(client: MatrixClient) {
    this.#client = client;
    client.on(RoomMemberEvent.Name, (_, { userId }, before) => this.#rename(userId, before));
    client.on(ClientEvent.Sync, (state, before) => {
      if (state !== SyncState.Syncing || before === SyncState.Syncing) return;
      // What could not be asked without a network.
      this.#pausedUntilMs = 0;
      if (this.#wanted.size > 0) this.#gather();
    });
  }

  /** What stands beside somebody's name; nothing before the server has said so. */
  of(userId: string): Badge | undefined {
    return this.#known.get(userId);
  }

  /** Somebody is seen in a room. */
  want(userId: string, roomId: string): void {
    if (this.#isAbsent || !this.#isDue(userId)) return;
    this.#roomId = roomId;
    this.#wanted.add(userId);
    this.#gather();
  }

  #isDue(userId: string): boolean {
    const asked = this.#askedMs.get(userId);
    return asked === undefined || Date.now() - asked >= FRESH_MS;
  }

  /** The badge was for another name: until there is a new one, she has none. */
  #rename(userId: string, before: string | null): void {
    // The SDK calls people by their ids until it knows their names.
    if (before === null || before === userId || !this.#askedMs.delete(userId)) return;
    this.#known.delete(userId);
    this.#wanted.add(userId);
    this.#gather();
  }

  #gather(): void {
    if (this.#isBusy || this.#isAbsent || Date.now() < this.#pausedUntilMs) return;
    this.#isBusy = true;
    setTimeout(() => void this.#askAll(), GATHER_MS);
  }

  async #askAll(): Promise<void> {
    try {
      while (this.#wanted.size > 0) await this.#ask(this.#nextPeople());
    } catch (error) {
      // Names are readable without badges; they are asked for again with a later name, or when the network is back.
      this.#pausedUntilMs = Date.now() + PAUSE_MS;
      this.#isAbsent = (error as { httpStatus?: number }).httpStatus === 404;
    } finally {
      this.#isBusy = false;
    }
  }

  /** Whoever is wanted, and as far as there is room for all of them, the others in the room. */
  #nextPeople(): string[] {
    const wanted = [...this.#wanted].slice(0, MOST);
    const members = this.#client.getRoom(this.#roomId)?.getJoinedMembers() ?? [];
    const others = members
      .map(({ userId }) => userId)
      .filter((id) => !this.#wanted.has(id) && this.#isDue(id));
    return wanted.length + others.length <= MOST ? [...wanted, ...others] : wanted;
  }

  async #ask(users: string[]): Promise<void> {
    const asked = Date.now();
    for (const id of users) {
      this.#wanted.delete(id);
      this.#askedMs.set(id, asked);
    }
    try {
      const { badges } = await askKontor<Answer>(this.#client, "POST", "/badges", { users });
      for (const { user_id: id, standing, level } of badges) {
        // Who has taken another name meanwhile is asked about again.
        if (!this.#wanted.has(id)) this.#keep(id, { standing, level });
      }
    } catch (error) {
      for (const id of users) {
        this.#wanted.add(id);
        this.#askedMs.delete(id);
      }
      throw error;
    }
  }

  #keep(id: string, badge: Badge): void {
    const before = this.#known.get(id);
    if (before?.standing === badge.standing && before.level === badge.level) return;
    this.#known.set(id, badge);
  }
}
