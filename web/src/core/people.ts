import {
  ClientEvent,
  EventType,
  KnownMembership,
  Preset,
  type MatrixClient,
  type Room,
} from "matrix-js-sdk";

import { localpart } from "./names";

/** Somebody who can be written to. */
export interface Person {
  id: string;
  name: string;
  avatar: string | undefined;
}

const FOUND = 20;
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
  await whenKnown(client, roomId);
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

/** A new group. */
export async function createGroup(
  client: MatrixClient,
  name: string,
  people: string[],
): Promise<string> {
  const { room_id: roomId } = await client.createRoom({
    preset: Preset.PrivateChat,
    name,
    invite: people,
    initial_state: [ENCRYPTED],
  });
  await whenKnown(client, roomId);
  return roomId;
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

/** Waits until a room that was just made has arrived by sync. */
async function whenKnown(client: MatrixClient, roomId: string): Promise<void> {
  const isKnown = (): boolean =>
    client.getRoom(roomId)?.getMyMembership() === KnownMembership.Join &&
    Boolean(client.getRoom(roomId)?.hasEncryptionStateEvent());
  while (!isKnown()) {
    await new Promise<void>((resolve) => client.once(ClientEvent.Sync, () => resolve()));
  }
}
