import type { IRooms, ISyncResponse } from "matrix-js-sdk/lib/sync-accumulator";

/** Rooms are kept in this many records: one that changes makes only its own be written. */
const PARTS = 64;
/** Rooms shown first: more than a high screen of them. */
const FIRST = 40;
/** Rooms handed to the SDK at a time afterwards, so that the page stays quick. */
const AT_ONCE = 20;

/** Rooms by what she is in them, as the server tells them. */
export const noRooms = (): IRooms => ({ join: {}, invite: {}, knock: {}, leave: {} });

/** Puts rooms of a record in the place of what was known of that record. */
export function putInPlace(known: IRooms, number: number, rooms: Partial<IRooms>): void {
  for (const kind of ["join", "invite", "knock"] as const) {
    const into = known[kind] as Record<string, unknown>;
    for (const roomId of Object.keys(into)) if (partOf(roomId) === number) delete into[roomId];
    Object.assign(into, rooms[kind]);
  }
}

/** The rooms of an answer by the record in which they are kept. */
export function partsOf({ rooms }: ISyncResponse): Map<number, IRooms> {
  const parts = new Map<number, IRooms>();
  for (const kind of ["join", "invite", "knock", "leave"] as const) {
    for (const [roomId, room] of Object.entries(rooms?.[kind] ?? {})) {
      const number = partOf(roomId);
      const part = parts.get(number) ?? noRooms();
      (part[kind] as Record<string, unknown>)[roomId] = room;
      parts.set(number, part);
    }
  }
  return parts;
}

/** The record in which a room is kept. */
export function partOf(roomId: string): number {
  let sum = 0;
  for (let at = 0; at < roomId.length; at += 1) sum = (sum * 31 + roomId.charCodeAt(at)) % 65_521;
  return 1 + (sum % PARTS);
}

/** Events say how old they are: by now they are older. */
export function tellAges({ join }: IRooms): void {
  for (const { timeline } of Object.values(join)) {
    for (const event of timeline.events as Aging[]) {
      const { _localTs: bornMs } = event;
      if (bornMs === undefined) continue;
      delete event._localTs;
      event.unsigned = { ...event.unsigned, age: Date.now() - bornMs };
    }
  }
}

/** An event as the SDK's accumulator keeps it. */
interface Aging {
  unsigned?: object;
  _localTs?: number;
}

/** What is shown first: what stands at the top of the list. These are invitations, favourites, spaces and what is
    newest. */
export function upmost(all: IRooms): IRooms {
  const isUpmost = ([, { account_data, state }]: Joined): boolean =>
    account_data.events.some(({ type, content }) => type === "m.tag" && isFavourite(content)) ||
    state?.events.some(
      ({ type, content }) => type === "m.room.create" && content.type === "m.space",
    ) === true;
  const joined = newestFirst(all);
  const first = joined.filter((room, index) => index < FIRST || isUpmost(room));
  return { ...all, join: Object.fromEntries(first) };
}

/** Rooms that can wait, newest first, as many at a time as the page stays quick with. */
export function inPortions(all: IRooms): IRooms[] {
  const joined = newestFirst(all);
  const portions: IRooms[] = [];
  for (let at = 0; at < joined.length; at += AT_ONCE) {
    portions.push({ ...noRooms(), join: Object.fromEntries(joined.slice(at, at + AT_ONCE)) });
  }
  return portions;
}

function newestFirst({ join }: IRooms): Joined[] {
  return Object.entries(join).sort(([, a], [, b]) => newestMs(b) - newestMs(a));
}

type Joined = [string, IRooms["join"][string]];

function isFavourite(content: object): boolean {
  const { tags } = content as { tags?: object };
  return tags !== undefined && "m.favourite" in tags;
}

function newestMs({ timeline }: IRooms["join"][string]): number {
  return (
    (timeline.events.at(-1) as { origin_server_ts?: number } | undefined)?.origin_server_ts ?? 0
  );
}

/** Whether our server is behind what it had told before: it was restored from a backup. */
export function goesBack(before: string | null, now: string): boolean {
  const position = (token: string | null): number => Number(/^s(\d+)_/.exec(token ?? "")?.[1] ?? 0);
  return position(now) < position(before);
}
