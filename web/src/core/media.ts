import { Method, type MatrixClient } from "matrix-js-sdk";

import { decryptFile, type Attachment, type EncryptedFile } from "./attachment";

/** Addresses kept at a time; each keeps its picture in memory. */
const KEPT = 150;
/** What the browser may show itself. Anything else (SVG above all, which can hold scripts) is offered
    as a download only. */
const SHOWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);

/** What it may play itself. */
const PLAYED = new Set(["audio/ogg", "audio/webm", "audio/mp4", "audio/mpeg", "audio/aac"]);

/** Fetches and opens media, and gives out addresses that live in this page only. */
export class Media {
  readonly #client: MatrixClient;
  readonly #urls = new Map<string, Promise<string>>();

  constructor(client: MatrixClient) {
    this.#client = client;
  }

  /** The address of a picture in a message. */
  picture(attachment: Attachment): Promise<string> {
    return this.#shown(attachment.file, attachment.url, attachment.mediaType);
  }

  /** The address of a recording. */
  sound({ file, url, mediaType }: Attachment): Promise<string> {
    const type = mediaType.split(";")[0] ?? "";
    return this.#kept(file?.url ?? url ?? "", async () => {
      if (!PLAYED.has(type)) throw new Error(`${type} is not played`);
      return new Blob([await this.#open(file, url)], { type });
    });
  }

  /** The address of the small picture, or of the picture itself if there is none. */
  thumbnail(attachment: Attachment): Promise<string> {
    const { thumbnail } = attachment;
    if (!thumbnail) return this.picture(attachment);
    return this.#shown(thumbnail.file, thumbnail.url, "image/jpeg");
  }

  /** The address of a person's or room's picture. */
  avatar(mxc: string): Promise<string> {
    return this.#kept(`avatar ${mxc}`, async () => {
      const content = await this.#fetch("thumbnail", mxc, {
        width: "96",
        height: "96",
        method: "crop",
      });
      return new Blob([content], { type: "image/png" });
    });
  }

  /** A file, opened, for saving. */
  async file(attachment: Attachment): Promise<Blob> {
    const content = await this.#open(attachment.file, attachment.url);
    return new Blob([content], { type: "application/octet-stream" });
  }

  #shown(
    file: EncryptedFile | undefined,
    url: string | undefined,
    mediaType: string,
  ): Promise<string> {
    return this.#kept(file?.url ?? url ?? "", async () => {
      if (!SHOWN.has(mediaType)) throw new Error(`${mediaType} is not shown`);
      return new Blob([await this.#open(file, url)], { type: mediaType });
    });
  }

  async #open(file: EncryptedFile | undefined, url: string | undefined): Promise<ArrayBuffer> {
    const content = await this.#fetch("download", file?.url ?? url ?? "", {});
    return file ? decryptFile(content, file) : content;
  }

  async #fetch(
    kind: "download" | "thumbnail",
    mxc: string,
    query: Record<string, string>,
  ): Promise<ArrayBuffer> {
    const [, server, id] = /^mxc:\/\/([^/]+)\/([^/]+)$/.exec(mxc) ?? [];
    if (!server || !id) throw new Error("not an address of media");
    const path = `/media/${kind}/${encodeURIComponent(server)}/${encodeURIComponent(id)}`;
    const blob = await this.#client.http.authedRequest<Blob>(Method.Get, path, query, undefined, {
      prefix: "/_matrix/client/v1",
      rawResponseBody: true,
    });
    return blob.arrayBuffer();
  }

  #kept(name: string, make: () => Promise<Blob>): Promise<string> {
    const known = this.#urls.get(name);
    if (known) {
      // Used again: the last to go.
      this.#urls.delete(name);
      this.#urls.set(name, known);
      return known;
    }
    const made = make().then((blob) => URL.createObjectURL(blob));
    this.#urls.set(name, made);
    made.catch(() => this.#urls.delete(name));
    if (this.#urls.size > KEPT) this.#dropOldest();
    return made;
  }

  #dropOldest(): void {
    const [oldest] = this.#urls;
    if (!oldest) return;
    this.#urls.delete(oldest[0]);
    oldest[1].then(
      (url) => URL.revokeObjectURL(url),
      () => undefined,
    );
  }
}
