import type { Attachment } from "../core/attachment";
import type { Kontor } from "../core/kontor.svelte";

/** Long enough for the browser to begin the download. */
const KEPT_MS = 60_000;

/** Opens an attachment and lets the browser save it. */
export async function save(kontor: Kontor, attachment: Attachment): Promise<void> {
  const url = URL.createObjectURL(await kontor.media.file(attachment));
  const link = document.createElement("a");
  link.href = url;
  link.download = attachment.name || "file";
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
