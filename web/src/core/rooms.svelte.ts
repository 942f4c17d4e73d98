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

import { ClosedNames, type RoomWords } from "./closed_names";
import { localpart } from "./names";
import { alertsOf, type Alerts } from "./alerts";
import { isPoll } from "./polls";
import { isKnownIn } from "./listening";
import { previewOf, type Preview } from "./preview";
import { classOf, type RoomClass } from "./room_class";
import { topicOf } from "./room_words";
import { termsOf, type Terms } from "./supervision";
import { spacesOf, type Space } from "./spaces";
import { unreadOf, type ToldCounts } from "./unread";

/** A room as the list shows it. */
export interface RoomSummary {
  id: string;
  name: string;
  topic: string;
  /** Picture of the room, or of the other person. */
  avatar: string | undefined;
  /** The other person of a conversation of two. */
  directWith: string | undefined;
  /** What the room is for; `undefined` on servers that know no classes. */
  roomClass: RoomClass | undefined;
  isInvitation: boolean;
  /** It holds rooms: she is invited to a section of the list. */
  isSpace: boolean;
  /** She has asked to be let in, and waits. */
  isAsking: boolean;
  invitedBy: string | undefined;
  isEncrypted: boolean;
  /** Only some write here, and everybody reads. */
  isChannel: boolean;
  /** Whether she may write here. */
  mayWrite: boolean;
  isFavourite: boolean;
  /** She wants it below all others. */
  isLow: boolean;
  alerts: Alerts;
  /** By what terms it is supervised. */
  supervision: Terms | undefined;
  /** The room that goes on instead of this one. */
  successor: string | undefined;
  unread: number;
  /** Somebody named her. */
  isMentioned: boolean;
  preview: Preview | undefined;
  activeMs: number;
}

/** What a summary needs to know that does not stand in the room. */
interface Around {
  partners: Map<string, string>;
  alerts: (roomId: string) => Alerts;
  words: (roomId: string) => RoomWords | undefined;
  told: ToldCounts;
}

/** Her rooms, newest first; they change by themselves. */
export class RoomList {
  all = $state.raw<RoomSummary[]>([]);
  spaces = $state.raw<Space[]>([]);
  readonly closedNames: ClosedNames;
  readonly #client: MatrixClient;
  readonly #told: ToldCounts;
  readonly #summaries = new Map<string, RoomSummary>();
  readonly #stale = new Set<string>();
  #isAllStale = true;
  #isScheduled = false;

  /** `told`: what the server counts. */
  constructor(client: MatrixClient, told: ToldCounts) {
    this.#client = client;
    this.#told = told;
    this.closedNames = new ClosedNames(client, (roomId) => this.#changed(roomId));
    this.#listen();
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

  /** Whether a room or space is in her list. */
  has(id: string): boolean {
    return this.find(id) !== undefined || this.spaces.some((space) => space.id === id);
  }

  #listen(): void {
    const client = this.#client;
    const everything = (): void => this.#changed(undefined);
    const room = (it: Room): void => this.#changed(it.roomId);
    const ofRoom = (_: unknown, it?: Room): void => this.#changed(it?.roomId);
    // The past changes nothing, unless there was nothing to show before: it comes by the page while she scrolls.
    const ofTimeline = (_: unknown, it?: Room, isPast = false): void => {
      if (!isPast || !this.#summaries.get(it?.roomId ?? "")?.preview) this.#changed(it?.roomId);
    };
    const event = (it: MatrixEvent): void => this.#changed(it.getRoomId());
    client.on(ClientEvent.Room, room);
    client.on(ClientEvent.DeleteRoom, everything);
    client.on(ClientEvent.AccountData, everything);
    client.on(RoomEvent.Timeline, ofTimeline);
    client.on(RoomEvent.Name, room);
    client.on(RoomEvent.MyMembership, room);
    client.on(RoomEvent.Receipt, ofRoom);
    client.on(RoomEvent.Redaction, ofRoom);
    client.on(RoomEvent.Tags, ofRoom);
    client.on(RoomStateEvent.Events, event);
    client.on(RoomMemberEvent.Name, event);
    client.on(MatrixEventEvent.Decrypted, (it) => {
      if (isKnownIn(client.getRoom(it.getRoomId()), it)) event(it);
    });
    // Counts of unread messages come at the end of a sync, after the messages.
    client.on(ClientEvent.Sync, () => this.#schedule());
  }

  /** A room has changed; without its id, all may have. */
  #changed(roomId: string | undefined): void {
    if (roomId) this.#stale.add(roomId);
    else this.#isAllStale = true;
    this.#schedule();
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

  /** Builds the list anew; rooms where nothing has happened stay as they are. */
  refresh(): void {
    const rooms = this.#client.getRooms().filter((room) => isShown(room));
    const stale = rooms.filter((room) => this.#isStale(room));
    const isSame = stale.length === 0 && rooms.length === this.all.length;
    if (isSame && this.#stale.size === 0) return;
    const around: Around = {
      partners: directPartners(this.#client),
      alerts: alertsOf(this.#client),
      words: (roomId) => this.closedNames.of(roomId),
      told: this.#told,
    };
    for (const room of stale) this.#summaries.set(room.roomId, summary(room, around));
    this.#stale.clear();
    this.#isAllStale = false;
    this.all = rooms
      .map((room) => this.#summaries.get(room.roomId)!)
      .sort((a, b) => b.activeMs - a.activeMs);
    this.spaces = spacesOf(this.#client);
  }

  #isStale(room: Room): boolean {
    if (this.#isAllStale || this.#stale.has(room.roomId)) return true;
    const known = this.#summaries.get(room.roomId);
    const unread = unreadOf(room, this.#told.of(room.roomId));
    return known?.unread !== unread || known.isMentioned !== isMentioned(room);
  }
}

function isShown(room: Room): boolean {
  const membership = room.getMyMembership();
  const isMine =
    membership === KnownMembership.Join ||
    membership === KnownMembership.Invite ||
    membership === KnownMembership.Knock;
  return isMine && !(room.isSpaceRoom() && membership === KnownMembership.Join);
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

const isMentioned = (room: Room): boolean =>
  room.getUnreadNotificationCount(NotificationCountType.Highlight) > 0;

function summary(room: Room, { partners, alerts, words, told }: Around): RoomSummary {
  const isInvitation = room.getMyMembership() === KnownMembership.Invite;
  const partner = partners.get(room.roomId);
  const directWith = partner ?? (isInvitation ? room.getDMInviter() : undefined);
  const last = lastShown(room);
  const sealed = words(room.roomId);
  const me = room.client.getSafeUserId();
  return {
    id: room.roomId,
    name: sealed?.name || nameOf(room, directWith),
    topic: sealed?.topic || topicOf(room),
    avatar: avatarOf(room, directWith),
    directWith,
    roomClass: classOf(room),
    isInvitation,
    isSpace: room.isSpaceRoom(),
    isAsking: room.getMyMembership() === KnownMembership.Knock,
    invitedBy: isInvitation ? inviter(room) : undefined,
    isEncrypted: room.hasEncryptionStateEvent(),
    isChannel: isChannel(room),
    mayWrite: room.currentState.maySendMessage(me),
    isFavourite: "m.favourite" in room.tags,
    isLow: "m.lowpriority" in room.tags,
    alerts: alerts(room.roomId),
    supervision: termsOf(room),
    successor: successorOf(room),
    unread: unreadOf(room, told.of(room.roomId)),
    isMentioned: isMentioned(room),
    preview: last && previewOf(last, room),
    activeMs: last?.getTs() ?? room.getLastActiveTimestamp(),
  };
}

function isChannel(room: Room): boolean {
  const power = room.currentState.getStateEvents(EventType.RoomPowerLevels, "")?.getContent();
  return Number(power?.events_default ?? 0) > Number(power?.users_default ?? 0);
}

function successorOf(room: Room): string | undefined {
  const tombstone = room.currentState.getStateEvents(EventType.RoomTombstone, "")?.getContent();
  return tombstone?.replacement_room ? String(tombstone.replacement_room) : undefined;
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
  return (isContent || isPoll(event)) && !event.isState() && !event.isRelation("m.replace");
}
