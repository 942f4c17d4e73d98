/** Number of colours for people and rooms without picture. */
const HUES = 8;

/** Up to two letters for a name. */
export function initials(name: string): string {
  const words = name.replace(/^[@#!+]/, "").split(/[\s.:_-]+/u);
  const letters = words.filter(Boolean).map((word) => Array.from(word)[0] ?? "");
  return letters.slice(0, 2).join("").toLocaleUpperCase();
}

/** Always the same colour for the same id. */
export function hue(id: string): number {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + char.codePointAt(0)!) % 65_521;
  return sum % HUES;
}

/** The name in a user id, for people without one. */
export function localpart(userId: string): string {
  return userId.replace(/^@/, "").split(":")[0] ?? userId;
}
