import sign from "../style/kontor.svg";
import { registration } from "./worker";

/** Notifications of the browser, as long as the page is open. */

const KEY = "kontor.notifications";

/** `off`: she does not want them; `blocked`: the browser refuses them. */
export type DesktopState = "on" | "off" | "blocked" | "impossible";

/** Whether this browser shows notifications. */
export function desktopState(): DesktopState {
  if (!("Notification" in globalThis)) return "impossible";
  if (Notification.permission === "denied") return "blocked";
  const isWanted = localStorage.getItem(KEY) === "on";
  return isWanted && Notification.permission === "granted" ? "on" : "off";
}

/** Turns notifications on or off; the browser asks her the first time. */
export async function changeDesktop(isOn: boolean): Promise<DesktopState> {
  if (!isOn) localStorage.removeItem(KEY);
  else if ((await Notification.requestPermission()) === "granted") localStorage.setItem(KEY, "on");
  return desktopState();
}

/** Shows a notification, unless she is looking. One per `tag`: the newest replaces the others. With a worker
    it lasts longer than the page, and phones show it at all. */
export async function notify(
  title: string,
  body: string,
  hint: { room_id: string; event_id: string },
  opened: () => void,
): Promise<void> {
  if (desktopState() !== "on") return;
  const options = { body, tag: hint.room_id, icon: sign, data: hint };
  const worker = await registration();
  if (worker) {
    await worker.showNotification(title, options);
    return;
  }
  const shown = new Notification(title, options);
  shown.onclick = () => {
    window.focus();
    opened();
    shown.close();
  };
}
