import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";

import { expect } from "@playwright/test";

import type { Person } from "./person";
import type { Server } from "./server";

interface Key {
  secret: KeyObject;
  id: string;
}

/** What somebody does who has got hold of a password: puts keys of their own in the place of hers. */
export async function replaceIdentity(person: Person, server: Server): Promise<void> {
  const { request } = person.context;
  const password = server.passwords[person.name];
  const identifier = { type: "m.id.user", user: person.name };
  const login = await request.post("/_matrix/client/v3/login", {
    data: { type: "m.login.password", identifier, password },
  });
  const { access_token: token, user_id: userId } = (await login.json()) as Record<string, string>;
  const keys = keysOf(userId ?? "");
  const upload = (auth?: object): ReturnType<typeof request.post> =>
    request.post("/_matrix/client/v3/keys/device_signing/upload", {
      headers: { authorization: `Bearer ${token}` },
      data: { ...keys, ...(auth ? { auth } : {}) },
    });
  const { session } = (await (await upload()).json()) as { session?: string };
  const answer = await upload({ type: "m.login.password", identifier, password, session });
  expect(answer.ok(), await answer.text()).toBe(true);
}

function keysOf(userId: string): Record<string, unknown> {
  const [master, self, user] = [newKey(), newKey(), newKey()];
  const described = (usage: string, key: Key): Record<string, unknown> => ({
    user_id: userId,
    usage: [usage],
    keys: { [`ed25519:${key.id}`]: key.id },
  });
  const signed = (content: Record<string, unknown>): Record<string, unknown> => ({
    ...content,
    signatures: { [userId]: { [`ed25519:${master.id}`]: signature(content, master) } },
  });
  return {
    master_key: signed(described("master", master)),
    self_signing_key: signed(described("self_signing", self)),
    user_signing_key: signed(described("user_signing", user)),
  };
}

function newKey(): Key {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  return { secret: privateKey, id: raw.toString("base64").replace(/=+$/, "") };
}

function signature(content: Record<string, unknown>, { secret }: Key): string {
  return sign(null, Buffer.from(canonical(content)), secret)
    .toString("base64")
    .replace(/=+$/, "");
}

/** JSON with sorted keys (spec: "Canonical JSON"); the values here are plain. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, it]) => `${JSON.stringify(key)}:${canonical(it)}`).join(",")}}`;
}
