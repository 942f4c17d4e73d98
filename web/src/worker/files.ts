import { scope } from "./scope";

/** The files of the client, by the build: paths on our server. */
declare const CLIENT_FILES: string[];
/** Changes with any of them. */
declare const CLIENT_VERSION: string;

/** Caches with the client's own files: nothing of hers is ever in them. */
const PREFIX = "kontor-files-";
const CURRENT = PREFIX + CLIENT_VERSION;
const INDEX = "/";
/** Pages open with the version before this one may still ask for its files. */
const VERSIONS_KEPT = 2;

/** Fetches the client, so that it opens without a network. */
export async function keepFiles(): Promise<void> {
  const cache = await caches.open(CURRENT);
  await cache.addAll([INDEX, ...CLIENT_FILES]);
}

/** Removes what no page needs any more. */
export async function dropOldFiles(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const others = names.filter((name) => name !== CURRENT);
  const old = others.slice(0, Math.max(others.length - (VERSIONS_KEPT - 1), 0));
  await Promise.all(old.map((name) => caches.delete(name)));
  await scope.clients.claim();
}

/** Whether a request is for the client itself. Everything else goes its usual way, past the worker. */
export function isForClient(request: Request): boolean {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return false;
  return pathname.startsWith("/app/") || (request.mode === "navigate" && pathname === INDEX);
}

/** A file of the client. The page itself comes from the server as long as that answers, so that a reload
    brings the newest version; the rest never changes under its name. */
export async function fileFor(request: Request): Promise<Response> {
  if (request.mode !== "navigate") return (await caches.match(request)) ?? fetch(request);
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(CURRENT)).match(INDEX);
    if (!kept) throw error;
    return kept;
  }
}
