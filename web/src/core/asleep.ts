import { renew } from "../shell/oauth";
import { ask, Refusal } from "../shell/server";
import { currentSession, keepSession, type Session } from "../shell/session";
import { localpart } from "./names";
import { isQuiet, PREFERENCES, readPreferences } from "./quiet";
import { Opener, type PlainEvent } from "./sealed_event";

/** What a push says: where to ask. */
export interface Hint {
  room_id: string;
  event_id: string;
}

/** What there is, found while no page is open. */
export interface Finding {
  kind: "message" | "urgent" | "call" | "invitation" | "something";
  /** Name of the room; empty in a conversation of two. */
  room: string;
  /** Name of whoever wrote. */
  sender: string;
}

interface SyncAnswer {
  to_device?: { events: unknown[] };
  account_data?: { events: PlainEvent[] };
  rooms?: {
    join?: Record<string, { state: { events: StateEvent[] } }>;
    invite?: Record<string, { invite_state: { events: StateEvent[] } }>;
  };
}

interface StateEvent extends PlainEvent {
  state_key: string;
}

const SEALED_NAME = "app.kontor.name";
/** A call rings no longer than this. */
const RINGING_MS = 60_000;
/** Events beside messages that are worth telling. */
const TELLING = ["m.room.message", "m.sticker", "m.poll.start", "org.matrix.msc3381.poll.start"];

/** Looks up what a push is about; `undefined` if there is nothing to tell. No page may be open: tokens
    are renewed and keys opened. */
export async function lookUp(hint: Hint): Promise<Finding | undefined> {
  const session = await currentSession();
  if (!session) return undefined;
  const asker = new Asker(session);
  const [event, sync] = await Promise.all([
    asker.event(hint).catch((error: unknown) => {
      // An invitation: what is in the room cannot be seen yet.
      if (error instanceof Refusal && [403, 404].includes(error.status)) return undefined;
      throw error;
    }),
    asker.sync(hint.room_id),
  ]);
  const chosen = sync.account_data?.events.find(({ type }) => type === PREFERENCES)?.content;
  if (isQuiet(readPreferences(chosen ?? {}), new Date())) return undefined;
  const invited = sync.rooms?.invite?.[hint.room_id];
  if (invited) return invitation(invited.invite_state.events, session.userId);
  const state = sync.rooms?.join?.[hint.room_id]?.state.events ?? [];
  if (!event || event.sender === session.userId) return undefined;
  const opener = await Opener.open(session);
  try {
    await opener?.learn(sync.to_device?.events ?? []);
    return await tell(hint.room_id, event, state, asker, opener);
  } finally {
    opener?.close();
  }
}

async function tell(
  roomId: string,
  event: PlainEvent,
  state: StateEvent[],
  asker: Asker,
  opener: Opener | undefined,
): Promise<Finding | undefined> {
  const isSealed = event.type === "m.room.encrypted";
  const plain = isSealed ? await opener?.read(roomId, event) : event;
  const kind = kindOf(plain ?? event, plain !== undefined);
  if (!kind) return undefined;
  const sealed = state.find(({ type }) => type === SEALED_NAME);
  const message = sealed && { ...sealed, type: "m.room.encrypted" };
  const opened = message && (await opener?.read(roomId, message));
  const open = state.find(({ type }) => type === "m.room.name");
  const name = opened?.content["name"] ?? open?.content["name"];
  return {
    kind,
    room: typeof name === "string" ? name : "",
    sender: await asker.nameIn(roomId, event.sender),
  };
}

/** What an event is to her; `undefined`: nothing that she is told of. */
export function kindOf(event: PlainEvent, isReadable: boolean): Finding["kind"] | undefined {
  const { type, content } = event;
  if (!isReadable) return "message";
  if (type === "m.call.invite") {
    return Date.now() - event.origin_server_ts < RINGING_MS ? "call" : undefined;
  }
  const relation = content["m.relates_to"] as { rel_type?: string } | undefined;
  // An edit is no new message; a redacted one is none any more.
  const isMessage = TELLING.includes(type) && relation?.rel_type !== "m.replace";
  if (!isMessage || Object.keys(content).length === 0) return undefined;
  return content["app.kontor.urgent"] ? "urgent" : "message";
}

function invitation(state: StateEvent[], me: string): Finding {
  const find = (type: string, key: string): StateEvent | undefined =>
    state.find((event) => event.type === type && event.state_key === key);
  const own = find("m.room.member", me);
  const isDirect = own?.content["is_direct"] === true;
  const inviter = own?.sender ?? "";
  const called = find("m.room.member", inviter)?.content["displayname"];
  const name = find("m.room.name", "")?.content["name"];
  return {
    kind: "invitation",
    room: typeof name === "string" && !isDirect ? name : "",
    sender: typeof called === "string" && called ? called : localpart(inviter),
  };
}

/** Asks the server in her name, with new tokens if need be. */
class Asker {
  #session: Session;
  #renewal: Promise<Session> | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  event({ room_id: room, event_id: event }: Hint): Promise<PlainEvent> {
    return this.#get(`/rooms/${encodeURIComponent(room)}/event/${encodeURIComponent(event)}`);
  }

  /** What waits for this device, and what a room is called. Nothing is taken away by it. */
  sync(roomId: string): Promise<SyncAnswer> {
    const none = { types: [] };
    const filter = {
      account_data: { types: [PREFERENCES] },
      presence: none,
      room: {
        rooms: [roomId],
        account_data: none,
        ephemeral: none,
        // Where the timeline reaches back to it, a state event would stand there and not in the state.
        timeline: { types: [], limit: 1 },
        state: { types: ["m.room.name", SEALED_NAME], lazy_load_members: true },
      },
    };
    const query = new URLSearchParams({ timeout: "0", filter: JSON.stringify(filter) });
    return this.#get(`/sync?${query}`);
  }

  async nameIn(roomId: string, userId: string): Promise<string> {
    const path = `/rooms/${encodeURIComponent(roomId)}/state/m.room.member/${encodeURIComponent(userId)}`;
    const member = await this.#get<{ displayname?: string }>(path).catch(() => undefined);
    return member?.displayname ?? localpart(userId);
  }

  async #get<T>(path: string): Promise<T> {
    try {
      return await this.#try<T>(path);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 401) throw error;
      // Renewed once, for all that ask at the same time.
      this.#renewal ??= renew(this.#session);
      this.#session = await this.#renewal;
      await keepSession(this.#session);
      return this.#try<T>(path);
    }
  }

  #try<T>(path: string): Promise<T> {
    const headers = { authorization: `Bearer ${this.#session.accessToken}` };
    return ask<T>(`/_matrix/client/v3${path}`, { headers });
  }
}
