import sign from "../style/kontor.svg";
import { shell } from "../text/shell";
import { element, show } from "./dom";
import { revoke } from "./oauth";
import { currentSession } from "./session";
import { stealTurn } from "./turn";
import { wipe } from "./wipe";

const ROWS = 7;

/** Shows the outline of the chat while it is fetched and the first messages arrive. */
export function showOutline(): void {
  const row = (): HTMLElement =>
    element("div", { class: "row" }, element("i", { class: "disc" }), element("i"));
  const rows = Array.from({ length: ROWS }, row);
  show(
    element("p", { class: "hidden-text", role: "status" }, shell.loading),
    element(
      "div",
      { class: "outline", "aria-hidden": "true" },
      element("div", {}, element("i", { class: "bar" }), ...rows),
    ),
  );
}

/** Says why the chat is not here, and what can be done. */
export function showObstacle(what: "elsewhere" | "moved" | "failed" | "unreachable"): void {
  const title = {
    elsewhere: shell.otherTab,
    moved: shell.moved,
    failed: shell.startFailed,
    unreachable: shell.startUnreachable,
  }[what];
  const retry = (): HTMLElement =>
    element("button", { class: "primary", retry: () => location.reload() }, shell.retry);
  const ways = {
    elsewhere: () => [element("button", { class: "primary", here: stealTurn }, shell.useHere)],
    moved: () => [element("button", { class: "primary", here: stealTurn }, shell.useHere)],
    failed: () => [
      retry(),
      element("button", { class: "link", over: () => void startOver() }, shell.startOver),
    ],
    // It goes on by itself as soon as the server answers.
    unreachable: () => [element("p", { role: "status" }, shell.startUnreachableText), retry()],
  }[what]();
  show(
    element(
      "main",
      { class: "alone" },
      element("img", { src: sign, alt: "", width: "48", height: "48" }),
      element("h1", {}, title),
      ...ways,
    ),
  );
}

async function startOver(): Promise<void> {
  const session = await currentSession().catch(() => undefined);
  if (session) await revoke(session).catch(() => undefined);
  await wipe();
  location.replace("/");
}
