import type { Kontor } from "../core/kontor.svelte";
import { notify } from "../shell/desktop";
import { t } from "../text/texts";
import { place } from "./place.svelte";

/** Tells her of new messages while she looks elsewhere, and counts them on the icon of the app. */
export function tellOfNews(kontor: Kontor): void {
  kontor.watchForNotices(({ roomId, eventId, roomName, sender }) => {
    const isLooking = document.visibilityState === "visible" && document.hasFocus();
    if (isLooking && place.roomId === roomId) return;
    const body = roomName === sender ? t.newMessage : t.newMessageFrom(sender);
    const hint = { room_id: roomId, event_id: eventId };
    void notify(roomName, body, hint, () => place.open(roomId));
  });
}

/** The number on the icon of an installed app. */
export function showBadge(unread: number): void {
  const { setAppBadge, clearAppBadge } = navigator as Partial<
    Pick<Navigator, "setAppBadge" | "clearAppBadge">
  >;
  const done = unread > 0 ? setAppBadge?.call(navigator, unread) : clearAppBadge?.call(navigator);
  done?.catch(() => undefined);
}
