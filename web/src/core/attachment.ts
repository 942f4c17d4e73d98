/** Encrypted attachments (spec: "Sending encrypted attachments"), with the browser's own cryptography. */

/** What a receiver needs to fetch and open a file. */
export interface EncryptedFile {
  url: string;
  key: JsonWebKey;
  iv: string;
  hashes: Record<string, string>;
  v: "v2";
}

/** A file in a message. */
export interface Attachment {
  name: string;
  mediaType: string;
  sizeBytes: number;
  width: number | undefined;
  height: number | undefined;
  /** In an encrypted room. */
  file: EncryptedFile | undefined;
  /** `mxc://` in a room that is not. */
  url: string | undefined;
  /** A small picture of the picture. */
  thumbnail: { file: EncryptedFile | undefined; url: string | undefined } | undefined;
}

const COUNTER_BYTES = 16;
const NONCE_BYTES = 8;
const COUNTER_BITS = 64;

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text).replaceAll("=", "");
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(standard), (char) => char.charCodeAt(0));
}

/** Encrypts a file under a key of its own. The address is filled in after the upload. */
export async function encryptFile(
  content: ArrayBuffer,
): Promise<{ sealed: ArrayBuffer; file: Omit<EncryptedFile, "url"> }> {
  const counter = new Uint8Array(COUNTER_BYTES);
  crypto.getRandomValues(counter.subarray(0, NONCE_BYTES));
  const key = await crypto.subtle.generateKey({ name: "AES-CTR", length: 256 }, true, [
    "encrypt",
    "decrypt",
  ]);
  const algorithm = { name: "AES-CTR", counter, length: COUNTER_BITS };
  const sealed = await crypto.subtle.encrypt(algorithm, key, content);
  const hash = await crypto.subtle.digest("SHA-256", sealed);
  const exported = await crypto.subtle.exportKey("jwk", key);
  return {
    sealed,
    file: {
      key: {
        kty: "oct",
        alg: "A256CTR",
        ext: true,
        k: exported.k,
        key_ops: ["encrypt", "decrypt"],
      },
      iv: base64(counter),
      hashes: { sha256: base64(new Uint8Array(hash)) },
      v: "v2",
    },
  };
}

/** Opens a fetched file. Throws if it is not what the sender sent. */
export async function decryptFile(
  sealed: ArrayBuffer,
  file: Omit<EncryptedFile, "url">,
): Promise<ArrayBuffer> {
  const hash = base64(new Uint8Array(await crypto.subtle.digest("SHA-256", sealed)));
  if (hash !== file.hashes["sha256"]?.replaceAll("=", "")) throw new Error("the file was changed");
  const key = await crypto.subtle.importKey("jwk", file.key, { name: "AES-CTR" }, false, [
    "decrypt",
  ]);
  const algorithm = { name: "AES-CTR", counter: fromBase64(file.iv), length: COUNTER_BITS };
  return crypto.subtle.decrypt(algorithm, key, sealed);
}

/** Reads the attachment of a message's content; `undefined` if there is none. */
export function attachmentOf(content: Record<string, unknown>): Attachment | undefined {
  const file = content["file"] as EncryptedFile | undefined;
  const url = text(content["url"]);
  if (!file?.url && !url) return undefined;
  const about = (content["info"] ?? {}) as Record<string, unknown>;
  const small = about["thumbnail_file"] as EncryptedFile | undefined;
  const smallUrl = text(about["thumbnail_url"]);
  return {
    name: text(content["filename"]) ?? text(content["body"]) ?? "",
    mediaType: text(about["mimetype"]) ?? "application/octet-stream",
    sizeBytes: count(about["size"]) ?? 0,
    width: count(about["w"]),
    height: count(about["h"]),
    file: file?.url ? file : undefined,
    url,
    thumbnail: small?.url || smallUrl ? { file: small, url: smallUrl } : undefined,
  };
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;
const count = (value: unknown): number | undefined =>
  typeof value === "number" && value > 0 ? value : undefined;
