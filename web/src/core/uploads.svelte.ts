import { MsgType, type MatrixClient, type Room } from "matrix-js-sdk";

import { attachmentOf, encryptFile, type EncryptedFile } from "./attachment";
import type { Outbox } from "./outbox.svelte";
import { measure } from "./picture";
import { whenEncrypted } from "./encrypted";

/** A file on its way. */
export interface Upload {
  id: number;
  roomId: string;
  threadId: string | undefined;
  name: string;
  sizeBytes: number;
  /** From 0 to 1. */
  progress: number;
  hasFailed: boolean;
}

interface Waiting {
  room: Room;
  file: File;
  threadId: string | undefined;
  besides: Record<string, unknown>;
}

interface Stored {
  file?: EncryptedFile;
  url?: string;
}

/** Files on their way, of all rooms. */
export class Uploads {
  all = $state.raw<Upload[]>([]);
  readonly #client: MatrixClient;
  readonly #outbox: Outbox;
  readonly #aborts = new Map<number, AbortController>();
  readonly #files = new Map<number, Waiting>();
  #next = 1;

  constructor(client: MatrixClient, outbox: Outbox) {
    this.#client = client;
    this.#outbox = outbox;
  }

  /** Sends files to a room, or to a thread in it, one message each, in this order. `besides` is what the
      messages say besides the files. */
  async send(
    room: Room,
    files: File[],
    threadId?: string,
    besides: Record<string, unknown> = {},
  ): Promise<void> {
    const ids = files.map((file) => this.#add({ room, file, threadId, besides }));
    for (const id of ids) await this.#run(id);
  }

  /** Tries again. */
  async retry(id: number): Promise<void> {
    this.#change(id, { hasFailed: false, progress: 0 });
    await this.#run(id);
  }

  /** Stops a file, or forgets one that has failed. */
  cancel(id: number): void {
    this.#aborts.get(id)?.abort();
    this.#remove(id);
  }

  #add(waiting: Waiting): number {
    const id = this.#next;
    this.#next += 1;
    const { room, file, threadId } = waiting;
    this.#files.set(id, waiting);
    const upload = { id, roomId: room.roomId, threadId, name: file.name, sizeBytes: file.size };
    this.all = [...this.all, { ...upload, progress: 0, hasFailed: false }];
    return id;
  }

  async #run(id: number): Promise<void> {
    const waiting = this.#files.get(id);
    if (!waiting) return;
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    try {
      const content = await this.#upload(id, waiting.room, waiting.file, abort);
      if (abort.signal.aborted) return;
      this.#remove(id);
      void this.#outbox.send(
        waiting.room,
        { ...content, ...waiting.besides },
        { threadId: waiting.threadId, files: secretFiles(content) },
      );
    } catch {
      this.#change(id, { hasFailed: true });
    }
  }

  async #upload(
    id: number,
    room: Room,
    file: File,
    abort: AbortController,
  ): Promise<Record<string, unknown>> {
    await whenEncrypted(this.#client, room);
    const isSecret = room.hasEncryptionStateEvent();
    const measured = await measure(file);
    const small = measured?.small && (await this.#store(measured.small.blob, isSecret, abort));
    const stored = await this.#store(file, isSecret, abort, (progress) =>
      this.#change(id, { progress }),
    );
    const info = {
      mimetype: file.type || "application/octet-stream",
      size: file.size,
      ...(measured && { w: measured.width, h: measured.height }),
      ...(small?.file && { thumbnail_file: small.file }),
      ...(small?.url && { thumbnail_url: small.url }),
      ...(measured?.small && {
        thumbnail_info: {
          mimetype: "image/jpeg",
          size: measured.small.blob.size,
          w: measured.small.width,
          h: measured.small.height,
        },
      }),
    };
    const msgtype = measured ? MsgType.Image : kindOf(file.type);
    return { msgtype, body: file.name, filename: file.name, info, ...stored };
  }

  async #store(
    blob: Blob,
    isSecret: boolean,
    abort: AbortController,
    progress?: (part: number) => void,
  ): Promise<Stored> {
    const options = {
      abortController: abort,
      progressHandler: ({ loaded, total }: { loaded: number; total: number }) =>
        progress?.(total ? loaded / total : 0),
    };
    if (!isSecret) {
      const { content_uri: url } = await this.#client.uploadContent(blob, options);
      return { url };
    }
    const { sealed, file } = await encryptFile(await blob.arrayBuffer());
    // Neither the name nor the kind of a secret file is the server's business.
    const { content_uri: url } = await this.#client.uploadContent(new Blob([sealed]), {
      ...options,
      type: "application/octet-stream",
      includeFilename: false,
    });
    return { file: { ...file, url } };
  }

  #change(id: number, change: Partial<Upload>): void {
    this.all = this.all.map((upload) => (upload.id === id ? { ...upload, ...change } : upload));
  }

  #remove(id: number): void {
    this.all = this.all.filter((upload) => upload.id !== id);
    this.#aborts.delete(id);
    this.#files.delete(id);
  }
}

/** Addresses of the files that a message names where the server cannot read it. */
function secretFiles(content: Record<string, unknown>): string[] {
  const attachment = attachmentOf(content);
  const files = [attachment?.file, attachment?.thumbnail?.file];
  return files.flatMap((file) => (file ? [file.url] : []));
}

function kindOf(mediaType: string): MsgType {
  if (mediaType.startsWith("video/")) return MsgType.Video;
  if (mediaType.startsWith("audio/")) return MsgType.Audio;
  return MsgType.File;
}
