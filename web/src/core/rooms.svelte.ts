import {
  ClientEvent,
  EventType,
  KnownMembership,
  NotificationCountType,
  RoomEvent,
  RoomMemberEvent,
  RoomStateEvent,
  MatrixEventEvent,
  type MatrixClient,
  type MatrixEvent,
  type Room,
} from "matrix-js-sdk";

import { localpart } from "./names";
import { previewOf, type Preview } from "./preview";

/** A room as the list shows it. */
export interface RoomSummary {
  id: string;
  name: string;
  /** Picture of the room, or of the other person. */
  avatar: string | undefined;
  /** The other person of a conversation of two. */
  directWith: string | undefined;
  isInvitation: boolean;
  invitedBy: string | undefined;
  isEncrypted: boolean;
  unread: number;
  /** Somebody named her. */
  isMentioned: boolean;
  preview: Preview | undefined;
  activeMs: number;
}

/** Her rooms, newest first; they change by themselves. */
export class RoomList {
  all = $state.raw<RoomSummary[]>([]);
  readonly #client: MatrixClient;
  #isScheduled = false;

  constructor(client: MatrixClient) {
    this.#client = client;
    const changed = (): void => this.#schedule();
    client.on(ClientEvent.Room, changed);
    client.on(ClientEvent.DeleteRoom, changed);
    client.on(ClientEvent.AccountData, changed);
    client.on(ClientEvent.Sync, changed);
    client.on(RoomEvent.Timeline, changed);
    client.on(RoomEvent.Name, changed);
    client.on(RoomEvent.MyMembership, changed);
    client.on(RoomEvent.Receipt, changed);
    client.on(RoomEvent.Redaction, changed);
    client.on(RoomStateEvent.Events, changed);
    client.on(RoomMemberEvent.Name, changed);
    client.on(MatrixEventEvent.Decrypted, changed);
    this.refresh();
  }

  /** The unread messages of all rooms. */
  get unread(): number {
    return this.all.reduce((sum, room) => sum + (room.isInvitation ? 1 : room.unread), 0);
  }

  /** The summary of a room. */
  find(id: string | undefined): RoomSummary | undefined {
    return this.all.find((room) => room.id === id);
  }

  /** Many events arrive together; the list is built once for all of them. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setTimeout(() => {
      this.#isScheduled = false;
      this.refresh();
    });
  }

  /** Builds the list anew. */
  refresh(): void {
    const partners = directPartners(this.#client);
    const rooms = this.#client
      .getRooms()
      .filter((room) => isShown(room))
      .map((room) => summary(room, partners.get(room.roomId)));
    this.all = rooms.sort((a, b) => b.activeMs - a.activeMs);
  }
}

function isShown(room: Room): boolean {
  const membership = room.getMyMembership();
  const isMine = membership === KnownMembership.Join || membership === KnownMembership.Invite;
  return isMine && !room.isSpaceRoom();
}

/** Which rooms are conversations of two, and with whom (spec: `m.direct`). */
function directPartners(client: MatrixClient): Map<string, string> {
  const content: Record<string, unknown> =
    client.getAccountData(EventType.Direct)?.getContent() ?? {};
  const partners = new Map<string, string>();
  for (const [userId, rooms] of Object.entries(content)) {
    if (!Array.isArray(rooms)) continue;
    for (const room of rooms) partners.set(String(room), userId);
  }
  return partners;
}

function summary(room: Room, partner: string | undefined): RoomSummary {
  const isInvitation = room.getMyMembership() === KnownMembership.Invite;
  const invitedBy = isInvitation ? inviter(room) : undefined;
  const directWith = partner ?? (isInvitation ? room.getDMInviter() : undefined);
  const last = lastShown(room);
  return {
    id: room.roomId,
    name: nameOf(room, directWith),
    avatar: avatarOf(room, directWith),
    directWith,
    isInvitation,
    invitedBy,
    isEncrypted: room.hasEncryptionStateEvent(),
    unread: room.getUnreadNotificationCount(NotificationCountType.Total),
    isMentioned: room.getUnreadNotificationCount(NotificationCountType.Highlight) > 0,
    preview: last && previewOf(last, room),
    activeMs: last?.getTs() ?? room.getLastActiveTimestamp(),
  };
}

/** For a conversation of two, the name of the person even if she has left. */
function nameOf(room: Room, directWith: string | undefined): string {
  const hasName = Boolean(room.currentState.getStateEvents(EventType.RoomName, ""));
  if (directWith && !hasName) return room.getMember(directWith)?.name ?? localpart(directWith);
  return room.name;
}

function avatarOf(room: Room, directWith: string | undefined): string | undefined {
  const person = directWith ? room.getMember(directWith)?.getMxcAvatarUrl() : undefined;
  return room.getMxcAvatarUrl() ?? person ?? undefined;
}

function inviter(room: Room): string | undefined {
  const me = room.getMember(room.client.getSafeUserId());
  const sender = me?.events.member?.getSender();
  return sender ? (room.getMember(sender)?.name ?? localpart(sender)) : undefined;
}

function lastShown(room: Room): MatrixEvent | undefined {
  const events = room.getLiveTimeline().getEvents();
  for (let index = events.length - 1; index >= 0; index -= 1) {
    const event = events[index]!;
    if (isMessage(event)) return event;
  }
  return undefined;
}

function isMessage(event: MatrixEvent): boolean {
  const type = event.getType();
  const isContent = type === EventType.RoomMessage || type === EventType.RoomMessageEncrypted;
  return isContent && !event.isRelation("m.replace");
}
