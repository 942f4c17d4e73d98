import type { CompactEmoji } from "emojibase";

import { language } from "../shell/language";
import { keep, recall } from "../shell/vault";

/** An emoji with its names. */
export interface Emoji {
  symbol: string;
  /** In her language. */
  name: string;
  /** In both languages, in small letters. */
  names: string[];
  /** Names and related words in both languages, in small letters. */
  words: string;
}

/** Emoji of one kind, with the name that `t.emojiGroups` has for it. */
export interface EmojiGroup {
  kind: EmojiKind;
  emoji: Emoji[];
}

/** Kinds by the numbers of the data. The second is left out: hair and skin are no emoji by themselves. */
const KINDS = [
  "smileys",
  "people",
  undefined,
  "nature",
  "food",
  "travel",
  "activities",
  "objects",
  "symbols",
  "flags",
] as const;

/** One of the kinds. */
export type EmojiKind = NonNullable<(typeof KINDS)[number]>;

const RECENT = "recent-emoji";
const RECENT_KEPT = 16;
const FOUND = 80;

let loaded: Promise<EmojiGroup[]> | undefined;

/** All emoji by kind. Our own server has the names; they are fetched when they are first wanted. */
export function loadEmoji(): Promise<EmojiGroup[]> {
  loaded ??= fetchEmoji();
  loaded.catch(() => (loaded = undefined));
  return loaded;
}

async function fetchEmoji(): Promise<EmojiGroup[]> {
  const [{ default: german }, { default: english }] = await Promise.all([
    import("emojibase-data/de/compact.json"),
    import("emojibase-data/en/compact.json"),
  ]);
  return groups(german, english, language);
}

/** The two languages as one. */
export function groups(
  german: CompactEmoji[],
  english: CompactEmoji[],
  own: "de" | "en",
): EmojiGroup[] {
  const inEnglish = new Map(english.map((emoji) => [emoji.hexcode, emoji]));
  const byKind = new Map<EmojiKind, Emoji[]>(KINDS.flatMap((kind) => (kind ? [[kind, []]] : [])));
  for (const emoji of german) {
    const kind = KINDS[emoji.group ?? KINDS.length];
    if (!kind) continue;
    const other = inEnglish.get(emoji.hexcode);
    const both = other ? [emoji, other] : [emoji];
    const words = both.flatMap((it) => [it.label, ...(it.tags ?? [])]);
    byKind.get(kind)?.push({
      symbol: emoji.unicode,
      name: (own === "en" && other ? other : emoji).label,
      names: both.map((it) => it.label.toLocaleLowerCase()),
      words: words.join(" ").toLocaleLowerCase(),
    });
  }
  return [...byKind].map(([kind, all]) => ({ kind, emoji: all }));
}

/** The emoji of a name, in German or English; the one of just that name comes first, then those whose
    name begins with it. */
export function search(all: EmojiGroup[], term: string): Emoji[] {
  const wanted = term.trim().toLocaleLowerCase();
  const fits = all
    .flatMap((group) => group.emoji)
    .filter(({ words }) => words.startsWith(wanted) || words.includes(` ${wanted}`));
  const rank = ({ names }: Emoji): number => {
    if (names.includes(wanted)) return 0;
    return names.some((name) => name.startsWith(wanted)) ? 1 : 2;
  };
  return fits.sort((a, b) => rank(a) - rank(b)).slice(0, FOUND);
}

/** What she used last, the newest first. */
export async function recentEmoji(): Promise<string[]> {
  return (await recall<string[]>(RECENT).catch(() => undefined)) ?? [];
}

/** Remembers that she used an emoji. */
export async function rememberEmoji(symbol: string): Promise<void> {
  const others = (await recentEmoji()).filter((it) => it !== symbol);
  await keep(RECENT, [symbol, ...others].slice(0, RECENT_KEPT));
}
