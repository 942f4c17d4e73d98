import {
  EventType,
  MatrixEventEvent,
  ReceiptType,
  RoomEvent,
  RoomMemberEvent,
  type MatrixClient,
  type MatrixEvent,
  type Room,
  type RoomMember,
} from "matrix-js-sdk";

import { arrange, firstUnread, newestRead } from "./arrange";
import type { TimelineItem } from "./message";

/** Events fetched at a time when she scrolls up. */
const PAGE = 50;
/** The server forgets after this time that somebody types. */
const TYPING_MS = 20_000;

/** The timeline of the open room; it changes by itself until it is closed. */
export class Timeline {
  items = $state.raw<TimelineItem[]>([]);
  /** Names of people who are typing. */
  typing = $state.raw<string[]>([]);
  isLoading = $state(false);
  hasMore = $state(true);
  readonly roomId: string;
  readonly #client: MatrixClient;
  readonly #room: Room;
  readonly #stop: (() => void)[] = [];
  /** The first message that was new when she opened the room. */
  #firstNew: string | undefined;
  #isScheduled = false;
  #isTyping = false;

  constructor(client: MatrixClient, room: Room) {
    this.#client = client;
    this.#room = room;
    this.roomId = room.roomId;
    this.#firstNew = firstUnread(room, client.getSafeUserId());
    this.#listen();
    this.#refresh();
    void room.decryptAllEvents();
    void room.loadMembersIfNeeded().then(() => this.#schedule());
  }

  /** Stops listening. */
  close(): void {
    for (const stop of this.#stop) stop();
    this.setTyping(false);
  }

  /** Fetches older messages. */
  async loadOlder(): Promise<void> {
    if (this.isLoading || !this.hasMore) return;
    this.isLoading = true;
    try {
      await this.#client.scrollback(this.#room, PAGE);
    } finally {
      this.isLoading = false;
      this.#refresh();
    }
  }

  /** Tells the others that she has read everything. */
  async markRead(): Promise<void> {
    const last = this.#room
      .getLiveTimeline()
      .getEvents()
      .findLast((event) => event.status === null);
    const id = last?.getId();
    if (!last || !id || this.#room.hasUserReadEvent(this.#client.getSafeUserId(), id)) return;
    await this.#client.sendReadReceipt(last, ReceiptType.Read, true);
  }

  /** Tells the others whether she is typing. */
  setTyping(isTyping: boolean): void {
    if (isTyping === this.#isTyping) return;
    this.#isTyping = isTyping;
    this.#client.sendTyping(this.roomId, isTyping, TYPING_MS).catch(() => undefined);
    if (isTyping) setTimeout(() => (this.#isTyping = false), TYPING_MS / 2);
  }

  #listen(): void {
    const ofRoom = (_: unknown, room?: Room): void => {
      if (room?.roomId === this.roomId) this.#schedule();
    };
    const reset = (room?: Room): void => ofRoom(undefined, room);
    const ofEvent = (event: MatrixEvent): void => {
      if (event.getRoomId() === this.roomId) this.#schedule();
    };
    const typing = (_: MatrixEvent, member: RoomMember): void => {
      if (member.roomId === this.roomId) this.#refreshTyping();
    };
    const client = this.#client;
    client.on(RoomEvent.Timeline, ofRoom);
    client.on(RoomEvent.LocalEchoUpdated, ofRoom);
    client.on(RoomEvent.Redaction, ofRoom);
    client.on(RoomEvent.Receipt, ofRoom);
    client.on(RoomEvent.TimelineReset, reset);
    client.on(MatrixEventEvent.Decrypted, ofEvent);
    client.on(MatrixEventEvent.Replaced, ofEvent);
    client.on(RoomMemberEvent.Typing, typing);
    this.#stop.push(() => {
      client.off(RoomEvent.Timeline, ofRoom);
      client.off(RoomEvent.LocalEchoUpdated, ofRoom);
      client.off(RoomEvent.Redaction, ofRoom);
      client.off(RoomEvent.Receipt, ofRoom);
      client.off(RoomEvent.TimelineReset, reset);
      client.off(MatrixEventEvent.Decrypted, ofEvent);
      client.off(MatrixEventEvent.Replaced, ofEvent);
      client.off(RoomMemberEvent.Typing, typing);
    });
  }

  /** Many events arrive together; the lines are built once for all of them. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setTimeout(() => {
      this.#isScheduled = false;
      this.#refresh();
    });
  }

  #refresh(): void {
    const events = this.#room.getLiveTimeline().getEvents();
    for (const event of events) {
      if (event.shouldAttemptDecryption()) void this.#client.decryptEventIfNeeded(event);
    }
    this.items = arrange(events, this.#room, this.#firstNew, newestRead(events, this.#room));
    const isWhole = events[0]?.getType() === EventType.RoomCreate;
    this.hasMore = !isWhole && this.#room.oldState.paginationToken !== null;
  }

  #refreshTyping(): void {
    const me = this.#client.getUserId();
    const typing = this.#room.getMembers().filter((it) => it.typing && it.userId !== me);
    this.typing = typing.map((member) => member.name);
  }
}
