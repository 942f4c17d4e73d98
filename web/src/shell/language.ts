/** The languages Kontor speaks. */
export type Language = "de" | "en";

/** The account pages keep the choice here; the client follows it. */
const COOKIE = "kontor_language";

/** The language chosen on the account pages, else the browser's, else German. */
export function chooseLanguage(cookies: string, wanted: readonly string[]): Language {
  const known = (code: string | undefined): Language | undefined =>
    code === "de" || code === "en" ? code : undefined;
  const chosen = cookies
    .split(";")
    .map((pair) => pair.trim().split("="))
    .find(([name]) => name === COOKIE);
  if (known(chosen?.[1])) return chosen?.[1] as Language;
  for (const code of wanted) {
    const language = known(code.slice(0, 2).toLowerCase());
    if (language) return language;
  }
  return "de";
}

/** The language of this page. It changes only with a reload, so that no text can be left behind. */
export const language: Language = chooseLanguage(document.cookie, navigator.languages);

/** Remembers a language and shows the page in it. */
export function changeLanguage(code: Language): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${COOKIE}=${code}; Path=/; SameSite=Lax; Max-Age=31536000${secure}`;
  location.reload();
}
