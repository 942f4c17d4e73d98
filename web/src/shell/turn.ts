/** Only one tab at a time is the device. */

const LOCK = "kontor";
const STEAL = "kontor.steal";

/**
 * Takes the turn if no other tab has it; `false` if one has. `lost` is called when another tab takes it
 * away later.
 */
export function takeTurn(lost: () => void): Promise<boolean> {
  const steal = sessionStorage.getItem(STEAL) !== null;
  sessionStorage.removeItem(STEAL);
  return new Promise((resolve) => {
    const options = steal ? { steal: true } : { ifAvailable: true };
    navigator.locks
      .request(LOCK, options, (lock) => {
        resolve(lock !== null);
        // Held until the tab closes.
        return lock ? new Promise<void>(() => undefined) : undefined;
      })
      .catch(lost);
  });
}

/** Takes the turn from the other tab, with the next load of the page. */
export function stealTurn(): void {
  sessionStorage.setItem(STEAL, "yes");
  location.reload();
}
