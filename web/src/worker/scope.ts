/** What a service worker has, as far as ours uses it: the types of the page do not know it. */

interface Extendable extends Event {
  waitUntil(done: Promise<unknown>): void;
}

interface Push extends Extendable {
  data: { json(): unknown } | null;
}

interface Click extends Extendable {
  notification: Notification;
}

interface Fetching extends Extendable {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

/** A page of ours. */
export interface Page {
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

interface Pages {
  claim(): Promise<void>;
  matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<Page[]>;
  openWindow(url: string): Promise<unknown>;
}

interface Events {
  install: Extendable;
  activate: Extendable;
  fetch: Fetching;
  push: Push;
  notificationclick: Click;
}

interface Scope {
  clients: Pages;
  registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
  addEventListener<E extends keyof Events>(name: E, listen: (event: Events[E]) => void): void;
}

/** The worker itself. */
export const scope = globalThis as unknown as Scope;
