import {
  KnownMembership,
  MatrixEvent,
  MatrixEventEvent,
  RoomMemberEvent,
  RoomStateEvent,
  type MatrixClient,
  type Room,
  type RoomMember,
  type RoomState,
} from "matrix-js-sdk";
import type { CryptoBackend } from "matrix-js-sdk/lib/common-crypto/CryptoBackend";

import { classOf, isClosed } from "./room_class";
import { whenEncrypted } from "./encrypted";

/** Name and topic of a room. */
export interface RoomWords {
  name: string;
  topic: string;
}

/** Type of the state event whose content is encrypted like a message (`docs/room-classes.md`). */
const SEALED = "app.kontor.name";

/** Names and topics of closed rooms, which the server must not learn. */
export class ClosedNames {
  readonly #client: MatrixClient;
  readonly #words = new Map<string, RoomWords>();
  readonly #changed: (roomId: string) => void;

  /** Calls `changed` when the name of a room has become known. */
  constructor(client: MatrixClient, changed: (roomId: string) => void) {
    this.#client = client;
    this.#changed = changed;
    client.on(RoomStateEvent.Events, (event) => {
      if (event.getType() === SEALED) this.#open(event);
    });
    client.on(RoomMemberEvent.Membership, (event, member) => this.#tellNewcomer(event, member));
  }

  /** Opens the names of all rooms. Call it once, after the first sync. */
  openAll(): void {
    for (const room of this.#client.getRooms()) {
      const event = sealedOf(room.currentState);
      if (event) this.#open(event);
    }
  }

  /** Name and topic of a closed room; `undefined` while they cannot be read. */
  of(roomId: string): RoomWords | undefined {
    return this.#words.get(roomId);
  }

  /** Gives a closed room a name and a topic that only its members can read. */
  async set(room: Room, words: RoomWords): Promise<void> {
    await whenEncrypted(this.#client, room);
    const draft = new MatrixEvent({
      type: SEALED,
      room_id: room.roomId,
      sender: this.#client.getSafeUserId(),
      content: { ...words },
    });
    await this.#crypto().encryptEvent(draft, room);
    const content = sealedFields(draft.getWireContent());
    this.#words.set(room.roomId, words);
    await this.#client.sendStateEvent(room.roomId, SEALED as never, content as never, "");
    this.#changed(room.roomId);
  }

  #crypto(): CryptoBackend {
    // The SDK's crypto is both: what programs call, and what it calls itself.
    return this.#client.getCrypto() as unknown as CryptoBackend;
  }

  #open(event: MatrixEvent): void {
    const roomId = event.getRoomId();
    if (!roomId || event.isRedacted()) return;
    // The SDK opens messages, not state: to it, this is one.
    const message = new MatrixEvent({
      type: "m.room.encrypted",
      event_id: event.getId() ?? "",
      room_id: roomId,
      sender: event.getSender() ?? "",
      origin_server_ts: event.getTs(),
      content: event.getContent(),
    });
    const read = (): void => {
      if (message.isDecryptionFailure() || message.getType() !== SEALED) return;
      const { name, topic } = message.getContent();
      this.#words.set(roomId, { name: String(name ?? ""), topic: String(topic ?? "") });
      this.#changed(roomId);
    };
    // Also when the key comes later: the SDK tries again then.
    message.on(MatrixEventEvent.Decrypted, read);
    void message.attemptDecryption(this.#crypto()).then(read, () => undefined);
  }

  /** Keys of what was sent before are not handed on: whoever has named the room says the name again. */
  #tellNewcomer(event: MatrixEvent, { roomId, userId, membership }: RoomMember): void {
    const room = this.#client.getRoom(roomId);
    const words = this.#words.get(roomId);
    const me = this.#client.getSafeUserId();
    if (!room || !words || userId === me || membership !== KnownMembership.Join) return;
    const sealed = sealedOf(room.currentState);
    const isMine = sealed?.getSender() === me;
    if (!isMine || !isClosed(classOf(room)) || event.getTs() < sealed.getTs()) return;
    this.set(room, words).catch(() => undefined);
  }
}

function sealedOf(state: RoomState): MatrixEvent | undefined {
  return state.getStateEvents(SEALED, "") ?? undefined;
}

/** The server takes these fields only. */
function sealedFields(content: Record<string, unknown>): Record<string, unknown> {
  const known = ["algorithm", "ciphertext", "session_id", "device_id", "sender_key"];
  return Object.fromEntries(known.flatMap((key) => (key in content ? [[key, content[key]]] : [])));
}
