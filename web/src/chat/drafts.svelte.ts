import type { Mention } from "../core/content";
import { keep, recall } from "../shell/vault";

/** What was typed and not sent, by room or thread: sealed in the vault like every word of a conversation. */
export interface Draft {
  text: string;
  mentions: Mention[];
}

const NAME = "drafts";
const SAVE_AFTER_MS = 400;

/** Made anew with each change, so that the list of rooms sees it. */
let drafts = $state.raw<Record<string, Draft | string>>({});
let timer: ReturnType<typeof setTimeout> | undefined;

/** Reads what was kept. Call it once, before the first room is shown. */
export async function loadDrafts(): Promise<void> {
  drafts = (await recall<typeof drafts>(NAME).catch(() => undefined)) ?? {};
}

/** The draft of a room or thread. */
export function draftOf(id: string): Draft {
  const draft = drafts[id] ?? "";
  // Earlier versions kept the text alone.
  return typeof draft === "string" ? { text: draft, mentions: [] } : draft;
}

/** Keeps the draft of a room or thread; empty: forgets it. */
export function keepDraft(id: string, draft: Draft): void {
  if (draftOf(id).text === draft.text) return;
  const others = Object.entries(drafts).filter(([other]) => other !== id);
  const kept = draft.text.trim() === "" ? others : [...others, [id, draft]];
  drafts = Object.fromEntries(kept) as typeof drafts;
  clearTimeout(timer);
  timer = setTimeout(() => void keep(NAME, drafts), SAVE_AFTER_MS);
}
