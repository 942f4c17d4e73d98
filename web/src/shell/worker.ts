/** The service worker, seen from the page: it opens Kontor without a network and is woken by pushes. */

import { language } from "./language";
import { keep } from "./vault";

const ADDRESS = "/worker.js";
/** How often we ask for a newer version, beside each time she comes back. */
const LOOK_MS = 3_600_000;

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (address: string) => string },
  ): { createScriptURL: (address: string) => string };
}

/** Our address in the form that the browser takes as a worker: this one file, and no other. */
function trusted(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const rules = {
    createScriptURL: (address: string): string => {
      if (address !== ADDRESS) throw new TypeError("not our worker");
      return address;
    },
  };
  return trustedTypes?.createPolicy("kontor-worker", rules).createScriptURL(ADDRESS) ?? ADDRESS;
}

const hasWorkers = (): boolean => import.meta.env.PROD && "serviceWorker" in navigator;

/** The worker, if there is one already. */
export async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  if (!hasWorkers()) return undefined;
  const found = await navigator.serviceWorker.getRegistration();
  return found?.active ? found : undefined;
}

/** The worker, as soon as it is there; `undefined` where there can be none. */
export async function readyWorker(): Promise<ServiceWorkerRegistration | undefined> {
  return hasWorkers() ? navigator.serviceWorker.ready : undefined;
}

/** Starts the worker and answers it. `open` shows a room that she chose from a notification. */
export async function startWorker(open: (roomId: string) => void): Promise<void> {
  if (!hasWorkers()) return;
  await keep("worker-language", language);
  const { serviceWorker } = navigator;
  serviceWorker.addEventListener("message", ({ data, ports }) => {
    // We are awake, and have heard of it by ourselves.
    if (data?.hint) ports[0]?.postMessage("awake");
    if (typeof data?.open?.room_id === "string") open(data.open.room_id);
  });
  try {
    const found = await serviceWorker.register(trusted(), { updateViaCache: "none" });
    const look = (): void => void found.update().catch(() => undefined);
    setInterval(look, LOOK_MS);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") look();
    });
  } catch (error) {
    // Private windows may refuse it; everything else works.
    console.warn("no service worker", error);
  }
}

/** Calls `tell` when the server has a newer version of the client than this page. */
export function watchForVersion(tell: () => void): void {
  if (!hasWorkers()) return;
  const own = document.querySelector<HTMLScriptElement>("script[type=module]")?.src;
  // A new version comes with a new worker, which takes over at once.
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    void fetch("/", { cache: "no-store" })
      .then((answer) => answer.text())
      .then((page) => {
        if (own && page.includes("/app/") && !page.includes(new URL(own).pathname)) tell();
      })
      .catch(() => undefined);
  });
}

/** Ends pushes to this browser and takes back what it shows. */
export async function silence(): Promise<void> {
  const worker = await registration();
  const subscription = await worker?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
  for (const shown of (await worker?.getNotifications()) ?? []) shown.close();
}
