import {
  ClientEvent,
  Direction,
  EventType,
  ReceiptType,
  SyncState,
  TimelineWindow,
  type EventTimelineSet,
  type MatrixClient,
  type MatrixEvent,
  type Room,
  type Thread,
} from "matrix-js-sdk";

import { arrange, firstUnread, newestRead } from "./arrange";
import { Lines } from "./lines";
import { listenTo } from "./listening";
import type { TimelineItem } from "./message";
import type { Outbox } from "./outbox.svelte";
import { pinnedIn } from "./pins";
import type { Rules } from "./rules.svelte";
import { TypingNotices } from "./typing_notices";
import { readUpToIn } from "./unread";

/** Events fetched at a time when she scrolls. */
const PAGE = 50;
/** Events around the one that she jumps to. */
const AROUND = 60;
/** Encrypted messages that take longer are shown as they are until then. */
const READABLE_MS = 500;
/** So long what is to be shown waits for what is new in the room. */
const LIVE_MS = 10_000;
/** More than a room has in memory: all of it is shown. */
const ALL = 1_000_000;

/** Where the view is to be placed. */
export interface Target {
  /** A message; `undefined`: where the new ones begin, else the end. */
  id: string | undefined;
  /** The first message at or after this time, if there is none with the id. */
  ms: number | undefined;
}

/** What a timeline is made of. */
export interface Surroundings {
  client: MatrixClient;
  room: Room;
  outbox: Outbox;
  rules: Rules;
  /** `undefined`: the room itself. */
  thread: Thread | undefined;
}

/** The timeline of the open room, or of a thread in it; it changes by itself until it is closed. */
export class Timeline {
  items = $state.raw<TimelineItem[]>([]);
  /** Names of people who are typing. */
  typing = $state.raw<string[]>([]);
  isLoading = $state(false);
  hasMore = $state(true);
  /** Whether there are newer messages that are not loaded: she has jumped back in time. */
  hasNewer = $state(false);
  /** Ids of pinned messages, the newest pin last. */
  pinned = $state.raw<string[]>([]);
  /** The first new messages are older than what is loaded. */
  hasUnreadBefore = $state(false);
  /** Changes when the view has to be placed anew. */
  target = $state.raw<Target>({ id: undefined, ms: undefined });
  readonly roomId: string;
  /** Resolves when what is in memory is decrypted, as far as that goes quickly: its lines do not move then. */
  readonly readable: Promise<void>;
  /** The root of the thread, if it is one. */
  readonly threadId: string | undefined;
  readonly #client: MatrixClient;
  readonly #room: Room;
  readonly #set: EventTimelineSet;
  readonly #window: TimelineWindow;
  readonly #outbox: Outbox;
  readonly #rules: Rules;
  readonly #lines: Lines;
  readonly #typingNotices: TypingNotices;
  readonly #stop: () => void;
  #isClosed = false;
  /** Whether the room is as the server has it; before, it is as it was kept, and she may have read more. */
  #isLive: boolean;
  /** Resolves when it is. */
  readonly #live: Promise<void>;
  #tellLive: () => void = () => undefined;
  /** What she had read when she opened the room. */
  #readUpTo: string | null = null;
  #hadUnread = false;
  /** The first message that was new then. */
  #firstNew: string | undefined;
  #isScheduled = false;
  #isStale = false;

  constructor({ client, room, outbox, rules, thread }: Surroundings) {
    this.#client = client;
    this.#room = room;
    this.#outbox = outbox;
    this.#rules = rules;
    this.#set = thread?.timelineSet ?? room.getUnfilteredTimelineSet();
    this.#window = windowOf(client, this.#set);
    this.roomId = room.roomId;
    this.threadId = thread?.id;
    this.#lines = new Lines(room, thread?.id);
    this.#typingNotices = new TypingNotices((isTyping, forMs) =>
      client.sendTyping(room.roomId, isTyping, forMs),
    );
    this.#live = new Promise((resolve) => (this.#tellLive = resolve));
    this.#isLive = client.getSyncState() === SyncState.Syncing;
    if (this.#isLive) this.#tellLive();
    this.#noteRead();
    const synced = (state: SyncState): void => this.#noteSynced(state);
    client.on(ClientEvent.Sync, synced);
    const stops = [
      (): unknown => client.off(ClientEvent.Sync, synced),
      outbox.listen((roomId) => roomId === this.roomId && this.#change()),
      listenTo(client, room, {
        changed: (event, isPast) => this.#change(event, isPast),
        read: () => this.#noticeReading(),
        reset: () => this.#follow(),
        typing: () => this.#refreshTyping(),
      }),
    ];
    this.#stop = () => stops.forEach((stop) => stop());
    // Nothing is fetched for this: it is done when the call returns.
    void this.#window.load(undefined, ALL);
    this.#refresh();
    // Who types already is not told again.
    this.#refreshTyping();
    this.readable = this.#decrypt();
    void room.loadMembersIfNeeded().then(() => this.#change());
  }

  /** Stops listening. */
  close(): void {
    this.#isClosed = true;
    this.#stop();
    this.setTyping(false);
  }

  /** Fetches older messages. */
  loadOlder(): Promise<void> {
    return this.#load(Direction.Backward, this.hasMore);
  }

  /** Fetches newer messages. */
  loadNewer(): Promise<void> {
    return this.#load(Direction.Forward, this.hasNewer);
  }

  /** Goes to a message, wherever it is. Throws if the server does not give it out. */
  async jumpTo(id: string): Promise<void> {
    await this.#jump({ id, ms: undefined });
  }

  /** Goes to the first message at or after a time, or to the last one before it. */
  async jumpToTime(ms: number): Promise<void> {
    const find = (direction: Direction): Promise<{ event_id: string }> =>
      this.#client.timestampToEvent(this.roomId, ms, direction);
    const found = await find(Direction.Forward).catch(() => find(Direction.Backward));
    await this.#jump({ id: found.event_id, ms });
  }

  /** Goes to where the new messages begin. */
  async jumpToUnread(): Promise<void> {
    if (this.#firstNew) await this.#jump({ id: this.#firstNew, ms: undefined });
    else if (this.#readUpTo) await this.#jump({ id: this.#readUpTo, ms: undefined });
  }

  /** Back to the newest messages. */
  async jumpToEnd(): Promise<void> {
    await this.#window.load(undefined, ALL);
    this.#refresh();
    this.target = { id: this.items.at(-1)?.key, ms: undefined };
  }

  /** Tells the others that she has read everything; only her other devices, if she keeps it to herself. */
  async markRead(): Promise<void> {
    if (this.hasNewer || !this.#isLive) return;
    const last = this.#events().findLast((event) => event.status === null);
    const id = last?.getId();
    const place = this.threadId ? this.#room.getThread(this.threadId) : this.#room;
    if (!last || !id || place?.hasUserReadEvent(this.#client.getSafeUserId(), id)) return;
    const { isShown } = this.#rules.signals.read_receipts;
    const kind = isShown ? ReceiptType.Read : ReceiptType.ReadPrivate;
    // She may just have been removed from the room: then there is nobody to tell.
    await this.#client.sendReadReceipt(last, kind).catch(() => undefined);
  }

  /** Tells the others whether she is typing, unless she keeps it to herself. */
  setTyping(isTyping: boolean): void {
    if (this.#rules.signals.typing_notices.isShown) this.#typingNotices.set(isTyping);
  }

  /** What is decrypted is shown before this is done. */
  async #decrypt(): Promise<void> {
    const events = this.#events().map((event) => this.#client.decryptEventIfNeeded(event));
    await Promise.race([Promise.all(events), after(READABLE_MS)]);
    if (this.#isStale) this.#refresh();
  }

  async #load(direction: Direction, isThere: boolean): Promise<void> {
    if (this.isLoading || !isThere) return;
    this.isLoading = true;
    try {
      await this.#window.paginate(direction, PAGE);
    } finally {
      this.isLoading = false;
      this.#refresh();
    }
  }

  async #jump(target: Target): Promise<void> {
    const isHere = (): boolean =>
      this.items.some((item) => item.kind === "message" && item.id === target.id);
    if (!isHere()) {
      // One that is fetched by itself before the server has told of it would be missing in the room: the SDK
      // takes what it knows from elsewhere for no news.
      await Promise.race([this.#live, after(LIVE_MS)]);
      // She has gone elsewhere meanwhile; when she comes back, the room is to open at its end.
      if (this.#isClosed) return;
      if (this.#isStale) this.#refresh();
    }
    if (!isHere() && target.id) {
      this.isLoading = true;
      try {
        await this.#window.load(target.id, AROUND);
      } finally {
        this.isLoading = false;
      }
      this.#refresh();
    }
    this.target = target;
  }

  /** The server has left something out: whoever is at the end stays there. */
  #follow(): void {
    if (!this.hasNewer) void this.#window.load(undefined, ALL);
    this.#change();
  }

  #change(event?: MatrixEvent, isPast?: boolean): void {
    this.#lines.forget(event, isPast);
    this.#schedule();
  }

  #noteRead(): void {
    const place = this.threadId ? this.#room.getThread(this.threadId) : this.#room;
    const events = this.#set.getLiveTimeline().getEvents();
    this.#readUpTo = place ? readUpToIn(place, events, this.#client.getSafeUserId()) : null;
    this.#hadUnread = this.#room.getUnreadNotificationCount() > 0;
  }

  #noteSynced(state: SyncState): void {
    if (this.#isLive || state !== SyncState.Syncing) return;
    this.#isLive = true;
    this.#tellLive();
    this.#firstNew = undefined;
    this.#noteRead();
    this.#schedule();
  }

  #noticeReading(): void {
    this.#lines.forgetThreads();
    this.#schedule();
  }

  /** Many events arrive together; the lines are built once for all of them. */
  #schedule(): void {
    this.#isStale = true;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setTimeout(() => {
      this.#isScheduled = false;
      // A page that was fetched has been shown already.
      if (this.#isStale) this.#refresh();
    });
  }

  #events(): MatrixEvent[] {
    return this.#window.getEvents().filter(Boolean);
  }

  #refresh(): void {
    this.#isStale = false;
    // A thread that was fetched, or a room after a gap, begins anew.
    const end = this.#window.getTimelineIndex(Direction.Forward);
    const isGone = end && !this.#set.getTimelines().includes(end.timeline);
    if (isGone) void this.#window.load(undefined, ALL);
    while (this.#window.extend(Direction.Forward, ALL));
    const events = this.#events();
    for (const event of events) {
      if (event.shouldAttemptDecryption()) void this.#client.decryptEventIfNeeded(event);
    }
    const me = this.#client.getSafeUserId();
    this.#firstNew ??= firstUnread(events, this.#room, this.#readUpTo, me);
    const isWhole = events[0]?.getType() === EventType.RoomCreate;
    this.hasMore = !isWhole && this.#window.canPaginate(Direction.Backward);
    this.hasNewer = this.#window.canPaginate(Direction.Forward);
    this.hasUnreadBefore = this.hasMore && !this.#firstNew && this.#hasUnreadElsewhere(events);
    // Only a change of pins makes the view look for them again.
    const pinned = pinnedIn(this.#room);
    if (pinned.join() !== this.pinned.join()) this.pinned = pinned;
    this.items = arrange(
      this.hasNewer ? events : [...events, ...this.#queued(events)],
      this.#room,
      {
        firstNew: this.#firstNew,
        readIndex: newestRead(events, this.#room),
      },
      this.#lines,
    );
  }

  #hasUnreadElsewhere(events: MatrixEvent[]): boolean {
    if (!this.#hadUnread || this.hasNewer || this.#readUpTo === null) return false;
    return !events.some((event) => event.getId() === this.#readUpTo);
  }

  /** Messages that the server does not have yet, except those that the SDK shows already. */
  #queued(events: MatrixEvent[]): MatrixEvent[] {
    const shown = new Set(events.map((event) => event.status && event.getTxnId()));
    const queued = this.#outbox.waiting(this.#room, this.threadId);
    return queued.filter((event) => !shown.has(event.getTxnId()));
  }

  #refreshTyping(): void {
    const me = this.#client.getUserId();
    const typing = this.#room.getMembers().filter((it) => it.typing && it.userId !== me);
    this.typing = typing.map((member) => member.name);
  }
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const windows = new WeakMap<EventTimelineSet, TimelineWindow>();

/** A window listens to its room for ever: there is one for each timeline. */
function windowOf(client: MatrixClient, set: EventTimelineSet): TimelineWindow {
  const known = windows.get(set);
  if (known) return known;
  const made = new TimelineWindow(client, set, { windowLimit: ALL });
  windows.set(set, made);
  return made;
}
