import { ClientEvent, SyncState, type MatrixClient } from "matrix-js-sdk";

import { leaveAccount } from "../shell/account";
import { revoke } from "../shell/oauth";
import { currentSession, type Session } from "../shell/session";
import { wipe } from "../shell/wipe";
import { connect, onSessionEnded, startSyncing } from "./connection";
import { Encryption } from "./encryption.svelte";
import { Media } from "./media";
import { Outbox } from "./outbox.svelte";
import { Messages } from "./messages";
import { localpart } from "./names";
import { accept, createGroup, findPeople, talkTo, type Person } from "./people";
import { RoomList } from "./rooms.svelte";
import { SecretStorageKeys } from "./secret_storage";
import { Uploads } from "./uploads.svelte";
import { Verifications } from "./verification.svelte";

/** A member of a room. */
export interface Member extends Person {
  isInvited: boolean;
  isAdministrator: boolean;
}

const ADMINISTRATOR_POWER = 100;

/** The chat of one person: everything the pages may do. No page names the SDK. */
export class Kontor {
  readonly rooms: RoomList;
  readonly encryption: Encryption;
  readonly verifications: Verifications;
  readonly messages: Messages;
  readonly outbox: Outbox;
  readonly uploads: Uploads;
  readonly media: Media;
  /** Whether the server answers. */
  isOnline = $state(true);
  readonly #client: MatrixClient;

  private constructor(client: MatrixClient, keys: SecretStorageKeys) {
    this.#client = client;
    this.rooms = new RoomList(client);
    this.encryption = new Encryption(client, keys);
    this.verifications = new Verifications(client);
    this.outbox = new Outbox(client);
    this.uploads = new Uploads(client, this.outbox);
    this.messages = new Messages(client, this.outbox, this.uploads);
    this.media = new Media(client);
    client.on(ClientEvent.Sync, (state: SyncState) => {
      this.isOnline = state !== SyncState.Error && state !== SyncState.Reconnecting;
    });
  }

  /** Opens the chat; resolves when the rooms are there. `ended` is called, after everything here has
      been removed, when the server ends the session. */
  static async open(session: Session, ended: () => void): Promise<Kontor> {
    const keys = new SecretStorageKeys();
    const client = await connect(session, keys);
    const kontor = new Kontor(client, keys);
    onSessionEnded(client, () => void kontor.#remove().then(ended));
    await startSyncing(client);
    kontor.rooms.refresh();
    void kontor.outbox.resume();
    void kontor.encryption.prepare();
    return kontor;
  }

  /** Her user id. */
  get userId(): string {
    return this.#client.getSafeUserId();
  }

  /** Her name. */
  get name(): string {
    return this.#client.getUser(this.userId)?.displayName ?? localpart(this.userId);
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
    this.#client.stopClient();
  }

  /** Who is in a room. */
  async members(roomId: string): Promise<Member[]> {
    const room = this.#client.getRoom(roomId);
    if (!room) return [];
    await room.loadMembersIfNeeded();
    const members = [
      ...room.getMembersWithMembership("join"),
      ...room.getMembersWithMembership("invite"),
    ];
    return members
      .map((member) => ({
        id: member.userId,
        name: member.name,
        avatar: member.getMxcAvatarUrl(),
        isInvited: member.membership === "invite",
        isAdministrator: member.powerLevel >= ADMINISTRATOR_POWER,
      }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** How many people are in a room. */
  memberCount(roomId: string): number {
    return this.#client.getRoom(roomId)?.getJoinedMemberCount() ?? 0;
  }

  /** Finds people by name. */
  findPeople(term: string): Promise<Person[]> {
    return findPeople(this.#client, term);
  }

  /** The room with one person. */
  talkTo(userId: string): Promise<string> {
    return talkTo(this.#client, userId);
  }

  /** A new group. */
  createGroup(name: string, people: string[]): Promise<string> {
    return createGroup(this.#client, name, people);
  }

  /** Accepts an invitation. */
  async accept(roomId: string): Promise<void> {
    await accept(this.#client, roomId, this.rooms.find(roomId)?.directWith);
  }

  /** Declines an invitation, or leaves a room. */
  async leave(roomId: string): Promise<void> {
    await this.#client.leave(roomId);
  }

  async #remove(): Promise<void> {
    this.#client.stopClient();
    await wipe();
  }
}
