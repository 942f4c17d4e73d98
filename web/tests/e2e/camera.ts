import type { Page } from "@playwright/test";

/** A camera that sees what it is shown. */
export class Camera {
  private constructor(private readonly page: Page) {}

  /** Puts it in the place of the camera of a page that is not loaded yet. */
  static async of(page: Page): Promise<Camera> {
    await page.addInitScript(() => {
      const canvas = document.createElement("canvas");
      canvas.width = 640;
      canvas.height = 480;
      const pen = canvas.getContext("2d")!;
      let seen: ImageBitmap | undefined;
      const tracks: MediaStreamTrack[] = [];
      const draw = (): void => {
        pen.fillStyle = "#888";
        pen.fillRect(0, 0, canvas.width, canvas.height);
        if (seen) pen.drawImage(seen, 120, 40, 400, 400);
        requestAnimationFrame(draw);
      };
      draw();
      navigator.mediaDevices.getUserMedia = async () => {
        const stream = canvas.captureStream(10);
        tracks.push(...stream.getTracks());
        return stream;
      };
      Object.assign(globalThis, {
        showToCamera: async (picture: string) => {
          const bytes = Uint8Array.from(atob(picture), (it) => it.charCodeAt(0));
          seen = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        },
        isCameraOff: () => tracks.every((track) => track.readyState === "ended"),
      });
    });
    return new Camera(page);
  }

  /** Holds a picture before it. */
  async see(picture: Buffer): Promise<void> {
    await this.page.evaluate(
      (it) => (globalThis as unknown as Shown).showToCamera(it),
      picture.toString("base64"),
    );
  }

  /** Whether nobody uses it any more. */
  isOff(): Promise<boolean> {
    return this.page.evaluate(() => (globalThis as unknown as Shown).isCameraOff());
  }
}

interface Shown {
  showToCamera(picture: string): Promise<void>;
  isCameraOff(): boolean;
}
