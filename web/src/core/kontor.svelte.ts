import { ClientEvent, SyncState, type MatrixClient } from "matrix-js-sdk";

import { leaveAccount } from "../shell/account";
import { revoke } from "../shell/oauth";
import { currentSession, type Session } from "../shell/session";
import { wipe } from "../shell/wipe";
import { watchForVersion } from "../shell/worker";
import { Badges } from "./badges.svelte";
import { Calls } from "./calls.svelte";
import { connect, onSessionEnded, startSyncing, type Connection } from "./connection";
import { Encryption } from "./encryption.svelte";
import { Media } from "./media";
import { Outbox } from "./outbox.svelte";
import { Messages } from "./messages";
import type { KeptStore } from "./kept_store";
import { localpart } from "./names";
import { Devices } from "./devices";
import { Directory } from "./directory";
import { accept, createRoom, findPeople, talkTo, type NewRoom, type Person } from "./people";
import { watchForNotices, type Notice } from "./notices";
import { Preferences } from "./preferences.svelte";
import { Push } from "./push.svelte";
import { readersOf, type Readers } from "./readers";
import { isClosed } from "./room_class";
import { RecoveryPasskey } from "./recovery_passkey.svelte";
import { RoomActions, type Member } from "./room_actions";
import { RoomList } from "./rooms.svelte";
import { Rules } from "./rules.svelte";
import { Search } from "./search.svelte";
import { SecretStorageKeys } from "./secret_storage";
import { Supervision } from "./supervision";
import { Trust } from "./trust.svelte";
import { Uploads } from "./uploads.svelte";
import { Verifications } from "./verification.svelte";

/** What can wait for the first picture waits no longer than this. */
const SHOWN_MS = 1_000;

/** The chat of one person: everything the pages may do. No page names the SDK. */
export class Kontor {
  readonly rooms: RoomList;
  readonly encryption: Encryption;
  readonly recoveryPasskey: RecoveryPasskey;
  readonly verifications: Verifications;
  readonly messages: Messages;
  readonly outbox: Outbox;
  readonly uploads: Uploads;
  readonly media: Media;
  readonly rules: Rules;
  readonly actions: RoomActions;
  readonly badges: Badges;
  readonly directory: Directory;
  readonly supervision: Supervision;
  readonly search: Search;
  readonly devices: Devices;
  readonly preferences: Preferences;
  readonly push: Push;
  readonly calls: Calls;
  /** Whether the server has a newer version of the client: a reload brings it. */
  hasNewVersion = $state(false);
  /** Whether the server answers. */
  isOnline = $state(true);
  /** Her name in her profile, where no room tells it. */
  #profileName = $state<string>();
  /** Resolves when what is seen first is drawn, or does not come. */
  readonly #shown: Promise<void>;
  #tellShown: () => void = () => undefined;
  readonly #client: MatrixClient;
  readonly #store: KeptStore;

  private constructor({ client, store }: Connection, keys: SecretStorageKeys) {
    this.#client = client;
    this.#store = store;
    this.#shown = new Promise((resolve) => {
      this.#tellShown = resolve;
    });
    this.rooms = new RoomList(client, store.told);
    this.encryption = new Encryption(client, keys);
    this.recoveryPasskey = new RecoveryPasskey(client, this.encryption);
    this.verifications = new Verifications(client);
    this.outbox = new Outbox(client);
    this.uploads = new Uploads(client, this.outbox);
    this.rules = new Rules(client);
    this.messages = new Messages(client, this.outbox, this.uploads, this.rules);
    this.media = new Media(client);
    this.actions = new RoomActions(client, this.rooms.closedNames);
    this.badges = new Badges(client);
    this.directory = new Directory(client);
    this.supervision = new Supervision(client);
    this.devices = new Devices(client);
    this.preferences = new Preferences(client);
    this.push = new Push(client);
    this.calls = new Calls(client);
    this.search = new Search(client, this.rules);
    client.on(ClientEvent.Sync, (state: SyncState) => {
      this.isOnline = state !== SyncState.Error && state !== SyncState.Reconnecting;
    });
  }

  /** Opens the chat; resolves when the rooms are there, first of all the one that is open. `failed` is called when the server does not answer at
      once; `ended`, after everything here has been removed, when it ends the session. */
  static async open(
    session: Session,
    openRoom: string | undefined,
    { failed, ended }: { failed: () => void; ended: () => void },
  ): Promise<Kontor> {
    const keys = new SecretStorageKeys();
    const connection = await connect(session, keys, openRoom);
    const { client } = connection;
    const kontor = new Kontor(connection, keys);
    // From the first moment on: a new worker says only once that it is there.
    watchForVersion(() => (kontor.hasNewVersion = true));
    onSessionEnded(client, () => void kontor.#remove().then(ended));
    const { ready, live } = startSyncing(connection, kontor.#shown, failed);
    void kontor.outbox.resume(ready, live);
    await Promise.all([ready, kontor.encryption.look().catch(() => undefined)]);
    kontor.rooms.closedNames.openAll();
    kontor.rooms.refresh();
    // A page that nobody looks at draws nothing.
    setTimeout(() => kontor.noteShown(), SHOWN_MS);
    void live.then(() => {
      performance.mark("kontor-live");
      void kontor.encryption.prepare();
      void kontor.#prepareRest();
    });
    return kontor;
  }

  /** What is seen first is drawn: everything else may go on. */
  noteShown(): void {
    this.#tellShown();
  }

  /** Her user id. */
  get userId(): string {
    return this.#client.getSafeUserId();
  }

  /** Her name. */
  get name(): string {
    return this.#toldName(this.userId) ?? this.#profileName ?? localpart(this.userId);
  }

  /** Signs out: the server forgets the session, the browser everything. */
  async signOut(): Promise<void> {
    const session = await currentSession();
    // Offline, the device stays on her list of devices; what is here goes all the same.
    if (session) await revoke(session).catch(() => undefined);
    await leaveAccount().catch(() => undefined);
    await this.#remove();
  }

  /** Stops without removing anything. */
  close(): void {
    this.calls.current?.hangUp();
    this.search.stop();
    this.#client.stopClient();
  }

  /** Opens the page once more, with all that the server gives out now: what it had held back is nothing new
      to it, and would not come by itself. */
  async startAnew(): Promise<void> {
    await this.#store.forget();
    location.reload();
  }

  /** Watches whether people in a room still have the keys that are known; close it with the room. */
  trust(roomId: string): Trust | undefined {
    const room = this.#client.getRoom(roomId);
    return room ? new Trust(this.#client, room) : undefined;
  }

  /** Calls `tell` for new messages that she wants to be told of. */
  watchForNotices(tell: (notice: Notice) => void): void {
    watchForNotices(this.#client, this.preferences, tell);
  }

  /** The name of somebody. */
  nameOf(userId: string): string {
    return this.#toldName(userId) ?? localpart(userId);
  }

  /** Who is in a room. */
  members(roomId: string): Promise<Member[]> {
    return this.actions.members(roomId);
  }

  /** Everybody and everything that gets to see what is written in a room. */
  readers(roomId: string): Promise<Readers> {
    return readersOf(this.#client, roomId);
  }

  /** How many people are in a room. */
  memberCount(roomId: string): number {
    return this.#client.getRoom(roomId)?.getJoinedMemberCount() ?? 0;
  }

  /** The name of somebody in a room. */
  nameIn(roomId: string, userId: string): string {
    const member = this.#client.getRoom(roomId)?.getMember(userId);
    return member?.name ?? this.nameOf(userId);
  }

  /** Finds people by name. */
  findPeople(term: string): Promise<Person[]> {
    return findPeople(this.#client, term);
  }

  /** The room with one person. */
  talkTo(userId: string): Promise<string> {
    return talkTo(this.#client, userId);
  }

  /** A new group, channel or space. */
  async createRoom(wish: NewRoom): Promise<string> {
    const roomId = await createRoom(this.#client, wish);
    if (isClosed(wish.roomClass)) {
      await this.actions.rename(roomId, { name: wish.name, topic: wish.topic });
    }
    return roomId;
  }

  /** Accepts an invitation. */
  async accept(roomId: string): Promise<void> {
    await accept(this.#client, roomId, this.rooms.find(roomId)?.directWith);
  }

  /** Declines an invitation, takes a knock back, or leaves a room. */
  async leave(roomId: string): Promise<void> {
    await this.actions.leave(roomId);
  }

  /** What can wait until the rooms are shown. */
  async #prepareRest(): Promise<void> {
    void this.#findName().catch(() => undefined);
    await this.rules.load().catch(() => undefined);
    void this.push.start().catch((error: unknown) => console.error("no push", error));
    await this.search.start().catch((error: unknown) => console.error("no search", error));
  }

  /** The name that rooms tell of somebody; the SDK says the id where none does. */
  #toldName(userId: string): string | undefined {
    const name = this.#client.getUser(userId)?.displayName;
    return name === userId ? undefined : name;
  }

  async #findName(): Promise<void> {
    if (this.#toldName(this.userId)) return;
    this.#profileName = (await this.#client.getProfileInfo(this.userId)).displayname;
  }

  async #remove(): Promise<void> {
    this.close();
    await wipe();
  }
}
