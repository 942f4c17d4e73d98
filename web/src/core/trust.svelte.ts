import { RoomStateEvent, type MatrixClient, type Room } from "matrix-js-sdk";
import { CryptoEvent } from "matrix-js-sdk/lib/crypto-api";

import { localpart } from "./names";

/** Somebody whose keys are not those that were known. */
export interface Change {
  userId: string;
  name: string;
  /** She had compared emoji with this person before: nothing is sent before she decides. */
  wasVerified: boolean;
}

/** People looked at in one room: with more, nobody compares anything. */
const MOST = 500;

/** Watches whether people in the open room still have the keys that were first seen: if somebody put
    other keys in, messages would be encrypted for them. */
export class Trust {
  changes = $state.raw<Change[]>([]);
  readonly #client: MatrixClient;
  readonly #room: Room;
  readonly #stop: () => void;

  constructor(client: MatrixClient, room: Room) {
    this.#client = client;
    this.#room = room;
    const look = (): void => void this.look();
    const ofRoom = (event: { getRoomId(): string | undefined }): void => {
      if (event.getRoomId() === room.roomId) look();
    };
    client.on(CryptoEvent.UserTrustStatusChanged, look);
    client.on(RoomStateEvent.Members, ofRoom);
    this.#stop = () => {
      client.off(CryptoEvent.UserTrustStatusChanged, look);
      client.off(RoomStateEvent.Members, ofRoom);
    };
    look();
  }

  /** Stops watching. */
  close(): void {
    this.#stop();
  }

  /** Looks again. */
  async look(): Promise<void> {
    const crypto = this.#client.getCrypto();
    if (!crypto || !this.#room.hasEncryptionStateEvent()) return;
    const me = this.#client.getUserId();
    await this.#room.loadMembersIfNeeded().catch(() => undefined);
    const members = this.#room.getJoinedMembers().filter((member) => member.userId !== me);
    const found = await Promise.all(
      members.slice(0, MOST).map(async ({ userId, name }): Promise<Change | undefined> => {
        const status = await crypto.getUserVerificationStatus(userId);
        const wasVerified = status.wasCrossSigningVerified() && !status.isCrossSigningVerified();
        if (!wasVerified && !status.needsUserApproval) return undefined;
        return { userId, name: name || localpart(userId), wasVerified };
      }),
    );
    this.changes = found.filter((change) => change !== undefined);
  }

  /** She knows why: the keys there are now count as this person's. */
  async accept({ userId, wasVerified }: Change): Promise<void> {
    const crypto = this.#client.getCrypto();
    if (wasVerified) await crypto?.withdrawVerificationRequirement(userId);
    else await crypto?.pinCurrentUserIdentity(userId);
    await this.look();
  }
}
