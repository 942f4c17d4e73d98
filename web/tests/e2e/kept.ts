import { expect, type Page } from "@playwright/test";

/** Names what the browser keeps of her rooms as it is now. */
function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const database = await settled(indexedDB.open("kontor-rooms"));
    const head = await settled(database.transaction("rooms").objectStore("rooms").get(0));
    database.close();
    return String((head as { nonce: Uint8Array } | undefined)?.nonce);
  });
}

/** She looks at something else for a moment: what is new is kept. */
export async function lookAway(page: Page): Promise<void> {
  const before = await kept(page);
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    Reflect.deleteProperty(document, "visibilityState");
  });
  await expect.poll(() => kept(page)).not.toBe(before);
}
