import { keep, recall } from "../shell/vault";

/** What was typed and not sent, by room: sealed in the vault like every word of a conversation. */

const NAME = "drafts";
const SAVE_AFTER_MS = 400;

let drafts: Record<string, string> = {};
let timer: ReturnType<typeof setTimeout> | undefined;

/** Reads what was kept. Call it once, before the first room is shown. */
export async function loadDrafts(): Promise<void> {
  drafts = (await recall<Record<string, string>>(NAME).catch(() => undefined)) ?? {};
}

/** The draft of a room. */
export function draftOf(roomId: string): string {
  return drafts[roomId] ?? "";
}

/** Keeps the draft of a room; empty: forgets it. */
export function keepDraft(roomId: string, text: string): void {
  if (draftOf(roomId) === text) return;
  if (text.trim() === "") delete drafts[roomId];
  else drafts[roomId] = text;
  clearTimeout(timer);
  timer = setTimeout(() => void keep(NAME, drafts), SAVE_AFTER_MS);
}
