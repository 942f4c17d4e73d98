import { currentSession, keepSession, type Session } from "./session";
import { arrive, isArrival } from "./oauth";
import { Refusal } from "./server";

/** Why nobody is signed in. */
export type Reason = "none" | "refused" | "failed" | "unreachable" | "ended";

/** Key of the note that a session was ended, which outlives the wipe by one load of the page. */
const NOTE = "ended";

/** What the account pages add to the address of somebody who has just got her account. */
const WELCOME = "?welcome";

/** Whether the account pages know her already: then signing in is begun without a click. Asked once. */
export function isWelcome(): boolean {
  if (location.search !== WELCOME) return false;
  history.replaceState(null, "", "/");
  return true;
}

/** Shows the sign-in page, which says that the session was ended. */
export function showEnded(): void {
  location.replace(`/?${NOTE}`);
}

/** Who is signed in, or why nobody is. */
export async function begin(): Promise<Session | Reason> {
  const fragment = location.hash;
  if (isArrival(fragment)) {
    // The code works once; it need not stay in the history.
    history.replaceState(null, "", "/");
    try {
      const session = await arrive(fragment);
      if (!session) return "refused";
      await keepSession(session);
      return session;
    } catch (error) {
      const isOffline = error instanceof TypeError;
      if (error instanceof Refusal || !isOffline) return "failed";
      return "unreachable";
    }
  }
  const session = await currentSession().catch(() => undefined);
  if (session) return session;
  const wasEnded = location.search === `?${NOTE}`;
  if (wasEnded) history.replaceState(null, "", "/");
  return wasEnded ? "ended" : "none";
}
