import encodeQR from "qr";

/** A code to be drawn: a square of `size` modules; `path` is what is dark in it. */
export interface QrCode {
  size: number;
  path: string;
}

/** Modules of white that readers need around a code. */
const MARGIN = 4;

const toBytes = (text: string): Uint8Array => Uint8Array.from(text, (it) => it.charCodeAt(0));
const toText = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** The code for some bytes. */
export function codeOf(bytes: Uint8Array | Uint8ClampedArray): QrCode {
  const text = toText(Uint8Array.from(bytes));
  const rows = encodeQR(text, "raw", { encoding: "byte", textEncoder: toBytes, border: MARGIN });
  const path = rows
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return { size: rows.length, path };
}

/** Reads codes in pictures of a camera. What it needs is fetched when she scans. */
export async function codeReader(): Promise<(picture: ImageData) => Uint8Array | undefined> {
  const { default: decodeQR } = await import("qr/decode.js");
  return (picture) => {
    try {
      return toBytes(decodeQR(picture, { textDecoder: toText }));
    } catch {
      // Most pictures hold no code that can be read.
      return undefined;
    }
  };
}
