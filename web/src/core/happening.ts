import { EventType, type MatrixEvent, type Room } from "matrix-js-sdk";

import type { Happening } from "./message";
import { localpart } from "./names";

/** What a state event says to people; `undefined` if it is not worth a line. */
export function happeningOf(event: MatrixEvent, room: Room): Happening | undefined {
  const told = tell(event);
  if (!told || event.isRedacted()) return undefined;
  const sender = event.getSender() ?? "";
  const nameOf = (id: string): string => room.getMember(id)?.name ?? localpart(id);
  const [what, subject] = told;
  const isPerson = event.getType() === EventType.RoomMember;
  return {
    kind: "happening",
    key: event.getId() ?? "",
    ms: event.getTs(),
    what,
    name: nameOf(sender),
    subjects: [isPerson ? nameOf(subject) : subject],
  };
}

/** Several people who come or are invited one after the other are one line. */
export function joinHappenings(before: Happening, next: Happening): Happening | undefined {
  // Whoever begins a conversation is there.
  if (before.what === "created" && next.what === "joined" && before.name === next.subjects[0]) {
    return before;
  }
  const isSame = before.what === next.what && (next.what === "joined" || before.name === next.name);
  if (!isSame || !["joined", "invited", "left"].includes(next.what)) return undefined;
  return { ...before, subjects: [...new Set([...before.subjects, ...next.subjects])] };
}

function tell(event: MatrixEvent): [Happening["what"], string] | undefined {
  const content = event.getContent();
  switch (event.getType()) {
    case EventType.RoomCreate:
      return ["created", ""];
    case EventType.RoomName:
      return content.name ? ["named", String(content.name)] : undefined;
    case EventType.RoomTopic:
      return content.topic ? ["topic", String(content.topic)] : undefined;
    case EventType.RoomEncryption:
      return ["encrypted", ""];
    case EventType.RoomMember:
      return tellMembership(event);
    case EventType.CallInvite:
      return ["called", ""];
    default:
      return undefined;
  }
}

function tellMembership(event: MatrixEvent): [Happening["what"], string] | undefined {
  const subject = event.getStateKey() ?? "";
  const now = event.getContent().membership;
  const before = event.getPrevContent().membership;
  const isOwn = event.getSender() === subject;
  if (now === before) return undefined;
  if (now === "join") return ["joined", subject];
  if (now === "invite") return ["invited", subject];
  if (now === "leave" && before === "invite") return [isOwn ? "declined" : "removed", subject];
  if (now === "leave") return [isOwn ? "left" : "removed", subject];
  return now === "ban" ? ["removed", subject] : undefined;
}
