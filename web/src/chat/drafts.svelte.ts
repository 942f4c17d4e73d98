import type { Mention } from "../core/content";
import { keep, recall } from "../shell/vault";

/** What was typed and not sent, by room or thread: sealed in the vault like every word of a conversation. */
export interface Draft {
  text: string;
  mentions: Mention[];
}

const NAME = "drafts";
/** Not written more often than this while she types. */
const REST_MS = 100;

/** Made anew with each change, so that the list of rooms sees it. */
let drafts = $state.raw<Record<string, Draft | string>>({});
let isSaving = false;
let isStale = false;

/** Reads what was kept. Call it once, before the first room is shown. */
export async function loadDrafts(): Promise<void> {
  drafts = (await recall<typeof drafts>(NAME).catch(() => undefined)) ?? {};
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && isStale) void keep(NAME, drafts);
  });
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
  void save();
}

/** At once, for the page may be gone a moment later; then again for what was typed meanwhile. */
async function save(): Promise<void> {
  isStale = true;
  if (isSaving) return;
  isSaving = true;
  while (isStale) {
    isStale = false;
    await keep(NAME, drafts).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  isSaving = false;
}
