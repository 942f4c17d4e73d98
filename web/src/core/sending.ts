import {
  EventType,
  MsgType,
  RelationType,
  RoomStateEvent,
  type MatrixClient,
  type MatrixEvent,
  type Room,
} from "matrix-js-sdk";
import type { RoomMessageEventContent } from "matrix-js-sdk/lib/types";

import { formatted } from "./markdown";

const FORMAT = "org.matrix.custom.html";

/** What a message refers to. */
export interface Reference {
  /** The message it answers. */
  replyTo?: string | undefined;
  /** The message it replaces. */
  edits?: string | undefined;
}

/** Waits until what is sent into an encrypted room would be encrypted. Right after a room was made, the
    SDK does not know yet and would send plain text. */
export async function whenEncrypted(client: MatrixClient, room: Room): Promise<void> {
  const crypto = client.getCrypto();
  if (!crypto || !room.hasEncryptionStateEvent()) return;
  while (!(await crypto.isEncryptionEnabledInRoom(room.roomId))) {
    await new Promise<void>((resolve) => room.once(RoomStateEvent.Events, () => resolve()));
  }
}

function textContent(text: string): Record<string, unknown> {
  const isEmote = text.startsWith("/me ");
  const body = isEmote ? text.slice("/me ".length) : text;
  const html = formatted(body);
  const format = html === undefined ? {} : { format: FORMAT, formatted_body: html };
  return { msgtype: isEmote ? MsgType.Emote : MsgType.Text, body, ...format };
}

/** Sends what was typed. */
export async function sendText(
  client: MatrixClient,
  room: Room,
  text: string,
  { replyTo, edits }: Reference,
): Promise<void> {
  const content = textContent(text);
  if (edits) {
    content["m.new_content"] = textContent(text);
    content["m.relates_to"] = { rel_type: RelationType.Replace, event_id: edits };
    content["body"] = `* ${String(content["body"])}`;
  } else if (replyTo) {
    content["m.relates_to"] = { "m.in_reply_to": { event_id: replyTo } };
  }
  await whenEncrypted(client, room);
  await client.sendMessage(room.roomId, content as unknown as RoomMessageEventContent);
}

/** Puts an emoji under a message. */
export async function react(
  client: MatrixClient,
  room: Room,
  id: string,
  key: string,
): Promise<void> {
  await client.sendEvent(room.roomId, EventType.Reaction, {
    "m.relates_to": { rel_type: RelationType.Annotation, event_id: id, key },
  });
}

/** Deletes a message, or takes a reaction back. */
export async function redact(client: MatrixClient, room: Room, id: string): Promise<void> {
  await client.redactEvent(room.roomId, id);
}

/** Tries again to send what has failed. */
export async function resend(client: MatrixClient, room: Room, event: MatrixEvent): Promise<void> {
  await client.resendEvent(event, room);
}
