/** Only one tab at a time is the device; while none is open, the worker may be, for a moment. */

const LOCK = "kontor";
/** Held by the worker beside the first one: it does not keep it. */
const BRIEF = "kontor.brief";
const STEAL = "kontor.steal";

/**
 * Takes the turn if no other tab has it; `false` if one has. `lost` is called when another tab takes it
 * away later.
 */
export async function takeTurn(lost: () => void): Promise<boolean> {
  const attempt = (options: LockOptions): Promise<boolean> =>
    new Promise((resolve) => {
      navigator.locks
        .request(LOCK, options, (lock) => {
          resolve(lock !== null);
          // Held until the tab closes.
          return lock ? new Promise<void>(() => undefined) : undefined;
        })
        .catch(lost);
    });
  const steal = sessionStorage.getItem(STEAL) !== null;
  sessionStorage.removeItem(STEAL);
  if (steal) return attempt({ steal: true });
  if (await attempt({ ifAvailable: true })) return true;
  const { held } = await navigator.locks.query();
  const isBrief = held?.some(({ name }) => name === BRIEF);
  return attempt(isBrief ? {} : { ifAvailable: true });
}

/** Takes the turn from the other tab, with the next load of the page. */
export function stealTurn(): void {
  sessionStorage.setItem(STEAL, "yes");
  location.reload();
}

/** Does something in the place of a tab, unless one is open (`busy`). It must not take long. */
export function inBrief<T>(act: () => Promise<T>): Promise<T | "busy"> {
  return navigator.locks.request(BRIEF, () =>
    navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => (lock ? act() : "busy")),
  );
}
