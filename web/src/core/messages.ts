import { Direction, EventType, MatrixEvent, type MatrixClient, type Room } from "matrix-js-sdk";

import { attachmentOf } from "./attachment";
import { besidesFile, forwardedContent, passage, type Passage } from "./forwarding";
import { Media } from "./media";
import type { Message } from "./message";
import { messageOf } from "./message_of";
import type { Outbox } from "./outbox.svelte";
import { pin } from "./pins";
import { pollEnd, pollStart, pollVote, type Question } from "./polls";
import { react } from "./reactions_of";
import { redact, sendText, type Reference } from "./sending";
import { classOf } from "./room_class";
import { Timeline } from "./timeline.svelte";
import type { Rules } from "./rules.svelte";
import type { Uploads } from "./uploads.svelte";
import { voiceContent, type Recording } from "./voice";

/** Needed to name everybody, unless the room says otherwise (spec: `m.room.power_levels`). */
const POWER_TO_NAME_ALL = 50;
/** Versions of a message that are shown. */
const VERSIONS = 100;

/** What she does with messages. */
export class Messages {
  readonly #client: MatrixClient;
  readonly #outbox: Outbox;
  readonly #uploads: Uploads;
  readonly #rules: Rules;

  constructor(client: MatrixClient, outbox: Outbox, uploads: Uploads, rules: Rules) {
    this.#client = client;
    this.#outbox = outbox;
    this.#uploads = uploads;
    this.#rules = rules;
  }

  /** The timeline of a room, or of a thread in it; close it when another one is opened. */
  timeline(roomId: string, threadId?: string): Timeline | undefined {
    const room = this.#client.getRoom(roomId);
    if (!room) return undefined;
    const thread = threadId === undefined ? undefined : threadOf(room, threadId);
    return new Timeline({
      client: this.#client,
      room,
      outbox: this.#outbox,
      rules: this.#rules,
      thread,
    });
  }

  /** Sends what was typed; without a connection it goes out later. */
  async sendText(roomId: string, text: string, reference: Reference): Promise<void> {
    await sendText(this.#outbox, this.#room(roomId), text, reference);
  }

  /** Sends files, into a thread if there is one. */
  async sendFiles(roomId: string, files: File[], threadId?: string): Promise<void> {
    await this.#uploads.send(this.#room(roomId), files, threadId);
  }

  /** Sends a recording. */
  async sendVoice(roomId: string, recording: Recording, threadId?: string): Promise<void> {
    const { sound } = recording;
    const file = new File([sound], `voice.${extension(sound.type)}`, { type: sound.type });
    await this.#uploads.send(this.#room(roomId), [file], threadId, voiceContent(recording));
  }

  /** Puts an emoji under a message. */
  async react(roomId: string, id: string, key: string): Promise<void> {
    await react(this.#client, this.#room(roomId), id, key);
  }

  /** Deletes a message, or takes a reaction back. */
  async redact(roomId: string, id: string): Promise<void> {
    await redact(this.#client, this.#room(roomId), id);
  }

  /** Pins a message, or takes the pin away. */
  async pin(roomId: string, id: string, isPinned: boolean): Promise<void> {
    await pin(this.#client, this.#room(roomId), id, isPinned);
  }

  /** Messages by their ids, wherever they are; those that are gone are left out. */
  async find(roomId: string, ids: string[]): Promise<Message[]> {
    const room = this.#room(roomId);
    const found = ids.map(async (id) => {
      const event = room.findEventById(id) ?? (await this.#fetch(roomId, id));
      await this.#client.decryptEventIfNeeded(event);
      return event.isRedacted() ? undefined : messageOf(event, room);
    });
    const settled = await Promise.allSettled(found);
    return settled.flatMap((it) => (it.status === "fulfilled" && it.value ? [it.value] : []));
  }

  /** The thread that a message is in; `undefined` if it stands in the room itself. */
  async rootOf(roomId: string, id: string): Promise<string | undefined> {
    const event = this.#room(roomId).findEventById(id) ?? (await this.#fetch(roomId, id));
    const root = event.threadRootId;
    return root === id ? undefined : root;
  }

  /** Asks everybody in a room. */
  async ask(roomId: string, question: Question, threadId?: string): Promise<void> {
    const { type, content } = pollStart(question);
    await this.#outbox.send(this.#room(roomId), content, { type, threadId });
  }

  /** Answers a poll; the last answer counts, none takes it back. */
  async vote(roomId: string, pollId: string, answers: string[]): Promise<void> {
    const { type, content } = pollVote(pollId, answers);
    await this.#outbox.send(this.#room(roomId), content, { type });
  }

  /** Ends a poll of her own. `text` says so to programs that do not know polls. */
  async endPoll(roomId: string, pollId: string, text: string): Promise<void> {
    const { type, content } = pollEnd(pollId, text);
    await this.#outbox.send(this.#room(roomId), content, { type });
  }

  /** Whether messages of one room may go into another. law: R-079 */
  passage(fromId: string, toId: string): Passage {
    return passage(classOf(this.#room(fromId)), classOf(this.#room(toId)));
  }

  /** Forwards a message. Throws if the classes of the rooms forbid it. law: R-079 */
  async forward(fromId: string, id: string, toId: string, reason?: string): Promise<void> {
    const way = this.passage(fromId, toId);
    if (way === "blocked" || (way === "reason" && !reason)) throw new Error("must not go there");
    const event = this.#room(fromId).findEventById(id);
    if (!event) throw new Error("no such message");
    const content = forwardedContent(event.getContent(), reason);
    const attachment = attachmentOf(content);
    if (!attachment) {
      await this.#outbox.send(this.#room(toId), content);
      return;
    }
    const opened = await new Media(this.#client).file(attachment);
    const file = new File([opened], attachment.name, { type: attachment.mediaType });
    await this.#uploads.send(this.#room(toId), [file], undefined, besidesFile(content));
  }

  async #fetch(roomId: string, id: string): Promise<MatrixEvent> {
    return new MatrixEvent(await this.#client.fetchRoomEvent(roomId, id));
  }

  /** Whether she may name everybody in a room. */
  mayNameEverybody(roomId: string): boolean {
    const room = this.#room(roomId);
    const content = room.currentState.getStateEvents(EventType.RoomPowerLevels, "")?.getContent();
    const needed = Number(content?.notifications?.room ?? POWER_TO_NAME_ALL);
    return (room.getMember(this.#client.getSafeUserId())?.powerLevel ?? 0) >= needed;
  }

  /** What a message said before, the newest first. */
  async history(roomId: string, id: string): Promise<Message[]> {
    const room = this.#room(roomId);
    const options = { limit: VERSIONS, dir: Direction.Backward };
    const { originalEvent, events } = await this.#client.relations(
      roomId,
      id,
      "m.replace",
      EventType.RoomMessage,
      options,
    );
    const versions = originalEvent ? [...events, originalEvent] : events;
    await Promise.all(versions.map((event) => this.#client.decryptEventIfNeeded(event)));
    return versions.map((event) => messageOf(versionOf(event), room));
  }

  #room(roomId: string): Room {
    const room = this.#client.getRoom(roomId);
    if (!room) throw new Error("no such room");
    return room;
  }
}

/** An edit as the message it made; nothing else is known about it. */
function versionOf(event: MatrixEvent): MatrixEvent {
  const content = event.getOriginalContent();
  return new MatrixEvent({
    type: event.getType(),
    content: content["m.new_content"] ?? content,
    sender: event.getSender(),
    room_id: event.getRoomId(),
    event_id: event.getId(),
    origin_server_ts: event.getTs(),
  });
}

/** The thread with this root; it begins with its first answer. */
function threadOf(room: Room, rootId: string): ReturnType<Room["createThread"]> {
  const known = room.getThread(rootId);
  if (known) return known;
  const root = room.findEventById(rootId);
  return room.createThread(rootId, root, root ? [root] : [], true);
}

/** `ogg` for `audio/ogg`. */
function extension(mediaType: string): string {
  return mediaType.split("/")[1] ?? "audio";
}
