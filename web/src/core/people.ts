import {
  ClientEvent,
  EventType,
  KnownMembership,
  Preset,
  type ICreateRoomOpts,
  type MatrixClient,
  type Room,
} from "matrix-js-sdk";

import { contentOf as entryContent } from "./entry";
import { localpart } from "./names";
import { isClosed, type RoomClass } from "./room_class";
import { contentOf, type TermsWish } from "./supervision";

/** Somebody who can be written to. */
export interface Person {
  id: string;
  name: string;
  avatar: string | undefined;
}

/** What is created: a group; a channel, where only some write; a space, which holds rooms. */
export type RoomKind = "group" | "channel" | "space";

/** A room that she wants. */
export interface NewRoom {
  kind: RoomKind;
  name: string;
  topic: string;
  people: string[];
  roomClass: RoomClass;
  /** The terms, if it is to be supervised. */
  supervision?: TermsWish | undefined;
  /** The space that it is to stand in. */
  space?: string | undefined;
  /** Whether everybody in that space may come in. */
  isForSpace?: boolean | undefined;
  /** Whether everybody in the organisation finds it and may come in. */
  isOpen?: boolean | undefined;
}

const FOUND = 20;
/** Who may write in a channel. */
const MODERATOR = 50;
const ENCRYPTED = {
  type: EventType.RoomEncryption,
  state_key: "",
  content: { algorithm: "m.megolm.v1.aes-sha2" },
};

/** Finds people by name. */
export async function findPeople(client: MatrixClient, term: string): Promise<Person[]> {
  const { results } = await client.searchUserDirectory({ term, limit: FOUND });
  return results
    .filter(({ user_id: id }) => id !== client.getUserId())
    .map(({ user_id: id, display_name: name, avatar_url: avatar }) => ({
      id,
      name: name ?? localpart(id),
      avatar,
    }));
}

/** The room with one person: the one there is, else a new one. */
export async function talkTo(client: MatrixClient, userId: string): Promise<string> {
  const direct: Record<string, string[]> =
    client.getAccountData(EventType.Direct)?.getContent() ?? {};
  const known = (direct[userId] ?? []).find((id) => isAlive(client.getRoom(id), userId));
  if (known) return known;
  const { room_id: roomId } = await client.createRoom({
    preset: Preset.TrustedPrivateChat,
    is_direct: true,
    invite: [userId],
    initial_state: [ENCRYPTED],
  });
  await markDirect(client, roomId, userId);
  await whenKnown(client, roomId, true);
  return roomId;
}

function isAlive(room: Room | null, userId: string): boolean {
  const theirs = room?.getMember(userId)?.membership;
  const isThere = theirs === KnownMembership.Join || theirs === KnownMembership.Invite;
  return room?.getMyMembership() === KnownMembership.Join && isThere;
}

/** Remembers that a room is a conversation of two. */
async function markDirect(client: MatrixClient, roomId: string, userId: string): Promise<void> {
  const direct: Record<string, string[]> =
    client.getAccountData(EventType.Direct)?.getContent() ?? {};
  const rooms = new Set([...(direct[userId] ?? []), roomId]);
  await client.setAccountData(EventType.Direct, { ...direct, [userId]: [...rooms] });
}

/** A new room; resolves when it has arrived by sync. A closed one has no name yet. */
export async function createRoom(client: MatrixClient, wish: NewRoom): Promise<string> {
  const isEncrypted = wish.kind !== "space" && wish.roomClass !== "bekanntmachung";
  const { room_id: roomId } = await client.createRoom(optionsOf(wish, isEncrypted));
  await whenKnown(client, roomId, isEncrypted);
  if (wish.space) await putInto(client, wish.space, roomId, true);
  return roomId;
}

function optionsOf(wish: NewRoom, isEncrypted: boolean): ICreateRoomOpts {
  const words = isClosed(wish.roomClass) ? {} : { name: wish.name, ...topicOf(wish.topic) };
  const creation: Record<string, unknown> = { "app.kontor.class": wish.roomClass };
  if (wish.kind === "space") creation["type"] = "m.space";
  if (wish.supervision) creation["app.kontor.supervision"] = contentOf(wish.supervision);
  const power = wish.kind === "group" ? {} : { events_default: MODERATOR };
  return {
    ...words,
    preset: wish.isOpen ? Preset.PublicChat : Preset.PrivateChat,
    ...(wish.isOpen ? { visibility: "public" as ICreateRoomOpts["visibility"] } : {}),
    invite: wish.people,
    creation_content: creation,
    power_level_content_override: power,
    initial_state: [...(isEncrypted ? [ENCRYPTED] : []), ...entryOf(wish)],
  };
}

/** Who comes in, where the preset does not say it. */
function entryOf({
  isOpen,
  isForSpace,
  space,
}: NewRoom): NonNullable<ICreateRoomOpts["initial_state"]> {
  if (isOpen || !isForSpace || !space) return [];
  const content = entryContent({ entry: "restricted", allowed: [space] });
  return [{ type: EventType.RoomJoinRules, state_key: "", content }];
}

function topicOf(topic: string): { topic?: string } {
  return topic ? { topic } : {};
}

/** Puts a room into a space, or takes it out. */
export async function putInto(
  client: MatrixClient,
  space: string,
  roomId: string,
  isIn: boolean,
): Promise<void> {
  const content = isIn ? { via: [client.getDomain() ?? ""] } : {};
  await client.sendStateEvent(space, EventType.SpaceChild, content as never, roomId);
}

/** Accepts an invitation. */
export async function accept(
  client: MatrixClient,
  roomId: string,
  directWith: string | undefined,
): Promise<void> {
  await client.joinRoom(roomId);
  if (directWith) await markDirect(client, roomId, directWith);
}

/** Waits until a room that was just made or joined has arrived by sync. */
export async function whenKnown(
  client: MatrixClient,
  roomId: string,
  isEncrypted: boolean,
): Promise<void> {
  const isKnown = (): boolean => {
    const room = client.getRoom(roomId);
    const isThere = room?.getMyMembership() === KnownMembership.Join;
    return isThere && (!isEncrypted || room.hasEncryptionStateEvent());
  };
  while (!isKnown()) {
    await new Promise<void>((resolve) => client.once(ClientEvent.Sync, () => resolve()));
  }
}
