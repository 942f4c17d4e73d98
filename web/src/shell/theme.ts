/** What the person wants: `system` follows the device. */
export type Theme = "system" | "light" | "dark";

const KEY = "kontor.theme";

/** The theme chosen in this browser. */
export function chosenTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

/** Shows the page in a theme and remembers it. */
export function changeTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  applyTheme();
}

/** Shows the page in the chosen theme. */
export function applyTheme(): void {
  const theme = chosenTheme();
  document.documentElement.style.colorScheme = theme === "system" ? "light dark" : theme;
}
