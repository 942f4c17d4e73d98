import { expect, test } from "vitest";

import { namingFiles, withFiles } from "./bound_files";

const BASE = "https://kontor.example/_matrix/client/v3/rooms/!raum%3Akontor.example";
const SENDING = `${BASE}/send/m.room.encrypted/t1`;
const FILES = ["mxc://kontor.example/a", "mxc://kontor.example/b"];

test("the request that sends a message names its files, and no other does", async () => {
  await withFiles("t1", FILES, async () => {
    const url = new URL(namingFiles(new URL(SENDING)));
    expect(url.searchParams.getAll("org.matrix.msc3911.attach_media")).toEqual(FILES);
    for (const other of [`${BASE}/send/m.room.encrypted/t2`, `${BASE}/redact/$1/t1`]) {
      expect(namingFiles(other)).toBe(other);
    }
  });
  expect(namingFiles(SENDING)).toBe(SENDING);
});

test("what fails is named again by the next attempt only", async () => {
  const failed = withFiles("t1", FILES, () => Promise.reject(new Error("no network")));
  await expect(failed).rejects.toThrow("no network");
  expect(namingFiles(SENDING)).toBe(SENDING);
});
