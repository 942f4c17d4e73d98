/** Folds a text for searching: case, accents and the two ways to write umlauts do not matter. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .replaceAll("ä", "ae")
    .replaceAll("ö", "oe")
    .replaceAll("ü", "ue")
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "");
}

/** The words she looks for; each must begin a word of the text. */
export function wordsOf(term: string): string[] {
  return fold(term)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

/** Whether a folded text has all words. */
export function hasAll(folded: string, words: string[]): boolean {
  return words.every((word) => begins(folded, word));
}

function begins(folded: string, word: string): boolean {
  for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(folded[at - 1] ?? "")) return true;
  }
  return false;
}

/** The part of a text around the first word found, at most about `length` characters. */
export function excerpt(text: string, words: string[], length: number): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  if (line.length <= length) return line;
  // Folding may change lengths; the beginning of the word is near enough.
  const at = Math.max(fold(line).indexOf(words[0] ?? ""), 0);
  const from = Math.max(at - Math.floor(length / 3), 0);
  const part = line.slice(from, from + length);
  return `${from > 0 ? "…" : ""}${part}${from + length < line.length ? "…" : ""}`;
}
