/** Longest side of the small picture that is sent along, in pixels. */
const SMALL_SIDE = 640;
const SMALL_QUALITY = 0.8;

/** A picture as sent: its size, and a smaller one. */
export interface Measured {
  width: number;
  height: number;
  small: { blob: Blob; width: number; height: number } | undefined;
}

/** Measures a picture and makes a small one; `undefined` if the browser cannot read it. */
export async function measure(picture: Blob): Promise<Measured | undefined> {
  if (!picture.type.startsWith("image/") || picture.type === "image/svg+xml") return undefined;
  const bitmap = await createImageBitmap(picture).catch(() => undefined);
  if (!bitmap) return undefined;
  const { width, height } = bitmap;
  const scale = Math.min(1, SMALL_SIDE / Math.max(width, height));
  if (scale === 1) {
    bitmap.close();
    return { width, height, small: undefined };
  }
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise<Blob | null>((resolve) =>
    canvas.toBlob(resolve, "image/jpeg", SMALL_QUALITY),
  );
  const small = blob && { blob, width: canvas.width, height: canvas.height };
  return { width, height, small: small ?? undefined };
}
