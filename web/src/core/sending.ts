import { RelationType, type MatrixClient, type Room } from "matrix-js-sdk";

import { namedIn, textContent, type Content, type Mention } from "./content";
import type { Outbox } from "./outbox.svelte";
import { markUrgent } from "./urgent";

/** What a message refers to, and whom it names. */
export interface Reference {
  /** The message it answers. */
  replyTo?: string | undefined;
  /** The message it replaces. */
  edits?: string | undefined;
  /** The root of the thread it belongs to. */
  threadId?: string | undefined;
  /** Who was chosen while typing. */
  mentions?: Mention[] | undefined;
  /** Everybody is to confirm it. */
  isUrgent?: boolean;
}

/** Sends what was typed. */
export async function sendText(
  outbox: Outbox,
  room: Room,
  text: string,
  { replyTo, edits, threadId, mentions, isUrgent }: Reference,
): Promise<void> {
  const content = edits ? editOf(room, edits, text, mentions) : textContent(text, mentions);
  if (isUrgent && !edits) markUrgent(content);
  if (!edits && replyTo) answer(room, content, replyTo, threadId);
  await outbox.send(room, content, { threadId });
}

/** Only who is newly named hears of an edit (spec: "Event replacements"). */
function editOf(room: Room, edits: string, text: string, mentions: Mention[] = []): Content {
  const edited = textContent(text, mentions);
  const before = namedIn(room.findEventById(edits)?.getContent() ?? {});
  const added = namedIn(edited).people.filter((id) => !before.people.includes(id));
  return {
    ...edited,
    body: `* ${String(edited["body"])}`,
    "m.mentions": added.length > 0 ? { user_ids: added } : {},
    "m.new_content": edited,
    "m.relates_to": { rel_type: RelationType.Replace, event_id: edits },
  };
}

/** Whoever is answered is told so. */
function answer(room: Room, content: Content, replyTo: string, threadId?: string): void {
  const thread = threadId && {
    rel_type: "m.thread",
    event_id: threadId,
    is_falling_back: false,
  };
  content["m.relates_to"] = { ...thread, "m.in_reply_to": { event_id: replyTo } };
  const sender = room.findEventById(replyTo)?.getSender();
  if (!sender || sender === room.client.getUserId()) return;
  const mentions = content["m.mentions"] as Content;
  content["m.mentions"] = {
    ...mentions,
    user_ids: [...new Set([...namedIn(content).people, sender])],
  };
}

/** Deletes a message, or takes a reaction back. */
export async function redact(client: MatrixClient, room: Room, id: string): Promise<void> {
  await client.redactEvent(room.roomId, id);
}
