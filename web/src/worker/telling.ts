import icon from "../style/icons/kontor-192.png";

import { lookUp, type Finding, type Hint } from "../core/asleep";
import type { Language } from "../shell/language";
import { inBrief } from "../shell/turn";
import { recall } from "../shell/vault";
import { asleepTexts } from "../text/asleep";
import { scope, type Page } from "./scope";

/** A page that takes longer to answer sleeps. */
const PAGE_ANSWERS_MS = 3_000;
/** Name of the note in the vault in which language she is told. */
const LANGUAGE = "worker-language";

function isHint(value: unknown): value is Hint {
  const { room_id, event_id } = (value ?? {}) as Partial<Hint>;
  return typeof room_id === "string" && typeof event_id === "string";
}

/** Tells her what a push is about. Words of a message are never shown: they would lie on a lock screen. */
export async function tellOf(data: unknown): Promise<void> {
  if (!isHint(data)) return;
  const answers = await Promise.all((await openPages()).map((page) => asks(page, data)));
  // A page that is awake has heard of it by itself, and knows better what she wants to be told.
  if (answers.includes(true)) return;
  const found = await inBrief(() => lookUp(data)).catch(() => "busy" as const);
  const finding = found === "busy" ? something : found;
  if (finding) await show(finding, data);
}

/** Pages with the chat, or where it was: not those of her account. */
async function openPages(): Promise<Page[]> {
  const pages = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  return pages.filter(({ url }) => new URL(url).pathname === "/");
}

const something: Finding = { kind: "something", room: "", sender: "" };

function asks(page: Page, hint: Hint): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(true);
    setTimeout(() => resolve(false), PAGE_ANSWERS_MS);
    page.postMessage({ hint }, [port2]);
  });
}

async function show(finding: Finding, hint: Hint): Promise<void> {
  const language = (await recall<Language>(LANGUAGE).catch(() => undefined)) ?? "de";
  const [title, body] = wordsFor(finding, language);
  const isPressing = finding.kind === "urgent" || finding.kind === "call";
  const options: NotificationOptions & { renotify: boolean } = {
    body,
    icon,
    lang: language,
    tag: hint.room_id,
    renotify: true,
    requireInteraction: isPressing,
    data: hint,
  };
  await scope.registration.showNotification(title, options);
}

/** Title and text of a notification. */
export function wordsFor(
  { kind, room, sender }: Finding,
  language: Language,
): [title: string, body: string] {
  const t = asleepTexts[language];
  if (kind === "something") return ["Kontor", t.something];
  const named = {
    message: t.messageFrom,
    urgent: t.urgentFrom,
    call: t.callFrom,
    invitation: t.invitationFrom,
  };
  const title = room || sender || "Kontor";
  return [title, sender && title !== sender ? named[kind](sender) : t[kind]];
}

/** Opens what a notification was about. */
export async function openFrom(notification: Notification): Promise<void> {
  notification.close();
  const hint: unknown = notification.data;
  const [page] = await openPages();
  if (page) {
    page.postMessage({ open: hint });
    await page.focus();
  } else {
    const room = isHint(hint) ? `#/room/${encodeURIComponent(hint.room_id)}` : "";
    await scope.clients.openWindow(`/${room}`);
  }
}
