import { EventType, type MatrixClient, type MatrixEvent, type Room } from "matrix-js-sdk";

import { classOf, isClosed } from "./room_class";

/** In closed rooms, where the emoji stands so that the server does not see it. */
const KEY = "app.kontor.key";

/** One emoji under a message, and who put it there. */
export interface ReactionGroup {
  key: string;
  events: MatrixEvent[];
}

/** The reactions to a message, the most frequent first. */
export function reactionGroups(event: MatrixEvent, room: Room): ReactionGroup[] {
  const id = event.getId();
  const relations = id && room.relations.getChildEventsForEvent(id, "m.annotation", "m.reaction");
  if (!relations) return [];
  const groups = new Map<string, Map<string, MatrixEvent>>();
  for (const reaction of relations.getRelations()) {
    const key = keyOf(reaction);
    if (!key || reaction.isRedacted()) continue;
    const group = groups.get(key) ?? new Map<string, MatrixEvent>();
    group.set(reaction.getSender() ?? "", reaction);
    groups.set(key, group);
  }
  return [...groups]
    .map(([key, events]) => ({ key, events: [...events.values()] }))
    .sort((a, b) => b.events.length - a.events.length);
}

function keyOf(reaction: MatrixEvent): string | undefined {
  const key: unknown = reaction.getContent()[KEY] ?? reaction.getRelation()?.key;
  return typeof key === "string" ? key : undefined;
}

/** Puts an emoji under a message. */
export async function react(
  client: MatrixClient,
  room: Room,
  id: string,
  key: string,
): Promise<void> {
  const relation = { rel_type: "m.annotation", event_id: id };
  // The relation travels in the clear, so the emoji must not stand in it.
  const content = isClosed(classOf(room))
    ? { "m.relates_to": relation, [KEY]: key }
    : { "m.relates_to": { ...relation, key } };
  await client.sendEvent(room.roomId, EventType.Reaction, content as never);
}

interface Encrypting {
  shouldEncryptEventForRoom(event: MatrixEvent, room: Room): Promise<boolean>;
}

/** The SDK sends every reaction in the clear; closed rooms refuse that (docs/room-classes.md). */
export function encryptReactionsInClosedRooms(client: MatrixClient): void {
  const encrypting = client as unknown as Encrypting;
  const usual = encrypting.shouldEncryptEventForRoom.bind(client);
  encrypting.shouldEncryptEventForRoom = async (event, room) => {
    const isReaction = event.getType() === EventType.Reaction && !event.isEncrypted();
    return (isReaction && isClosed(classOf(room))) || usual(event, room);
  };
}
