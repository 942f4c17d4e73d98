import { EventStatus, MsgType, type IContent, type MatrixEvent, type Room } from "matrix-js-sdk";

import { attachmentOf } from "./attachment";
import {
  unreadableBecause,
  type Body,
  type Delivery,
  type Message,
  type Quoted,
  type Reaction,
} from "./message";
import { localpart } from "./names";
import { plainBody } from "./reply";
import { linked, richText, type RichNode } from "./rich_text";

const FORMAT = "org.matrix.custom.html";
const ONLY_EMOJI = new RegExp("^(?:\\p{RGI_Emoji}\\s*){1,3}$", "v");

/** Formatted texts already parsed: contents do not change, edits bring new ones. */
const parsed = new WeakMap<object, RichNode[]>();

/** A message as the timeline shows it. */
export function messageOf(event: MatrixEvent, room: Room): Message {
  const sender = event.getSender() ?? "";
  const member = room.getMember(sender);
  const me = room.client.getSafeUserId();
  const isMine = sender === me;
  const body = bodyOf(event);
  const isSent = event.status === null || event.status === EventStatus.SENT;
  const canTalk = isSent && body.kind !== "deleted";
  const content = event.getContent();
  return {
    kind: "message",
    key: keyOf(event),
    id: event.getId() ?? "",
    sender,
    name: member?.name ?? localpart(sender),
    avatar: member?.getMxcAvatarUrl(),
    ms: event.getTs(),
    isMine,
    isFirst: true,
    body,
    source: body.kind === "text" ? plainBody(content) : "",
    isEdited: Boolean(event.replacingEvent()) && body.kind !== "deleted",
    quoted: quotedOf(event, room),
    reactions: reactionsOf(event, room),
    delivery: isMine ? deliveryOf(event) : undefined,
    mayEdit: isMine && canTalk && body.kind === "text",
    mayDelete: canTalk && mayRedact(event, room),
    mayAnswer: canTalk && body.kind !== "unreadable",
  };
}

/** Stays the same when a message that was just sent gets its id. */
export function keyOf(event: MatrixEvent): string {
  const unsigned = event.getUnsigned() as { transaction_id?: string };
  return event.getTxnId() ?? unsigned.transaction_id ?? event.getId() ?? "";
}

function mayRedact(event: MatrixEvent, room: Room): boolean {
  return room.currentState.maySendRedactionForEvent(event, room.client.getSafeUserId());
}

function bodyOf(event: MatrixEvent): Body {
  if (event.isRedacted()) return { kind: "deleted" };
  if (event.isDecryptionFailure() || event.getType() === "m.room.encrypted") {
    return { kind: "unreadable", reason: unreadableBecause(event.decryptionFailureReason) };
  }
  const content = event.getContent();
  const attachment = attachmentOf(content);
  if (attachment) {
    const kind = content.msgtype === MsgType.Image ? "picture" : "file";
    return { kind, attachment, caption: captionOf(content) };
  }
  const text = plainBody(content);
  return {
    kind: "text",
    nodes: nodesOf(content),
    isPlain: !isFormatted(content),
    isEmote: content.msgtype === MsgType.Emote,
    isNotice: content.msgtype === MsgType.Notice,
    isBigEmoji: ONLY_EMOJI.test(text),
  };
}

/** A file's `body` is a caption only if its name stands elsewhere. */
function captionOf(content: IContent): RichNode[] {
  const isCaption = content.filename !== undefined && content.filename !== content.body;
  return isCaption ? nodesOf(content) : [];
}

function isFormatted(content: IContent): boolean {
  return content.format === FORMAT && typeof content.formatted_body === "string";
}

function nodesOf(content: IContent): RichNode[] {
  const known = parsed.get(content);
  if (known) return known;
  const nodes = isFormatted(content)
    ? richText(String(content.formatted_body))
    : linked(plainBody(content));
  parsed.set(content, nodes);
  return nodes;
}

function quotedOf(event: MatrixEvent, room: Room): Quoted | undefined {
  const id = event.replyEventId;
  if (!id || event.isRedacted()) return undefined;
  const original = room.findEventById(id);
  const sender = original?.getSender();
  return {
    id,
    name: sender ? (room.getMember(sender)?.name ?? localpart(sender)) : "",
    text: original && !original.isRedacted() ? plainBody(original.getContent()) : "",
  };
}

function reactionsOf(event: MatrixEvent, room: Room): Reaction[] {
  const id = event.getId();
  const relations = id
    ? room.relations.getChildEventsForEvent(id, "m.annotation", "m.reaction")
    : undefined;
  const groups = relations?.getSortedAnnotationsByKey() ?? [];
  const me = room.client.getSafeUserId();
  return groups
    .map(([key, events]) => {
      const alive = [...events].filter((reaction) => !reaction.isRedacted());
      const mine = alive.find((reaction) => reaction.getSender() === me);
      const names = alive.map((reaction) => {
        const sender = reaction.getSender() ?? "";
        return room.getMember(sender)?.name ?? localpart(sender);
      });
      return { key, names, mine: mine?.getId() };
    })
    .filter(({ names }) => names.length > 0);
}

function deliveryOf(event: MatrixEvent): Delivery {
  switch (event.getAssociatedStatus()) {
    case null:
    case EventStatus.SENT:
      return "sent";
    case EventStatus.NOT_SENT:
    case EventStatus.CANCELLED:
      return "failed";
    default:
      return "sending";
  }
}
