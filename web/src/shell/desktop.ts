import sign from "../style/kontor.svg";

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

/** Shows a notification, unless she is looking. One per `tag`: the newest replaces the others. */
export function notify(title: string, body: string, tag: string, opened: () => void): void {
  if (desktopState() !== "on") return;
  const shown = new Notification(title, { body, tag, icon: sign });
  shown.onclick = () => {
    window.focus();
    opened();
    shown.close();
  };
}
