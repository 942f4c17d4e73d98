import { expect, test } from "vitest";

import { attachmentOf, decryptFile, encryptFile } from "./attachment";

const content = new TextEncoder().encode("Vertrag, Seite 1").buffer as ArrayBuffer;

test("a file is opened again with what the message says", async () => {
  const { sealed, file } = await encryptFile(content);
  expect(new Uint8Array(sealed)).not.toEqual(new Uint8Array(content));
  expect(file.v).toBe("v2");
  expect(file.key.alg).toBe("A256CTR");
  // The counter begins at zero: its half of the 16 bytes is empty.
  expect(atob(file.iv).slice(8)).toBe("\0".repeat(8));
  expect(new Uint8Array(await decryptFile(sealed, file))).toEqual(new Uint8Array(content));
});

test("a changed file is not opened", async () => {
  const { sealed, file } = await encryptFile(content);
  new Uint8Array(sealed)[0]! ^= 1;
  await expect(decryptFile(sealed, file)).rejects.toThrow("changed");
});

test("the same file is never encrypted the same way twice", async () => {
  const [one, two] = [await encryptFile(content), await encryptFile(content)];
  expect(one.file.key.k).not.toBe(two.file.key.k);
  expect(one.file.iv).not.toBe(two.file.iv);
});

test("only contents with an address are attachments", () => {
  expect(attachmentOf({ body: "Hallo" })).toBeUndefined();
  expect(attachmentOf({ body: "x", file: {} })).toBeUndefined();
  const found = attachmentOf({
    body: "Bild.png",
    url: "mxc://a/b",
    info: { w: 3, h: "4", size: 5, mimetype: "image/png" },
  });
  expect(found).toMatchObject({ name: "Bild.png", width: 3, height: undefined, sizeBytes: 5 });
});
