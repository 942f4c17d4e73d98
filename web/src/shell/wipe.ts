import { silence } from "./worker";

/** Settings that say nothing about anybody and survive a sign-out. */
const KEPT = ["kontor.theme", "kontor.text-size"];

/** Caches with our own program, the same for everybody (`worker/files.ts`). */
const PROGRAM = "kontor-files-";

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => resolve();
    // Another tab holds it open: the deletion waits for that tab and we do not.
    request.onblocked = () => resolve();
  });
}

/** Removes everything this browser keeps for Kontor: keys, session, drafts, caches. */
export async function wipe(): Promise<void> {
  const databases = await indexedDB.databases();
  await Promise.all(databases.map(({ name }) => name && deleteDatabase(name)));
  for (const name of Object.keys(localStorage)) {
    if (!KEPT.includes(name)) localStorage.removeItem(name);
  }
  sessionStorage.clear();
  await silence().catch(() => undefined);
  if ("caches" in globalThis) {
    const names = (await caches.keys()).filter((name) => !name.startsWith(PROGRAM));
    await Promise.all(names.map((name) => caches.delete(name)));
  }
}
