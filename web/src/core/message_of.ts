import { EventStatus, type IContent, type MatrixEvent, type Room } from "matrix-js-sdk";

import { bodyOf } from "./body_of";
import { namedIn } from "./content";
import { forwardedBecause } from "./forwarding";
import type { Delivery, Message, Quoted, Reaction, ThreadSummary } from "./message";
import { localpart } from "./names";
import { mayPin, pinnedIn } from "./pins";
import { reactionGroups } from "./reactions_of";
import { plainBody, shownBody } from "./reply";
import { unreadIn } from "./thread_unread";
import { isUrgent, UNDERSTOOD } from "./urgent";

/** A message as the timeline shows it. */
export function messageOf(event: MatrixEvent, room: Room, thread?: string): Message {
  const sender = event.getSender() ?? "";
  const member = room.getMember(sender);
  const me = room.client.getSafeUserId();
  const isMine = sender === me;
  const body = bodyOf(event, room);
  const isSent = event.status === null || event.status === EventStatus.SENT;
  const canTalk = isSent && body.kind !== "deleted";
  const content = event.getContent();
  const reactions = reactionsOf(event, room);
  const isUrgentNow = isUrgent(content) && body.kind !== "deleted";
  return {
    kind: "message",
    key: keyOf(event),
    id: event.getId() ?? "",
    sender,
    name: nameOf(sender, room),
    avatar: member?.getMxcAvatarUrl(),
    ms: event.getTs(),
    isMine,
    isFirst: true,
    body,
    source: body.kind === "text" ? plainBody(content) : "",
    isEdited: Boolean(event.replacingEvent()) && body.kind !== "deleted",
    isForMe: !isMine && isFor(me, content),
    mentions: namedIn(content).people.map((id) => ({ id, name: nameOf(id, room) })),
    quoted: quotedOf(event, room),
    reactions: reactions.filter(({ key }) => !isUrgentNow || key !== UNDERSTOOD),
    understood: isUrgentNow ? understoodBy(reactions) : undefined,
    forwarded: forwardedBecause(content),
    isPinned: pinnedIn(room).includes(event.getId() ?? ""),
    mayPin: canTalk && mayPin(room),
    mayForward: canTalk && ["text", "picture", "file", "voice"].includes(body.kind),
    thread: thread ? undefined : threadOf(event, room),
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

/** What somebody is called in a room. */
export function nameOf(id: string, room: Room): string {
  return room.getMember(id)?.name ?? localpart(id);
}

function understoodBy(reactions: Reaction[]): Reaction {
  const nobody = { key: UNDERSTOOD, names: [], mine: undefined };
  return reactions.find(({ key }) => key === UNDERSTOOD) ?? nobody;
}

function isFor(me: string, content: IContent): boolean {
  const { people, everybody } = namedIn(content);
  return everybody || people.includes(me);
}

function threadOf(event: MatrixEvent, room: Room): ThreadSummary | undefined {
  const thread = room.getThread(event.getId() ?? "");
  const last = thread?.replyToEvent;
  if (!thread || !last || thread.length === 0 || event.isRedacted()) return undefined;
  return {
    count: thread.length,
    unread: Math.max(room.getThreadUnreadNotificationCount(thread.id), unreadIn(thread)),
    name: nameOf(last.getSender() ?? "", room),
    text: last.isRedacted() ? "" : shownBody(last.getContent()),
    ms: last.getTs(),
  };
}

function mayRedact(event: MatrixEvent, room: Room): boolean {
  return room.currentState.maySendRedactionForEvent(event, room.client.getSafeUserId());
}

function quotedOf(event: MatrixEvent, room: Room): Quoted | undefined {
  const id = event.replyEventId;
  // In threads, programs that know none are told of the message before: nobody has answered that one.
  const isMade = event.getWireContent()["m.relates_to"]?.is_falling_back === true;
  if (!id || isMade || event.isRedacted()) return undefined;
  const original = room.findEventById(id);
  const sender = original?.getSender();
  return {
    id,
    name: sender ? nameOf(sender, room) : "",
    text: original && !original.isRedacted() ? shownBody(original.getContent()) : "",
  };
}

function reactionsOf(event: MatrixEvent, room: Room): Reaction[] {
  const me = room.client.getSafeUserId();
  return reactionGroups(event, room).map(({ key, events }) => ({
    key,
    names: events.map((reaction) => nameOf(reaction.getSender() ?? "", room)),
    mine: events.find((reaction) => reaction.getSender() === me)?.getId(),
  }));
}

function deliveryOf(event: MatrixEvent): Delivery {
  switch (event.getAssociatedStatus()) {
    case null:
    case EventStatus.SENT:
      return "sent";
    case EventStatus.QUEUED:
      return "waiting";
    case EventStatus.NOT_SENT:
    case EventStatus.CANCELLED:
      return "failed";
    default:
      return "sending";
  }
}
