/** Only one tab at a time is the device; while none is open, the worker may be, for a moment. */

const LOCK = "kontor";
/** Held by the worker beside the first one: it does not keep it. */
const BRIEF = "kontor.brief";
const STEAL = "kontor.steal";

/** How long a page that has just been left may need to let go. */
const LEAVING_MS = 2_000;
/** How long the worker may be the device. */
const BRIEF_MS = 20_000;

/**
 * Takes the turn if no other tab has it; `false` if one has. `lost` is called when another tab takes it
 * away later.
 */
export async function takeTurn(lost: () => void): Promise<boolean> {
  const attempt = (options: LockOptions): Promise<boolean> =>
    new Promise((resolve) => {
      let isHeld = false;
      navigator.locks
        .request(LOCK, options, (lock) => {
          isHeld = lock !== null;
          resolve(isHeld);
          // Held until the tab closes.
          return lock ? new Promise<void>(() => undefined) : undefined;
        })
        .catch(() => (isHeld ? lost() : resolve(false)));
    });
  const steal = sessionStorage.getItem(STEAL) !== null;
  sessionStorage.removeItem(STEAL);
  if (steal) return attempt({ steal: true });
  if (await attempt({ ifAvailable: true })) return true;
  // After a reload, the page before may not be gone yet.
  const { held } = await navigator.locks.query();
  const isBrief = held?.some(({ name }) => name === BRIEF);
  return attempt({ signal: AbortSignal.timeout(isBrief ? BRIEF_MS : LEAVING_MS) });
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
