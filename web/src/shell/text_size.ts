/** How large texts are, in percent of what the browser is set to. */
export const TEXT_SIZES = [90, 100, 112, 125, 150] as const;

const KEY = "kontor.text-size";
const USUAL = 100;

/** The size chosen in this browser. */
export function chosenTextSize(): number {
  const stored = Number(localStorage.getItem(KEY));
  return TEXT_SIZES.some((size) => size === stored) ? stored : USUAL;
}

/** Shows texts in a size and remembers it. */
export function changeTextSize(size: number): void {
  if (size === USUAL) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, String(size));
  applyTextSize();
}

/** Shows texts in the chosen size: all measures follow. */
export function applyTextSize(): void {
  document.documentElement.style.fontSize = `${chosenTextSize()}%`;
}
