/**
 * The service worker: keeps the client's own files for times without a network, and is woken by a push
 * while no page is open. It never keeps a message.
 */

import { dropOldFiles, fileFor, isForClient, keepFiles } from "./files";
import { scope } from "./scope";
import { openFrom, tellOf } from "./telling";

scope.addEventListener("install", (event) => {
  event.waitUntil(keepFiles().then(() => scope.skipWaiting()));
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(dropOldFiles());
});

scope.addEventListener("fetch", (event) => {
  if (isForClient(event.request)) event.respondWith(fileFor(event.request));
});

scope.addEventListener("push", (event) => {
  event.waitUntil(tellOf(event.data?.json()));
});

scope.addEventListener("notificationclick", (event) => {
  event.waitUntil(openFrom(event.notification));
});
