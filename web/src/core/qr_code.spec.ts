import { expect, test } from "vitest";

import { codeOf, codeReader, type QrCode } from "./qr_code";

const SCALE = 6;

/** A code as a camera would see it. */
function drawn({ size, path }: QrCode): ImageData {
  const width = size * SCALE;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)/g)) {
    for (let dy = 0; dy < SCALE; dy += 1) {
      for (let dx = 0; dx < SCALE; dx += 1) {
        const at = (Number(y) * SCALE + dy) * width + Number(x) * SCALE + dx;
        data.fill(0, at * 4, at * 4 + 3);
      }
    }
  }
  return { width, height: width, data } as unknown as ImageData;
}

test("what a code says is read again, byte for byte", async () => {
  const read = await codeReader();
  const bytes = Uint8Array.from({ length: 150 }, (_, index) => (index * 37 + 11) % 256);
  expect(read(drawn(codeOf(bytes)))).toEqual(bytes);
});

test("a picture without a code is none", async () => {
  const read = await codeReader();
  const white = new Uint8ClampedArray(200 * 200 * 4).fill(255);
  expect(read({ width: 200, height: 200, data: white } as unknown as ImageData)).toBeUndefined();
});
